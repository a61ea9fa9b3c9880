"""The terms of one agent's step add up to the step that the kernel takes, for every dynamics and every option that it declares."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.equations.lines import SIGN
from swarmviz.dynamics.explain.finite_set import JUMPS_SHOWN, RATES_SHOWN
from swarmviz.dynamics.explain.terms import SYMBOLS, total
from swarmviz.frame import Diverged
from swarmviz.parameters import Choice, Switch
from tests.references.finite_set import jump_rate

TOLERANCE = 1e-12  # of the sum, relative to the sum of the terms' absolute values and of the position
STEPS = (0, 1, 4, 9)  # at which a step is taken apart


def line(start, end, duration):
    """A schedule along a straight line."""
    return sv.schedules.Linear(start=start, end=end, duration=duration)


MORE = {  # what no single option of a choice makes
    "CBO": [
        {"sigma": 0.0},
        {"epsilon": 0.5},
        {"epsilon": 0.5, "scheme": "tamed", "noise": "isotropic"},
        {"epsilon": 0.5, "scheme": "heun", "batch": 7},
        {"scheme": "heun", "noise": "none", "alpha": line(1.0, 50.0, 1.0)},
        {"scheme": "heun", "noise": "isotropic", "boundary": "reflect", "sigma": 3.0},
        {"batch": 5, "sigma": line(2.0, 0.1, 1.0)},
        {"lam": -1.0, "boundary": "clip", "sigma": 4.0},
        {"boundary": "periodic", "sigma": 8.0},
    ],
    "SSA": [
        {"lam": 0.0},
        {"profile": "annealing", "dt": 0.02},
        {"provisional": "minimum", "dt": 0.2},
        {"dt": 0.5, "initial_mass": "exponential", "cutoff": 0.05},
        {"boundary": "reflect", "dt": 0.2, "lam": 30.0},
        {"boundary": "periodic", "dt": 0.2, "lam": 30.0, "profile": "constant"},
    ],
    "BGK": [
        {"sigma": 0.0},
        {"jump_rate": 0.0, "initial_velocity": "gaussian"},
        {"sigma_floor": 0.2, "rescaled": False},
        {"cbo_scaling": True, "epsilon": 0.2},
        {"form": "inertial", "initial_velocity": "maxwellian", "batch": 6},
        {"form": "limit", "cbo_scaling": True, "noise": "student", "freedom": 2.0},
        {"stall_steps": 2, "stall_tolerance": 1.0},
        {"boundary": "periodic", "sigma": 9.0},
        {"boundary": "reflect", "sigma": 9.0, "noise": "cauchy"},
    ],
    "PSO": [
        {"sigma_own": 0.0, "sigma_common": 0.0},
        {"inertia": 1.0, "boundary": "none"},
        {"batch": 4, "noise": "student"},
        {"stall_steps": 2, "stall_tolerance": 1.0},
        {"boundary": "reflect", "sigma_own": 9.0, "noise": "uniform"},
        {"sigma_common": line(2.0, 0.1, 1.0), "boundary": "periodic", "inertia": 0.9},
    ],
    "SBGD": [
        {"h0": 1e-3},
        {"h0": 50.0, "gamma": 0.5, "boundary": "clip"},
        {"backtracks": 1, "h0": 20.0},
        {"q": 0.0, "c": 0.9, "boundary": "reflect", "h0": 40.0},
        {"tol": 0.0, "p": 0.3, "boundary": "periodic", "h0": 30.0},
    ],
    "FMC": [
        {"sigma": 0.0},
        {"sigma": 2.0, "boundary": "dead"},
        {"sigma": 2.0, "boundary": "dead", "jitter": "all", "groups": 4, "migration": 0.5},
        {"groups": 3, "migration": 0.5, "companion": "same"},
        {"motion": "rotation", "speed": 0.3, "relativisation": "min-max"},
        {"reward_power": 0.0, "distance_power": line(3.0, 0.0, 9.0), "tau": 0.1},
        {"epsilon": 1.0, "relativisation": "min-max", "delta": 1.0},
    ],
    "FiniteSet": [
        {"rate": 5.0},
        {"rate": 5.0, "beta": line(0.0, 8.0, 9.0)},
        {"generator": "hybrid", "kappa": line(0.0, 1.0, 9.0), "rate": 3.0},
        {"generator": "metropolis", "rate": 5.0, "method": "tau_leap", "beta": line(0.0, 8.0, 9.0)},
        {"graph": "complete", "states": 30, "rate": 40.0},
        {"measure": "degree", "graph": "random", "rate": 3.0, "m": 0.0, "m2": 3.0},
        {"rate": 0.0},
    ],
}  # fmt: skip


def cases():
    """Every dynamics as it is, with every option of every choice, each switch turned, and what is listed above."""
    for name, cls in sv.dynamics.ALL.items():
        yield pytest.param(name, {}, id=name)
        for parameter, declared in cls.declared().items():
            options = list(declared.objects) if isinstance(declared, Choice) else []
            options = [not declared.default] if isinstance(declared, Switch) else options
            for option in options:
                yield pytest.param(name, {parameter: option}, id=f"{name}-{parameter}-{option}")
        for i, values in enumerate(MORE[name]):
            yield pytest.param(name, values, id=f"{name}-more-{i}-{'-'.join(values)}")


def simulation(name, values, n=25, d=None):
    """A small swarm on a landscape it can live on."""
    cls = sv.dynamics.ALL[name]
    d = d or (1 if cls.on_finite_set and values.get("graph") not in ("grid", "torus") else 3 if name != "FMC" else 2)
    landscape = sv.landscapes.Rastrigin() if values.get("reward") != "negative" else sv.landscapes.DropWave()
    d = 2 if values.get("reward") == "negative" else d
    return sv.Simulation(cls(**values), landscape, sv.Swarm(n=n, d=d, seed=11))


def size(terms):
    """What the rounding errors of a sum are relative to."""
    return sum(np.abs(term.value).max() for term in terms if term.adds)


@pytest.mark.parametrize("name, values", cases())
def test_the_terms_of_every_agent_add_up_to_the_simulated_step(name, values):
    sim = simulation(name, values)
    for k in STEPS:
        before = sim.goto(k)
        explained = [sim.explain(agent) for agent in range(sim.swarm.n)]
        after = sim.advance(1)
        for agent, terms in enumerate(explained):
            first = next(term for term in terms if term.adds)
            np.testing.assert_array_equal(first.value, before.x[agent])
            np.testing.assert_allclose(total(terms), after.x[agent], rtol=0, atol=TOLERANCE * size(terms))


def test_every_name_in_a_term_has_a_symbol_and_no_symbol_is_of_a_name_that_is_in_none():
    used = set()
    for case in cases():
        name, values = case.values
        sim = simulation(name, values, n=6)
        sim.advance(2)
        known = {*sim.dynamics.declared(), *sim.dynamics.equations.quantities}
        named = {sign for agent in range(6) for term in sim.explain(agent) for sign in SIGN.findall(term.symbol)}
        assert named <= known | set(SYMBOLS), case.id
        used |= named - known
    assert used == set(SYMBOLS)


def test_every_listed_case_is_of_a_dynamics_there_is():
    assert set(MORE) == set(sv.dynamics.ALL)


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_a_step_is_explained_with_the_parameters_as_they_are_now_and_nothing_moves(name):
    """Also on another landscape: the state was evaluated on the former one."""
    sim = simulation(name, {})
    sim.advance(3)
    for parameter in ("sigma", "rate", "h0", "lam", "sigma_own"):
        if parameter in sim.dynamics.declared():
            setattr(sim.dynamics, parameter, 0.3)
    sim.landscape = sv.landscapes.Ackley()
    kept, journal = sim.frame.x.copy(), sim.journal
    explained = [sim.explain(agent) for agent in range(sim.swarm.n)]
    assert sim.k == 3 and sim.journal is journal and sim.furthest == 3
    np.testing.assert_array_equal(sim.frame.x, kept)
    after = sim.advance(1).x
    for agent, terms in enumerate(explained):
        np.testing.assert_allclose(total(terms), after[agent], rtol=0, atol=TOLERANCE * size(terms))


def value_of(terms, symbol):
    """The value of the term with this symbol, None without one."""
    return next((term.value for term in terms if term.symbol == symbol), None)


@pytest.mark.parametrize(
    "name, values, probability, decision",
    [
        ("BGK", {"jump_rate": 5.0}, "p", "1[U_n < p]"),
        ("FMC", {}, "p_n", "1[U_n < p_n]"),
        ("FiniteSet", {"method": "tau_leap", "rate": 5.0}, "p", "1[U_n < p]"),
    ],
)
def test_a_draw_below_the_probability_decides(name, values, probability, decision):
    sim, decisions = simulation(name, values, n=60), []
    for _ in range(4):
        for agent in range(60):
            terms = sim.explain(agent)
            decided = bool(value_of(terms, decision))
            assert decided == (value_of(terms, "U_n") < value_of(terms, probability))
            decisions.append(decided)
        sim.advance(1)
    assert 0.05 < np.mean(decisions) < 0.95  # or the test above would say nothing


@pytest.mark.parametrize(
    "name, values",
    [
        ("SSA", {"dt": 0.02}),
        ("SSA", {"dt": 0.3}),
        ("SSA", {"dt": 0.3, "provisional": "minimum"}),
        ("SBGD", {"p": 0.5}),
    ],
)
def test_the_mass_received_is_what_the_mass_changes_by(name, values):
    sim = simulation(name, values)
    for k in range(5):
        before = sim.frame.mass.copy()
        received = [value_of(sim.explain(agent), "m_n^+ - m_n") for agent in range(25)]
        given = np.array(
            [0.0 if mass is None else mass for mass in received]
        )  # one that is removed has no mass to give
        after = sim.advance(1).mass
        assert k > 0 or (after != before).any()
        np.testing.assert_allclose(before + given, after, rtol=1e-12, atol=1e-16)


def test_the_share_that_an_agent_gives_is_what_it_loses():
    """SBGD: η m of an agent that is neither the lowest nor removed."""
    sim = simulation("SBGD", {"p": 0.5})
    before, explained = sim.frame.mass.copy(), [sim.explain(agent) for agent in range(25)]
    after, lowest, seen = sim.advance(1).mass, int(sim.goto(0).energy.argmin()), 0
    for agent, terms in enumerate(explained):
        share = next(term.value for term in terms if "eta" in term.symbol)
        if agent != lowest and after[agent] > 0:
            assert after[agent] == pytest.approx(before[agent] * (1 - share), rel=1e-12)
            seen += 1
    assert seen > 10


@pytest.mark.parametrize("generator", ["first", "second", "hybrid", "metropolis"])
def test_the_rates_of_a_finite_set_are_those_of_the_paper(generator):
    sim = simulation("FiniteSet", {"generator": generator, "kappa": 0.3, "beta": 2.0, "rate": 0.7})
    sim.advance(2)
    frame, own, S = sim.frame, sim.dynamics, 20
    for agent in (0, 7, 19):
        x, terms, rates = int(frame.node[agent]), sim.explain(agent), 0.0
        for y in ((x - 1) % S, (x + 1) % S):
            rho, heights = frame.occupation * S, frame.heights
            rate = jump_rate(generator, rho[x], rho[y], heights[x], heights[y], own.rate, 2.0, own.kappa, own.m)
            assert value_of(terms, f"q(x → {y})") == pytest.approx(rate, rel=1e-12)
            rates += rate
        assert value_of(terms, r"1 / \sum q") == pytest.approx(1 / rates if rates else np.inf, rel=1e-12)


def test_many_neighbours_and_many_jumps_are_summed_up():
    sim = simulation("FiniteSet", {"graph": "complete", "states": 40, "rate": 500.0, "generator": "second"}, n=4)
    terms = sim.explain(1)
    assert sum(term.symbol.startswith("q(x") for term in terms) == RATES_SHOWN
    assert sum(term.adds for term in terms) == JUMPS_SHOWN + 2 and value_of(terms, "J_n") > JUMPS_SHOWN
    np.testing.assert_allclose(total(terms), sim.advance(1).x[1], rtol=0, atol=TOLERANCE * size(terms))


def test_the_spread_of_a_random_term_is_that_of_its_law():
    """CBO: over many steps value/spread has the moments of a normal law, four standard errors allowed."""
    sim, draws = simulation("CBO", {"noise": "isotropic", "alpha": 0.1}), []
    for _ in range(40):
        terms = [term for agent in range(25) for term in sim.explain(agent) if term.spread is not None]
        draws += [term.value / term.spread for term in terms]
        sim.advance(1)
    z = np.ravel(draws)
    assert z.size == 40 * 25 * 3
    assert abs(z.mean()) < 4 / np.sqrt(z.size) and abs((z**2).mean() - 1) < 4 * np.sqrt(2 / z.size)


@pytest.mark.parametrize("agent", [-1, 25, 2.0, True, "3", None])
def test_an_agent_that_there_is_not_is_refused(agent):
    with pytest.raises(ValueError, match=r"agent = .*must be a whole number from 0 to 24"):
        simulation("CBO", {}).explain(agent)


def test_a_dynamics_that_declares_no_terms_has_its_whole_step_as_one():
    class Plain(sv.CBO):
        terms = sv.dynamics.Dynamics.terms

    sim = sv.Simulation(Plain(), sv.landscapes.Ackley(), sv.Swarm(n=5, d=2, seed=1))
    terms = sim.explain(2)
    assert len(terms) == 2
    np.testing.assert_allclose(total(terms), sim.advance(1).x[2], rtol=1e-15)


def test_a_run_that_diverges_says_so():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Formula("x1**2 + x2**2"), sv.Swarm(n=5, d=2, seed=1))
    sim.landscape = sv.landscapes.Formula("log(x1)")
    with pytest.raises(Diverged):
        sim.explain(0)


def test_every_name_in_a_symbol_has_its_number():
    for name in sv.dynamics.ALL:
        for values in ({}, *MORE[name]):
            for agent in range(3):
                for term in simulation(name, values).explain(agent):
                    if term.adds:
                        assert set(SIGN.findall(term.symbol)) <= set(term.numbers), (name, term.symbol)


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_several_agents_are_explained_as_each_alone_and_no_more_of_them_than_are_asked_for(name):
    sim = simulation(name, {})
    sim.advance(3)
    agents = iter([7, 0, 24, 7, 1000])
    each = sim.explain_each(agents)
    for agent in (7, 0, 24, 7):
        alone, terms = sim.explain(agent), next(each)
        assert [term.symbol for term in terms] == [term.symbol for term in alone]
        for term, other in zip(terms, alone, strict=True):
            np.testing.assert_array_equal(term.value, other.value)
    assert next(agents) == 1000
    with pytest.raises(ValueError, match="agent = -1: must be a whole number from 0 to 24"):
        list(sim.explain_each([0, -1]))
