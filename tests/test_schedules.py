"""A schedule counts from the moment at which it was chosen, and everything that reads one follows: rewind, links, lines, curves, claims."""

from __future__ import annotations

import json

import numpy as np
import pytest

import swarmviz as sv
from components.links import permalink
from components.state import VisitState
from components.text import readable
from components.views.curves.schedule_curves import acting_values, horizon
from swarmviz import schedules
from swarmviz.exports import python_lines
from swarmviz.exports.metadata import metadata
from swarmviz.replay import RunSpec
from swarmviz.schedules import (
    ALL,
    Begun,
    Constant,
    Exponential,
    InverseLogarithmic,
    Linear,
    Logarithmic,
    Piecewise,
    Power,
)
from swarmviz.serialise import as_json
from swarmviz.typed import schedule as typed

BEGUN = [cls for cls in ALL.values() if cls is not Constant]
T = np.linspace(0, 20, 101)


@pytest.mark.parametrize("cls", BEGUN, ids=lambda cls: cls.__name__)
def test_a_schedule_that_begins_later_is_the_same_one_moved_and_waits_with_its_first_value(cls):
    plain, later = cls(), cls(**cls().values_now() | {"since": 5.0})
    np.testing.assert_allclose(later.at(T + 5.0), plain.at(T), rtol=1e-12)
    np.testing.assert_array_equal(later.at(T[T < 5]), float(plain.at(0.0)))
    np.testing.assert_array_equal(cls(**plain.values_now() | {"since": 0.0}).at(T), plain.at(T))


@pytest.mark.parametrize("cls", BEGUN, ids=lambda cls: cls.__name__)
def test_one_that_begins_at_zero_is_written_as_before_there_was_another_beginning(cls):
    """Old links, stores and manifests compare what is written: the same run has to have the same text."""
    assert "since" not in cls().values_now() and "since" not in repr(cls()) and "since" not in as_json(cls())
    later = cls(**cls().values_now() | {"since": 2.5})
    assert later.values_now()["since"] == 2.5 and "since=2.5" in repr(later) and later != cls()
    assert eval(repr(later), dict(ALL)) == later == later.copy()
    assert list(cls.declared())[-1] == "since"


@pytest.mark.parametrize("cls", ALL.values(), ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("value", [1e-6, 0.3, 1.4427, 1e3, 1e15])
def test_one_that_is_chosen_begins_with_the_present_value(cls, value):
    chosen = cls.beginning(value, 5.0)
    assert float(chosen.at(5.0)) == pytest.approx(value, rel=1e-9) and isinstance(chosen, cls)
    assert float(chosen.at(0.0)) == float(chosen.at(5.0))


@pytest.mark.parametrize("cls", ALL.values(), ids=lambda cls: cls.__name__)
def test_what_no_schedule_of_a_kind_can_begin_with_is_no_error(cls):
    assert np.isfinite(cls.beginning(0.0).at(T)).all() and np.isfinite(cls.beginning(-2.0).at(T)).all()


def test_which_way_the_two_logarithms_go_is_said():
    assert (np.diff(Logarithmic().at(T)) < 0).all() and "falls" in Logarithmic.__doc__
    assert (np.diff(InverseLogarithmic().at(T)) > 0).all()
    assert "grows" in InverseLogarithmic.__doc__ and "heats" in InverseLogarithmic.__doc__


@pytest.mark.parametrize(
    "schedule, shown",
    [
        (Linear(start=1.4427, end=1.4427), "1.4427"),
        (Linear(start=1.0, end=0.1, duration=5.0), "1 − 0.9 min(t/5, 1)"),
        (Linear(start=0.0, end=2.0, duration=5.0), "2 min(t/5, 1)"),
        (Linear(start=1.0, end=3.0, duration=5.0, since=2.0), "1 + 2 min((t − 2)/5, 1), t ≥ 2"),
        (Power(gamma=0.25, t0=1.1, since=3.0), "(1.1 + (t − 3))<sup>0.25</sup> − 1, t ≥ 3"),
        (Piecewise(((0, 1), (2, 5)), since=3.0), "lines through  (3, 1), (5, 5)"),
    ],
)
def test_formulas_are_written_as_a_person_writes_them(schedule, shown):
    assert readable(schedule.equation) == shown


def test_no_symbol_stands_for_two_things():
    for cls in ALL.values():
        symbols = [declared.symbol for declared in cls.declared().values()]
        assert len(set(symbols)) == len(symbols)
        texts = " ".join(declared.doc for declared in cls.declared().values())
        assert "T" not in symbols and "= T" not in texts, "T is a temperature"


# ---- a run -------------------------------------------------------------------------------------------------------------------


def changed_in_mid_run():
    sim = sv.Simulation(sv.CBO(sigma=1.5, dt=0.1), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=7))
    sim.advance(50)
    sim.dynamics.sigma = Linear.beginning(1.5, sim.t)
    sim.dynamics.sigma = Linear(start=1.5, end=0.2, duration=3.0, since=sim.t)
    sim.advance(60)
    return sim


def test_the_kernel_feels_the_schedule_from_its_beginning_and_rewind_is_exact():
    sim = changed_in_mid_run()
    k = np.arange(111)
    expected = np.interp(0.1 * k, [5.0, 8.0], [1.5, 0.2])
    np.testing.assert_allclose(acting_values(sim, "sigma", k), expected)
    plain = sv.Simulation(
        sv.CBO(sigma=Piecewise(((5.0, 1.5), (8.0, 0.2))), dt=0.1), sv.landscapes.Rastrigin(), sim.initial_swarm
    )
    np.testing.assert_allclose(plain.advance(110).x, sim.frame.x, rtol=1e-6, atol=1e-9)
    x = sim.frame.x.copy()
    sim.goto(23)
    np.testing.assert_array_equal(sim.goto(110).x, x)
    assert horizon(sim) >= 110


def test_links_lines_and_metadata_hold_the_beginning():
    sim = changed_in_mid_run()
    code = permalink.write(VisitState((RunSpec.of(sim, {}),), 15.0))
    (run,) = permalink.read(code).runs
    assert run.journal[-1].dynamics.sigma == sim.dynamics.sigma and run.journal[-1].dynamics.sigma.since == 5.0
    again = sv.Simulation.replay(run.journal, run.initial_swarm, run.k)
    np.testing.assert_array_equal(again.frame.x, sim.frame.x)
    lines = python_lines(sim)
    assert "since=5.0" in lines
    names = {}
    exec(lines, names)
    np.testing.assert_array_equal(names["frame"].x, sim.frame.x)
    told = metadata(sim)["dynamics"]["parameters"]["sigma"]
    assert told["since"] == 5.0 and json.dumps(told)


def test_a_link_of_before_opens_with_schedules_that_count_from_zero():
    content = {"schedule": "Linear", "start": 1.0, "end": 0.1, "duration": 5.0}
    from swarmviz.serialise import built

    part = built(["CBO", {"sigma": content}], sv.dynamics.ALL)
    assert part.sigma == Linear(start=1.0, end=0.1, duration=5.0) and part.sigma.since == 0.0


def test_the_command_line_takes_a_beginning_and_refuses_a_bad_one():
    assert typed("sigma", "Linear(start=1,end=0.1,duration=5,since=2)") == Linear(start=1, end=0.1, duration=5, since=2)
    assert typed("sigma", "Piecewise([(0, 1), (2, 5)], since=3)").since == 3
    with pytest.raises(ValueError, match=r"since .*-1.*0 ≤ tₛ"):
        typed("sigma", "Linear(since=-1)")


# ---- the form ----------------------------------------------------------------------------------------------------------------


def test_every_schedule_with_a_beginning_is_known_as_one():
    assert all(issubclass(cls, Begun) for cls in BEGUN) and not issubclass(Constant, Begun)
    assert schedules.ALL["Constant"] is Constant


def test_two_views_that_are_painted_one_after_another_never_name_two_values_of_one_parameter():
    """The arena's legend said η_β at β = 3.74 while that of the occupation, painted every third time, still said 3.64."""
    titles = set()
    for beta in (Linear(start=1.0, end=5.0, duration=10.0), 5.0):
        sim = sv.Simulation(sv.FiniteSet(beta=beta), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=1))
        now = set()
        for _ in range(3):
            sim.advance(5)
            now.add(sv.theory.target(sim).title)
        assert len(now) == 1
        titles |= now
    assert titles == {"target ηᵦ at β(t)", "target ηᵦ at β = 5"}


GROWING = (
    Exponential(start=0.1, ratio=1.1),
    Exponential(start=-2.0, ratio=1000.0),
    InverseLogarithmic(c=5e-324, t0=1e12),
)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("schedule", GROWING, ids=repr)
def test_a_schedule_that_grows_beyond_every_number_leaves_the_range_without_a_warning(schedule):
    assert np.isinf(schedule.at(1e5)) and schedule.at(np.array([0.0, 1e5])).shape == (2,)
    with pytest.raises(ValueError, match=r"sigma \(σ\) = -?inf at t = 100000: its schedule must keep 0 ≤ σ ≤ 100"):
        schedules.values_of(sv.CBO(sigma=schedule), "sigma", np.array([1e5]))


@pytest.mark.filterwarnings("error")
def test_a_schedule_whose_parts_grow_too_large_has_its_value_still():
    np.testing.assert_array_equal(Exponential(start=0.0, ratio=1000.0).at(np.array([0.0, 1e12])), 0.0)
    np.testing.assert_array_equal(Linear(start=2.0, end=3.0, duration=5e-324).at(np.array([0.0, 1e12])), [2.0, 3.0])


@pytest.mark.filterwarnings("error")
def test_a_step_so_long_that_a_schedule_leaves_its_range_is_refused_and_the_swarm_goes_on():
    """Found by random runs: PSO with Δt = 1000."""
    sim = sv.Simulation(
        sv.PSO(dt=1000.0, alpha=Exponential(start=0.1, ratio=1.1)), sv.landscapes.Sphere(), sv.Swarm(n=5, d=1, seed=1)
    )
    with pytest.raises(ValueError, match=r"alpha \(α\) = 2\.46993e\+40 at t = 1000: its schedule must keep"):
        sim.advance(10)
    assert sim.k == 0
    sim.dynamics.alpha = 1.0
    assert sim.advance(1).k == 1
