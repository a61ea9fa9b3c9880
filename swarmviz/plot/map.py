"""A number of each cell of a sweep as colour over two of its axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.drawing.map import edges_of
from swarmviz.plot.cells import coloured, mesh
from swarmviz.plot.elements import (
    are_numbers,
    axes_of,
    by_menu,
    dimension_of,
    ends_of,
    holoviews,
    one_per_cell,
    require_axis,
    styled,
    value_words,
)

if TYPE_CHECKING:
    import xarray

MOST_TICKS = 12  # values of an axis that are all named


def map(table: xarray.Dataset, x: str | None = None, y: str | None = None, value: str = "success_rate") -> Any:
    """A number of each cell over two axes; the other axes have menus.

    Parameters
    ----------
    table : Dataset
        From :func:`swarmviz.sweep`, or a statistic of it such as :func:`swarmviz.ensembles.success_rate`.
    x, y : str, optional
        Axes; the first two when absent.
    value : str
        A variable with one number per cell; ``success_rate``, ``success_low`` or ``success_high``; or one with a number per run, of which
        the median (or, of yes and no, the share) is taken.

    Returns
    -------
    holoviews.QuadMesh, HeatMap or HoloMap
        A HeatMap where an axis has words in the place of numbers. Axes whose values grow by factors are logarithmic.

    Raises
    ------
    ValueError
        When ``x`` or ``y`` is no axis, both are one, or ``value`` is no number of a cell.
    ImportError
        Without HoloViews.
    """
    axes = axes_of(table)
    if x is None or y is None:
        free = [name for name in axes if name not in (x, y)]
        if len(free) < (x is None) + (y is None):
            raise ValueError(f"axes = {', '.join(axes) or 'none'}: a map needs two")
        x = x if x is not None else free.pop(0)
        y = y if y is not None else free.pop(0)
    require_axis("x", x, axes)
    require_axis("y", y, axes)
    if x == y:
        raise ValueError(f"x = {x!r}, y = {y!r}: must be two different axes")
    values = one_per_cell(table, value)
    across, up = str(x), str(y)
    cells = values.rename(value).to_dataset().assign_attrs(table.attrs)
    clim = ends_of(values.values, value)
    missing = [name for name in (across, up) if name not in values.dims]
    if missing:
        raise ValueError(f"value = {value!r}: does not depend on {' and '.join(missing)}")
    others = [name for name in axes if name not in (across, up) and name in values.dims]
    return by_menu(cells, others, lambda one: _of(one, across, up, value, clim))


def _of(cells: xarray.Dataset, x: str, y: str, value: str, clim: tuple[float, float]) -> Any:
    hv, dims = holoviews(), [dimension_of(cells[name]) for name in (x, y)]
    found, about = cells[value].transpose(y, x).values.astype(float), dimension_of(cells[value], value)
    at, up = cells[x].values, cells[y].values
    bokeh: dict[str, Any] = {"width": 480, "height": 400}
    matplotlib: dict[str, Any] = {"fig_inches": (5.5, 4.5)}
    if not (are_numbers(at) and are_numbers(up)):
        rows = [(_label(a), _label(b), found[j, i]) for i, a in enumerate(at) for j, b in enumerate(up)]
        return styled(coloured(hv.HeatMap(rows, dims, [about]), clim=clim), {**bokeh, "xrotation": 45}, matplotlib)
    order = np.argsort(at), np.argsort(up)
    at, up, found = at[order[0]], up[order[1]], found[np.ix_(order[1], order[0])]
    log = grows_by_factors(at), grows_by_factors(up)
    ticks = {f"{name}ticks": _ticks(values) for name, values in (("x", at), ("y", up)) if len(values) <= MOST_TICKS}
    return styled(
        mesh(edges_of(at, log[0]), edges_of(up, log[1]), found, (*dims, about), log=log, clim=clim),
        bokeh | ticks,
        matplotlib | ticks | {"hooks": [_name_no_other_ticks]},
    )


def _name_no_other_ticks(plot: Any, _: Any) -> None:
    """Matplotlib names the ticks between the powers of ten where there are few."""
    from matplotlib.ticker import NullFormatter

    for axis in (plot.handles["axis"].xaxis, plot.handles["axis"].yaxis):
        axis.set_minor_formatter(NullFormatter())


def _ticks(values: np.ndarray) -> list[tuple[float, str]]:
    """A tick at every value of an axis."""
    return [(float(value), value_words(value)) for value in values]


def _label(value: Any) -> Any:
    return value if isinstance(value, str) else f"{value:g}"


def grows_by_factors(values: np.ndarray) -> bool:
    """Whether increasing values are spread more evenly on a logarithmic axis than on a plain one."""
    if len(values) < 3 or not (values > 0).all():
        return False
    plain, log = (np.diff(scaled) / np.ptp(scaled) for scaled in (values.astype(float), np.log(values)))
    return bool(np.ptp(log) < np.ptp(plain))
