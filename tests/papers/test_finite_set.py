"""004's figures end where the authors' program ended, and draw what it drew."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import papers
from swarmviz.papers.finite_set import ENDS, STATES

NUMBER = {("first", False): 2, ("second", False): 3, ("first", True): 8, ("second", True): 9}
SPREAD = {
    ("first", False): 0.03,
    ("second", False): 0.015,
    ("first", True): 0.01,
    ("second", True): 0.004,
}  # of the jumps of a run


@pytest.mark.parametrize("generator, changing", ENDS)
def test_a_figure_ends_at_as_many_jumps_as_the_authors_program(generator, changing):
    data = papers.ALL[f"004-figure{NUMBER[generator, changing]}"].compute(threads=1)
    end, jumps = ENDS[generator, changing], data["transitions"].isel(step=-1).item()
    assert data["t"].isel(step=-1).item() == pytest.approx(end.t)
    assert abs(jumps / end.jumps - 1) < 4 * SPREAD[generator, changing]


@pytest.mark.parametrize("number, of", [(2, "target"), (8, "Dirac")])
def test_a_curve_is_the_sum_of_squares_of_the_shares_over_the_number_of_states(number, of):
    entry = papers.ALL[f"004-figure{number}"]
    drawn = entry.compute(quick=True)["squared_distance"].values.ravel()
    sim = sv.Simulation(*entry.selection())
    heights = sim.frame.heights
    for y in drawn[:10]:
        beta = 5.0 if number == 2 else float(sim.dynamics.beta.at(sim.t))
        law = sv.theory.finite_set.stationary(heights, beta) / STATES if of == "target" else np.eye(STATES)[7]
        assert y == pytest.approx(((sim.frame.occupation - law) ** 2).sum() / STATES, rel=1e-9)
        sim.advance(1)


def test_the_programs_rates_are_those_of_the_figures():
    for figure, rate in ((2, 0.1), (5, 0.1), (6, 0.005), (9, 0.005), (11, 0.005)):
        dynamics, landscape, swarm = papers.ALL[f"004-figure{figure}"].selection()
        assert (dynamics.rate, landscape.height, swarm.n) == (rate, 1.0 if rate == 0.1 else 0.1, 50)


def test_equal_jumps_and_equal_model_time_are_two_comparisons():
    entry = papers.ALL["004-transitions"]
    data = entry.compute(runs=2, quick=True, threads=1)
    first, second = data["time_of_equal_jumps"].values
    assert second < first == pytest.approx(data["t"].isel(step=-1).max().item())
    assert (
        data["transition_ratio"].values[0] == 1.0
        and "equal model time" in entry.remark
        and "computing time" in entry.remark
    )
