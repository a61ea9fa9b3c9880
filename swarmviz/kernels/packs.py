"""What the kernels of all dynamics are called with, as packs of named arguments (:mod:`swarmviz.kernels.compiled`).

A kernel takes the state of its runs, the parameters of its dynamics (packs of its own), and from here: which steps to take, the box, the
objective, and where the results go.
"""

from __future__ import annotations

from typing import NamedTuple

from swarmviz.kernels.compiled import GradientFunction, Reals, Table, Tables, ValueFunction, WholeRows, inner

ANSWER_ROWS = 2  # of a record, behind those of the observables: coordinates of what the swarm holds for the minimiser
FINE = -1  # step and agent of a failure where there is none


class Steps(NamedTuple):
    """The steps of a call.

    Attributes
    ----------
    k, steps : int
        Where the call begins, and how many steps it takes.
    every, start : int, bool
        The steps that are multiples of ``every`` are recorded; step k itself only with ``start``.
    """

    k: int
    steps: int
    every: int
    start: bool


class Box(NamedTuple):
    """The landscape's box, arrays (d,), and a code of :mod:`swarmviz.kernels.boundaries`."""

    low: Reals
    high: Reals
    boundary: int


class Objective(NamedTuple):
    """F as a block function with its parameters ``p``, and its known minimisers (m, d)."""

    values: ValueFunction
    p: Reals
    minimisers: Table


class SmoothObjective(NamedTuple):
    """F and ∇F as block functions with their parameters ``p``, and the known minimisers (m, d)."""

    values: ValueFunction
    gradient: GradientFunction
    p: Reals
    minimisers: Table


class Output(NamedTuple):
    """What a kernel writes.

    Attributes
    ----------
    records : (runs, observables + ANSWER_ROWS, recorded steps)
    failures : (runs, 2) int
        Step and agent of the first energy that is not finite, (FINE, FINE) when all are.
    """

    records: Tables
    failures: WholeRows


@inner(inline=True)
def is_recorded(steps, s):
    """Whether the step ``steps.k + s`` is recorded."""
    return (s > 0 or steps.start) and (steps.k + s) % steps.every == 0
