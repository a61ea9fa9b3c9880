"""An element on axes of Matplotlib that are there already, beside others of the same figure."""

from __future__ import annotations

import importlib
from typing import Any

from swarmviz.plot.elements import holoviews


def load_matplotlib() -> Any:
    """HoloViews with its back end of Matplotlib, for which elements that are made from now on are styled.

    Raises
    ------
    ImportError
        When one of both is not installed; says how to get it.
    """
    hv = holoviews()
    if "matplotlib" not in hv.Store.loaded_backends():
        try:
            importlib.import_module("holoviews.plotting.mpl")
        except ImportError:
            raise ImportError("pictures of elements need Matplotlib: pip install 'swarmviz[pictures,plots]'") from None
    return hv


def draw_on(ax: Any, element: Any) -> list[tuple[Any, Any, str]]:
    """Draw an element, without a scale of colours; what of it has colours is returned, as (axes, artist, what they mean).

    The elements have to be made after :func:`load_matplotlib`.
    """
    hv = load_matplotlib()
    before = hv.Store.current_backend
    hv.Store.set_current_backend("matplotlib")
    try:
        renderer = hv.renderer("matplotlib")
        options = renderer.plot_options(element, renderer.size)
        drawn = renderer.plotting_class(element)(
            element, renderer=renderer, fig=ax.get_figure(root=True), axis=ax, **options
        )
        parts = list(drawn.subplots.values()) if drawn.subplots else [drawn]
        coloured = [part for part in parts if getattr(part, "colorbar", False)]
        for part in coloured:
            part.colorbar = False
        drawn.initialize_plot()
        return [(ax, part.handles["artist"], part.current_frame.vdims[0].pprint_label) for part in coloured]
    finally:
        hv.Store.set_current_backend(before)
