"""N* by small swarms beside a law: where luck decides there is none, where agents do not interact any number follows."""

import math

import numpy as np

import swarmviz as sv
from swarmviz.laws import witnesses
from swarmviz.laws.distance import curve_of
from swarmviz.laws.plain import Plain
from swarmviz.laws.pso import PSOLaw
from tests.laws.swarms import same

RASTRIGIN, SPHERE = sv.landscapes.Rastrigin(), sv.landscapes.Sphere()


def test_a_swarm_of_pso_that_luck_sends_to_one_of_two_equal_best_places_has_no_law():
    """From outside of |x| = 2.5 on the sphere the common best is at one end or at the other: with α = 1e6, of any number of agents."""
    pso, start, law = sv.PSO(alpha=1e6), sv.Swarm(n=50, d=1, initial="away"), PSOLaw()
    state = law.advance(law.init(pso, SPHERE, start), pso, SPHERE, 4)
    assert law.agents_needed(state) == math.inf
    ends = [
        sv.Simulation(pso, SPHERE, sv.Swarm(n=100_000, d=1, seed=s, initial="away")).advance(1).x.mean()
        for s in range(6)
    ]
    assert min(ends) < -0.05 and max(ends) > 0.05, "large swarms agree after all"


def test_agents_that_do_not_interact_follow_their_law_however_few_they_are():
    law, ssa = Plain(), sv.SSA(profile="constant", dt=0.01)
    state = law.advance(law.init(ssa, RASTRIGIN, sv.Swarm(n=50, d=1)), ssa, RASTRIGIN, 12)
    assert law.agents_needed(state) == witnesses.SIZES[0]


def test_a_hundred_agents_of_pso_follow_where_the_best_place_is_clear():
    law, pso = PSOLaw(), sv.PSO()
    state = law.advance(law.init(pso, RASTRIGIN, sv.Swarm(n=50, d=1)), pso, RASTRIGIN, 20)
    assert 10 <= law.agents_needed(state) <= 1000


def test_the_looks_and_the_swarms_do_not_depend_on_how_steps_are_grouped():
    law, pso = Plain(agents=10_000), sv.PSO()
    whole = pieces = law.init(pso, RASTRIGIN, sv.Swarm(n=50, d=1))
    whole = law.advance(whole, pso, RASTRIGIN, 13)
    for steps in (1, 4, 0, 6, 2):
        pieces = law.advance(pieces, pso, RASTRIGIN, steps)
    assert same(whole.witnesses, pieces.witnesses) and len(whole.witnesses.states) == 3 * witnesses.EACH
    assert [k for k in range(30) if witnesses.looks_at(k)] == [1, 2, 3, 4, 6, 8, 12, 16, 24]


def test_what_has_left_the_law_makes_the_next_larger_size_the_least():
    law, pso = Plain(agents=10_000), sv.PSO()
    beside = law.init(pso, RASTRIGIN, sv.Swarm(n=50, d=1)).witnesses
    own = curve_of(lambda x: np.clip((x + 5.12) / 10.24, 0, 1), -5.12, 5.12)
    other = curve_of(lambda x: np.clip(x / 5.12, 0, 1), 0.0, 5.12)
    assert witnesses.compared(beside, own).needed == 10 and witnesses.compared(beside, other).needed == math.inf
    small = beside._replace(states=beside.states[:4] + beside.states[8:])
    assert witnesses.more_than(10, small) == 1000
