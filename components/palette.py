"""What only Bokeh's figures need of how they look: type sizes, markers, and colours as lists of texts.

The themes and the sizes of agents are those of :mod:`swarmviz.drawing.style`, which pictures, films and replays use, too.
"""

from __future__ import annotations

from functools import lru_cache

from swarmviz.drawing import style
from swarmviz.drawing.style import DARK, LEVELS, LIGHT, Theme, hex_colours, theme

__all__ = ["DARK", "LEVELS", "LIGHT", "Theme", "density_palette", "ramp", "theme"]

TEXT = "13px"
SMALL_TEXT = "12px"
TINY_TEXT = "11px"  # of a colour bar
TITLE_TEXT = "14px"
FONT = "Roboto, 'Helvetica Neue', Arial, sans-serif"
MINIMISER, BEST, FOCUS = "star", "circle", "plus"  # markers
FOCUS_SIZE = 10  # pixels: an outline, which hides nothing of the swarm that it is the middle of


@lru_cache(maxsize=64)  # of some themes and kinds of colours; the map asks with each picture
def ramp(colours: tuple[str, ...], count: int) -> tuple[str, ...]:
    """``count`` colours, evenly spaced along ``colours``, as ``#rrggbb``."""
    return hex_colours(style.ramp(colours, count))


def density_palette(colours: Theme, least: float = style.LEAST_OPACITY) -> list[str]:
    """Colours for how many agents there are, as ``#rrggbbaa``: nothing at all for none, then from opacity ``least`` on and deeper."""
    return list(hex_colours(style.density_colours(colours, least=least)))
