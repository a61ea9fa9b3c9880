"""What a figure or a table of a paper is, as data: which sweeps, what is recorded of them and what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from swarmviz import success
from swarmviz.dynamics.base import Dynamics
from swarmviz.ensembles.stopping import Stop
from swarmviz.landscapes.base import Landscape
from swarmviz.presets import Preset
from swarmviz.swarm import Swarm

QUICK_STEPS, QUICK_VALUES = 40, 3
LIVE_PICTURES = 600  # of a preset's run: twenty seconds of thirty pictures


@dataclass(frozen=True)
class Experiment:
    """One sweep: a dynamics on a landscape over a grid of parameters.

    Attributes
    ----------
    label : str
        What distinguishes it from the other experiments of the figure, for a legend.
    dynamics, landscape : str
        Names in ``dynamics.ALL`` and ``landscapes.ALL``.
    values, landscape_values, swarm : dict
        Parameters that differ from the declared defaults.
    grid : dict
        Parameter → its values, as for :func:`swarmviz.sweep`.
    along : dict
        One axis of the grid → parameters that change together with it → their values, one for each of the axis.
    landscapes : tuple of str
        An axis of landscapes, if any.
    steps, every : int
        As in :func:`swarmviz.run_ensemble`.
    record : tuple of str
        Observables that are kept along step.
    stop : Stop, optional
        When a run ends early.
    snapshots : tuple of int
        Steps at which the agents of the first run are kept.
    """

    label: str
    dynamics: str
    landscape: str
    steps: int
    values: Mapping[str, Any] = field(default_factory=dict)
    landscape_values: Mapping[str, Any] = field(default_factory=dict)
    swarm: Mapping[str, Any] = field(default_factory=dict)
    grid: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    along: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict)
    landscapes: tuple[str, ...] = ()
    every: int = 1
    record: tuple[str, ...] = ()
    stop: Stop | None = None
    snapshots: tuple[int, ...] = ()

    def preset(self, name: str, title: str, reference: str) -> Preset:
        """The same as a preset, without the grid."""
        return Preset(
            name, title, self.dynamics, self.landscapes[0] if self.landscapes else self.landscape, reference,
            dict(self.values), dict(self.landscape_values), dict(self.swarm),
            pace=min(max(self.steps / LIVE_PICTURES, 0.1), 1000.0),
        )  # fmt: skip

    def sweeps(self) -> list[Experiment]:
        """What is one call of :func:`swarmviz.sweep` each: itself, or one for each value of the axis along which others change."""
        if not self.along:
            return [self]
        ((axis, others),) = self.along.items()
        return [
            replace(
                self,
                values={**self.values, **{name: values[i] for name, values in others.items()}},
                grid={**self.grid, axis: (value,)},
                along={},
            )
            for i, value in enumerate(self.grid[axis])
        ]

    def quick(self) -> Experiment:
        """The same with few steps and few values on each axis, to try it out."""
        steps = min(self.steps, QUICK_STEPS)
        thin = {name: _thinned(values) for name, values in self.grid.items()}
        along = {
            axis: {name: _thinned(values) for name, values in others.items()} for axis, others in self.along.items()
        }
        shots = tuple(sorted({round(k * steps / self.steps) for k in self.snapshots}))
        return replace(
            self,
            steps=steps,
            every=min(self.every, 4),
            grid=thin,
            along=along,
            landscapes=tuple(_thinned(self.landscapes)),
            snapshots=shots,
        )


def _thinned(values: Sequence[Any]) -> Sequence[Any]:
    """The first, the middle one and the last of many."""
    if len(values) <= QUICK_VALUES:
        return values
    return [values[0], values[len(values) // 2], values[-1]]


@dataclass(frozen=True)
class Reported:
    """Numbers that a paper prints: ``values`` of a variable at coordinates, in the order of ``axes``; None where nothing is legible."""

    variable: str
    axes: Mapping[str, Sequence[Any]]
    values: Sequence[Any]
    unit: str = ""
    source: str = ""


@dataclass(frozen=True)
class FigureSpec:
    """A figure or a table of a paper.

    Attributes
    ----------
    key, title, reference, question : str
        Name on the command line, title, source, and the question that it answers.
    parts : tuple of Experiment
        Its sweeps, side by side along the dimension ``system``. They have the same axes.
    charts : tuple of Chart
        What is drawn of the Dataset, from top to bottom (:mod:`swarmviz.papers.charts`, :mod:`swarmviz.papers.snapshots`).
    runs : int
        Runs of each cell, as in the paper.
    each_run : bool
        Keep the series of every run instead of statistics over the runs.
    derive : callable, optional
        ``function(dataset) -> {name: DataArray}``: claims of the paper and what is computed from the record.
    printed : tuple of Reported
        The paper's numbers.
    remark : str
        What the paper does not say, and what was assumed; where ours deviates, and why.
    tolerance : float, optional
        Largest error with which the paper counts a run as successful, in half widths of the box; that of
        :func:`swarmviz.success.tolerance_for` when absent.
    topic : str
        Which of ``swarmviz.presets.preset.TOPICS`` it belongs to.
    """

    key: str
    title: str
    reference: str
    question: str
    parts: tuple[Experiment, ...]
    charts: tuple[Any, ...]
    runs: int = 100
    each_run: bool = False
    derive: Callable[[Any], Mapping[str, Any]] | None = None
    printed: tuple[Reported, ...] = ()
    remark: str = ""
    tolerance: float | None = None
    topic: str = "find"

    @property
    def criterion(self) -> str:
        """What counts as a success where the paper has a criterion of its own; else empty."""
        if self.tolerance is None:
            return ""
        return f"Success, as this paper counts it: {success.criterion(self.tolerance)}."

    def preset(self) -> Preset:
        """The first of its systems, to be opened live."""
        return self.parts[0].preset(self.key, self.title, self.reference)

    def selection(self) -> tuple[Dynamics, Landscape, Swarm]:
        """The same as the three parts of a :class:`swarmviz.Simulation`, made anew."""
        return self.preset().build()
