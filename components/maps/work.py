"""The work on one map: the runs of its cells in small pieces, in the order of a refinement, and what is known so far. No thread."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from components.maps.order import RUNS, MapOrder, name_of, require_affordable
from swarmviz.drawing.map import CellWords, places, progress_words
from swarmviz.ensembles.axes import axes_of, checking_cells
from swarmviz.ensembles.refine import results_of, tried_out
from swarmviz.ensembles.refinement import Portion, Refinement
from swarmviz.ensembles.settings import Problem, Settings
from swarmviz.ensembles.stopping import Budget
from swarmviz.exports.script import refine_lines
from swarmviz.theory.thresholds import Coordinate, ThresholdLine, threshold_line_pieces

FIRST = 8  # runs that every cell gets at first
LEAST_WORK, FIRST_WORK, MOST_WORK = 1 << 8, 1 << 14, 1 << 20  # agent-coordinate-steps of a call of a kernel: …
CALL_S = 0.004  # … as many as take so long, which differs a thousandfold between landscapes
GROWTH, SHRINKING = 2.0, 0.1  # of that number from one call to the next, at most
ABSENT_S = 2.5  # without work, from which on nobody has waited for the map
MAX_BYTES = 64 << 20  # of the results of a map
NO_MORE = object()


class Known(NamedTuple):
    """What is known of a map: the statistics of its cells and what is said of each (copies), the lines of theory, how far it has come."""

    order: MapOrder
    statistics: dict[str, np.ndarray]
    said: dict[str, np.ndarray]
    thresholds: tuple[ThresholdLine, ...]
    words: str
    done: bool
    trouble: str = ""

    @classmethod
    def nothing(cls, order: MapOrder, trouble: str) -> Known:
        """Of a map that cannot be made, and why."""
        return cls(order, {}, {}, (), "", True, trouble)


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
    is_coarse : bool
        Whether not even the coarsest cells have their first runs.
    """

    def __init__(self, order: MapOrder):
        require_affordable(order)
        self.order = order
        problem = Problem.of(order.dynamics, order.landscape, order.swarm)
        grid = {name_of(order.x): order.x_values, name_of(order.y): order.y_values}
        settings = Settings.checked(
            type(order.dynamics), (), _stop_of(order), runs=RUNS, steps=order.steps, every=order.limit.every,
            tolerance=order.tolerance, positions=False,
        )  # fmt: skip
        self.refinement = Refinement(problem, axes_of(problem, grid), settings, FIRST, 0.0)
        self.nbytes = self.refinement.table.layout.nbytes(self.refinement.cells)
        if self.nbytes > MAX_BYTES:
            d, taken = self.refinement.table.largest.swarm.d, self.nbytes >> 20
            raise ValueError(f"d = {d}: the runs of this map take {taken} MiB, more than {MAX_BYTES >> 20}")
        self._settings = settings
        self._thresholds: tuple[ThresholdLine, ...] = ()
        self._words = CellWords(order.swarm.seed)
        self._call_work = float(FIRST_WORK)
        self._pieces = self._all()
        self._worked_s = self._waited_s = 0.0
        self._left_at = math.inf
        self.done, self.is_coarse = False, True

    def work(self, seconds: float) -> bool:
        """Work for about so long; whether there is anything left to do."""
        here, began = time.perf_counter(), time.thread_time()
        if 0 < (away := here - self._left_at) < ABSENT_S:
            self._waited_s += away
        try:
            while time.perf_counter() < here + seconds:
                if next(self._pieces, NO_MORE) is NO_MORE:
                    self.done = True
                    break
        finally:
            self._left_at = time.perf_counter()
            self._waited_s += self._left_at - here
            self._worked_s += time.thread_time() - began
        return not self.done

    def _all(self) -> Iterator[None]:
        """Everything, in pieces."""
        refinement = self.refinement
        for _ in checking_cells(tried_out(refinement), refinement.axes, self._settings):
            yield
        yield from self._find_thresholds()
        refinement.table.blank()
        while portions := refinement.next_round():
            for portion in portions:
                yield from self._run(portion, len(portions))
            self.is_coarse = False
            yield

    def _find_thresholds(self) -> Iterator[None]:
        """The lines of theory."""
        o = self.order
        axes = [
            Coordinate(*axis, places(axis[0], values, log))
            for axis, values, log in zip((o.x, o.y), (o.x_values, o.y_values), o.log, strict=True)
        ]
        self._thresholds = tuple((yield from threshold_line_pieces(o.dynamics, o.landscape, o.swarm, *axes)))

    def _run(self, portion: Portion, portions: int) -> Iterator[None]:
        """The runs of a portion, a call of a kernel at a time."""
        refinement = self.refinement
        ensemble = refinement.ensemble(portion, piece_work=int(self._call_work))
        for group in ensemble.groups(1, portions):
            calls, more = ensemble.pieces(group), True
            while more:
                began = time.perf_counter()
                more = next(calls, False)
                factor = CALL_S / max(time.perf_counter() - began, 1e-6)
                self._call_work = min(max(self._call_work * min(max(factor, SHRINKING), GROWTH), LEAST_WORK), MOST_WORK)
                ensemble.piece_work = int(self._call_work)
                yield
        refinement.put(portion, results_of(ensemble), ensemble.judged_by)
        refinement.close_round([portion])  # what is seen of a round; the order of the next one waits for all of it

    def known(self) -> Known:
        """What is known now."""
        refinement = self.refinement
        done = int(refinement.runs_done.sum())
        left = self._waited_s * (refinement.total - done) / done if done else None
        cells = int((refinement.runs_done > 0).sum())
        words = progress_words(cells, refinement.cells, done, refinement.total, self._worked_s, left)
        statistics = {name: values.copy() for name, values in refinement.statistics.items()}
        said = self._words.of(statistics)
        return Known(self.order, statistics, said, self._thresholds, words, self.done)

    def dataset(self) -> Any:
        """All that is known, as the last Dataset of :func:`swarmviz.refine` has it."""
        return self.refinement.dataset()


def _stop_of(order: MapOrder) -> Budget | None:
    """What ends its runs before their last step."""
    return Budget(order.limit.evaluations) if order.limit.evaluations else None


def python_lines(order: MapOrder) -> str:
    """The lines that compute the same map."""
    grid = {name_of(order.x): order.x_values, name_of(order.y): order.y_values}
    options: dict[str, Any] = {"runs": RUNS, "steps": order.steps}
    options |= {} if order.tolerance is None else {"tolerance": order.tolerance}
    if order.limit.evaluations:
        options |= {"stop": _stop_of(order), "every": order.limit.every}
    return refine_lines(order.dynamics, order.landscape, order.swarm, grid, **options)
