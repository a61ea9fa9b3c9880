"""How swarms look everywhere: the colours of both themes and the sizes of agents, for the page, pictures, films and replays.

The colours of agents and curves are those of Okabe and Ito (2008), which people with any common colour blindness tell apart, adjusted for
contrast on either background. A landscape is drawn from paper (high F) to blue (low F), in perceptually even steps, so that valleys look
deep in both themes and warm agents stand out on all of it. What only Bokeh needs stands in ``components/palette.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from swarmviz.frame import Frame

MANY = 2000  # agents from which on a density is drawn instead
FEW = 500  # agents up to which arrows, links and personal bests are drawn
SIZES = (10, 15), (50, 11), (200, 8.5), (1000, 6), (MANY, 4.5)  # number of agents → diameter in pixels of the page
LEVELS = 80  # shades of a landscape
DENSITY_SHADES = 256
LEAST_OPACITY = 0.45  # of a cell of a density with a single agent


def ramp(colours: Sequence[str], count: int) -> np.ndarray:
    """``count`` colours, evenly spaced along ``colours``, as (count, 3) numbers in [0, 1]."""
    ends = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours])
    places = np.linspace(0, len(ends) - 1, count)
    return np.stack([np.interp(places, np.arange(len(ends)), channel) for channel in ends.T], axis=1)


def hex_colours(colours: np.ndarray) -> tuple[str, ...]:
    """Colours (count, 3), or (count, 4) with their opacity, in [0, 1], as ``#rrggbb`` or ``#rrggbbaa``."""
    return tuple("#" + "".join(f"{channel:02x}" for channel in colour) for colour in np.rint(255 * colours).astype(int))


class Theme(NamedTuple):
    """The colours of a theme.

    ``ink`` is for text and axes, ``soft`` for secondary text, ``grid`` for grid lines, ``paper`` for what lies behind a figure, ``curves``
    for the observables of a plot in their order, ``outline`` for the rim of an agent, ``halo`` for the light behind a mark,
    ``minimiser`` for the inside of a star, ``contour`` is the share of ink in a contour line, which agents are to outshine;
    ``landscape`` are LEVELS shades from low to high values of F; where it is no finite number there are stripes of the two greys
    ``undefined``.
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
    undefined: tuple[str, str] = ("#c9c9c9", "#a8a8a8")
    minimiser: str = "#ffffff"
    contour: float = 0.16


def _landscape(*colours: str) -> tuple[str, ...]:
    """LEVELS shades, evenly spaced along ``colours``."""
    return hex_colours(ramp(colours, LEVELS))


LIGHT = Theme(
    name="light",
    paper="#ffffff",
    ink="#1f2933",
    soft="#5b6875",
    grid="#e3e8ee",
    curves=("#0072b2", "#d55e00", "#009e73", "#a3457f", "#7a6a00"),
    landscape=_landscape(
        "#3a7bb1", "#5989b8", "#7097c1", "#81a6cf", "#93b5dc", "#a7c3e5", "#bfd2eb", "#d8e1ee", "#f0f0f0"
    ),
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
    landscape=_landscape("#5f9fcf", "#3f7cae", "#2b5a85", "#1f3f60", "#19293c", "#161d26"),
    outline="#000000",
    halo="#0b0f14",
    agent="#f5a623",
    quiet_agent="#e3a94f",
    heavy_agent="#ff7a3d",
    roles=("#f5a623", "#ff7fba", "#f4f1de", "#2fcf9f", "#b39bf5"),
    bars="#b07f33",
    target="#d3a4f0",
    focus="#ff5c9a",
    undefined=("#4a4a4a", "#626262"),
    contour=0.1,
)


def theme(dark: bool) -> Theme:
    """The dark or the light theme."""
    return DARK if dark else LIGHT


# ---- densities -----------------------------------------------------------------------------------------------------------


def density_colours(colours: Theme, count: int = DENSITY_SHADES, least: float = LEAST_OPACITY) -> np.ndarray:
    """Colours for how many agents there are, (count, 4): nothing for none, then from opacity ``least`` on and deeper."""
    alphas = np.concatenate([[0.0], np.linspace(least, 1.0, count - 1)])
    return np.column_stack([ramp((colours.quiet_agent, colours.agent, colours.heavy_agent), count), alphas])


# ---- agents --------------------------------------------------------------------------------------------------------------


def usual_diameter(n: int) -> float:
    """Diameter of each of ``n`` agents of the same mass in pixels of the page."""
    return float(np.interp(np.log(n), np.log([n for n, _ in SIZES]), [size for _, size in SIZES]))


def diameters(frame: Frame) -> np.ndarray:
    """Diameter of each agent in pixels of the page, (N,): its area follows its mass, and mass 1/N has the usual size."""
    usual = usual_diameter(frame.n)
    if frame.mass is None:
        return np.full(frame.n, usual)
    return np.clip(usual * np.sqrt(frame.mass * frame.n), 0.55 * usual, max(3.0 * usual, 26.0))


def weight_tones(frame: Frame) -> np.ndarray:
    """How heavy each agent is in the focus, in [0, 1], (N,)."""
    if frame.weight is None or not frame.weight.max() > 0:
        return np.zeros(frame.n)
    return frame.weight / frame.weight.max()


class AgentColours(NamedTuple):
    """The colours of agents: ``palette`` (count, 3), evenly spaced from tone ``low`` to tone ``high``."""

    palette: np.ndarray
    low: float
    high: float

    def of(self, tones: np.ndarray) -> np.ndarray:
        """The colours (N, 3) of agents with these tones (N,)."""
        count = len(self.palette)
        places = np.floor((tones - self.low) * (count / (self.high - self.low))).astype(int)
        return self.palette[np.clip(places, 0, count - 1)]


def tone_colours(roles: tuple[str, ...], weighted: bool, colours: Theme) -> AgentColours:
    """The colours of agents in a theme: one per role, or from quiet to bright by weight, or one for all."""
    if roles:
        palette = [colours.roles[i % len(colours.roles)] for i in range(len(roles))]
        return AgentColours(ramp(palette, len(palette)), -0.5, len(palette) - 0.5)
    if weighted:
        return AgentColours(ramp((colours.quiet_agent, colours.agent, colours.heavy_agent), DENSITY_SHADES), 0.0, 1.0)
    return AgentColours(ramp((colours.agent,), 1), 0.0, 1.0)


def agent_tones(frame: Frame) -> np.ndarray:
    """What colours an agent, (N,): the number of its role, or its weight in [0, 1], or 0."""
    return frame.role.astype(float) if frame.role is not None and frame.roles else weight_tones(frame)


def agent_colours(frame: Frame, colours: Theme) -> np.ndarray:
    """Colour of each agent, (N, 3)."""
    roles = frame.roles if frame.role is not None else ()
    return tone_colours(roles, frame.weight is not None, colours).of(agent_tones(frame))


def role_colours(frame: Frame, colours: Theme) -> list[str]:
    """One colour per role, one alone where there are no roles."""
    return [colours.roles[i % len(colours.roles)] for i in range(max(1, len(frame.roles)))]


# ---- words ---------------------------------------------------------------------------------------------------------------


def remarks(frame: Frame, hidden: int, background: str = "") -> str:
    """What a picture does not show, of the landscape (``background``) and of the swarm, and the warnings of the run, in one line."""
    parts = [background] if background else []
    if frame.n > MANY and frame.occupation is None:
        parts.append(f"{frame.n:,} agents, drawn as a density")
        if frame.mass is not None and (removed := int((frame.mass == 0).sum())):
            parts.append(f"{removed:,} removed, not drawn")
    if hidden:
        parts.append(f"{hidden:,} agent{'s' * (hidden > 1)} outside the view")
    return " · ".join([*parts, *frame.notes])
