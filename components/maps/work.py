"""The work on one map: the runs of its cells in small pieces, in the order of a refinement, and what is known so far. No thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from components.maps.order import RUNS, MapOrder, name_of, require_affordable
from swarmviz.drawing.map import places, progress_words
from swarmviz.ensembles import measures
from swarmviz.ensembles.axes import axes_of, check_cells
from swarmviz.ensembles.refine import results_of, tried_out
from swarmviz.ensembles.refinement import Refinement
from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.exports.script import refine_lines
from swarmviz.theory.thresholds import Coordinate, ThresholdLine, threshold_lines

FIRST = 8  # runs that every cell gets at first
PIECE_WORK = 1 << 19  # agent-coordinate-steps of a call of a kernel: some four milliseconds
MAX_BYTES = 64 << 20  # of the results of a map


class Known(NamedTuple):
    """What is known of a map: the statistics of its cells (copies), the lines of theory, how far it has come."""

    order: MapOrder
    statistics: dict[str, np.ndarray]
    thresholds: tuple[ThresholdLine, ...]
    words: str
    done: bool
    trouble: str = ""


class MapWork:
    """A map that is being computed.

    Parameters
    ----------
    order : MapOrder

    Raises
    ------
    ValueError
        When the map would cost too much, or its cells cannot be run; names the parameter.

    Attributes
    ----------
    nbytes : int
        What its results take.
    """

    def __init__(self, order: MapOrder):
        require_affordable(order)
        self.order = order
        problem = Problem.of(order.dynamics, order.landscape, order.swarm)
        grid = {name_of(order.x): order.x_values, name_of(order.y): order.y_values}
        settings = Settings.checked(
            type(order.dynamics), (), None, runs=RUNS, steps=order.steps, every=measures.every_for(order.steps),
            tolerance=order.tolerance, positions=False,
        )  # fmt: skip
        self.refinement = Refinement(problem, axes_of(problem, grid), settings, FIRST, 0.0)
        self.nbytes = self.refinement.table.layout.nbytes(self.refinement.cells)
        if self.nbytes > MAX_BYTES:
            d, taken = self.refinement.table.largest.swarm.d, self.nbytes >> 20
            raise ValueError(f"d = {d}: the runs of this map take {taken} MiB, more than {MAX_BYTES >> 20}")
        self._settings = settings
        self._thresholds: tuple[ThresholdLine, ...] | None = None
        self._pieces = self._all()
        self._worked_s = 0.0
        self.done = False

    def work(self, seconds: float) -> bool:
        """Work for about so long; whether there is anything left to do."""
        until, began = time.perf_counter() + seconds, time.thread_time()
        try:
            while time.perf_counter() < until:
                if next(self._pieces, None) is None:
                    self.done = True
                    break
        finally:
            self._worked_s += time.thread_time() - began
        return not self.done

    def _all(self) -> Iterator[bool]:
        """Everything, in pieces."""
        refinement = self.refinement
        check_cells(tried_out(refinement), refinement.axes, self._settings)
        yield True
        refinement.table.blank()
        while portions := refinement.next_round():
            for portion in portions:
                ensemble = refinement.ensemble(portion, piece_work=PIECE_WORK)
                for group in ensemble.groups(1, len(portions)):
                    for _ in ensemble.pieces(group):
                        yield True
                refinement.put(portion, results_of(ensemble), ensemble.judged_by)
                refinement.close_round(
                    [portion]
                )  # what is seen of a round; the order of the next one waits for all of it
            yield True

    def known(self, trouble: str = "") -> Known:
        """What is known now."""
        refinement = self.refinement
        done = int(refinement.runs_done.sum())
        left = self._worked_s * (refinement.total - done) / done if done else None
        cells = int((refinement.runs_done > 0).sum())
        words = progress_words(cells, refinement.cells, done, refinement.total, self._worked_s, left)
        statistics = {name: values.copy() for name, values in refinement.statistics.items()}
        return Known(self.order, statistics, self.thresholds(), words, self.done, trouble)

    def thresholds(self) -> tuple[ThresholdLine, ...]:
        """The lines of theory, computed once."""
        if self._thresholds is None:
            o = self.order
            axes = [
                Coordinate(*axis, places(axis[0], values, log))
                for axis, values, log in zip((o.x, o.y), (o.x_values, o.y_values), o.log, strict=True)
            ]
            self._thresholds = tuple(threshold_lines(o.dynamics, o.landscape, o.swarm, *axes))
        return self._thresholds

    def dataset(self) -> Any:
        """All that is known, as the last Dataset of :func:`swarmviz.refine` has it."""
        return self.refinement.dataset()


def python_lines(order: MapOrder) -> str:
    """The lines that compute the same map."""
    grid = {name_of(order.x): order.x_values, name_of(order.y): order.y_values}
    options = {"runs": RUNS, "steps": order.steps} | ({} if order.tolerance is None else {"tolerance": order.tolerance})
    return refine_lines(order.dynamics, order.landscape, order.swarm, grid, **options)
