"""The equations of every dynamics, line by line: each with its number in its paper, and with the parameters that stand in it.

A file per dynamics, named like it; :mod:`swarmviz.dynamics.equations.lines` says what a line is.
"""
