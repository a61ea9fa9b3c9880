"""The finite set with a law μ and a graph of one's own: detailed balance, random walk, lattices."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.dynamics.finite_set.space import GRAPHS, space_of

WEIGHTED = ((0, 1, 2.0), (0, 2, 0.5), (1, 2), (2, 3, 4.0), (3, 4))


def base_generator(space, rate=1.0):
    """L(x, y) off the diagonal, from the lists of neighbours as the kernels see them."""
    L = np.zeros((space.states, space.states))
    for x in range(space.states):
        for e in range(space.first[x], space.first[x + 1]):
            L[x, space.to[e]] = rate * space.weight[e] / space.volume[x]
    return L


def example(measure, graph="own"):
    mu = tuple(np.random.default_rng(2).uniform(0.1, 3.0, 5)) if measure == "own" else 1.0
    return space_of(graph, 5, 1, 3.0, 0, WEIGHTED if graph == "own" else (), measure, mu)


@pytest.mark.parametrize("measure", ["uniform", "degree", "own"])
@pytest.mark.parametrize("graph", GRAPHS)
def test_the_base_generator_is_reversible_with_respect_to_mu(graph, measure):
    space = example(measure, graph)
    flow = space.mu[:, None] * base_generator(space)
    np.testing.assert_allclose(flow, flow.T, rtol=1e-14)
    assert space.mu.sum() == pytest.approx(1, abs=1e-15) and (space.mu > 0).all()
    x, y = space.links.T
    np.testing.assert_allclose(flow[x, y] * 5, space.rates(1.0) * np.ones(len(x)), rtol=1e-14)
    assert (space.weight[space.back] == space.weight).all()


def test_the_walk_by_degrees_leaves_every_state_at_the_same_rate_in_proportion_to_the_weights():
    L = base_generator(example("degree"))
    w = np.zeros((5, 5))
    for x, y, *weight in WEIGHTED:
        w[x, y] = w[y, x] = weight[0] if weight else 1.0
    np.testing.assert_allclose(L.sum(axis=1), w.sum() / 5, rtol=1e-14)
    np.testing.assert_allclose(L / L.sum(axis=1, keepdims=True), w / w.sum(axis=1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(example("degree").mu, w.sum(axis=1) / w.sum(), rtol=1e-14)


def test_numbers_in_proportion_give_the_same_law_and_one_number_the_uniform_one():
    one, ten = (space_of("path", 3, 1, 0.0, 0, (), "own", mu).mu for mu in ((1.0, 2.0, 3.0), (10.0, 20.0, 30.0)))
    np.testing.assert_allclose(one, [1 / 6, 2 / 6, 3 / 6], rtol=1e-15)
    np.testing.assert_allclose(ten, one, rtol=1e-15)
    assert (space_of("path", 3, 1, 0.0, 0, (), "own", 7.0).volume == 1.0).all()
    with pytest.raises(ValueError, match=r"^mu \(μ\(x\)\): has 3 values; must be one for each of the S = 20 states$"):
        sv.FiniteSet(measure="own", mu=[1, 2, 3]).space(1)


def test_a_graph_of_ones_own_has_the_states_that_its_links_name():
    dynamics = sv.FiniteSet(graph="own", edges=WEIGHTED)
    space = dynamics.space(1)
    assert space.states == 5 and len(space.links) == 5
    np.testing.assert_array_equal(space.weights, [2.0, 0.5, 1.0, 4.0, 1.0])
    other = sv.FiniteSet(states=77)
    other.graph, other.edges = "own", WEIGHTED
    assert other.space(1) is space, "the number of states of other graphs does not matter"


def test_a_graph_of_ones_own_in_more_dimensions_must_fill_a_lattice():
    nine = sv.FiniteSet(graph="own")
    assert nine.space(2).sides == (3, 3)
    with pytest.raises(ValueError, match=r"^edges \(E\): their 5 states must fill a lattice in d = 2 dimensions"):
        sv.FiniteSet(graph="own", edges=WEIGHTED).space(2)
