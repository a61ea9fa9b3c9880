"""Handouts: a lesson as one HTML file that needs no server and no network, with its runs computed in advance.

:mod:`swarmviz.handout.scenes` lives the runs of a step, :mod:`swarmviz.handout.plan` says beforehand how many there are and what they
cost, and :mod:`swarmviz.handout.page` writes the file. It is played by the player of a replay (``swarmviz/exports/player.js``).
"""

from swarmviz.handout.page import MAX_BYTES, handout

__all__ = ["MAX_BYTES", "handout"]
