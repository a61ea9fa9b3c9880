"""The numbers of the masses' picture: σ(m) is what the agents are shaken with, and the picture says where everybody is."""

from __future__ import annotations

import math

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.agents import CELLS
from swarmviz.drawing.mass import (
    DEPTH,
    STRENGTH,
    curve_of,
    mass_ends,
    mass_picture,
    offered,
    padded_decades,
    split_of,
    strength_ends,
    strength_of,
)

PROFILES = list(sv.SSA.declared()["profile"].objects)


def simulation(n=12, d=1, steps=300, dynamics="SSA", landscape="Ackley", **parameters):
    dynamics = sv.dynamics.ALL[dynamics](**parameters)
    sim = sv.Simulation(dynamics, sv.landscapes.ALL[landscape](), sv.Swarm(n=n, d=d, seed=3))
    sim.advance(steps)
    return sim


def drawn(sim, over=STRENGTH, ends=None):
    frame = sim.frame
    if ends is None:
        ends = strength_ends(sim, frame.t) if over == STRENGTH else (-5.0, 5.0)
    return mass_picture(frame, sim, over, mass_ends(frame, sim.dynamics.noise_cutoff), ends)


def naive(profile, m, t, lam=2.0, cutoff=0.1):
    """002 eq. 6.1, 6.2, 4.1, 4.3, and the logarithmic schedule 1/log(2 + t) of §1.3, mass by mass."""
    if profile == "smooth":
        return lam * math.exp(m / (m - cutoff)) if m < cutoff else 0.0
    if profile == "step":
        return lam / 2 - lam / 2 * math.tanh(1000 * (m - cutoff))
    return {"none": 0.0, "constant": lam, "annealing": 1 / math.log(2 + t)}[profile]


@pytest.mark.parametrize("profile", PROFILES)
def test_agents_and_curve_have_the_noise_of_the_paper_for_every_profile(profile):
    used = {"smooth": {"lam": 2.0, "cutoff": 0.1}, "step": {"lam": 2.0, "cutoff": 0.1}, "constant": {"lam": 2.0}}
    sim = simulation(profile=profile, **used.get(profile, {}))
    p, frame = drawn(sim), sim.frame
    assert frame.mass.max() > 0.1 > frame.mass.min(), "there are agents on both sides"
    np.testing.assert_array_equal(p.x, frame.mass)
    np.testing.assert_allclose(p.y, [naive(profile, m, frame.t) for m in frame.mass], rtol=1e-12, atol=1e-15)
    m, strength = p.curve
    np.testing.assert_allclose(strength, [naive(profile, at, frame.t) for at in m], rtol=1e-12, atol=1e-15)
    assert (np.diff(m) > 0).all() and m[0] == p.x_ends[0] and m[-1] == pytest.approx(1.0)
    assert p.y_ends[0] < 0 <= strength.min() and strength.max() < p.y_ends[1]
    assert p.cutoff == (0.1 if profile in ("smooth", "step") else None) and (p.split is None) == (p.cutoff is None)
    assert p.share == 1 / 12 and not len(p.goals) and (p.x_label, p.y_label) == ("m", "σ(m)")


@pytest.mark.parametrize("profile", ["smooth", "step", "constant", "annealing"])
def test_what_is_drawn_is_what_the_kernel_shakes_with(profile):
    """The same seed draws the same ξ: with s = 1 a step shows ξ, and one with σ(m) must then be −Δt ∇F + √(2Δt σ(m)) ξ."""
    common = {"n": 30, "steps": 0, "initial_mass": "exponential", "boundary": "none", "dt": 0.01}
    plain, sim = (simulation(profile=name, **common) for name in ("constant", profile))
    if profile in ("smooth", "step"):
        sim.dynamics.cutoff = 0.03
    x, strength = sim.frame.x, drawn(sim).y
    descent = 0.01 * sim.landscape.gradient(x)
    unit = plain.advance(1).x - x + descent
    np.testing.assert_allclose(
        sim.advance(1).x, x - descent + np.sqrt(strength)[:, None] * unit, rtol=1e-12, atol=1e-12
    )


def test_the_curve_follows_what_is_changed_in_mid_run():
    sim = simulation()
    before = drawn(sim)
    sim.dynamics.lam, sim.dynamics.cutoff = 0.3, 0.05
    after = drawn(sim)
    np.testing.assert_allclose(after.y, [naive("smooth", m, 0, 0.3, 0.05) for m in sim.frame.mass], rtol=1e-12)
    assert after.cutoff == 0.05 and after.y_ends[1] < before.y_ends[1]
    assert after.split.light < before.split.light
    sim.dynamics.profile = "constant"
    assert drawn(sim).cutoff is None and (drawn(sim).y == 0.3).all()


def test_a_schedule_is_followed_in_time():
    sim = simulation(
        steps=0, profile="annealing", temperature=sv.schedules.Linear(start=4.0, end=1.0, duration=1.0), dt=0.1
    )
    for _ in range(3):
        np.testing.assert_allclose(drawn(sim).y, 4.0 - 3.0 * sim.t)
        sim.advance(3)


def test_how_many_are_free_to_roam_and_with_what_share_of_the_mass():
    split = split_of(np.array([0.05, 0.15, 0.3, 0.5]), 0.15)
    assert split == (1, 0.05, 4) and split.text == "Free to roam, below the cutoff: 1 of 4 agents, 5% of the mass"
    sim = simulation()
    m, p = sim.frame.mass, drawn(sim)
    assert 0 < p.split.light == sum(1 for one in m if one < 0.125) < p.split.n == 12
    assert p.split.light_mass == pytest.approx(sum(one for one in m if one < 0.125))
    assert p.note == p.split.text


@pytest.mark.parametrize("dynamics", ["SSA", "SBGD"])
def test_masses_over_a_coordinate_have_the_agents_and_the_minimisers(dynamics):
    sim = simulation(n=20, d=2, steps=6, dynamics=dynamics, landscape="Himmelblau")
    p, frame = drawn(sim, 1, (-4.0, 4.0)), sim.frame
    inside = frame.mass >= 1e-6
    np.testing.assert_array_equal(p.x, frame.x[:, 1])
    np.testing.assert_array_equal(p.y[inside], frame.mass[inside])
    np.testing.assert_allclose(p.goals, np.sort(sim.landscape.minimisers(2)[:, 1]))
    assert p.x_ends == (-4.0, 4.0) and (p.x_label, p.y_label) == ("x₂", "m") and not p.curve.size
    best = np.argmin(frame.energy)
    assert p.best.tolist() == [frame.x[best, 1], p.y[best]]
    hidden = int((np.abs(frame.x[:, 1]) > 4).sum())
    assert (f"{hidden} agent" in p.note) == (hidden > 0)


def test_the_minimisers_move_with_the_landscape():
    sim = simulation(n=20, steps=3)
    frame = sim.frame
    moved = sv.Frame(frame.k, frame.t, frame.x, frame.energy, mass=frame.mass, shift=np.array([1.5]))
    p = mass_picture(moved, sim, 0, (1e-3, 1.0), (-5.0, 5.0))
    np.testing.assert_array_equal(p.goals, sim.landscape.minimisers(1)[:, 0] + 1.5)


def test_noise_is_offered_where_the_dynamics_declares_it_and_a_few_coordinates_everywhere():
    assert offered(simulation(steps=0).frame, simulation(steps=0)) == [(STRENGTH, "σ(m)"), (0, "x, m")]
    sim = simulation(d=8, steps=0, dynamics="SBGD")
    assert [name for name, _ in offered(sim.frame, sim)] == [0, 1, 2, 3, 4]
    assert offered(sim.frame, sim, 8)[-1] == (7, "x₈, m")
    with pytest.raises(ValueError, match="no strength of noise"):
        strength_of(sim, sim.frame.mass, 0.0)


def test_what_is_far_too_light_for_the_axis_is_drawn_at_its_edge_and_counted():
    sim = simulation(n=4, steps=0)
    frame = sim.frame
    mass = np.array([0.0, 1e-40, 0.4, 0.6])
    frame = sv.Frame(frame.k, frame.t, frame.x, frame.energy, mass=mass, role=frame.role, roles=frame.roles)
    ends = mass_ends(frame, 0.125)
    assert ends[0] >= DEPTH * 0.125 / 10 and ends[1] == 1.0
    p = mass_picture(frame, sim, STRENGTH, ends, (0.0, 1.0))
    assert p.x.tolist() == [ends[0], ends[0], 0.4, 0.6]
    assert p.y.tolist() == [1.0, 1.0, 0.0, 0.0], "σ is that of the mass itself"
    assert p.note.startswith(
        "Free to roam, below the cutoff: 2 of 4 agents, under 0.01% of the mass · 2 lighter than 10⁻⁵, drawn at the edge"
    )


def test_the_axis_of_masses_holds_the_cutoff_and_an_equal_share_and_moves_seldom():
    sim, now, moves = simulation(n=30, steps=0, cutoff=0.002), None, 0
    for _ in range(100):
        sim.advance(20)
        ends = mass_ends(sim.frame, 0.002, now)
        assert ends[0] <= 0.002 <= 1 / 30 <= ends[1] and sim.frame.mass.max() <= ends[1]
        assert ends[0] <= max(sim.frame.mass.min(), DEPTH * 0.002)
        moves, now = moves + (now is not None and now != ends), ends
    assert moves <= 6


def test_the_whole_fall_of_the_noise_is_in_view_even_while_all_masses_are_near_the_cutoff():
    sim = simulation(n=8, steps=0)
    assert drawn(sim).curve[1].max() > 0.97 and drawn(sim).curve[1].min() == 0


def test_a_cutoff_that_is_lighter_than_any_axis_has_is_told_but_has_no_line():
    sim = simulation(n=4, steps=0, cutoff=1e-200)
    p = drawn(sim)
    assert p.cutoff is None and p.split == (0, 0.0, 4) and p.x_ends[0] >= 1e-33


@pytest.mark.parametrize("over", [STRENGTH, 0])
def test_a_crowd_is_an_image_of_all_that_take_part_and_are_in_view(over):
    sim = simulation(n=5000, d=1, steps=100)
    p, mass, x = drawn(sim, over), sim.frame.mass, sim.frame.x[:, 0]
    assert not p.x.size and not p.y.size and "5,000 agents, drawn as a density" in p.note
    if over == STRENGTH:
        cells = np.histogram(np.log10(mass), bins=CELLS[1], range=np.log10(p.x_ends))[0][None]
    else:
        ends = np.log10(p.y_ends), p.x_ends
        cells = np.histogram2d(np.log10(mass), x, bins=CELLS[2], range=ends)[0]
    assert p.image.shape == cells.shape and ((p.image > 0) != (cells > 0)).mean() < 2e-3, "rounding at edges at most"
    assert (p.image > 0).sum() > 20


def test_the_removed_of_a_crowd_are_not_drawn():
    sim = simulation(n=3000, steps=15, dynamics="SBGD", landscape="Rastrigin")
    removed = int((sim.frame.mass == 0).sum())
    assert removed > 100
    p = drawn(sim, 0, (-6.0, 6.0))
    assert f"{removed:,} removed, not drawn" in p.note
    seen = sim.frame.mass > 0
    cells = np.histogram2d(np.log10(np.maximum(sim.frame.mass[seen], mass_ends(sim.frame, None)[0])), sim.frame.x[seen, 0],
                           bins=CELLS[2], range=(np.log10(p.y_ends), p.x_ends))[0]  # fmt: skip
    assert ((p.image > 0) != (cells > 0)).mean() < 2e-3


def test_a_sharp_cutoff_is_drawn_as_steep_as_it_is():
    """(6.2) falls from 99% to 1% of λ within 0.0046 of a mass: no point of the curve may bridge that."""
    sim = simulation(profile="step", cutoff=0.3, n=2, steps=0)
    m, strength = curve_of(sim, 0.0, (1e-3, 1.0), 0.3)
    high, low = m[strength > 0.99].max(), m[strength < 0.01].min()
    assert low - high < 0.02 and ((m > high) & (m < low)).sum() >= 5


def test_room_is_left_at_both_ends_of_the_axis_of_masses():
    low, high = padded_decades((1e-4, 1.0))
    assert low == pytest.approx(1e-4 / 10**0.32) and high == pytest.approx(10**0.32)
    assert padded_decades((1e-30, 1.0)) == pytest.approx((1e-32, 100.0)), "still float32"


def test_without_noise_there_is_an_axis_all_the_same():
    sim = simulation(profile="none", steps=0)
    assert strength_ends(sim, 0.0) == (0.0, 1.0) and strength_ends(sim, 0.0, (0.0, 5.0)) == (0.0, 5.0)
