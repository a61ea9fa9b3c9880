"""What the browser draws of the schedules in use: nothing where there are none, and nothing anew where nothing has changed."""

from __future__ import annotations

import json

import pytest

import swarmviz as sv
from components.controls.controls import Controls
from components.controls.schedule_drag import MAX_POINTS
from components.controls.schedule_plot import Lived, SchedulePlots
from swarmviz import dynamics
from swarmviz.parameters import Real
from swarmviz.schedules import ALL, Constant, Exponential, Linear, Piecewise

ROW = "dynamics.sigma.curve"


def simulation(**parameters):
    return sv.Simulation(sv.CBO(dt=0.1, **parameters), sv.landscapes.Rastrigin(), sv.Swarm(n=5, d=1))


def lived(sim):
    return Lived(sim.journal, sim.furthest)


def test_without_a_schedule_that_matters_nothing_is_drawn():
    idle = sv.FMC(tau=Linear(start=2.0, end=1.0))
    assert list(SchedulePlots().of({"dynamics": idle}, None)) == ["dynamics.tau.curve"]
    idle.reward = "negative"
    for part in (sv.CBO(), sv.CBO(sigma=Constant(value=2.0)), idle):
        assert SchedulePlots().of({"dynamics": part}, None) == {}


@pytest.mark.parametrize("kind", [cls for cls in ALL.values() if cls is not Constant], ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("owner", dynamics.ALL.values(), ids=lambda cls: cls.__name__)
def test_every_schedule_of_every_parameter_is_drawn_in_finite_numbers_with_points_in_range(owner, kind):
    names = [name for name, declared in owner.declared().items() if getattr(declared, "schedulable", False)]
    for name in names:
        declared, part = owner.param[name], owner()
        value = part.param[name].default
        setattr(part, name, kind.beginning(float(value if isinstance(value, int | float) else value.at(0.0)), 2.0))
        for plot in SchedulePlots().of({"dynamics": part}, None).values():
            json.dumps(plot, allow_nan=False)
            assert plot["low"] < plot["high"] and plot["t"][-1] == pytest.approx(plot["last"], rel=1e-4)
            assert len(plot["t"]) == len(plot["y"]) and len(plot["ticks"][0]) > 1 < len(plot["ticks"][1])
            assert plot["handles"] and isinstance(declared, Real)
            for handle in plot["handles"]:
                assert 0 <= handle["s"] <= plot["last"] - plot["since"] and declared.contains(handle["value"])


def test_a_plot_is_kept_while_the_run_goes_on_and_made_anew_when_it_was_edited_or_the_axis_ends():
    sim, plots = simulation(sigma=Linear(start=2.0, end=1.0)), SchedulePlots()
    parts = {"dynamics": sim.dynamics.copy()}
    every = plots.of(parts, lived(sim))
    first = every[ROW]
    sim.advance(20)
    assert plots.of(parts, lived(sim)) is every, "time alone changes nothing that is not in the browser"
    parts["dynamics"] = sim.dynamics.copy()
    assert plots.of(parts, lived(sim))[ROW] is first
    sim.advance(200)
    later = plots.of(parts, lived(sim))[ROW]
    assert later["last"] > first["last"]
    sim.dynamics.sigma = Linear(start=3.0, end=1.0, duration=50.0)
    parts["dynamics"] = sim.dynamics.copy()
    edited = plots.of(parts, lived(sim))[ROW]
    assert edited["handles"][0]["value"] == 3.0 and edited["acted"][1][0] == 2.0, "the past as it acted"
    sim.advance(1)
    acted = plots.of(parts, lived(sim))[ROW]
    assert acted is not edited and acted["acted"][1][-1] > 1.5 > acted["acted"][1][-5], "the jump is in the journal now"
    assert plots.of({"dynamics": sv.CBO()}, lived(sim)) == {}


def test_the_form_gets_a_curve_only_when_it_changed_and_the_mark_with_the_time():
    sim = simulation(sigma=Exponential(start=2.0, ratio=0.9))
    part = {"dynamics": sim.dynamics.copy()}
    nothing = lambda *_: None  # noqa: E731
    made = Controls(part, lambda parts: [], nothing, nothing, now=lambda: sim.t, lived=lambda: lived(sim))
    sent = []
    made.form.param.watch(lambda event: sent.append(event.new), "curves")
    sim.advance(10)
    made.show_present_values()
    assert sent == [] and made.form.present[ROW] == [sim.t, pytest.approx(2.0 * 0.9**sim.t, rel=1e-14)]
    made._edit("dynamics.sigma.ratio", "0.5", True)
    assert len(sent) == 1 and sent[0][ROW]["handles"][1]["value"] < first_later(0.9)
    made._edit("dynamics.sigma.kind", "fixed", True)
    assert sent[1:] == [{}]


def first_later(ratio):
    return 2.0 * ratio**10.0


def test_a_schedule_with_more_points_than_can_be_dragged_is_drawn_without_them():
    many = Piecewise([(i, 1.0) for i in range(MAX_POINTS + 1)])
    plot = SchedulePlots().of({"dynamics": sv.CBO(sigma=many)}, None)[ROW]
    assert plot["handles"] == [] and plot["most"] == 0 and len(plot["t"]) > 100
    few = SchedulePlots().of({"dynamics": sv.CBO(sigma=Piecewise(many.points[1:]))}, None)[ROW]
    assert len(few["handles"]) == few["most"] == MAX_POINTS
