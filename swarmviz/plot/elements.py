"""What all plots share: HoloViews itself, dimensions that carry symbols and units, styles of the loaded back ends, and menus of axes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.ensembles.statistics import success_rate
from swarmviz.ensembles.units import is_shown
from swarmviz.theory.wording import number_words

if TYPE_CHECKING:
    import xarray

COLOURS = style.theme(False)
SHARES = "success_rate", "success_low", "success_high"
MOST_CHOICES = 400  # elements behind the menus of a plot, which are all made at once
LONGEST_AXIS_CHARS = 34  # of what stands beside an axis: what is longer gives way to the symbol or the name


def holoviews() -> Any:
    """HoloViews.

    Raises
    ------
    ImportError
        When it is not installed; says how to get it.
    """
    try:
        import holoviews
    except ImportError:
        raise ImportError("plots need HoloViews: pip install 'swarmviz[plots]'") from None
    return holoviews


def dimension(name: str, label: str = "", unit: str = "") -> Any:
    """A dimension of HoloViews; ``label`` stands beside its axis, and ``unit`` unless it is a pure number, or the label says it."""
    shown = unit if is_shown(unit) and not unit.startswith(label or name) else None
    return holoviews().Dimension((name, label or name), unit=shown)


def dimension_of(values: xarray.DataArray, name: str = "") -> Any:
    """The dimension of a variable or an axis of a Dataset, from what it says of itself."""
    return dimension(name or str(values.name), label_of(values), str(values.attrs.get("units", "")))


def label_of(values: xarray.DataArray) -> str:
    """What stands beside the axis of a variable: its meaning where that is short, else its symbol, else its name."""
    meaning = str(values.attrs.get("long_name", ""))
    if symbol := values.attrs.get("symbol"):
        return str(symbol)
    return meaning if 0 < len(meaning) <= LONGEST_AXIS_CHARS else str(values.name)


def styled(element: Any, bokeh: dict[str, Any] | None = None, matplotlib: dict[str, Any] | None = None) -> Any:
    """The element with these options for the back ends that are loaded."""
    loaded = holoviews().Store.loaded_backends()
    for backend, options in (("bokeh", bokeh), ("matplotlib", matplotlib)):
        if options and backend in loaded:
            element = element.opts(backend=backend, **options)
    return element


def axes_of(data: xarray.Dataset) -> list[str]:
    """The axes of a sweep, in its order; none of an ensemble."""
    return [name for name in str(data.attrs.get("axes", "")).split(", ") if name in data.dims]


def require_axis(argument: str, name: Any, axes: Sequence[str]) -> None:
    """Raise ``ValueError`` when ``name`` is no axis of the table."""
    if name not in axes:
        known = ", ".join(axes) or "none, because this is no sweep"
        raise ValueError(f"{argument} = {name!r}: must be an axis of the table: {known}")


def by_menu(data: xarray.Dataset, axes: Sequence[str], one: Callable[[xarray.Dataset], Any]) -> Any:
    """``one`` for every choice of the values of ``axes``, as a HoloMap, which has a menu for each; the element itself without axes.

    Raises
    ------
    ValueError
        When there are more than ``MOST_CHOICES`` choices.
    """
    sizes = [data.sizes[name] for name in axes]
    if (choices := math.prod(sizes)) > MOST_CHOICES:
        raise ValueError(
            f"axes = {', '.join(axes)}: {choices:,} plots behind the menus, must be at most {MOST_CHOICES}; "
            "choose with data.isel"
        )
    if not axes:
        return one(data)
    found = {
        tuple(data[name].values[i].item() for name, i in zip(axes, place, strict=True)): one(
            data.isel(dict(zip(axes, place, strict=True)))
        )
        for place in itertools.product(*(range(size) for size in sizes))
    }
    return holoviews().HoloMap(found, kdims=[dimension_of(data[name]) for name in axes])


def value_words(value: Any) -> str:
    """A value of an axis in a legend."""
    return str(value) if isinstance(value, str) else number_words(float(value))


def are_numbers(values: np.ndarray) -> bool:
    """Whether an axis has numbers, not words or yes and no."""
    return bool(np.issubdtype(values.dtype, np.number))


def ends_of(values: np.ndarray, name: str) -> tuple[float, float]:
    """Between which numbers a value is drawn: a share between 0 and 1, others between the lowest and the highest that are known."""
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size and name not in SHARES else (0.0, 1.0)


def symbol_of(axis: xarray.DataArray) -> str:
    """What an axis of a sweep is called in a legend."""
    return str(axis.attrs.get("symbol") or axis.name)


def _over_the_runs(values: xarray.DataArray, finished: xarray.DataArray) -> xarray.DataArray:
    """The share of the runs that came to their end, of yes and no; of numbers the median over them."""
    yes_or_no = values.dtype == bool or values.name == "success"
    there = values.astype(float).where(finished)
    found = there.mean("run") if yes_or_no else there.median("run")
    said = f"{'Share of' if yes_or_no else 'Median over'} the runs: {values.attrs.get('long_name', values.name)}"
    return found.assign_attrs(values.attrs | {"long_name": said})


def one_per_cell(table: xarray.Dataset, value: str) -> xarray.DataArray:
    """A number for each cell: a variable of the table that has one, a share of its runs, or a median over them.

    Raises
    ------
    ValueError
        When there is no such variable, or it is no number of a run.
    """
    if value in table and set(table[value].dims) <= set(axes_of(table)) and are_numbers(table[value].values):
        return table[value]
    if value in SHARES and "success" in table:
        return success_rate(table)[value]
    if value in table and set(table[value].dims) - set(axes_of(table)) == {"run"}:
        return _over_the_runs(table[value], table["finished"])
    known = [str(name) for name, values in table.data_vars.items() if set(values.dims) <= {"run", *axes_of(table)}]
    raise ValueError(f"value = {value!r}: must be a number of each cell or run: {', '.join([*SHARES, *known])}")
