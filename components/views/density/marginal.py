"""The density of one coordinate, painted with Bokeh: its histogram, a smooth estimate, and the target law."""

from __future__ import annotations

import numpy as np
from bokeh.models import LegendItem

from components.palette import FONT, SMALL_TEXT, Theme
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
    source,
)
from swarmviz.drawing.axes import nice_above
from swarmviz.drawing.claims import claim_of, opacity
from swarmviz.drawing.density import LawOnBars, Marginal
from swarmviz.drawing.law import LAW_NAME, DrawnLaw
from swarmviz.theory import Target


class MarginalPlot:
    """The figure of one coordinate."""

    def __init__(self, colours: Theme):
        self.figure = fig = new_figure("x", min_border_left=38)  # of two digits: the frame stays when there is one
        self.bars, self.lines = source(top=None, left=None, right=None), source(x=None, smooth=None, target=None)
        self.quads = fig.quad(
            top="top", bottom=0, left="left", right="right", source=self.bars, line_width=0.5, level=MOVING
        )
        self.smooth = fig.line("x", "smooth", source=self.lines, line_width=2, level=MOVING)
        self.target = fig.line("x", "target", source=self.lines, line_width=2.5, line_dash="dotted", level=MOVING)
        self.law_line, self.atoms = (
            source(x=None, law=None),
            source(x=None, top=None, mass=None, align=None, shift=None),
        )
        self.law = fig.line("x", "law", source=self.law_line, line_width=2.2, level=MOVING)
        self.stems = fig.segment("x", 0, "x", "top", source=self.atoms, line_width=2.2, level=MOVING)
        self.heads = fig.scatter("x", "top", source=self.atoms, marker="diamond", size=11, level=MOVING)
        self.masses = fig.text("x", "top", "mass", source=self.atoms, level=MOVING, text_font_size=SMALL_TEXT, text_font={"value": FONT},
                               text_baseline="middle", text_align="align", x_offset="shift")  # fmt: skip
        self.law_parts = [self.law, self.stems, self.heads, self.masses]
        self.hover = hover_claims(fig)
        self.hover.renderers = [self.target, self.law]
        self.legend, self.note = flat_legend(fig, rows=1), note(fig)
        # So that a plot at 1024 pixels has room for the smooth curve's name; that of the bars gives way: the view's button says it.
        self.legend.glyph_width = 14
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
        self.law.glyph.line_color = self.stems.glyph.line_color = colours.target
        self.heads.glyph.update(fill_color=colours.target, line_color=colours.paper)
        self.masses.glyph.text_color = colours.ink

    def name(self, label: str, target: Target | None, smooth: bool, law: DrawnLaw | None = None) -> None:
        """Another coordinate or another target."""
        items = [LegendItem(label="agents", renderers=[self.quads])]
        if smooth:
            items.append(LegendItem(label="smooth", renderers=[self.smooth]))
        if target is not None:
            items.append(LegendItem(label=target.title, renderers=[self.target]))
            self.target.name = claim_of(target)
        if law is not None and law.k >= 0:
            items.append(LegendItem(label=LAW_NAME, renderers=[self.law]))
            self.law.name = f"{claim_of(law)}. {law.approximation}"
            for glyph in (self.law.glyph, self.stems.glyph):
                glyph.line_alpha = opacity(law)
            self.heads.glyph.fill_alpha = opacity(law)
        for part in self.law_parts:
            part.visible = law is not None and law.k >= 0
        self.figure.xaxis.axis_label = label
        name_in_legend(self.legend, items)
        describe(self.figure, f"Density of the agents over {label}")
        self.smooth.visible, self.target.visible = smooth, target is not None
        self.target.glyph.line_alpha = 1.0 if target is None else opacity(target)

    def paint(self, m: Marginal, over: LawOnBars | None = None) -> None:
        """Write a histogram to the sources, and move the axis where a step is due."""
        self.bars.data = {
            "top": m.top.astype("f4"),
            "left": m.edges[:-1].astype("f4"),
            "right": m.edges[1:].astype("f4"),
        }
        self.lines.data = {"x": m.grid.astype("f4"), "smooth": m.smooth.astype("f4"), "target": m.target.astype("f4")}
        drawn = [m.top, m.target, m.smooth, *self._paint_law(m, over)]
        move_range(self.figure.x_range, (float(m.edges[0]), float(m.edges[-1])))
        highest = float(max(*(values.max(initial=0.0) for values in drawn), 1e-9)) * 1.05
        now = self.figure.y_range.end
        if highest > now or highest < now / 4 or self.figure.y_range.start != 0:
            move_range(self.figure.y_range, (0.0, nice_above(highest)))
            self.note.update(x=self.figure.x_range.start, y=self.figure.y_range.end)
        note = " · ".join(filter(None, (m.note, over.law.note if over else "")))
        if self.note.text != note:
            self.note.update(text=note, visible=bool(note))

    def _paint_law(self, m: Marginal, over: LawOnBars | None) -> tuple[np.ndarray, ...]:
        """Write the law of infinitely many agents to its sources; the heights that are drawn."""
        if over is None:
            return ()
        self.law_line.data = {"x": m.grid.astype("f4"), "law": over.density.astype("f4")}
        marks = over.atoms
        if len(marks.x) or len(self.atoms.data["x"]):
            right = marks.x > (m.edges[0] + m.edges[-1]) / 2  # the text is on the side where there is room
            self.atoms.data = {
                "x": marks.x.astype("f4"),
                "top": marks.height.astype("f4"),
                "mass": marks.text,
                "align": np.where(right, "right", "left").tolist(),
                "shift": np.where(right, -8.0, 8.0),
            }
        return over.density, marks.height
