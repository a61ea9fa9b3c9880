"""The observables of a run, or of many, over its steps, its time or what it has spent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.drawing.abscissa import COLUMNS, LABELS, STEPS
from swarmviz.drawing.curves import curves_picture
from swarmviz.ensembles.dataset import variable
from swarmviz.ensembles.statistics import quantiles
from swarmviz.ensembles.units import of_observable
from swarmviz.plot import parts
from swarmviz.plot.elements import (
    COLOURS,
    axes_of,
    by_menu,
    dimension,
    dimension_of,
    holoviews,
    require_axis,
    styled,
    symbol_of,
    value_words,
)
from swarmviz.simulation import Simulation

if TYPE_CHECKING:
    import xarray

LEVELS = 0.05, 0.25, 0.5, 0.75, 0.95


def curves(
    source: Simulation | xarray.Dataset,
    names: str | Sequence[str] = "best",
    *,
    over: str = STEPS,
    by: str | None = None,
    theory: bool = True,
) -> Any:
    """Observables as they went.

    Parameters
    ----------
    source : Simulation or Dataset
        A run: its record, and the lines of theory beside it; dashed faintly where a hypothesis of their claim fails. Or the runs of
        :func:`swarmviz.run_ensemble` or :func:`swarmviz.sweep`: their median in the middle of the bands that hold half and nine tenths.
    names : str or sequence of str
        Which observables. Several are drawn one under the other.
    over : {"steps", "time", "evaluations"}
        The axis. Of many runs the median of what they have spent at each step stands for their evaluations.
    by : str, optional
        An axis of a sweep of which all values are drawn in one plot, as medians within the bands that hold half. The other axes have
        menus.
    theory : bool
        Whether the lines of theory are drawn.

    Returns
    -------
    holoviews.Overlay, HoloMap or Layout

    Raises
    ------
    ValueError
        When a name is none of the recorded observables, or ``over`` or ``by`` is no such axis.
    ImportError
        Without HoloViews.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2, seed=1))
    >>> _ = sim.advance(100)
    >>> sv.plot.curves(sim, "dispersion").get(0).kdims[0].name
    'k'
    """
    if over not in COLUMNS:
        raise ValueError(f"over = {over!r}: must be {', '.join(map(repr, COLUMNS))}")
    if not isinstance(names, str):
        drawn = [curves(source, name, over=over, by=by, theory=theory) for name in names]
        if not drawn:
            raise ValueError(f"names = {names!r}: must be at least one observable")
        return holoviews().Layout(drawn).cols(1)
    if isinstance(source, Simulation):
        return _of_run(source, names, over, by, theory)
    return _of_runs(source, names, over, by)


def _of_run(sim: Simulation, name: str, over: str, by: str | None, theory: bool) -> Any:
    hv, observables = holoviews(), {o.name: o for o in sim.dynamics.observables}
    if by is not None:
        raise ValueError(f"by = {by!r}: a single run has no axes")
    if name not in observables or name not in sim.record:
        raise ValueError(
            f"names = {name!r}: must be a recorded observable: {', '.join(o for o in observables if o in sim.record)}"
        )
    picture = curves_picture(sim.frame, sim, observables[name].panel, log=False, over=over)
    if picture.over != over:
        raise ValueError(f"over = {over!r}: {type(sim.dynamics).__name__} does not record its {over}")
    mine = next(curve for curve in picture.curves if curve.name == name)
    x, y = _along(over), dimension(name, mine.label, of_observable(observables[name]))
    drawn = []
    for curve in picture.curves:
        if curve is mine or (theory and not curve.measured and curve.of == mine.label):
            # a label that is also that of a dimension would be taken for its values by HoloViews
            label = "measured" if curve.measured else curve.label
            drawn.append(_line(curve, (x, y), label))
    return styled(hv.Overlay(drawn).relabel(mine.tip), **_frame(observables[name].log))


def _line(curve: Any, dims: tuple[Any, Any], label: str) -> Any:
    if curve.measured:
        return parts.line(curve.k, curve.y, dims, COLOURS.curves[0], label=label)
    dash, alpha = curve.style if curve.style in parts.DASHES else "dashed", 1.0 if curve.applies else 0.4
    return parts.line(curve.k, curve.y, dims, COLOURS.target, label=label, dash=dash, width=1.5, alpha=alpha)


def _of_runs(data: xarray.Dataset, name: str, over: str, by: str | None) -> Any:
    series = [str(key) for key, values in data.data_vars.items() if "step" in values.dims]
    key, axes = variable(name), axes_of(data)
    if key not in series:
        raise ValueError(
            f"names = {name!r}: must be a recorded observable: {', '.join(series) or 'none, because no step was recorded'}"
        )
    if by is not None:
        require_axis("by", by, axes)
    if over == "evaluations" and "evaluations" not in series:
        raise ValueError("over = 'evaluations': these runs do not record their evaluations")
    wanted = [key, *({"evaluations"} if over == "evaluations" else ())]
    levels = quantiles(data[[*dict.fromkeys(wanted), "finished", "diverged_step", "steps_taken"]], LEVELS)
    y, x = dimension_of(data[key], name), _along(over)

    def plot(one: xarray.Dataset) -> Any:
        if by is None:
            return styled(holoviews().Overlay(_bands(one, key, over, x, y, 0)), **_frame())
        values = one[by].values
        some = [
            _bands(one.isel({by: i}), key, over, x, y, i, f"{symbol_of(data[by])} = {value_words(value)}", half=True)
            for i, value in enumerate(values)
        ]
        return styled(holoviews().Overlay([element for part in some for element in part]), **_frame())

    return by_menu(levels.assign_attrs(data.attrs), [axis for axis in axes if axis != by], plot)


def _bands(
    one: xarray.Dataset, key: str, over: str, x: Any, y: Any, place: int, label: str = "median", half: bool = False
) -> list[Any]:
    """The bands of one set of runs and their median on top."""
    colour = COLOURS.curves[place % len(COLOURS.curves)]
    low, quarter, middle, three, high = one[key].transpose("quantile", "step").values
    at = _places(one, over)
    known = np.isfinite(at) & np.isfinite(middle)
    drawn = []
    for share, (below, above) in {"90%": (low, high), "50%": (quarter, three)}.items():
        if not half:
            drawn.append(
                parts.band(at[known], below[known], above[known], (x, y), colour, label=f"{share} of the runs")
            )
        elif share == "50%":
            drawn.append(parts.band(at[known], below[known], above[known], (x, y), colour))
    return [*drawn, parts.line(at[known], middle[known], (x, y), colour, label=label)]


def _places(one: xarray.Dataset, over: str) -> np.ndarray:
    """Where the steps of one set of runs are on the axis, (K,)."""
    if over == "evaluations":
        return np.asarray(one["evaluations"].sel(quantile=0.5).values, float)
    return np.asarray(one["t" if over == "time" else "step"].values, float)


def _along(over: str) -> Any:
    return dimension(COLUMNS[over], LABELS[over])


def _frame(log: bool = False) -> dict[str, Any]:
    """Options of the whole plot by back end."""
    return {
        "bokeh": {"width": 560, "height": 300, "logy": log, "legend_position": "right", "show_grid": True},
        "matplotlib": {"fig_inches": (7, 3.4), "aspect": 2, "logy": log, "show_grid": True, "legend_position": "right"},
    }
