"""A picture of two runs holds both records, their difference, and in words what they differ in."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz import exports
from swarmviz.drawing.differences import differing
from swarmviz.exports.mpl.arena import Arena
from swarmviz.exports.mpl.comparison import comparison_figure, told
from swarmviz.frame import OF_EVENTS
from swarmviz.schedules import Power
from tests.exports.mpl.helpers import RASTRIGIN, simulation


def pair(steps=30, every=1):
    a = simulation("CBO", steps=0)
    b = sv.Simulation(sv.CBO(sigma=0.2), RASTRIGIN, sv.Swarm(n=40, d=2, seed=2), every=every)
    for sim in (a, b):
        sim.advance(steps)
    return a, b


@pytest.mark.parametrize("every", [1, 4])
def test_a_comparison_has_both_records_and_their_difference(every):
    a, b = pair(every=every)
    figure = comparison_figure(a, other=b)
    rows, drawn = np.reshape(figure.axes, (-1, 2)), [o for o in a.dynamics.observables if o.panel != OF_EVENTS]
    assert [left.get_ylabel() for left, _ in rows] == [o.symbol for o in drawn]
    steps = np.arange(0, 31, every)
    for (left, right), observable in zip(rows, drawn, strict=True):
        values = [a.record[observable.name][::every], b.record[observable.name][: len(steps)]]
        for line, value in zip(left.lines, values, strict=True):
            np.testing.assert_array_equal(line.get_xydata(), np.column_stack([steps, value]))
        np.testing.assert_array_equal(right.lines[-1].get_ydata(), values[0] - values[1])
        assert (left.get_yscale() == "log") == observable.log and right.get_yscale() == "linear"
    assert figure.get_suptitle().splitlines() == [
        "A\u2002σ = 1 · CBO on Rastrigin, to k = 30", "B\u2002σ = 0.2 · CBO on Rastrigin, to k = 30", "σ = 1 in A, 0.2 in B",
    ]  # fmt: skip


def test_four_runs_have_their_records_in_one_picture_and_the_difference_of_the_two_that_are_named():
    a, *others = runs = [
        simulation("CBO", steps=0),
        *(sv.Simulation(sv.CBO(sigma=s), RASTRIGIN, sv.Swarm(n=40, d=2, seed=2)) for s in (0.2, 0.4, 0.2)),
    ]
    for sim in runs:
        sim.advance(20)
    figure = comparison_figure(a, other=others, pair=[1, 2])
    rows, drawn = np.reshape(figure.axes, (-1, 2)), [o for o in a.dynamics.observables if o.panel != OF_EVENTS]
    for (left, right), observable in zip(rows, drawn, strict=True):
        values = [sim.record[observable.name] for sim in runs]
        for line, value in zip(left.lines, values, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), value)
        np.testing.assert_array_equal(right.lines[-1].get_ydata(), values[1] - values[2])
    assert figure.get_suptitle().splitlines()[-1] == "σ = 1 in A, 0.2 in B and D, 0.4 in C"
    assert [axes.get_title("left") for axes in rows[0]] == ["A, B, C and D", "B − C"]
    for wrong in ([0], [0, 4], [1, 1]):
        with pytest.raises(ValueError, match=r"pair = .*: must be two different places from 0 to 3"):
            comparison_figure(a, other=others, pair=wrong)
    with pytest.raises(ValueError, match=r"other = 4 runs: must be one to 3"):
        exports.picture(a, "comparison", other=[*others, a])


def test_two_dynamics_are_compared_in_what_both_record():
    a, b = simulation("BGK"), simulation("CBO")
    rows = np.reshape(comparison_figure(a, other=b).axes, (-1, 2))
    shared = [o.symbol for o in a.dynamics.observables if o.name in b.record and o.panel != OF_EVENTS]
    assert [left.get_ylabel() for left, _ in rows] == shared and 0 < len(shared) < len(a.dynamics.observables)
    assert differing(a, b)[0].values[1] == "CBO" and "CBO" not in told(differing(a, b))


def test_what_two_runs_differ_in_is_told_briefly():
    many = sv.Simulation(sv.CBO(lam=2, sigma=Power(gamma=0.9)), RASTRIGIN, sv.Swarm(n=41, d=3, seed=9))
    text = told(differing(simulation("CBO"), many))
    assert text.startswith("λ = 1 in A, 2 in B; σ = 1 in A, power (") and "seed = 2 in A, 9 in B" in text
    assert told(differing(many, many.fork())) == ""


def test_two_runs_that_record_nothing_alike_are_refused(monkeypatch):
    a, b = pair(3)
    monkeypatch.setattr("swarmviz.exports.mpl.comparison.common", lambda sims: [])
    with pytest.raises(ValueError, match=r"other = .*: records nothing that .* records, too"):
        exports.picture(a, "comparison", other=b)


def test_the_picture_of_an_arena_begins_with_what_the_run_has_otherwise_and_signs_in_it_are_no_formula():
    sim = simulation("CBO", steps=0)
    arena = Arena(sim, label="B\u2002σ = $0.2$")
    arena.show(sim)
    title = arena.axes.title if arena.axes.title.get_text() else arena.axes._left_title
    assert title.get_text() == "B\u2002σ = $0.2$ · CBO on Rastrigin" and not title.get_parse_math()
    with pytest.raises(ValueError, match=r"label = .*: must be a text of at most 200 characters"):
        exports.picture(sim, label="x" * 201)
    with pytest.raises(ValueError, match=r"label = .*: must be a text"):
        exports.film(pair(3)[0], "gif", label=3)
