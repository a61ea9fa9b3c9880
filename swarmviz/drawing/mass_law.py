"""The law of infinitely many agents on the plane of places and masses, as numbers, for an axis of masses that is logarithmic.

For the page and for pictures. NumPy only; safe on any thread, but it costs up to some 100 ms.
"""

from __future__ import annotations

import numpy as np

from swarmviz.drawing.law import PlaneLaw, law_shades
from swarmviz.drawing.mass import padded_decades
from swarmviz.dynamics.base import Dynamics
from swarmviz.laws import Reached, scheme_of
from swarmviz.laws.ssa import QuietState, SSALaw
from swarmviz.laws.ssa_plane import plane_masses

CELLS = 80, 50  # of a view, along places and masses: as few as the agents of the quiet swarm fill
SATURATED = 0.9  # share of the mass in cells with the full shade: half of it is in a few cells, where the heaviest agents stand still


def has_mass_law(dynamics: Dynamics) -> bool:
    """Whether the law of a dynamics is one of places and masses, for some values of its parameters at least."""
    return isinstance(scheme_of(dynamics), SSALaw)


def mass_law(reached: Reached, x_ends: tuple[float, float], m_ends: tuple[float, float]) -> PlaneLaw | None:
    """A law of places and masses over an axis of masses, with those beyond its light end at that end, as agents are drawn.

    Parameters
    ----------
    x_ends : tuple of float
        The view of the coordinate.
    m_ends : tuple of float
        From :func:`swarmviz.drawing.mass.mass_ends`; the view is :func:`swarmviz.drawing.mass.padded_decades` of it.
    """
    if not isinstance(reached.scheme, SSALaw) or reached.state is None:
        return None
    y_ends, state = padded_decades(m_ends), reached.state
    if not isinstance(state, QuietState):
        return PlaneLaw(state.k, x_ends, y_ends, np.zeros((0, 0), "u1"))
    columns, rows = CELLS
    edges = np.geomspace(*y_ends, rows + 1)
    mass = plane_masses(
        state, np.linspace(*x_ends, columns + 1), np.concatenate(([-np.inf], np.log(state.n) + np.log(edges)))
    )
    least = int(
        np.searchsorted(edges, m_ends[0], side="right")
    )  # of mass, whose first row is all that is below the view
    mass[least] += mass[:least].sum(axis=0)
    mass[:least] = 0.0
    return PlaneLaw(state.k, x_ends, y_ends, law_shades(mass[1:], SATURATED))
