"""Figures of an error against N: how a distance at one step falls with the number of agents, and its slope.

Their parts have the one axis ``n``; ``along`` it parameters may change, and a part's ``steps`` are where it is measured.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.ensembles.dataset import described_as
from swarmviz.ensembles.law_error import law_error, slope
from swarmviz.ensembles.run import reporting
from swarmviz.ensembles.settings import Options
from swarmviz.laws.distance import Curve
from swarmviz.papers.compute import SYSTEM, provenance
from swarmviz.papers.figure import Figure
from swarmviz.papers.spec import Experiment
from swarmviz.papers.units import with_units

if TYPE_CHECKING:
    import xarray

    Measure = Callable[[Experiment, int, int | None, Callable[[int, int], Any]], xarray.Dataset]


def to_the_law(part: Experiment, runs: int, threads: int | None, progress: Any, others: Any = None) -> xarray.Dataset:
    """W₁ and |ν_N − ν| of a part, see :func:`swarmviz.ensembles.law_error.law_error`."""
    along = part.along.get("n")
    return law_error(
        *part.preset(part.label, "", "").build(), part.steps, part.grid["n"], runs,
        along=along, others=others, threads=threads, progress=progress,
    )  # fmt: skip


@dataclass(frozen=True)
class ErrorFigure(Figure):
    """A figure whose parts are measured over N.

    Attributes
    ----------
    measure : callable
        ``function(part, runs, threads, progress) -> Dataset`` along ``n``, such as :func:`to_the_law`.
    slopes : dict
        Variable, whose error is ``<variable>_standard_error`` → how its slope over N is called in the comparison.
    """

    measure: Measure = to_the_law
    slopes: Mapping[str, str] = field(default_factory=dict)

    def compute(self, runs=None, threads=None, quick=False, progress=False, store=None, turn=None):
        """As :meth:`Figure.compute`, of what is measured over N. It takes minutes, is kept in no store and takes no turns."""
        if store is not None:
            raise ValueError(
                f"store = {os.fspath(store)!r}: an error against N takes minutes and is kept in no store; leave it out"
            )
        runs = Options(runs=self.runs if runs is None else runs).runs
        parts = [part.quick() for part in self.parts] if quick else list(self.parts)
        data, interrupted = self._measured(parts, runs, threads, progress)
        if self.derive is not None:
            data = data.assign(dict(self.derive(data)))
        data = data.assign(_slopes(data, self.slopes))
        data = data.assign_attrs(provenance(self, runs, quick), interrupted=int(interrupted))
        return with_units(self, data)

    def _measured(self, parts: list[Experiment], runs: int, threads: int | None, progress: Any) -> tuple[Any, bool]:
        """All parts, or those that a Ctrl-C left, along ``system``."""
        import xarray

        datasets: list[Any] = []
        interrupted = False
        with reporting(progress, sum(len(part.grid["n"]) for part in parts) * runs) as finished_run:
            for part in parts:
                try:
                    datasets.append(self.measure(part, runs, threads, lambda done, total: finished_run()))
                except KeyboardInterrupt:  # before its runs
                    if not datasets:
                        raise
                    interrupted = True
                    break
                if datasets[-1].attrs["interrupted"]:
                    interrupted = True
                    break
        labels = [part.label for part in parts[: len(datasets)]]
        data = xarray.concat(datasets, "system", data_vars="all", coords="minimal", compat="override", join="outer")
        data.attrs = {}
        return data.assign_coords(system=("system", labels, SYSTEM)), interrupted

    def comparison(self, dataset):
        """Slopes over N with their standard errors, and the last values beside what independent draws or theory have."""
        lines = ["Quick: a few steps on a few values."] if dataset.attrs["quick"] else []
        for name, called in self.slopes.items():
            for system in dataset["system"].values:
                one = dataset.sel(system=system)
                value, error = float(one[f"{name}_slope"]), float(one[f"{name}_slope_standard_error"])
                last = one.isel(n=int(np.flatnonzero(np.isfinite(one[name]))[-1]))
                lines.append(
                    f"{system}: {called}: slope {value:+.3f} ± {error:.3f} over N = {int(one['n'][0])} … {int(last['n'])}, "
                    f"{float(last[name]):.3g} ± {float(last[f'{name}_standard_error']):.1g} there"
                )
        return "\n".join(lines)


def _slopes(data: xarray.Dataset, names: Mapping[str, str]) -> dict[str, Any]:
    """``<name>_slope`` of each system with its standard error."""
    result = {}
    for name, called in names.items():
        values, errors = (data[f"{name}{end}"].transpose("system", "n").values for end in ("", "_standard_error"))
        found = np.array([slope(data["n"], *row) for row in zip(values, errors, strict=True)])
        for column, end, about in ((0, "", "Slope"), (1, "_standard_error", "Standard error of the slope")):
            result[f"{name}_slope{end}"] = (
                "system",
                found[:, column],
                described_as(f"{about} over N, logarithms: {called}"),
            )
    return result


def separation(one: Curve, other: Curve) -> float:
    """W₁ between two laws whose distribution functions are straight pieces."""
    breaks = np.sort(np.concatenate((one.x, other.x)))
    begins = one.right(breaks[:-1]) - other.right(breaks[:-1])
    ends = one.left(breaks[1:]) - other.left(breaks[1:])
    same, size = begins * ends >= 0.0, np.abs(begins) + np.abs(ends)
    area = np.where(same, 0.5 * size, 0.5 * (begins**2 + ends**2) / np.where(same, 1.0, size))
    return float(area @ np.diff(breaks))
