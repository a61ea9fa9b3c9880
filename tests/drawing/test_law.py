"""What is drawn of a law of infinitely many agents: the density of its distribution function, and in words where it does not count."""

from __future__ import annotations

import math

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.claims import FAINT, opacity
from swarmviz.drawing.density import density_picture
from swarmviz.drawing.law import (
    Distances,
    atom_marks,
    distances_picture,
    drawn_law,
    has_phase_law,
    law_density,
    law_shades,
    phase_law,
)
from swarmviz.drawing.log_axis import BELOW
from swarmviz.laws import LawOfRun, Reached


def run(dynamics, n=1000, d=1, steps=10):
    sim = sv.Simulation(dynamics, sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d, seed=3))
    sim.advance(steps)
    return sim


def reached(sim):
    return LawOfRun().at(sim.journal, sim.initial_swarm, sim.k)


def drawn(sim):
    return drawn_law(reached(sim), sim.journal, sim.initial_swarm.n)


@pytest.mark.parametrize("bins", [8, 40, 100])
@pytest.mark.parametrize("dynamics", [sv.CBO(sigma=1.2), sv.BGK(sigma=1.5), sv.SSA(), sv.FMC()], ids=lambda p: p.title)
def test_in_the_middle_of_a_bar_the_line_is_what_the_bar_holds_on_average(dynamics, bins):
    """For the bins that are used here the edges of bars are among the places at which F is known."""
    sim = run(dynamics)
    found, law = reached(sim), drawn(sim)
    low, high = (float(side[0]) for side in sim.landscape.limits(1))
    edges = np.linspace(low, high, bins + 1)
    width, middles = edges[1] - edges[0], (edges[1:] + edges[:-1]) / 2
    held = np.diff(found.scheme.cdf(found.state, edges))
    atoms = found.scheme.atoms(found.state)
    for place, mass in atoms:  # one at the left end of the box is in no difference
        if place > low:
            held[np.searchsorted(edges, place) - 1] -= mass
    np.testing.assert_allclose(law_density(law, middles, width) * width, held, atol=1e-9)
    assert (law_density(law, np.linspace(low, high, 333), width) >= 0).all()
    marks = atom_marks(law, width)
    assert len(marks.x) == (2 if dynamics.title == "BGK" else 0)
    np.testing.assert_allclose(marks.height * width, [mass for _, mass in atoms if mass >= 5e-4])
    assert marks.text == [f"{mass:.2g}" for _, mass in atoms if mass >= 5e-4]


def test_the_bars_of_a_large_swarm_are_on_the_line():
    """N = 10⁵, one step from independent agents, so that each bar is nearly binomial: 40 bars, |z| < 4.5 (p < 3e-4 for all)."""
    sim = run(sv.CBO(), n=100_000, steps=1)
    picture = density_picture(sim.frame, sim, law=drawn(sim))
    m, over = picture.marginals[0], picture.law
    width = m.edges[1] - m.edges[0]
    share = law_density(over.law, (m.edges[1:] + m.edges[:-1]) / 2, width) * width
    z = (m.top * width - share) / np.sqrt(np.maximum(share * (1 - share), 1e-6) / sim.frame.n)
    assert np.abs(z).max() < 4.5
    assert over.density.shape == m.grid.shape


def test_it_is_faint_with_the_number_that_would_be_enough_while_the_swarm_has_fewer_agents():
    """At step 24, the last look before 30, W₁ of 5000 walkers is 0.42 of the law's width (12 runs, median 0.20), of 10,000 it is 0.17."""
    for n, followed in ((300, False), (20_000, True)):
        law = drawn(run(sv.FMC(), n=n, steps=30))
        assert 300 < law.needed < 20_000 and law.applies == followed
        assert opacity(law) == (1.0 if followed else FAINT)
        assert (f"here N = {n:,}" in law.sentence and "N* = " in law.sentence) != followed
    assert "N* = 6·10¹¹" in law._replace(needed=6.2e11).reason
    never = law._replace(needed=math.inf).reason
    assert "no number of agents is known" in never and never.endswith("(N* = ∞)")


def test_where_there_is_no_law_there_is_no_line_but_a_sentence():
    sim = run(sv.CBO(), d=2)
    law = drawn(sim)
    assert law.k == -1 and "d = 1 only; here d = 2" in law.sentence and law.note == ""
    assert density_picture(sim.frame, sim, law=law).law is None
    sim = run(sv.SBGD())
    law = drawn(sim)
    over = density_picture(sim.frame, sim, law=law).law
    assert "no law of infinitely many agents" in over.law.sentence and not over.density.any() and len(over.atoms.x) == 0


def test_a_law_that_stops_is_drawn_where_it_stopped_and_says_so():
    sim = run(sv.CBO())
    law = drawn_law(reached(sim)._replace(refusal="It has no mass left."), sim.journal, 1000)
    assert law.sentence == "The law ends at step 10: It has no mass left." and law.note == "law at step 10"


def test_a_phase_space_is_there_for_laws_with_velocities_alone():
    sim = run(sv.BGK(sigma=1.0))
    found = reached(sim)
    view = phase_law(found, (-2.0, 4.0), (-3.0, 3.0))
    rows, columns = view.image.shape
    mass = found.scheme.phase_density(found.state, np.linspace(-2, 4, columns + 1), np.linspace(-3, 3, rows + 1))
    dense = mass >= np.median(mass[mass > 0])
    assert rows % 2 == 1 and view.k == 10 and view.image[dense].min() >= view.image[~dense].max()
    assert has_phase_law(sim.dynamics) and not has_phase_law(sv.CBO()) and not has_phase_law(sv.SBGD())
    assert phase_law(reached(run(sv.CBO())), (-1.0, 1.0), (-1.0, 1.0)) is None
    assert phase_law(Reached(found.scheme, None, "no"), (-1.0, 1.0), (-1.0, 1.0)) is None


def test_the_shades_of_masses_grow_as_square_roots_up_to_the_heaviest_cells():
    mass = np.array([[0.0, 1.0, 4.0], [16.0, 16.0, 0.25]])
    np.testing.assert_array_equal(law_shades(mass), [[0, 63, 127], [255, 255, 31]])
    assert not law_shades(np.zeros((3, 2))).any()


def test_the_distance_stands_beside_that_of_independent_draws():
    known = Distances(np.array([0, 1, 2]), np.array([0.1, 0.2, 0.0]), np.array([0.1, 0.05, 0.0]))
    p = distances_picture("W₁", known, 50, 5, False, "a remark")
    assert [curve.label for curve in p.curves] == ["W₁ to the law", "of N independent draws"]
    np.testing.assert_array_equal(p.curves[0].y, known.measured)
    np.testing.assert_array_equal(p.curves[1].y, known.expected)
    assert (p.low, p.high, p.now, p.last, p.note) == (0.0, 0.2, 5, 5, "a remark")
    p = distances_picture("W₁", known, 50, 2, True, "")
    assert p.curves[0].y[-1] == BELOW and p.low == 0.05 and "no place" in p.note
    empty = Distances(*(part[:0] for part in known))
    assert np.isnan(distances_picture("W₁", empty, 50, 2, True, "").low)


def test_what_n_star_does_not_know_is_said_once_the_law_is_narrow_and_where_a_swarm_may_stall():
    """CBO: at step 400 1000 agents are 10⁴ widths from their law, which is 1e-9 wide then, and N* says 20 (every step by itself)."""
    sim = run(sv.CBO(), steps=400)
    law = drawn(sim)
    assert law.applies and law.sentence == law.unknown and "before the law became so narrow" in law.sentence
    x, place = sim.frame.x[:, 0], law.focus
    assert abs(np.median(x) - place) > 100 * np.abs(x - np.median(x)).mean(), "the swarm is where the law is"
    sim.goto(10)
    assert drawn(sim).sentence == ""
    assert "stall stop" in drawn(run(sv.BGK(stall_steps=1), steps=3)).sentence
    assert drawn(run(sv.BGK(), steps=3)).sentence == ""
