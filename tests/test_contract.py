"""Promises that every dynamics keeps, whatever it computes: a new one in ``ALL`` is tested here without a further line."""

import math

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.batch import StateBatch
from swarmviz.parameters import Choice, Real, Switch, Whole

MAX_LABEL_CHARS = 15  # of a short name: more would be cut off in the sidebar
EVERY = pytest.mark.parametrize("cls", sv.dynamics.ALL.values(), ids=sv.dynamics.ALL)


def simulation(cls, seed=3, **options):
    """A small swarm of this dynamics on a landscape it can live on."""
    d = 1 if cls.on_finite_set else 2
    return sv.Simulation(cls(), sv.landscapes.Ackley(), sv.Swarm(n=30, d=d, seed=seed), **options)


def arrays(frame):
    return {name: getattr(frame, name) for name in frame.__slots__ if isinstance(getattr(frame, name), np.ndarray)}


def assert_same(a, b):
    """Two frames agree bit for bit."""
    assert (a.k, a.t, a.level) == (b.k, b.t, b.level) or (math.isnan(a.level) and math.isnan(b.level))
    first, second = arrays(a), arrays(b)
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


@EVERY
def test_ten_steps_at_once_are_ten_single_steps_bit_for_bit(cls):
    at_once, singly, unevenly = simulation(cls), simulation(cls), simulation(cls)
    at_once.advance(10)
    for _ in range(10):
        singly.advance(1)
    for steps in (3, 0, 7):
        unevenly.advance(steps)
    assert_same(at_once.frame, singly.frame)
    assert_same(at_once.frame, unevenly.frame)
    for name in at_once.record:
        np.testing.assert_array_equal(at_once.record[name], singly.record[name], err_msg=name)


def kinds(state):
    """What the fields of a state are, so that a state out of many is like any other."""
    return [(type(value), getattr(value, "shape", None), getattr(value, "dtype", None)) for value in state]


@EVERY
def test_runs_taken_together_are_the_single_runs_bit_for_bit(cls):
    """Whatever a dynamics does to take many runs in one call: starts, states, records and answers are those of each by itself."""
    landscape, seeds = sv.landscapes.Ackley(), np.array([3, 8, 2**53, 0])
    for n in (max(cls.fewest, 30), 2100):  # the latter are more than a block
        sim = simulation(cls)
        sim.swarm.n = n
        dynamics, starts = sim.dynamics, sim.swarm.positions_of(landscape, seeds)
        initial_states = dynamics.init_many(starts, landscape, seeds)
        outcomes = dynamics.advance_many(initial_states, landscape, 5, every=2, start=True)
        again = dynamics.advance_many([after for after, _ in outcomes], landscape, 4, every=2)
        answers = dynamics.answers([after for after, _ in again])
        assert len(initial_states) == len(outcomes) == len(again) == len(answers) == 4
        for r, seed in enumerate(seeds.tolist()):
            sim.swarm.seed = seed
            np.testing.assert_array_equal(starts[r], sim.swarm.positions(landscape))
            state = dynamics.init(starts[r], landscape, seed)
            assert kinds(initial_states[r]) == kinds(state) and initial_states[r].seed == state.seed == seed
            state, first = dynamics.advance(state, landscape, 5, every=2, start=True)
            assert kinds(outcomes[r][0]) == kinds(state)
            assert_same(dynamics.frame(outcomes[r][0]), dynamics.frame(state))
            state, second = dynamics.advance(state, landscape, 4, every=2)
            assert_same(dynamics.frame(again[r][0]), dynamics.frame(state))
            np.testing.assert_array_equal(answers[r], sv.success.answer(dynamics.frame(state)))
            for together, alone in ((outcomes[r][1], first), (again[r][1], second)):
                assert together.keys() == alone.keys()
                for name in alone:
                    np.testing.assert_array_equal(together[name], alone[name], err_msg=name)


@EVERY
def test_states_are_kept_together_and_taken_out_as_they_were(cls):
    """Whatever the fields of a State are: numbers, arrays of any shape, objects."""
    sim, landscape, seeds = simulation(cls), sv.landscapes.Ackley(), np.array([3, 8, 2**53, 0])
    initial_states = sim.dynamics.init_many(sim.swarm.positions_of(landscape, seeds), landscape, seeds)
    states = [after for after, _ in sim.dynamics.advance_many(initial_states, landscape, 5, start=True)]
    which = np.array([True, False, True, True])
    taken = StateBatch.of(states).select(which)
    assert len(taken) == 3 and taken.select(np.zeros(3, bool)).all.k == 5 and len(taken.select(np.zeros(3, bool))) == 0
    for state, kept in zip([states[0], states[2], states[3]], taken, strict=True):
        assert kinds(state) == kinds(kept)
        for name, value in state._asdict().items():
            np.testing.assert_array_equal(getattr(kept, name), value, err_msg=name)
    places = [sim.dynamics.frame(state).x for state in states]
    np.testing.assert_array_equal(sim.dynamics.positions(StateBatch.of(states)), places)


@EVERY
def test_the_same_seed_gives_the_same_run_and_another_seed_another(cls):
    a, b, c = simulation(cls, seed=5), simulation(cls, seed=5), simulation(cls, seed=6)
    assert_same(a.advance(20), b.advance(20))
    assert not np.array_equal(a.frame.x, c.advance(20).x)


@EVERY
def test_a_frame_is_read_only_and_stays_what_it_was(cls):
    sim = simulation(cls)
    frame = sim.advance(5)
    before = {name: value.copy() for name, value in arrays(frame).items()}
    with pytest.raises(ValueError, match="read-only"):
        frame.x[0, 0] = 1.0
    sim.advance(20)
    for name, value in arrays(frame).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


@EVERY
def test_starting_positions_and_constants_stay_untouched(cls):
    x = simulation(cls).swarm.positions(sv.landscapes.Ackley())
    x.flags.writeable = False
    before, dynamics = x.copy(), cls()
    state = dynamics.init(x, sv.landscapes.Ackley(), 1)
    kept = [a.copy() if isinstance(a, np.ndarray) else a for a in state]
    for value in state:
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    dynamics.advance(state, sv.landscapes.Ackley(), 10)
    np.testing.assert_array_equal(x, before)
    for old, new in zip(kept, state, strict=True):
        np.testing.assert_array_equal(old, new)


@EVERY
def test_going_back_and_forth_is_exact(cls):
    sim = simulation(cls)
    early, late = sim.advance(7), sim.advance(600)
    assert_same(sim.goto(7), early)
    assert_same(sim.goto(607), late)


@EVERY
def test_every_observable_is_recorded_from_step_zero_and_has_a_meaning(cls):
    sim = simulation(cls)
    sim.advance(12)
    assert [o.name for o in cls.observables] == [name for name in sim.record if name not in ("k", "t")]
    for o in cls.observables:
        assert len(sim.record[o.name]) == 13 and o.symbol and o.meaning.strip()
    np.testing.assert_array_equal(sim.record["k"], np.arange(13))


@EVERY
def test_recording_every_third_step_keeps_the_values_of_these_steps(cls):
    full, thin = simulation(cls), simulation(cls, every=3)
    full.advance(20), thin.advance(11), thin.advance(9)
    for name in full.record:
        np.testing.assert_array_equal(full.record[name][::3], thin.record[name], err_msg=name)
    assert_same(full.frame, thin.frame)


def numbers(cls):
    return [(name, p) for name, p in cls.declared().items() if isinstance(p, Real) and not isinstance(p, Whole)]


@EVERY
def test_an_int_and_a_float_parameter_are_the_same_run_without_a_recompilation(cls):
    simulation(cls).advance(3)
    from swarmviz.kernels.compiled import Kernel

    before = [len(k.dispatcher.signatures) if k.dispatcher else None for k in Kernel.registry]
    one, two = simulation(cls), simulation(cls)
    for name, p in numbers(cls):
        if p.contains(1.0) and isinstance(p.default, float | int):
            setattr(one.dynamics, name, 1)
            setattr(two.dynamics, name, 1.0)
    one.reset(), two.reset()
    assert_same(one.advance(4), two.advance(4))
    after = [len(k.dispatcher.signatures) if k.dispatcher else None for k in Kernel.registry]
    assert [b for a, b in zip(before, after, strict=True) if a is not None] == [a for a in before if a is not None]


def bad_values(p):
    if isinstance(p, Real):
        low, high = p.bounds or (None, None)
        yield from (math.nan, math.inf, -math.inf, "fast", [1.0], True)
        if not p.allow_None:
            yield None
        if low is not None:
            yield low - 1
        if high is not None:
            yield high * 2 + 1
        if isinstance(p, Whole):
            yield 2.5
    elif isinstance(p, Choice):
        yield from ("nonsense", 3, None)
    elif isinstance(p, Switch):
        yield from (1, "yes", None)


@pytest.mark.parametrize("cls", [*sv.dynamics.ALL.values(), *sv.landscapes.ALL.values(), sv.Swarm])
def test_a_bad_value_is_refused_with_name_value_and_range_and_the_old_one_stays(cls):
    try:
        thing = cls()
    except TypeError:  # a landscape that needs an argument, such as a formula
        return
    for name, p in thing.declared().items():
        for value in bad_values(p):
            before = getattr(thing, name)
            with pytest.raises(ValueError) as caught:
                setattr(thing, name, value)
            sentence = str(caught.value)
            assert name in sentence and repr(value) in sentence, sentence
            assert "must be" in sentence
            assert getattr(thing, name) is before or getattr(thing, name) == before


@EVERY
def test_an_unknown_parameter_is_refused_by_name(cls):
    with pytest.raises(TypeError, match="lambda_"):
        cls(lambda_=1.0)


@EVERY
def test_every_parameter_has_a_symbol_a_meaning_and_a_default_within_its_range(cls):
    for name, p in cls.declared().items():
        assert p.doc and p.symbol and p.group in sv.parameters.GROUPS, name
        if isinstance(p, Real) and p.softbounds:
            assert p.contains(p.softbounds[0]) and p.contains(p.softbounds[1]), name
    assert cls.title and cls.equation and cls.reference


@EVERY
def test_short_names_are_declared_short_and_tell_the_parameters_of_a_swarm_apart(cls):
    """The page shows symbol and short name only: PSO's σ₁ and σ₂ both read "Noise in proportion to the di…" once."""
    declared = [*cls.declared().values(), *sv.Swarm.declared().values()]
    assert all(p._label for p in declared), "param makes one up from the name"
    labels = [p.label for p in declared]
    assert sorted(set(labels)) == sorted(labels)
    assert max(map(len, labels)) <= MAX_LABEL_CHARS


@EVERY
def test_live_parameters_act_on_the_running_swarm(cls):
    """A changed Δt (or whatever moves the swarm most directly) changes what follows, not what was."""
    sim, same = simulation(cls), simulation(cls)
    past = sim.advance(10)
    same.advance(10)
    moved = False
    for name, p in numbers(cls):
        value = getattr(sim.dynamics, name)
        if isinstance(value, float | int) and p.contains(value * 0.5):
            setattr(sim.dynamics, name, value * 0.5)
            moved = True
    assert moved
    assert not np.array_equal(sim.advance(10).x, same.advance(10).x)
    assert_same(sim.goto(10), past)


@EVERY
def test_wrong_dimensions_and_wrong_kinds_are_refused_before_anything_runs(cls):
    with pytest.raises(ValueError, match="d = 3"):
        sv.Simulation(cls(), sv.landscapes.Himmelblau(), sv.Swarm(d=3))
    with pytest.raises(TypeError, match="landscape"):
        sv.Simulation(cls(), "Rastrigin", sv.Swarm())
    sim = simulation(cls)
    for steps in (-1, 1.5, "many", True):
        with pytest.raises(ValueError, match="steps"):
            sim.advance(steps)
    assert sim.k == 0


@EVERY
def test_one_agent_runs_where_that_makes_sense_and_is_refused_with_the_reason_elsewhere(cls):
    """A descent, an annealing and a walk on states need no swarm; FMC without another walker ended the process."""
    dynamics, landscape, swarm = cls(), sv.landscapes.Rastrigin(), sv.Swarm(n=1, d=2, seed=3)
    if dynamics.fewest > 1:
        says = rf"n \(N\) = 1: {dynamics.title} needs N ≥ 2: {dynamics.why_fewest}"
        for refused in (
            lambda: sv.Simulation(dynamics, landscape, swarm),
            lambda: sv.run_ensemble(dynamics, landscape, swarm, runs=2, steps=5),
            lambda: sv.sweep(dynamics, landscape, sv.Swarm(d=2), n=[1, 20], runs=2, steps=5),
        ):
            with pytest.raises(ValueError, match=says):
                refused()
        return
    sim = sv.Simulation(dynamics, landscape, swarm)
    start = sim.frame.x.copy()
    sim.advance(300)
    assert np.isfinite(sim.frame.x).all() and (sim.frame.x != start).any()
    assert np.isfinite(sim.frame.energy).all()
    data = sv.run_ensemble(dynamics, landscape, swarm, runs=3, steps=300)
    assert data["finished"].values.all() and (data["diverged_step"] < 0).all()
    if "best" in sim.record:
        assert np.isfinite(sim.record["best"]).all() and data["final_best"].values[0] == sim.record["best"][-1]
