"""How swarms look everywhere: the colours of both themes and the sizes of agents, for the page, pictures, films and replays.

The colours of agents and curves are those of Okabe and Ito (2008). The page shades its landscapes more finely (``components/palette.py``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from swarmviz.frame import Frame

MANY = 2000  # agents from which on a density is drawn instead
FEW = 500  # agents up to which arrows, links and personal bests are drawn
SIZES = (10, 15), (50, 11), (200, 8.5), (1000, 6), (MANY, 4.5)  # number of agents → diameter in pixels of the page
EDGE = 1.03  # half widths of the box that a view shows: agents at a wall are whole
ZOOMS = (EDGE, 1.25, 1.6, 2.0, 3.0)  # half widths of the box that a view may show
LEAST = 0.45  # opacity of a cell with a single agent
SHARE = 0.9  # of the agents that a view shows; of fewer than 20, all


class Theme(NamedTuple):
    """The colours of a theme.

    ``ink`` is for text and axes, ``soft`` for secondary text, ``grid`` for grid lines, ``paper`` for what lies behind a figure, ``curves``
    for the observables of a plot in their order, ``outline`` for the rim of an agent, ``halo`` for the light behind a mark;
    ``landscape`` runs from low to high values of F; where it is no finite number there are stripes of the two greys ``undefined``.
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


LIGHT = Theme(
    name="light",
    paper="#ffffff",
    ink="#1f2933",
    soft="#5b6875",
    grid="#e3e8ee",
    curves=("#0072b2", "#d55e00", "#009e73", "#a3457f", "#7a6a00"),
    landscape=("#3a7bb1", "#5989b8", "#7097c1", "#81a6cf", "#93b5dc", "#a7c3e5", "#bfd2eb", "#d8e1ee", "#f0f0f0"),
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
    landscape=("#5f9fcf", "#3f7cae", "#2b5a85", "#1f3f60", "#19293c", "#161d26"),
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
)


def theme(dark: bool) -> Theme:
    """The dark or the light theme."""
    return DARK if dark else LIGHT


def ramp(colours: tuple[str, ...], count: int) -> np.ndarray:
    """``count`` colours, evenly spaced along ``colours``, as (count, 3) numbers in [0, 1]."""
    ends = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours])
    places = np.linspace(0, len(ends) - 1, count)
    return np.stack([np.interp(places, np.arange(len(ends)), channel) for channel in ends.T], axis=1)


def crowd(colours: Theme, count: int = 256, least: float = LEAST) -> np.ndarray:
    """Colours for how many agents there are, (count, 4): nothing for none, then from opacity ``least`` on and deeper."""
    alphas = np.concatenate([[0.0], np.linspace(least, 1.0, count - 1)])
    return np.column_stack([ramp((colours.quiet_agent, colours.agent, colours.heavy_agent), count), alphas])


def diameters(frame: Frame) -> np.ndarray:
    """Diameter of each agent in pixels of the page, (N,): its area follows its mass, and mass 1/N has the usual size."""
    usual = np.interp(np.log(frame.n), np.log([n for n, _ in SIZES]), [size for _, size in SIZES])
    if frame.mass is None:
        return np.full(frame.n, usual)
    return np.clip(usual * np.sqrt(frame.mass * frame.n), 0.55 * usual, max(3.0 * usual, 26.0))


def tones(frame: Frame) -> np.ndarray:
    """How heavy each agent is in the focus, in [0, 1], (N,)."""
    if frame.weight is None or not frame.weight.max() > 0:
        return np.zeros(frame.n)
    return frame.weight / frame.weight.max()


def agent_colours(frame: Frame, colours: Theme) -> Any:
    """Colour of each agent, (N, 3): one per role, or from quiet to bright by weight, or one for all."""
    if frame.role is not None and frame.roles:
        return ramp(tuple(role_colours(frame, colours)), len(frame.roles))[frame.role]
    if frame.weight is not None:
        shades = ramp((colours.quiet_agent, colours.agent, colours.heavy_agent), 256)
        return shades[np.round(255 * tones(frame)).astype(int)]
    return np.tile(ramp((colours.agent,), 1), (frame.n, 1))


def role_colours(frame: Frame, colours: Theme) -> list[str]:
    """One colour per role, one alone where there are no roles."""
    return [colours.roles[i % len(colours.roles)] for i in range(max(1, len(frame.roles)))]


def reach(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """How far from the middle of a box, in half widths of it, most of the agents ``x`` (N, d) are."""
    away = np.abs((x - (low + high) / 2) * (2 / (high - low))).max(axis=1)
    rank = int(SHARE * (len(away) - 1)) if len(away) >= 20 else len(away) - 1
    return float(np.partition(away, rank)[rank])


def view_of(low: np.ndarray, high: np.ndarray, far: float) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the view that shows what is up to ``far`` half widths from the middle of a box, in steps."""
    zoom = next((step for step in ZOOMS if far <= step), ZOOMS[-1])
    centre, half = (low + high) / 2, (high - low) / 2 * zoom
    return centre - half, centre + half


def outside(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> int:
    """How many agents ``x`` (N, d) a view does not show."""
    return int(((x < low) | (x > high)).any(axis=1).sum())


def remarks(frame: Frame, hidden: int) -> str:
    """What a picture does not show, and the warnings of the run, in one line."""
    parts = [f"{frame.n:,} agents, drawn as a density"] if frame.n > MANY and frame.occupation is None else []
    if parts and frame.mass is not None and (removed := int((frame.mass == 0).sum())):
        parts.append(f"{removed:,} removed, not drawn")
    if hidden:
        parts.append(f"{hidden:,} agent{'s' * (hidden > 1)} outside the view")
    return " · ".join([*parts, *frame.notes])
