"""The lines of every dynamics, for every choice and either side of every threshold: each can be read, and nothing that acts is left out."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.equations.lines import SIGN, Line, Quantity, signs_of, symbol_latex
from swarmviz.kernels.boundaries import MEANINGS
from swarmviz.parameters import Choice, Real, Switch, is_used

N = 40
# Values of numbers on which lines depend, beside the defaults, by name; a schedule is one, too.
THRESHOLDS = {
    "batch": (0, 5, N),
    "epsilon": (0.0, 2.0),
    "stall_steps": (0, 50),
    "groups": (1, 3),
    "m": (-1.0, 1.0),
    "m2": (2.0, 1.0),
    "beta": (5.0, sv.schedules.Linear(start=1.0, end=2.0, duration=5.0)),
}
SOURCE = re.compile(r"^(00[0-4] |arXiv:|Pinnau )")


def forms(cls):
    """Every combination of the choices that a dynamics has, and of the thresholds: one choice at its values for the boundary alone."""
    declared = cls.declared()
    axes = {name: list(own.objects) for name, own in declared.items() if isinstance(own, Choice) and name != "boundary"}
    axes |= {name: [False, True] for name, own in declared.items() if isinstance(own, Switch)}
    axes |= {
        name: [v for v in values if isinstance(v, sv.schedules.Schedule) or declared[name].contains(v)]
        for name, values in THRESHOLDS.items()
        if name in declared
    }
    axes = {name: values for name, values in axes.items() if values}
    for values in itertools.product(*axes.values()):
        yield dict(zip(axes, values, strict=True))
    for boundary in declared["boundary"].objects if "boundary" in declared else ():
        yield {"boundary": boundary}


def made(cls, values):
    """A dynamics with values of which some may have no effect, as the page has them."""
    with sv.parameters.restoring():
        return cls(**values)


@pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=lambda cls: cls.__name__)
def test_whatever_acts_stands_in_a_line_or_has_a_reason(cls):
    reasons = set()
    for values in forms(cls):
        own = made(cls, values)
        shown = signs_of(own.equations.shown(own, N))
        acting = {name for name, declared in cls.declared().items() if is_used(own, declared)}
        missing = acting - set(shown)
        assert missing == {name for name, absence in cls.equations.absent.items() if absence.when(own, N)}, values
        reasons |= missing
        unused = {name for name in shown if name in cls.declared()} - acting
        assert not unused, f"{values}: {unused} has no effect and stands in a line"
    assert reasons == set(cls.equations.absent), "a reason that is never given"


@pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=lambda cls: cls.__name__)
def test_every_name_in_a_line_is_declared_or_measured_and_every_line_is_shown_somewhere(cls):
    lines, met = cls.equations.lines, set()
    for name in signs_of(lines):
        assert (name in cls.declared()) != (name in cls.equations.quantities), name
    assert set(cls.equations.quantities) <= set(signs_of(lines))
    for values in forms(cls):
        own = made(cls, values)
        shown = own.equations.shown(own, N)
        met |= {id(line) for line in lines if line in shown}
        assert len({line.latex for line in shown}) == len(shown), f"{values}: a line stands there twice"
    assert not [line.latex for line in lines if id(line) not in met]


@pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=lambda cls: cls.__name__)
def test_every_line_says_what_it_is_and_its_source_is_one_of_the_papers(cls):
    for line in cls.equations.lines:
        assert line.about, line.latex
        assert not line.source or SOURCE.match(line.source), line.source
        assert not line.follows or isinstance(cls.declared()[line.follows], Choice | Switch)


def test_the_values_of_quantities_are_what_the_run_has():
    run = sv.Simulation(sv.BGK(epsilon=0.5, sigma=0.6), sv.landscapes.Sphere(), sv.Swarm(n=N, d=2, seed=1))
    run.advance(3)
    own, frame = run.dynamics, run.frame
    values = {name: q.value(own, frame) for name, q in own.equations.quantities.items() if q.value}
    assert np.isclose(values["p"], 1 - np.exp(-own.jump_rate * own.dt / 0.25), rtol=1e-12)
    assert np.isclose(values["shake"], 0.6 / 0.5, rtol=1e-12)
    assert values["nu"] is frame.focus and values["agents"] == N
    pso = sv.PSO(inertia=0.3, dt=0.2)
    keep = pso.equations.quantities["keep"].value(pso, frame)
    assert np.isclose(keep, 0.3 / (0.3 + 0.7 * 0.2), rtol=1e-12)


def test_a_schedule_that_acts_has_a_line_of_its_own_with_its_source():
    own = sv.SSA(profile="annealing")
    schedule = own.equations.shown(own, N)[-1]
    assert schedule.latex.startswith(r"@temperature(t) = 1/\log(2 + t)") and schedule.source == "002 §1.3"
    own.profile = "smooth"
    assert not [line for line in own.equations.shown(own, N) if line.follows == "temperature"], "T does not act"
    swept = sv.CBO(sigma=sv.schedules.Exponential(start=2.0, ratio=0.5))
    assert swept.equations.shown(swept, N)[-1].latex == r"@sigma(t) = 2\cdot 0.5^{t}"


def test_the_random_batch_is_written_out_where_it_is_smaller_than_the_swarm():
    def about(batch, n):
        own = sv.CBO(batch=batch)
        return [line.about for line in own.equations.shown(own, n)]

    assert "Random batch" in about(5, 40)
    assert "Random batch" not in about(0, 40) + about(40, 40) + about(5, 3)


def test_every_boundary_and_every_symbol_has_its_latex():
    names = {line.latex for line in sv.CBO.equations.lines if line.follows == "boundary"}
    assert len(names) == len(MEANINGS)
    assert symbol_latex("σ₀") == "σ_{0}" and symbol_latex("ν_j") == "ν_{j}" and symbol_latex("Δt") == "Δt"
    assert symbol_latex("σ(m)") == "σ(m)" and symbol_latex("F̄") == r"\bar F"
    assert symbol_latex("σ = σ̃ε/√Δt") == r"\text{σ = σ̃ε/√Δt}" and symbol_latex("tol") == r"\text{tol}"
    assert symbol_latex("n_stall") == r"n_{\text{stall}}"
    assert symbol_latex("cbo_scaling") == r"\text{cbo scaling}", "a name, where a parameter has no symbol"


def test_a_line_lists_its_names_once_and_the_choice_that_it_follows():
    assert Line(r"@x = @x + @lam", follows="scheme").signs == ("x", "lam", "scheme")
    assert SIGN.findall(r"{@reward}_n^@p") == ["reward", "p"]
    assert Quantity("X", "position").value is None
    assert isinstance(sv.CBO.declared()["lam"], Real)
