"""The masses of a swarm, as numbers: σ(m), the strength of the noise over mass, with the agents on it, or masses over one coordinate.

The axis of masses is logarithmic. For the page and for pictures. NumPy only; safe on any thread.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.agents import count_image, lowest_agent
from swarmviz.drawing.axes import decades_around, decimal, steps_around
from swarmviz.drawing.coordinates import names_of
from swarmviz.drawing.density import taking_part
from swarmviz.drawing.style import MANY
from swarmviz.frame import Frame
from swarmviz.simulation import Simulation

STRENGTH = "strength"  # what the masses are drawn under: σ(m), else a coordinate from 0
CHOICES = 5  # coordinates that can be chosen on the page
DEPTH = 1e-4  # of an equal share, or of a smaller cutoff: what is lighter is drawn at the edge
LEAST = 1e-30  # no axis of masses goes deeper: a float32 holds what is on it
FREE = 0.02  # of a cutoff: a mass at which σ is nearly its largest, so that the view holds the fall of σ whole
CURVE_POINTS = 161  # of σ(m) over the view, besides those around the cutoff
NEAR = np.geomspace(1e-6, 1.0, 40)  # how far those are from it, in cutoffs
PAD = 0.08  # of an axis, beyond its last tick, so that an agent there is whole
MOST_PAD_DECADES = 2.0


class Split(NamedTuple):
    """How many agents of ``n`` are lighter than the cutoff, which are shaken, and what share of the mass they have."""

    light: int
    light_mass: float
    n: int

    @property
    def text(self) -> str:
        """In words; the cutoff decides how many agents are allowed to roam (002 §6.2)."""
        share = "under 0.01" if 0 < self.light_mass < 1e-4 else decimal(100 * self.light_mass, 3)
        return f"Free to roam, below the cutoff: {self.light:,} of {self.n:,} agents, {share}% of the mass"


class MassPicture(NamedTuple):
    """The masses of the agents, over the noise or over a coordinate.

    ``over`` is STRENGTH, where x is the mass and y is σ(m), or a coordinate, which is x, with the mass as y. ``x_ends`` and ``y_ends`` are
    the view, and ``x_label`` and ``y_label`` the names of the axes; that of the mass is logarithmic. ``x`` and ``y`` (N,) are the agents,
    those without a place on the axis of masses at its edge, and ``image`` is None; of more than MANY agents ``image`` is the
    :func:`swarmviz.drawing.agents.count_image` of those in the view, over the masses alone where y is σ(m), and ``x`` and ``y`` are empty.
    ``best`` (2,) is the lowest agent.
    ``curve`` (2, M) are masses and σ of them, (2, 0) over a coordinate; ``goals`` (K,) are the known minimisers in the coordinate, empty
    over the noise. ``share`` is 1/N; ``cutoff`` is the mass from which on there is no noise, None where none is in view, and ``split`` how
    many are lighter, None where there is none at all; ``note`` says that in words, and what is not seen.
    """

    over: str | int
    x_ends: tuple[float, float]
    y_ends: tuple[float, float]
    x_label: str
    y_label: str
    x: np.ndarray
    y: np.ndarray
    image: np.ndarray | None
    best: np.ndarray
    curve: np.ndarray
    goals: np.ndarray
    share: float
    cutoff: float | None
    split: Split | None
    note: str


def offered(frame: Frame, run: Simulation, most: int = CHOICES) -> list[tuple[str | int, str]]:
    """What the masses of a run can be drawn over, and how that is called: the noise where the dynamics declares it, and coordinates."""
    d = frame.d
    places: list[tuple[str | int, str]] = [(i, f"{names_of(i, d)[0]}, m") for i in range(min(d, most))]
    return [(STRENGTH, "σ(m)"), *places] if run.dynamics.noise_strength(np.zeros(1), 0.0) is not None else places


def mass_picture(
    frame: Frame, run: Simulation, over: str | int, m_ends: tuple[float, float], ends: tuple[float, float]
) -> MassPicture:
    """What is seen of the masses in a view.

    Parameters
    ----------
    frame : Frame
        Of agents with masses.
    run : Simulation
        For its landscape, and for σ(m) of the coming step.
    over : {"strength"} or int
        One that is :func:`offered`.
    m_ends : tuple of float
        The ends of the axis of masses, from :func:`mass_ends`.
    ends : tuple of float
        Those of the other axis: from :func:`strength_ends`, or a view of the coordinate.
    """
    assert frame.mass is not None
    mass, cutoff, curve, goals = frame.mass, run.dynamics.noise_cutoff, np.zeros((2, 0)), np.zeros(0)
    drawn, m_view = np.clip(mass, *m_ends), padded_decades(m_ends)
    if over == STRENGTH:
        x, y, x_ends, y_ends, labels = drawn, strength_of(run, mass, frame.t), m_view, padded(ends), ("m", "σ(m)")
        curve = curve_of(run, frame.t, m_view, cutoff)
    else:
        i = int(over)
        x, y, x_ends, y_ends, labels = frame.x[:, i], drawn, ends, m_view, (names_of(i, frame.d)[0], "m")
        goals = np.unique(run.landscape.minimisers(frame.d)[:, i]) + (0.0 if frame.shift is None else frame.shift[i])
    inside, lowest, split = (x >= x_ends[0]) & (x <= x_ends[1]), lowest_agent(frame), None
    best, image, counted = np.array([x[lowest], y[lowest]]), None, np.ones(frame.n, bool)
    if frame.n > MANY:
        counted = taking_part(frame)
        image = crowd_image(x[counted & inside], y[counted & inside], x_ends, y_ends, over == STRENGTH)
        x = y = np.zeros(0)
    if cutoff is not None:
        split = split_of(mass, cutoff)
        cutoff = cutoff if cutoff >= m_ends[0] else None
    light = int((mass[counted] < m_ends[0]).sum())
    edge = f"{light:,} lighter than {decimal(m_ends[0], 4)}, drawn at the edge" if light else ""
    note = " · ".join(
        filter(None, [split.text if split else "", edge, style.remarks(frame, int((counted & ~inside).sum()))])
    )
    return MassPicture(
        over, x_ends, y_ends, *labels, x, y, image, best, curve, goals, 1.0 / frame.n, cutoff, split, note
    )


def crowd_image(
    x: np.ndarray, y: np.ndarray, x_ends: tuple[float, float], y_ends: tuple[float, float], under_noise: bool
) -> np.ndarray:
    """How many agents are in each cell of a view whose axis of masses is logarithmic: x alone under the noise, else y."""
    if under_noise:
        return count_image(np.log10(x)[:, None], *np.log10(x_ends)[:, None]).image
    low, high = np.transpose([x_ends, np.log10(y_ends)])
    return count_image(np.column_stack([x, np.log10(y)]), low, high).image


def split_of(mass: np.ndarray, cutoff: float) -> Split:
    """How many of agents with masses (N,) are lighter than the cutoff."""
    light = mass < cutoff
    return Split(int(light.sum()), float(mass[light].sum()), len(mass))


def strength_of(run: Simulation, mass: np.ndarray, t: float) -> np.ndarray:
    """σ(m) of masses (N,) at time ``t``, with the parameters that act on the coming step.

    Raises
    ------
    ValueError
        When the dynamics declares no strength of noise over mass.
    """
    strength = run.dynamics.noise_strength(mass, t)
    if strength is None:
        raise ValueError(f"dynamics = {run.dynamics!r}: has no strength of noise as a function of mass")
    return strength


def curve_of(run: Simulation, t: float, m_ends: tuple[float, float], cutoff: float | None) -> np.ndarray:
    """σ(m) over an axis of masses, (2, M): denser around the cutoff, where it may fall within a thousandth of a mass."""
    low, high = m_ends[0], min(m_ends[1], 1.0)
    grid = np.geomspace(low, high, CURVE_POINTS)
    if cutoff is not None:
        near = np.concatenate([cutoff * (1.0 - NEAR), [cutoff], cutoff * (1.0 + NEAR)])
        grid = np.union1d(grid, near[(near > low) & (near < high)])
    return np.array([grid, strength_of(run, grid, t)])


def mass_ends(frame: Frame, cutoff: float | None, now: tuple[float, float] | None = None) -> tuple[float, float]:
    """Powers of ten around the masses, 1/N and the cutoff, but not around what is far lighter; ``now`` is kept while it fits."""
    assert frame.mass is not None
    known = [1.0 / frame.n] if cutoff is None else [1.0 / frame.n, cutoff]
    least = max(DEPTH * min(known), LEAST)
    seen = min(float(frame.mass.min()), known[0], FREE * known[-1])
    return decades_around(max(seen, least), min(max(float(frame.mass.max()), *known), 1.0), now)


def strength_ends(run: Simulation, t: float, now: tuple[float, float] | None = None) -> tuple[float, float]:
    """Round numbers from 0 to the noise of an agent without mass, or of the heaviest; ``now`` is kept while it fits."""
    most = float(strength_of(run, np.array([0.0, 1.0]), t).max())
    return steps_around(0.0, most, now) if most > 0 else now or (0.0, 1.0)


def padded(ends: tuple[float, float]) -> tuple[float, float]:
    """A linear axis with room for whole agents at both of its ends."""
    pad = PAD * (ends[1] - ends[0])
    return ends[0] - pad, ends[1] + pad


def padded_decades(ends: tuple[float, float]) -> tuple[float, float]:
    """A logarithmic axis with room for whole agents at both of its ends."""
    factor = 10.0 ** min(PAD * math.log10(ends[1] / ends[0]), MOST_PAD_DECADES)
    return ends[0] / factor, ends[1] * factor
