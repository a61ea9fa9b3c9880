"""The law of infinitely many agents of a run, as numbers: its density on the line, its atoms, its phase space, its distance to the swarm.

For the page and for pictures. NumPy only; safe on any thread, but asking a law for them costs milliseconds.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.curves import MEASURED, Curve, CurvesPicture, range_of, thinned
from swarmviz.drawing.log_axis import Zero, left_out, placed
from swarmviz.dynamics.base import Dynamics
from swarmviz.journal import Journal
from swarmviz.laws import Reached, scheme_of
from swarmviz.theory.wording import decimal

LAW_NAME = "law, N → ∞"  # in a legend
PLACES = 1001  # of the box at which the distribution function is known
LEAST_ATOM = 5e-4  # of the mass: a lighter atom is not marked
PLANE_CELLS = 160, 100  # of a view, along its axes
SATURATED = 0.5  # share of the mass of a view that lies in cells with the full shade
PLANE_ALPHA = 0.7  # opacity of a law in a plane where it is densest
EXPECTED = "dashed"  # as what is exact at finite N
DISTANCES = "w1", "w1-expected"  # names of the curves of distances_picture
WITHOUT_MASSES = " is of places alone, which do not depend on masses where the noise does not"


class DrawnLaw(NamedTuple):
    """A law of infinitely many agents at step ``k`` of a run with ``n`` agents; −1 where there is none, and ``refusal`` says why.

    Attributes
    ----------
    x, cdf : (M,)
        Places over the box, and P(X ≤ x) without the atoms.
    atoms : (A, 2)
        Rows (place, mass).
    focus : float or None
        The consensus point of the law.
    needed : float
        N*: from how many agents on a swarm has followed the law so far.
    title, reference, approximation : str
        What it is, its source, and how it is computed.
    refusal : str
        Why there is none, or why it goes no further than step ``k``; "" where it does.
    unknown : str
        What N* does not know, in a sentence; "" where nothing is known of that kind.
    """

    k: int
    n: int
    x: np.ndarray
    cdf: np.ndarray
    atoms: np.ndarray
    focus: float | None
    needed: float
    title: str
    reference: str
    approximation: str
    refusal: str
    unknown: str = ""

    @property
    def applies(self) -> bool:
        """Whether so many agents are enough to follow the law."""
        return self.n >= self.needed

    @property
    def reason(self) -> str:
        """Whether they are, in words."""
        if self.applies:
            return f"followed by a swarm of N = {self.n:,} agents so far: N* = {_count(self.needed)} are enough"
        if math.isinf(self.needed):
            return "faint, because no number of agents is known with which a swarm has followed it so far (N* = ∞)"
        return f"faint, because a swarm has followed it so far only from about N* = {_count(self.needed)} agents on; here N = {self.n:,}"

    @property
    def note(self) -> str:
        """At which step it is drawn."""
        return f"law at step {self.k:,}" if self.k >= 0 else ""

    @property
    def sentence(self) -> str:
        """What must be said beside it: why there is none, why it stopped, why it is faint, what N* does not know; "" where nothing."""
        if self.refusal:
            return self.refusal if self.k < 0 else f"The law ends at step {self.k:,}: {self.refusal}"
        faint = "" if self.applies else f"{self.title} ({self.reference}): {self.reason}."
        return " ".join(filter(None, (faint, self.unknown)))


class AtomMarks(NamedTuple):
    """Marks for atoms: at ``x``, as high as a bar of ``height`` that holds the atom alone, with its mass as ``text``."""

    x: np.ndarray
    height: np.ndarray
    text: list[str]


class PlaneLaw(NamedTuple):
    """A law of places, and of velocities or masses over them, at step ``k``.

    ``image`` (rows from below, columns) uint8 is that of the view ``x_ends``, ``y_ends``; rows of masses are equal in their logarithm.
    It is empty where the law of places does not depend on masses and none are computed.
    """

    k: int
    x_ends: tuple[float, float]
    y_ends: tuple[float, float]
    image: np.ndarray

    @property
    def note(self) -> str:
        """At which step it is drawn."""
        return f"law at step {self.k:,}{'' if self.image.size else WITHOUT_MASSES}"


class Distances(NamedTuple):
    """W₁ of the swarm to its law at the steps ``k``, and ``expected``, that of as many independent draws; (P,) each."""

    k: np.ndarray
    measured: np.ndarray
    expected: np.ndarray


NO_DISTANCES = Distances(np.zeros(0, int), np.zeros(0), np.zeros(0))


def drawn_law(reached: Reached, journal: Journal, n: int) -> DrawnLaw:
    """What is drawn of the law that has been ``reached`` beside a run with this ``journal`` and ``n`` agents."""
    scheme, state = reached.scheme, reached.state
    empty, no_atoms = np.zeros(0), np.zeros((0, 2))
    if scheme is None or state is None:
        return DrawnLaw(-1, n, empty, empty, no_atoms, None, 1.0, "", "", "", reached.refusal)
    low, high = (float(side[0]) for side in journal.shown_at(state.k).landscape.limits(1))
    x, atoms = np.linspace(low, high, PLACES), scheme.atoms(state)
    cdf = scheme.cdf(state, x)
    for place, mass in atoms:
        cdf = cdf - mass * (x >= place)
    told, acting = (scheme.title, scheme.reference, scheme.approximation), journal.acting_at(state.k)
    unknown = scheme.unknown_of_needed(state, acting.dynamics, acting.landscape)
    return DrawnLaw(
        state.k,
        n,
        x,
        cdf,
        atoms,
        scheme.focus(state),
        float(scheme.agents_needed(state)),
        *told,
        reached.refusal,
        unknown,
    )


def law_density(law: DrawnLaw, at: np.ndarray, width: float) -> np.ndarray:
    """The law's density at places ``at`` (M,) of its box, as a bar of this ``width`` around each would show it, without atoms.

    In the middle of a bar of the histogram it is what the bar is expected to be; at the ends of the box the bar is cut off.
    """
    if law.k < 0:
        return np.zeros(len(at))
    low, high = law.x[0], law.x[-1]
    left, right = np.clip(at - width / 2, low, high), np.clip(at + width / 2, low, high)
    mass = np.interp(right, law.x, law.cdf) - np.interp(left, law.x, law.cdf)
    return np.maximum(mass, 0.0) / np.maximum(right - left, 1e-300)


def atom_marks(law: DrawnLaw, width: float) -> AtomMarks:
    """Marks for the atoms of a law over a histogram with bars of this ``width``."""
    x, mass = law.atoms[law.atoms[:, 1] >= LEAST_ATOM].T
    return AtomMarks(x, mass / width, [decimal(share, 2) for share in mass])


def has_phase_law(dynamics: Dynamics) -> bool:
    """Whether the law of a dynamics is one of positions and velocities."""
    return hasattr(scheme_of(dynamics), "phase_density")


def phase_law(reached: Reached, x_ends: tuple[float, float], v_ends: tuple[float, float]) -> PlaneLaw | None:
    """A law of positions and velocities in a view; None where the law has no velocities."""
    ask = getattr(reached.scheme, "phase_density", None)
    if ask is None or reached.state is None:
        return None
    columns, rows = PLANE_CELLS
    rows += 1 - rows % 2  # so that v = 0 is in the middle of a cell of a view around it
    mass = ask(reached.state, np.linspace(*x_ends, columns + 1), np.linspace(*v_ends, rows + 1))
    return PlaneLaw(reached.k, x_ends, v_ends, law_shades(mass))


def law_shades(mass: np.ndarray, saturated: float = SATURATED) -> np.ndarray:
    """Masses of cells as uint8, on a scale of square roots; the heaviest cells, with the share ``saturated`` of all mass, as 255."""
    falling = np.sort(mass.ravel())[::-1]
    within = np.cumsum(falling)
    if not within[-1] > 0.0:
        return np.zeros(mass.shape, "u1")
    full = falling[np.searchsorted(within, saturated * within[-1])]
    return (255.0 * np.sqrt(np.clip(mass / full, 0.0, 1.0))).astype("u1")


def distances_picture(group: str, distances: Distances, n: int, now: int, log: bool, note: str) -> CurvesPicture:
    """W₁ of the swarm of ``n`` agents to its law over the steps, beside that of independent draws.

    Parameters
    ----------
    group : str
        The name of the choice.
    distances : Distances
        As far as they are known.
    n, now : int
        Agents, and the present step.
    log : bool
        Whether the axis is logarithmic.
    note : str
        What is to be said below.
    """

    def curve(name: str, label: str, tip: str, y: np.ndarray, style: str, short: str = "") -> Curve:
        steps, values = thinned(distances.k, y)
        return Curve(label, tip, steps, placed(values) if log else values, style, short=short, name=name)

    curves = [
        curve(DISTANCES[0], "W₁ to the law", f"W₁ of the {n:,} agents to the law of infinitely many", distances.measured, MEASURED),
        curve(DISTANCES[1], "of N independent draws", f"W₁ that {n:,} independent draws from the law are expected to have",
              distances.expected, EXPECTED, "N independent draws"),
    ]  # fmt: skip
    said = left_out(Zero(), {c.label: c.y for c in curves}) if log else ""
    last = max(now, int(distances.k[-1]) if len(distances.k) else 0)
    low, high = range_of([c.y for c in curves], log)
    return CurvesPicture(group, log, curves, "W₁", last, now, low, high, note=" · ".join(filter(None, (note, said))))


def _count(agents: float) -> str:
    """A number of agents in words: 1,250 or 6·10¹¹."""
    return f"{int(np.ceil(agents)):,}" if agents < 1e6 else decimal(agents, 1)
