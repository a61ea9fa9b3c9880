"""Velocities as Bokeh paints them: the columns of the arrows' source, and the bar that says how long a velocity is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import ScaleBar
from bokeh.plotting import figure

from components.palette import FONT, SMALL_TEXT, Theme
from components.views.figures import finite_f4
from swarmviz.drawing.arrows import CUT, Key

ENDS = ("x0", "y0", "x1", "y1")
LEGEND = f"velocity ({CUT})"
BAR = "#7b8794"  # of both themes: BokehJS does not give the bar another colour once it is drawn
NOWHERE = np.full((1, 4), np.nan)  # a legend draws its line only where there is a segment


def arrow_columns(strokes: np.ndarray, finite: Any = finite_f4) -> dict[str, np.ndarray]:
    """The columns of a source for ``strokes`` (S, 4) of arrows, made by ``finite``."""
    drawn = strokes if len(strokes) else NOWHERE
    return dict(zip(ENDS, (finite(column) for column in drawn.T), strict=True))


def add_key_bar(fig: figure) -> ScaleBar:
    """A bar at the lower right of the frame, for :func:`show_key`; the browser draws it as long as an arrow."""
    bar = ScaleBar(
        range=fig.x_range, bar_length_units="data", length_sizing="exact", location="bottom_right", label="", visible=False,
        label_location="above", label_standoff=2, label_text_font=FONT, label_text_font_size=SMALL_TEXT, padding=5, margin=6,
        bar_line_width=3, bar_line_color=BAR, border_line_color=None, background_fill_alpha=0.85,
    )  # fmt: skip
    fig.add_layout(bar)
    return bar


def show_key(bar: ScaleBar, key: Key | None) -> None:
    """Show the length of a velocity; None where no velocities are drawn."""
    if key is None:
        if bar.visible:
            bar.visible = False
    elif (bar.label, bar.bar_length, bar.visible) != (key.label, key.length, True):
        bar.update(label=key.label, bar_length=key.length, visible=True)


def apply_key_theme(bar: ScaleBar, colours: Theme) -> None:
    """Use the colours of a theme."""
    bar.update(label_text_color=colours.ink, background_fill_color=colours.paper)
