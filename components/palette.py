"""One visual language for every figure: colours of both themes, roles, markers and type sizes.

The colours of agents and curves are those of Okabe and Ito (2008), which people with any common colour blindness tell apart,
adjusted for contrast on either background. A landscape is drawn from paper (high F) to blue (low F), in perceptually even steps,
so that valleys look deep in both themes and warm agents stand out on all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import colorcet
import numpy as np


class Theme(NamedTuple):
    """The colours of a theme.

    ``ink`` is for text and axes, ``soft`` for secondary text, ``grid`` for grid lines, ``paper`` for what lies behind a figure, ``curves``
    for the observables of a plot in their order, ``outline`` for the rim of an agent, ``halo`` for the light behind a mark.
    """

    name: str
    paper: str
    ink: str
    soft: str
    grid: str
    curves: tuple[str, ...]
    landscape: tuple[str, ...]
    outline: str
    halo: str
    agent: str
    quiet_agent: str
    heavy_agent: str
    roles: tuple[str, ...]
    bars: str
    target: str
    focus: str


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


def crowd(colours: Theme, count: int = 256, least: float = 0.45) -> list[str]:
    """Colours for how many agents there are, as ``#rrggbbaa``: nothing at all for none, then from opacity ``least`` on and deeper."""
    alphas = [0.0, *np.linspace(least, 1.0, count - 1)]
    shades = ramp((colours.quiet_agent, colours.agent, colours.heavy_agent), count)
    return [f"{shade}{round(255 * alpha):02x}" for shade, alpha in zip(shades, alphas, strict=True)]


LIGHT = Theme(
    name="light",
    paper="#ffffff",
    ink="#1f2933",
    soft="#5b6875",
    grid="#e3e8ee",
    curves=("#0072b2", "#d55e00", "#009e73", "#a3457f", "#7a6a00"),
    landscape=ramp(colorcet.palette["linear_blue_95_50_c20"][::-1], LEVELS),
    outline="#2b1a02",
    halo="#ffffff",
    agent="#f5a623",
    quiet_agent="#fbc45f",
    heavy_agent="#d9480f",
    roles=("#f5a623", "#d6317f", "#f4f1de", "#23b889", "#8d6be8"),  # amber, magenta, ivory, green, violet
    bars="#f0b95c",
    target="#7b2fa6",
    focus="#c2185b",
)
DARK = Theme(
    name="dark",
    paper="#1e1e1e",
    ink="#e6eaee",
    soft="#a7b2bd",
    grid="#363c43",
    curves=("#56b4e9", "#f28c3c", "#2fcf9f", "#e58ac2", "#e5d352"),
    landscape=ramp(("#5f9fcf", "#3f7cae", "#2b5a85", "#1f3f60", "#19293c", "#161d26"), LEVELS),
    outline="#000000",
    halo="#0b0f14",
    agent="#f5a623",
    quiet_agent="#e3a94f",
    heavy_agent="#ff7a3d",
    roles=("#f5a623", "#ff7fba", "#f4f1de", "#2fcf9f", "#b39bf5"),
    bars="#b07f33",
    target="#d3a4f0",
    focus="#ff5c9a",
)


def theme(dark: bool) -> Theme:
    """The dark or the light theme."""
    return DARK if dark else LIGHT
