"""The papers' numbers beside ours: as variables of a Dataset and as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.ensembles.units import described_as
from swarmviz.papers.spec import FigureSpec, Reported

if TYPE_CHECKING:
    import xarray


def as_variables(printed: Iterable[Reported], data: xarray.Dataset) -> dict[str, Any]:
    """``printed_<variable>`` for each of them, on the coordinates of ``data``; NaN where nothing is printed."""
    import xarray

    result = {}
    for one in printed:
        values = xarray.DataArray(
            np.array(one.values, dtype=float), {axis: list(values) for axis, values in one.axes.items()}, list(one.axes)
        )
        here = {axis: data[axis] for axis in one.axes if axis in data.coords}
        units = one.unit or (data[one.variable].attrs.get("units") if one.variable in data else None)
        attributes = described_as(f"{one.variable} as printed", units) | {"source": f"Printed in {one.source}"}
        result[f"printed_{one.variable}"] = values.reindex(here).assign_attrs(attributes)
    return result


def deviation(data: xarray.Dataset, variable: str, runs_there: int) -> xarray.DataArray | None:
    """(ours − printed) in standard errors of that difference; None where no error is known.

    The paper's mean has the same spread as ours, over its own number of runs.
    """
    ours, theirs = data[variable], data[f"printed_{variable}"]
    if variable == "success_rate":
        counted = data["success"].count("run")
        pooled = (ours * counted + theirs * runs_there) / (counted + runs_there)
        error = (pooled * (1 - pooled) * (1 / counted + 1 / runs_there)) ** 0.5
        same = (ours == theirs) & (error == 0)
        return ((ours - theirs) / error.where(error > 0)).where(~same, 0.0)
    if f"{variable}_standard_error" not in data:
        return None
    runs = data["success"].sizes["run"]
    return (ours - theirs) / (data[f"{variable}_standard_error"] * np.sqrt(1 + runs / runs_there))


def comparison(figure: FigureSpec, data: xarray.Dataset) -> str:
    """The printed values beside ours, as text, and what a run of ours has cost in the mean; empty where the paper prints none."""
    lines = []
    if figure.printed and data.attrs["quick"]:
        lines.append("Quick: a few steps on a few values. What follows is no comparison with the paper.")
    if figure.criterion and any(one.variable == "success_rate" for one in figure.printed):
        lines.append(figure.criterion)
    for one in figure.printed:
        far = deviation(data, one.variable, figure.runs)
        ours, theirs = _beside(data[one.variable], data[f"printed_{one.variable}"])
        errors = None if far is None else _beside(far, theirs)[0]
        costs = _beside(data["mean_evaluations"], theirs)[0] if one is figure.printed[0] and _per_run(data) else None
        for place in np.ndindex(*theirs.shape):
            at = dict(zip(theirs.dims, place, strict=True))
            if np.isnan(theirs[at]):
                continue
            where = ", ".join(f"{dim} {theirs[dim].values[i]}" for dim, i in at.items())
            extra = "" if errors is None else f"   {float(errors[at]):+.1f} standard errors"
            extra += "" if costs is None else f"   {float(costs[at]):.4g} evaluations a run"
            lines.append(f"{where}: {one.variable} {float(ours[at]):.4g}   printed {float(theirs[at]):.4g}{extra}")
    return "\n".join(lines)


def _per_run(data: xarray.Dataset) -> bool:
    """Whether it is known what runs have cost; of figures that are no ensembles it is not."""
    return "mean_evaluations" in data


def _beside(ours: xarray.DataArray, theirs: xarray.DataArray) -> tuple[xarray.DataArray, xarray.DataArray]:
    """Both on the same axes: along one of ours that the paper does not name, such as the boundary, its value stays."""
    ours = ours.squeeze([dim for dim in ours.dims if dim not in theirs.dims and ours.sizes[dim] == 1], drop=True)
    order = [*theirs.dims, *(dim for dim in ours.dims if dim not in theirs.dims)]
    return ours.broadcast_like(theirs).transpose(*order), theirs.broadcast_like(ours).transpose(*order)
