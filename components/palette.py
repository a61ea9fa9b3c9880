"""One visual language for every figure: colours of both themes, roles, markers and type sizes.

The colours of agents and curves are those of Okabe and Ito (2008), which people with any common colour blindness tell apart,
adjusted for contrast on either background. A landscape is drawn from paper (high F) to blue (low F), in perceptually even steps,
so that valleys look deep in both themes and warm agents stand out on all of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import colorcet
import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.style import Theme

LEVELS = 80  # shades of a landscape
TEXT = "13px"
SMALL_TEXT = "12px"
TITLE_TEXT = "14px"
FONT = "Roboto, 'Helvetica Neue', Arial, sans-serif"
MINIMISER, BEST, FOCUS = "star", "circle", "plus"  # markers


def mixed(a: str, b: str, share: float) -> str:
    """The colour ``share`` of the way from ``a`` to ``b``, both ``#rrggbb``."""
    ends = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (a, b)]
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(*ends, strict=True))


def ramp(colours: Sequence[str], count: int) -> tuple[str, ...]:
    """``count`` colours, evenly spaced along ``colours``."""
    places = np.linspace(0, len(colours) - 1, count)
    ends = [*colours, colours[-1]]
    return tuple(mixed(ends[int(p)], ends[int(p) + 1], p - int(p)) for p in places)


def crowd(colours: Theme, count: int = 256, least: float = style.LEAST) -> list[str]:
    """Colours for how many agents there are, as ``#rrggbbaa``: nothing at all for none, then from opacity ``least`` on and deeper."""
    alphas = [0.0, *np.linspace(least, 1.0, count - 1)]
    shades = ramp((colours.quiet_agent, colours.agent, colours.heavy_agent), count)
    return [f"{shade}{round(255 * alpha):02x}" for shade, alpha in zip(shades, alphas, strict=True)]


LIGHT = style.LIGHT._replace(landscape=ramp(colorcet.palette["linear_blue_95_50_c20"][::-1], LEVELS))
DARK = style.DARK._replace(landscape=ramp(style.DARK.landscape, LEVELS))


def theme(dark: bool) -> Theme:
    """The dark or the light theme."""
    return DARK if dark else LIGHT
