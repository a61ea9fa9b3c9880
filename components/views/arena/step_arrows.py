"""The step of one agent in an arena: its terms as arrows, head to tail, painted by Bokeh; see :mod:`swarmviz.drawing.step`.

The glyphs are made when an agent is first chosen, so that a page opens without them. In one dimension the arrows lie under or over each
other, away from the nearer end of the axis of F, because all of them lead along one line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bokeh.plotting import figure

from components.palette import Theme
from components.views.figures import MOVING, finite_f8, source
from swarmviz.drawing.step import StepPicture

ENDS = ("x0", "y0", "x1", "y1")
GAP = 0.04  # of the axis of F: between two arrows in one dimension


def colours_of(colours: Theme) -> tuple[str, ...]:
    """Of the terms in their order, and then again from the first: no step of the papers has more."""
    return (*colours.curves, colours.ink)


class StepArrows:
    """The glyphs in a figure.

    Parameters
    ----------
    flat : bool
        One dimension: the vertical axis is F.
    """

    def __init__(self, fig: figure, flat: bool, colours: Theme):
        self._fig, self._flat, self._colours = fig, flat, colours
        self._shown: StepPicture | None = None
        self._of_ways: Sequence[int] | None = None
        self.arrows, self.places = source(**dict.fromkeys((*ENDS, "angle")), colour=[]), source(x=None, y=None)
        ends, top = {name: name for name in ENDS}, {"level": MOVING}
        self.halo = fig.segment(**ends, source=self.arrows, line_width=6, line_alpha=0.8, line_cap="round", **top)
        self.shafts = fig.segment(
            **ends, source=self.arrows, line_color="colour", line_width=3, line_cap="round", name="step", **top
        )
        self.heads = fig.scatter("x1", "y1", source=self.arrows, marker="triangle", angle="angle", size=11,
                                 fill_color="colour", line_width=1, **top)  # fmt: skip
        self.rings = fig.scatter(
            "x", "y", source=self.places, size=20, fill_color=None, line_width=2.5, name="chosen", **top
        )
        self.apply_theme(colours)

    def apply_theme(self, colours: Theme) -> None:
        """Use the colours of a theme."""
        self._colours = colours
        self.halo.glyph.line_color = self.heads.glyph.line_color = colours.paper
        self.rings.glyph.line_color = colours.ink
        self.show(self._shown, self._of_ways)

    def show(self, picture: StepPicture | None, of_ways: Sequence[int] | None = None) -> None:
        """Draw a step; None: nothing. ``of_ways`` has the place of each way's colour, where they are not coloured in their order."""
        self._shown, self._of_ways = picture, of_ways
        if picture is None:
            if len(self.places.data["x"]):
                self.arrows.data = {name: np.zeros(0) for name in (*ENDS, "angle")} | {"colour": []}
                self.places.data = {"x": np.zeros(0), "y": np.zeros(0)}
            return
        ways, places = picture.ways.copy(), np.stack([picture.start, picture.end])
        if self._flat:
            ways[:, 1] = ways[:, 3] = picture.level + self._gap(picture.level) * np.arange(1, len(ways) + 1)
            places[:, 1] = picture.level
            places = places[:1]  # F where it goes is not known before the step is taken
        drawn = (ways[:, :2] != ways[:, 2:]).any(axis=1)
        palette = colours_of(self._colours)
        colours = [palette[(of_ways[i] if of_ways else i) % len(palette)] for i in np.flatnonzero(drawn)]
        along = (ways[:, 2:] - ways[:, :2])[drawn]
        self.arrows.data = dict(zip(ENDS, (finite_f8(column) for column in ways[drawn].T), strict=True)) | {
            "angle": np.arctan2(along[:, 1], along[:, 0]) - np.pi / 2,
            "colour": colours,
        }
        self.places.data = {"x": finite_f8(places[:, 0]), "y": finite_f8(places[:, 1])}

    def _gap(self, level: float) -> float:
        """From one arrow to the next, towards the further end of the axis."""
        low, high = self._fig.y_range.start, self._fig.y_range.end
        return GAP * (high - low) * (1 if level < (low + high) / 2 else -1)
