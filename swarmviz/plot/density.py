"""Where agents are: a histogram of each coordinate, or the plane of two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.coordinates import chosen, names_of
from swarmviz.drawing.density import BINS, DensityPicture, density_picture, whole_bins
from swarmviz.plot.elements import COLOURS, axes_of, by_menu, dimension, holoviews, styled
from swarmviz.plot.parts import bars
from swarmviz.simulation import Simulation

if TYPE_CHECKING:
    import xarray


def density(
    source: Simulation | xarray.Dataset,
    coordinates: Sequence[int] | None = None,
    *,
    bins: int = BINS,
    smooth: bool = True,
) -> Any:
    """The density of a swarm over the box of its landscape, or of what many runs have answered.

    Parameters
    ----------
    source : Simulation or Dataset
        A run at its present step, with its target law; or runs with ``final_positions`` (``positions=True``), whose agents at the end count
        together, else the final answers of all runs.
    coordinates : sequence of one or two int, optional
        From 0; the first one or two when absent. Of two coordinates a run's plane is drawn beside both histograms.
    bins : int
        Of each histogram.
    smooth : bool
        Whether a smooth estimate of a run's density is drawn, too.

    Returns
    -------
    holoviews.Overlay, Layout or HoloMap

    Raises
    ------
    ValueError
        When ``coordinates`` or ``bins`` are none.
    ImportError
        Without HoloViews.
    """
    if isinstance(source, Simulation):
        picture = density_picture(source.frame, source, coordinates, bins, smooth, joint=True)
        return _of_run(source, picture)
    whole_bins(bins)
    drawn = by_menu(source, axes_of(source), lambda one: _of_runs(one, coordinates, bins))
    return drawn.collate() if isinstance(drawn, holoviews().HoloMap) and drawn.type is holoviews().Layout else drawn


def _of_run(sim: Simulation, drawn: DensityPicture) -> Any:
    hv, parts = holoviews(), []
    for m, name in zip(drawn.marginals, drawn.names, strict=True):
        layers = [_histogram(m.edges, m.top, name)]
        x, y = dimension(name), dimension("density")
        if drawn.smooth:
            smooth = hv.Curve((m.grid, m.smooth), x, y, label="smooth")
            layers.append(styled(smooth, {"color": COLOURS.ink}, {"color": COLOURS.ink}))
        if drawn.target is not None:
            alpha = 1.0 if drawn.target.applies else 0.4
            target = hv.Curve((m.grid, m.target), x, y, label=drawn.target.title)
            layers.append(
                styled(
                    target,
                    {"color": COLOURS.target, "line_dash": "dotted", "line_width": 2, "alpha": alpha},
                    {"color": COLOURS.target, "linestyle": ":", "alpha": alpha},
                )
            )
        title = f"{drawn.n:,} agents, k = {sim.k:,}" + (f" · {m.note}" if m.note else "")
        parts.append(_framed(hv.Overlay(layers).relabel(title)))
    if drawn.joint is not None:
        joint = drawn.joint
        bounds = (joint.low[0], joint.low[1], joint.high[0], joint.high[1])
        shown = np.where(joint.image == 0, np.nan, joint.image.astype(float))[::-1]
        cmap = list(style.hex_colours(style.density_colours(COLOURS)))
        dims = [dimension(name) for name in drawn.names]
        plane = hv.Image(shown, bounds=bounds, kdims=dims, vdims=[dimension("shade", "density, shade")])
        look = {"cmap": cmap, "clim": (0, 255)}
        parts.append(styled(plane, {**look, "width": 420, "height": 400}, {**look, "aspect": "equal"}))
    return parts[0] if len(parts) == 1 else hv.Layout(parts).cols(2)


def _of_runs(data: xarray.Dataset, coordinates: Sequence[int] | None, bins: int) -> Any:
    at = data["final_positions"] if "final_positions" in data else data["final_answer"]
    at = at.where(data["finished"])
    d, parts = at.sizes["coordinate"], []
    for i in chosen(coordinates, d):
        values = at.isel(coordinate=i).values.ravel()
        top, edges = np.histogram(values[np.isfinite(values)], bins=bins, density=True)
        parts.append(_framed(holoviews().Overlay([_histogram(edges, np.nan_to_num(top), names_of(i, d)[0])])))
    return parts[0] if len(parts) == 1 else holoviews().Layout(parts).cols(2)


def _histogram(edges: np.ndarray, top: np.ndarray, name: str) -> Any:
    return bars(edges, top, (dimension(name), dimension("density")))


def _framed(overlay: Any) -> Any:
    return styled(overlay, {"width": 420, "height": 280}, {"fig_inches": (5, 3.2), "aspect": 1.5})
