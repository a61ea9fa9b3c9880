"""The density of two coordinates, painted with Bokeh: an image of the agents, and the target law as contours."""

from __future__ import annotations

import numpy as np
from bokeh.models import LegendItem, LinearColorMapper
from bokeh.plotting.contour import contour_data

from components.palette import Theme, density_palette
from components.views.figures import (
    MOVING,
    apply_theme,
    describe,
    flat_legend,
    hover_claims,
    move_range,
    name_in_legend,
    new_figure,
    note,
    placed,
    source,
)
from swarmviz.drawing.claims import claim_of, opacity
from swarmviz.drawing.density import JointDensity, JointTarget, contours_name
from swarmviz.theory import Target

NO_LINES: dict[str, list] = {"xs": [], "ys": []}


def contours(target: JointTarget | None) -> dict[str, list]:
    """The columns of a source for the contours of a law, without any where there is none; touches no figure."""
    if target is None or not len(target.levels):
        return NO_LINES
    drawn = contour_data(*target, want_fill=False, want_line=True).line_data
    return {"xs": list(drawn.xs), "ys": list(drawn.ys)}


class JointPlot:
    """The figure of two coordinates."""

    def __init__(self, colours: Theme):
        self.figure, self._smooth = new_figure("x₁", "x₂"), False
        fig = self.figure
        self.shades = LinearColorMapper(low=0, high=255)
        self.cells = source(**placed(np.zeros((1, 1), "u1"), (0, 0), (1, 1)))
        self.image = fig.image("image", "x", "y", "dw", "dh", source=self.cells, color_mapper=self.shades, level=MOVING)
        self.lines = source(**NO_LINES)
        self.target = fig.multi_line("xs", "ys", source=self.lines, line_width=2, line_dash="dotted", level=MOVING)
        self.hover = hover_claims(fig)
        self.hover.renderers = [self.target]
        self.legend, self.note = flat_legend(fig), note(fig)
        self.apply_theme(colours)

    def apply_theme(self, colours: Theme) -> None:
        """The colours of a theme."""
        apply_theme(self.figure, colours)
        self._palettes = (
            density_palette(colours),
            density_palette(colours, least=0.0),
        )  # a smooth image fades away at its edge
        self.shades.palette, self.target.glyph.line_color = self._palettes[self._smooth], colours.target

    def name(self, target: Target | None) -> None:
        """Another target."""
        if target is not None:
            self.target.name = claim_of(target)
        label = "" if target is None else contours_name(target)
        name_in_legend(self.legend, [LegendItem(label=label, renderers=[self.target])] if target is not None else [])
        describe(self.figure, "Density of the agents over the plane")
        self.target.visible = target is not None
        self.target.glyph.line_alpha = 1.0 if target is None else opacity(target)

    def paint(self, p: JointDensity, lines: dict[str, list]) -> None:
        """Write an image and contours to the sources."""
        if p.smooth != self._smooth:
            self._smooth, self.shades.palette = p.smooth, self._palettes[p.smooth]
        self.cells.data = placed(p.image, p.low, p.high - p.low)
        if lines is not NO_LINES or self.lines.data["xs"]:
            self.lines.data = lines
        for ends, a, b in zip((self.figure.x_range, self.figure.y_range), p.low, p.high, strict=True):
            move_range(ends, (float(a), float(b)))
        if self.note.text != p.note:
            self.note.update(text=p.note, visible=bool(p.note))
