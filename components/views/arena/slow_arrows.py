"""The step of all agents in an arena, stage by stage, painted by Bokeh; see :mod:`swarmviz.drawing.steps`.

The arrows of the newest stage are strong, those before it faint, head to tail. Once the step is taken the agents glide from where they were
to where they are: in the browser, which knows both places, so that the server sends nothing for it. A system that asks for less motion
sees them there at once. The glyphs are made when a step is first shown so.
"""

from __future__ import annotations

import textwrap

import numpy as np
from bokeh.models import ColumnDataSource, CustomJS, Label, Node
from bokeh.plotting import figure

from components.palette import FONT, SMALL_TEXT, Theme
from components.views.arena.step_arrows import ENDS, colours_of
from components.views.figures import MOVING, finite_f8, source
from swarmviz.drawing.steps import Stage, StepsPicture

FAINT = 0.3  # opacity of the stages before the newest
GAP = 0.02  # of the axis of F: between two arrows of an agent in one dimension
LINE = 34  # letters in a line of the text: on a phone it leaves the swarm in sight
TAKEN = "where they go: the sum"
GLIDE_MS = 280  # less than a stage is seen

# Before the step the places are noted, after it the agents are put there, and glide to where the newest picture has them.
GLIDE = """
const [turn, taken] = text.tags, columns = [across, up]
const placed = () => columns.map((name) => Float64Array.from(points.data[name] ?? []))
points.swarmviz_turn = turn
if (turn === undefined) { points.swarmviz_from = null; return }
if (!taken) { points.swarmviz_from = placed(); return }
const from = points.swarmviz_from, to = placed()
points.swarmviz_from = null
if (!from || from[0].length !== to[0].length || matchMedia("(prefers-reduced-motion: reduce)").matches) { return }
const began = performance.now()
const glide = () => {
  if (points.swarmviz_turn !== turn) { return } // the next picture has come, with places of its own
  const share = Math.min((performance.now() - began) / ms, 1)
  columns.forEach((name, j) => {
    const column = points.data[name]
    for (let i = 0; i < to[j].length; i++) { column[i] = share < 1 ? from[j][i] + share * (to[j][i] - from[j][i]) : to[j][i] }
  })
  points.change.emit()
  if (share < 1) { requestAnimationFrame(glide) }
}
glide()
"""


def stage_text(fig: figure, points: ColumnDataSource | None = None, across: str = "x", up: str = "y") -> Label:
    """The text at the upper left of a frame that says which stage is the newest, and lets the agents glide to where the step takes them.

    Made with the figure, because a browser has no place for a text that comes later before the figure is laid out anew. Its tags are the
    number of the stage and whether the step has been taken.

    Parameters
    ----------
    points : ColumnDataSource, optional
        The agents, with their places in the columns ``across`` and ``up``.
    """
    corner = {"x": Node(target="frame", symbol="left", offset=6), "y": Node(target="frame", symbol="top", offset=6)}
    text = Label(**corner, text="", text_baseline="top", text_font_size=SMALL_TEXT, text_font=FONT, padding=5, border_radius=4,
                 background_fill_alpha=0.92, border_line_width=2, visible=False, level=MOVING, name="slow step")  # fmt: skip
    fig.add_layout(text)
    if points is not None:
        names = {"text": text, "points": points, "across": across, "up": up, "ms": GLIDE_MS}
        text.js_on_change("tags", CustomJS(args=names, code=GLIDE))
    return text


class SlowArrows:
    """The glyphs in a figure.

    Parameters
    ----------
    text : Label
        As :func:`stage_text` makes it.
    flat : bool
        One dimension: the vertical axis is F.
    """

    def __init__(self, fig: figure, text: Label, flat: bool, colours: Theme):
        self._fig, self._flat, self._colours = fig, flat, colours
        self.text = text
        columns = dict.fromkeys((*ENDS, "angle", "alpha", "halo"))
        self.arrows, self.links = source(**columns, colour=[]), source(**columns, colour=[])
        ends, top = {name: name for name in ENDS}, {"level": MOVING}
        self.halo = fig.segment(**ends, source=self.arrows, line_width=5, line_alpha="halo", line_cap="round", **top)
        self.shafts = fig.segment(**ends, source=self.arrows, line_color="colour", line_width=2.5, line_alpha="alpha",
                                  line_cap="round", name="slow step", **top)  # fmt: skip
        self.heads = fig.scatter("x1", "y1", source=self.arrows, marker="triangle", angle="angle", size=8, fill_color="colour",
                                 fill_alpha="alpha", line_width=0.5, line_alpha="alpha", **top)  # fmt: skip
        self.lines = fig.segment(**ends, source=self.links, line_color="colour", line_width=1.4, line_alpha="alpha",
                                 line_dash=[5, 3], name="slow links", **top)  # fmt: skip
        self.apply_theme(colours)

    def apply_theme(self, colours: Theme) -> None:
        """Use the colours of a theme; arrows that are there get theirs with the next stage."""
        self._colours = colours
        self.halo.glyph.line_color = self.heads.glyph.line_color = colours.paper

    def hide(self) -> None:
        """Draw nothing."""
        self._draw([], [])
        self.text.update(visible=False, tags=[])  # what glides has the next picture's places

    def show(self, picture: StepsPicture, stage: int, turn: int, segments: list[np.ndarray] | None = None) -> None:
        """Draw the stages up to the place ``stage``, of which it is the newest; beyond the last all are faint.

        ``segments`` has the ends of the arrows, (M, 4) for each stage, where they are not the stages' ways.
        """
        count = len(picture.stages)
        shown = list(enumerate(picture.stages[: stage + 1]))
        drawn = [self._columns(s, i, i == stage, picture.levels, segments and segments[i]) for i, s in shown]
        linked = [s.pairs is not None and segments is None for _, s in shown]
        self._draw([c for c, link in zip(drawn, linked, strict=True) if not link],
                   [c for (i, _), c, link in zip(shown, drawn, linked, strict=True) if link and i == stage])  # fmt: skip
        said = TAKEN if stage >= count else f"{stage + 1} of {count}: {picture.stages[stage].meaning}"
        text = "\n".join(filter(None, (textwrap.fill(said, LINE), picture.note)))
        edge = self._colours.ink if stage >= count else self._colour(stage)
        self.text.update(text=text, border_line_color=edge, visible=bool(count), tags=[turn, stage >= count])

    def _colour(self, stage: int) -> str:
        palette = colours_of(self._colours)
        return palette[stage % len(palette)]

    def _columns(self, stage: Stage, place: int, newest: bool, levels: np.ndarray, ways: np.ndarray | None) -> dict:
        """The columns of the arrows of one stage."""
        ways = (stage.ways if ways is None else ways).copy()
        if self._flat and stage.pairs is not None:
            ways[:, 1], ways[:, 3] = levels[stage.pairs].T
        elif self._flat:
            level = levels[stage.agents]
            ways[:, 1] = ways[:, 3] = level + self._gap(level) * (place + 1)
        along = ways[:, 2:] - ways[:, :2]
        count, strength = len(ways), 1.0 if newest else FAINT
        return dict(zip(ENDS, (finite_f8(column) for column in ways.T), strict=True)) | {
            "angle": np.arctan2(along[:, 1], along[:, 0]) - np.pi / 2,
            "alpha": np.full(count, strength),
            "halo": np.full(count, 0.7 * newest),
            "colour": [self._colour(place)] * count,
        }

    def _draw(self, arrows: list[dict], links: list[dict]) -> None:
        for target, parts in ((self.arrows, arrows), (self.links, links)):
            if parts or len(target.data["x0"]):
                names = [name for name in target.data if name != "colour"]
                data = {name: np.concatenate([np.zeros(0), *(part[name] for part in parts)]) for name in names}
                target.data = data | {"colour": [colour for part in parts for colour in part["colour"]]}

    def _gap(self, level: np.ndarray) -> np.ndarray:
        """From one arrow of an agent to the next, towards the further end of the axis."""
        low, high = self._fig.y_range.start, self._fig.y_range.end
        return GAP * (high - low) * np.where(level < (low + high) / 2, 1.0, -1.0)
