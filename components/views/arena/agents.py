"""How agents look in a Bokeh figure: size by mass, colour by role or weight, what hovering tells, and their entries in the legend.

What is drawn follows from which fields a frame has; see :class:`swarmviz.Frame`.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
from bokeh.models import ColumnDataSource, CustomJSHover, GlyphRenderer, LegendItem, LinearColorMapper
from bokeh.plotting import figure

from components.palette import Theme
from components.server.bokeh_patches.figure_painting import patch_circles
from components.views.figures import MOVING, finite_f8, source
from swarmviz import Frame
from swarmviz.drawing.agents import Points
from swarmviz.drawing.style import hex_colours, tone_colours

DIGITS = "{%.5g}"  # a weight of 1e-7 is no 0.0000
LEGEND_OF = "legend of "  # begins the name of a glyph that only an entry of the legend shows
MAX_HOVERED = 2  # agents under a pointer whose numbers are shown: more would cover the swarm


class Kind(NamedTuple):
    """Which of the optional fields decide on the looks of agents."""

    mass: bool = False
    weight: bool = False
    roles: tuple[str, ...] = ()


def kind_of(frame: Frame) -> Kind:
    """The looks that a frame asks for."""
    return Kind(frame.mass is not None, frame.weight is not None, frame.roles if frame.role is not None else ())


def add_agents(fig: figure, x: str, y: str, tones: LinearColorMapper) -> tuple[ColumnDataSource, GlyphRenderer]:
    """The source and the circles of the agents."""
    patch_circles(fig)
    points = source(**dict.fromkeys((x, y, "size", "tone", "energy", "mass", "weight")))
    dots = fig.scatter(x, y, source=points, size="size", fill_color={"field": "tone", "transform": tones}, fill_alpha=0.92, line_width=1.1,
                       nonselection_fill_alpha=0.92, level=MOVING, name="agents")  # fmt: skip
    return points, dots


def apply_theme(fig: figure, dots: GlyphRenderer, tones: LinearColorMapper, kind: Kind, colours: Theme) -> None:
    """Colours of the agents in a theme: one per role, or from quiet to bright by weight, or one for all."""
    dots.glyph.line_color = colours.outline
    for place, role in enumerate(kind.roles or ("agent",)):
        if (drawn := _of_legend(fig, role)) is not None:
            drawn.glyph.update(line_color=colours.outline, fill_color=colours.roles[place % len(colours.roles)])
    palette, low, high = tone_colours(kind.roles, kind.weight, colours)
    tones.update(palette=list(hex_colours(palette)), low=low, high=high)


def columns_of(points: Points, frame: Frame) -> dict[str, np.ndarray]:
    """Size, tone and what hovering tells of every agent, as float32."""
    size, tone = points.diameter.astype("f4"), points.tone.astype("f4")
    out = {"size": size, "tone": tone, "energy": finite_f8(frame.energy)}
    for name in ("mass", "weight"):
        if getattr(frame, name) is not None:
            out[name] = getattr(frame, name).astype("f4")
    return out


def tooltips(kind: Kind, places: list[tuple[str, str]]) -> Any:
    """What hovering over an agent tells; ``places`` are pairs of a label and one or two columns, ``@x, @y``."""
    rows = [("agent", "$index"), *places, ("value F", "@energy")]
    rows += [("mass", "@mass")] * kind.mass + [("weight", "@weight")] * kind.weight
    rows = [(label, re.sub(r"@\w+", rf"\g<0>{DIGITS}", text)) for label, text in rows]
    return [*rows, ("role", "@tone{custom}")] if kind.roles else rows


def hover_formatters(kind: Kind) -> dict[str, Any]:
    """Formatters of the tool tips: significant digits, and the name of a role instead of its number."""
    formatters: dict[str, Any] = {f"@{name}": "printf" for name in ("x", "y", "v", "energy", "mass", "weight")}
    if kind.roles:
        code = "return roles[Math.round(value)]"
        formatters["@tone"] = CustomJSHover(args={"roles": list(kind.roles)}, code=code)
    return formatters


def legend_items(fig: figure, kind: Kind, colours: Theme) -> list[LegendItem]:
    """Entries for the agents, one per role; drawn by glyphs that are nowhere on the plot."""
    items = []
    for place, label in enumerate(kind.roles or ("agent",)):
        style_of = {"fill_color": colours.roles[place % len(colours.roles)], "line_color": colours.outline}
        drawn = _of_legend(fig, label) or fig.scatter(
            [np.nan], [np.nan], size=10, name=f"{LEGEND_OF}{label}", **style_of
        )
        drawn.glyph.update(**style_of)
        items.append(LegendItem(label=label, renderers=[drawn]))
    return items


def _of_legend(fig: figure, label: str) -> GlyphRenderer | None:
    """The glyph of an entry of the legend; among the renderers, because a search through all models takes 15 ms of the shared thread."""
    return next((drawn for drawn in fig.renderers if drawn.name == f"{LEGEND_OF}{label}"), None)
