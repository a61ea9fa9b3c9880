"""The law beside a run: a pure function of journal, swarm and step, however it was asked for."""

import threading
import time

import pytest

import swarmviz as sv
from swarmviz.laws import LawOfRun, LawScheme, NoLaw, follower, registry
from swarmviz.laws.cbo import CBOLaw
from swarmviz.laws.distance import curve_of, distance, expected_distance
from tests.laws.swarms import same

RASTRIGIN, SPHERE, LAW = sv.landscapes.Rastrigin(), sv.landscapes.Sphere(), CBOLaw()


def lived(n=50, **swarm):
    """A run with changes of σ, of α and of the landscape, up to step 100."""
    sim = sv.Simulation(sv.CBO(alpha=10.0), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=1, seed=3, **swarm), every=10**6)
    sim.advance(20)
    sim.dynamics.sigma = 0.4
    sim.advance(17)
    sim.landscape = sv.landscapes.Sphere()
    sim.advance(23)
    sim.dynamics.alpha, sim.dynamics.sigma = 100.0, 1.5
    sim.advance(40)
    return sim


def by_hand(k):
    """The State at step k of that run, one step at a time."""
    swarm = sv.Swarm(n=50, d=1, seed=3)
    state = LAW.init(sv.CBO(alpha=10.0), RASTRIGIN, swarm)
    for j in range(k):
        dynamics = sv.CBO(alpha=100.0, sigma=1.5) if j >= 60 else sv.CBO(alpha=10.0, sigma=0.4 if j >= 20 else 1.0)
        landscape = SPHERE if j >= 37 else RASTRIGIN
        state = LAW.moved_to(state, dynamics, landscape) if j == 37 else state
        state = LAW.advance(state, dynamics, landscape, 1)
    return state


def asked(law, sim, k, **options):
    return law.at(sim.journal, sim.initial_swarm, k, **options)


def test_the_law_follows_every_change_as_the_journal_says_bit_for_bit():
    sim = lived()
    for k in (0, 20, 21, 37, 38, 100):
        assert same(asked(LawOfRun(), sim, k).state, by_hand(k))


def test_a_large_swarm_that_lives_through_changes_is_as_near_as_independent_draws():
    """One of 1e5; W₁ has a deviation of 0.35 of its mean."""
    sim, law = lived(100_000), LawOfRun()
    for k in (20, 37, 60, 100):
        reached, x = asked(law, sim, k), sim.goto(k).x.ravel()
        curve = curve_of(lambda q, reached=reached: LAW.cdf(reached.state, q), x.min(), x.max())
        assert distance(x, curve) < 2.0 * expected_distance(curve, 100_000)


def test_going_back_and_forth_gives_the_same_bits(monkeypatch):
    monkeypatch.setattr(follower, "SPACING", 8)
    sim, law = lived(), LawOfRun()
    for k in (90, 13, 37, 64, 0, 100, 99):
        assert same(asked(law, sim, k).state, by_hand(k))


def test_a_branch_keeps_what_was_before_it_and_forgets_what_came_after():
    sim, law = lived(), LawOfRun()
    asked(law, sim, 100)
    sim.goto(50)
    sim.dynamics.sigma = 0.9
    sim.advance(10)
    assert law.reached(sim.journal, sim.initial_swarm, 60).k <= 50
    steps = []
    again = asked(law, sim, 60, check=steps.append)
    assert min(steps) >= 32, "what is known up to a snapshot is computed anew"
    assert same(again.state, asked(LawOfRun(), sim, 60).state)
    assert not same(again.state, by_hand(60))
    sim.advance(40)
    assert same(asked(law, sim, 100).state, asked(LawOfRun(), sim, 100).state), (
        "what came after the branch is still there"
    )


def test_a_change_at_the_very_start_counts():
    sim = sv.Simulation(sv.CBO(alpha=10.0), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=1))
    sim.landscape, sim.dynamics.alpha = sv.landscapes.Sphere(), 3.0
    sim.advance(5)
    state = LAW.moved_to(LAW.init(sv.CBO(alpha=10.0), RASTRIGIN, sim.swarm), sv.CBO(alpha=3.0), SPHERE)
    assert same(asked(LawOfRun(), sim, 5).state, LAW.advance(state, sv.CBO(alpha=3.0), SPHERE, 5))


def test_another_start_is_another_law_and_another_seed_is_not():
    sim, law = lived(), LawOfRun()
    asked(law, sim, 40)
    assert law.reached(sim.journal, sv.Swarm(n=50, d=1, seed=99), 40).k == 40
    assert law.reached(sim.journal, sv.Swarm(n=50, d=1, initial="gaussian"), 40).k == -1
    other = law.at(sim.journal, sv.Swarm(n=50, d=1, initial="gaussian"), 3)
    assert not same(other.state, by_hand(3))


def test_in_pieces_of_bounded_time_the_step_that_is_reached_is_told():
    sim, law, ks = lived(), LawOfRun(), []
    asked(law, sim, 2)  # compiled
    while not ks or ks[-1] < 100:
        reached = law.advance_towards(sim.journal, sim.initial_swarm, 100, seconds=0.01)
        assert same(law.reached(sim.journal, sim.initial_swarm, 100).state, reached.state)
        ks.append(reached.k)
    assert len(ks) > 2 and ks == sorted(ks)
    assert same(reached.state, by_hand(100))


def test_a_start_that_takes_longer_than_all_the_time_does_not_keep_it_from_going_on():
    class SlowStart(CBOLaw):
        def init(self, *parts):
            time.sleep(0.02)
            return super().init(*parts)

    sim, law = lived(), LawOfRun()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registry.SCHEMES, sv.CBO, SlowStart())
        assert law.advance_towards(sim.journal, sim.initial_swarm, 100, seconds=0.01).k == 1
        assert law.advance_towards(sim.journal, sim.initial_swarm, 100, seconds=0.0).k == 2, "no call stands still"


def test_a_check_that_raises_ends_it_and_loses_nothing():
    sim, law = lived(), LawOfRun()

    def stop(k):
        if k >= 10:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        asked(law, sim, 100, check=stop)
    assert 10 <= law.reached(sim.journal, sim.initial_swarm, 100).k < 100
    assert same(asked(law, sim, 100).state, by_hand(100))


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(follower, "SPACING", 2)
    monkeypatch.setattr(follower, "SNAPSHOT_COUNT", 5)
    sim, law = lived(), LawOfRun()
    assert same(asked(law, sim, 100).state, by_hand(100))
    assert len(law._snapshots) <= 5


def test_several_threads_get_the_same_states():
    sim, law, found = lived(), LawOfRun(), {}
    threads = [
        threading.Thread(target=lambda k=k: found.update({k: asked(law, sim, k).state})) for k in (100, 30, 77, 5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(found[k], by_hand(k)) for k in (100, 30, 77, 5))


def test_who_asks_what_is_known_does_not_wait_for_who_computes():
    class Slow(CBOLaw):
        def advance(self, *arguments):
            begun.set()
            goes_on.wait(10)
            return super().advance(*arguments)

    begun, goes_on, sim, law = threading.Event(), threading.Event(), lived(), LawOfRun()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registry.SCHEMES, sv.CBO, Slow())
        worker = threading.Thread(target=lambda: asked(law, sim, 3))
        worker.start()
        begun.wait(10)
        began = time.perf_counter()
        assert law.reached(sim.journal, sim.initial_swarm, 3).k == 0
        assert time.perf_counter() - began < 5.0
        goes_on.set()
        worker.join()


def test_where_there_is_no_law_a_sentence_says_why():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2))
    assert asked(LawOfRun(), sim, 0) == (
        registry.scheme_of(sim.dynamics),
        None,
        registry.refusal(sim.dynamics, sim.landscape, sim.swarm),
    )
    assert "d = 2" in asked(LawOfRun(), sim, 0).refusal
    other = sv.Simulation(sv.SBGD(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=1))
    assert "over after N steps" in asked(LawOfRun(), other, 0).refusal
    finite = sv.FiniteSet()
    assert "occupation" in registry.refusal(finite, sv.landscapes.FiniteSetCurve(), sv.Swarm(d=1))
    assert "radius" in registry.refusal(sv.CBO(), RASTRIGIN, sv.Swarm(d=1, initial="away", radius=9.0))


def test_a_change_that_has_no_law_ends_it_at_its_step():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=1))
    sim.advance(7)
    sim.dynamics.batch = 10
    sim.advance(7)
    reached = asked(LawOfRun(), sim, 14)
    assert reached.k == 7 and "random" in reached.refusal
    assert asked(LawOfRun(), sim, 7).refusal == ""


def test_a_law_that_goes_no_further_says_so(monkeypatch):
    class Ends(LawScheme):
        def refusal(self, dynamics, landscape, swarm):
            return ""

        def init(self, dynamics, landscape, swarm):
            return LAW.init(dynamics, landscape, swarm)

        def advance(self, state, dynamics, landscape, steps):
            if state.k + steps > 5:
                raise NoLaw("It ends.")
            return LAW.advance(state, dynamics, landscape, steps)

    monkeypatch.setitem(registry.SCHEMES, sv.CBO, Ends())
    reached = asked(LawOfRun(), lived(), 14)
    assert reached.refusal == "It ends." and reached.k == 5
