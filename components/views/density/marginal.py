"""The density of one coordinate, painted with Bokeh: its histogram, a smooth estimate, and the target law."""

from __future__ import annotations

from bokeh.models import LegendItem

from components.palette import Theme
from components.views.figures import (
    MOVING,
    apply_theme,
    flat_legend,
    hover_claims,
    move_range,
    new_figure,
    note,
    source,
)
from swarmviz.drawing.axes import nice_above
from swarmviz.drawing.claims import claim_of, opacity
from swarmviz.drawing.density import Marginal
from swarmviz.theory import Target


class MarginalPlot:
    """The figure of one coordinate."""

    def __init__(self, colours: Theme):
        self.figure = fig = new_figure("x")
        self.bars, self.lines = source(top=None, left=None, right=None), source(x=None, smooth=None, target=None)
        self.quads = fig.quad(
            top="top", bottom=0, left="left", right="right", source=self.bars, line_width=0.5, level=MOVING
        )
        self.smooth = fig.line("x", "smooth", source=self.lines, line_width=2, level=MOVING)
        self.target = fig.line("x", "target", source=self.lines, line_width=2.5, line_dash="dotted", level=MOVING)
        self.hover = hover_claims(fig)
        self.hover.renderers = [self.target]
        self.legend, self.note = flat_legend(fig, rows=1), note(fig)
        self.note.update(
            x_units="data", y_units="data", text_baseline="top", x_offset=6, y_offset=-6
        )  # the upper left stays free longest
        fig.xgrid.visible = False
        fig.yaxis.ticker.desired_num_ticks = 4
        self.apply_theme(colours)

    def apply_theme(self, colours: Theme) -> None:
        """The colours of a theme."""
        apply_theme(self.figure, colours)
        self.quads.glyph.update(fill_color=colours.bars, line_color=colours.paper)
        self.smooth.glyph.line_color, self.target.glyph.line_color = colours.ink, colours.target

    def name(self, label: str, target: Target | None, smooth: bool) -> None:
        """Another coordinate or another target."""
        items = [LegendItem(label="density", renderers=[self.quads])]
        if smooth:
            items.append(LegendItem(label="smoothed", renderers=[self.smooth]))
        if target is not None:
            items.append(LegendItem(label=target.title, renderers=[self.target]))
            self.target.name = claim_of(target)
        self.figure.xaxis.axis_label = label
        self.legend.items = items
        self.smooth.visible, self.target.visible = smooth, target is not None
        self.target.glyph.line_alpha = 1.0 if target is None else opacity(target)

    def paint(self, m: Marginal) -> None:
        """Write a histogram to the sources, and move the axis where a step is due."""
        self.bars.data = {
            "top": m.top.astype("f4"),
            "left": m.edges[:-1].astype("f4"),
            "right": m.edges[1:].astype("f4"),
        }
        self.lines.data = {"x": m.grid.astype("f4"), "smooth": m.smooth.astype("f4"), "target": m.target.astype("f4")}
        move_range(self.figure.x_range, (float(m.edges[0]), float(m.edges[-1])))
        highest = float(max(m.top.max(initial=0.0), m.target.max(initial=0.0), m.smooth.max(initial=0.0), 1e-9)) * 1.05
        now = self.figure.y_range.end
        if highest > now or highest < now / 4 or self.figure.y_range.start != 0:
            move_range(self.figure.y_range, (0.0, nice_above(highest)))
            self.note.update(x=self.figure.x_range.start, y=self.figure.y_range.end)
        if self.note.text != m.note:
            self.note.update(text=m.note, visible=bool(m.note))
