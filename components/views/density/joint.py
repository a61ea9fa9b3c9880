"""The density in the plane of two coordinates: an image of the agents, and the law that the swarm is said to tend to as contours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from bokeh.models import LegendItem, LinearColorMapper
from bokeh.plotting.contour import contour_data

from components.palette import Theme, crowd
from components.views.density.marginal import claim_of
from components.views.figures import (
    MOVING,
    dress,
    flat_legend,
    hover_claims,
    move_range,
    new_figure,
    note,
    placed,
    source,
)
from swarmviz.drawing.density import contours_name, levels_of, note_of, plane_density, target_on_grid
from swarmviz.theory import Target

NO_LINES: dict[str, list] = {"xs": [], "ys": []}


class Joint(NamedTuple):
    """An image ready to be painted over the box, and the contours of the target."""

    image: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lines: dict[str, list]
    note: str
    smooth: bool


def joint(
    x: np.ndarray, low: np.ndarray, high: np.ndarray, bins: int, smooth: bool, target: Target | None, removed: int = 0
) -> Joint:
    """The density of ``x`` (N, 2) in the box: agents per cell on a logarithmic scale, or a smooth estimate on a linear one.

    ``removed`` agents, not among ``x``, are told of.
    """
    image, outside = plane_density(x, low, high, bins, smooth)
    lines = NO_LINES if target is None else contours(target, low, high)
    return Joint(image, low, high, lines, note_of(outside, removed), smooth)


def contours(target: Target, low: np.ndarray, high: np.ndarray) -> dict[str, list]:
    """The lines around the densest places of a law in the plane that hold the shares MASSES of its mass."""
    axes, rho = target_on_grid(target, low, high)
    levels = levels_of(rho)
    if not len(levels):
        return NO_LINES
    drawn = contour_data(*axes, rho.T, levels, want_fill=False, want_line=True).line_data
    return {"xs": list(drawn.xs), "ys": list(drawn.ys)}


class Plot:
    """The figure of two coordinates."""

    def __init__(self, colours: Theme):
        self.figure, self._smooth = new_figure("x₁", "x₂"), False
        fig = self.figure
        self.shades, self.cells = (
            LinearColorMapper(low=0, high=255),
            source(**placed(np.zeros((1, 1), "u1"), (0, 0), (1, 1))),
        )
        self.image = fig.image("image", "x", "y", "dw", "dh", source=self.cells, color_mapper=self.shades, level=MOVING)
        self.lines = source(**NO_LINES)
        self.target = fig.multi_line("xs", "ys", source=self.lines, line_width=2, line_dash="dotted", level=MOVING)
        self.hover = hover_claims(fig)
        self.hover.renderers = [self.target]
        self.legend, self.note = flat_legend(fig), note(fig)
        self.dress(colours)

    def dress(self, colours: Theme) -> None:
        """The colours of a theme."""
        dress(self.figure, colours)
        self._palettes = crowd(colours), crowd(colours, least=0.0)  # a smooth image fades away at its edge
        self.shades.palette, self.target.glyph.line_color = self._palettes[self._smooth], colours.target

    def name(self, target: Target | None) -> None:
        """Another target."""
        if target is not None:
            self.target.name = claim_of(target)
        label = "" if target is None else contours_name(target)
        self.legend.items = [LegendItem(label=label, renderers=[self.target])] if target is not None else []
        self.target.visible = target is not None
        self.target.glyph.line_alpha = 1.0 if target is None or target.applies else 0.35

    def paint(self, j: Joint) -> None:
        """Write an image to the sources."""
        if j.smooth != self._smooth:
            self._smooth, self.shades.palette = j.smooth, self._palettes[j.smooth]
        self.cells.data = placed(j.image, j.low, j.high - j.low)
        if j.lines is not NO_LINES or self.lines.data["xs"]:
            self.lines.data = j.lines
        for ends, a, b in zip((self.figure.x_range, self.figure.y_range), j.low, j.high, strict=True):
            move_range(ends, (float(a), float(b)))
        if self.note.text != j.note:
            self.note.update(text=j.note, visible=bool(j.note))
