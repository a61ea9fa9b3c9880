r"""The finite set: how many states there are, where they lie in a landscape's box, and which are neighbours.

The box is cut into equal cells, one per state, and a state lies in the middle of its cell, so that a uniform law on the box is
uniform on the states:

    d = 1    S cells in a row
    d > 1    a lattice of S₁ × … × S_d cells with S₁ ≥ … ≥ S_d as equal as whole numbers allow and S₁ ⋯ S_d ≤ S

State i has the cell (i₁, …, i_d) in the order in which NumPy numbers an array of shape (S₁, …, S_d). Who is a neighbour of whom is
the graph's business. With a weight w(x, y) = w(y, x) of each link and a law μ that is nowhere 0, the base generator

    L(x, y) = ℓ w(x, y) / (S μ(x)) if x ~ y, else 0                    (1)  004 §6, for w = 1, μ = 1/S on the cycle

is reversible with respect to μ on every graph, because μ(x) L(x, y) = ℓ w(x, y)/S either way; and every generator on the graph that is
reversible with respect to μ is of this form. μ is

    uniform  1/S: all links with the same weight are crossed at the same rate                             (2)
    degree   in proportion to Σ_y w(x, y): the random walk, which leaves every state at the same rate     (3)
    own      in proportion to numbers of one's own                                                        (4)

Weights are 1 but on a graph of one's own (:mod:`swarmviz.dynamics.finite_set.edges`), whose states are those that its links name.

Code     formula  shape    meaning
sides    S₁…S_d   (d,)     cells per coordinate
cells             (S, d)   (i₁, …, i_d) of each state
links             (E, 2)   pairs of neighbours, the smaller number first
weights  w        (E,)     their weights
volume   S μ      (S,)     μ relative to the uniform law, with mean 1
first             (S+1,)   directed edges first[x] … first[x+1] − 1 start in x
to, back          (2E,)    where a directed edge ends; the number of its opposite
weight   w        (2E,)    weight of a directed edge
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from swarmviz.kernels.randomness import WIRING, draw_uniform

GRAPHS = {
    "cycle": "A ring: each state has two neighbours. In more than one dimension it winds through the lattice.",
    "path": "A row with two ends. In more than one dimension it winds through the lattice.",
    "grid": "Neighbours on the lattice; in one dimension a path.",
    "torus": "Neighbours on the lattice, which is closed at its edges; in one dimension a cycle.",
    "complete": "All states are neighbours.",
    "random": "A random tree with random links added: connected, and nothing to do with where the states lie.",
    "own": "The states and the links of an edge list of one's own.",
}
MEASURES = {
    "uniform": "Every state counts the same; a link is crossed either way at the same rate.",
    "degree": "In proportion to the weight of a state's links: the random walk, which leaves every state at the same rate.",
    "own": "In proportion to numbers of one's own.",
}
LARGEST_COMPLETE = 1000  # states; the number of edges grows with the square


class Key(NamedTuple):
    """What a finite set is made from."""

    graph: str
    states: int
    d: int
    degree: float
    wiring: int
    edges: tuple = ()
    measure: str = "uniform"
    mu: tuple | float = 1.0


class Space:
    """A finite set with its graph and its law μ; made by :func:`space_of`, never changed."""

    def __init__(self, key: Key):
        self.key = key
        self.sides = lattice(key.states, key.d)
        self.states = math.prod(self.sides)
        self.cells = _cells(self.sides)
        self.links = _BUILDERS[key.graph](self)
        self.weights = _weights(key.edges) if key.graph == "own" else np.ones(len(self.links))
        self.first, self.to, self.back, link = _directed(self.links, self.states)
        self.weight = self.weights[link]
        self.volume = self._volume()
        self.cells.flags.writeable = self.links.flags.writeable = False

    def _volume(self) -> np.ndarray:
        """S μ."""
        if self.key.measure == "uniform":
            return np.ones(self.states)
        mu = np.asarray(self.key.mu, float)
        if self.key.measure == "degree":
            mu = np.bincount(self.links.ravel(), np.repeat(self.weights, 2), self.states)
        elif mu.size not in (1, self.states):
            raise ValueError(f"mu (μ(x)): has {mu.size} values; must be one for each of the S = {self.states} states")
        mu = np.broadcast_to(mu, self.states)
        return np.ascontiguousarray(mu / mu.mean())

    @property
    def mu(self) -> np.ndarray:
        """The law μ, (S,), with sum 1."""
        return self.volume / self.states

    def rates(self, rate: float) -> float | np.ndarray:
        """ℓ w of each link, (E,), as theory takes it; ℓ itself where every weight is 1."""
        return rate if (self.weights == 1.0).all() else rate * self.weights

    def positions(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Where the states lie in the box from ``low`` to ``high``, both (d,): the middles of the cells, (S, d)."""
        return low + (self.cells + 0.5) * ((high - low) / self.sides)

    def nearest(self, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """The state in whose cell each row of ``x`` (N, d) lies, (N,); from outside the box, the nearest cell at its edge."""
        width = (high - low) / self.sides
        with np.errstate(invalid="ignore", over="ignore"):
            cell = np.clip(np.floor((x - low) / width), 0, np.array(self.sides) - 1)
        number = np.zeros(len(x), np.int64)
        for i, side in enumerate(self.sides):
            number = number * side + np.nan_to_num(cell[:, i]).astype(np.int64)
        return number

    def carried_from(self, other: Space) -> np.ndarray:
        """For each state of ``other`` the one here in whose cell it lies, (S of other,)."""
        low, high = np.zeros(self.key.d), np.ones(self.key.d)
        return self.nearest(other.positions(low, high), low, high)

    @property
    def note(self) -> str:
        """What a person should know when the lattice does not take all the states that were asked for, else empty."""
        if self.states == self.key.states:
            return ""
        wide = " × ".join(str(side) for side in self.sides if side > 1)
        return f"{wide} = {self.states} states: {self.key.states} do not fill a lattice in {self.key.d} dimensions"

    def __repr__(self) -> str:
        return f"Space({self.key!r})"


@lru_cache(maxsize=64)
def space_of(
    graph: str,
    states: int,
    d: int,
    degree: float = 3.0,
    wiring: int = 0,
    edges: tuple = (),
    measure: str = "uniform",
    mu: tuple | float = 1.0,
) -> Space:
    """The finite set with these settings.

    ``degree`` and ``wiring`` matter to a random graph only; ``edges``, rows (x, y) or (x, y, w), to one's own, where ``states`` does not;
    ``mu`` to a ``measure`` of one's own.

    Raises
    ------
    ValueError
        When a complete graph would have too many edges, the states of one's own graph do not fill a lattice, or ``mu`` has another length.
    """
    if graph == "complete" and states > LARGEST_COMPLETE:
        raise ValueError(f"states (S) = {states}: must be at most {LARGEST_COMPLETE} on a complete graph")
    if graph == "own":
        states = 1 + max(y for _, y, *_ in edges)
        if math.prod(lattice(states, d)) != states:
            raise ValueError(
                f"edges (E): their {states} states must fill a lattice in d = {d} dimensions,"
                f" whose largest has {math.prod(lattice(states, d))}; in d = 1 any number does"
            )
    return Space(Key(graph, states, d, degree, wiring, edges, measure, mu))


def lattice(states: int, d: int) -> tuple[int, ...]:
    """S₁ ≥ … ≥ S_d: as equal as whole numbers allow, with a product of at most ``states``."""
    sides = []
    for left in range(d, 0, -1):
        sides.append(int(states ** (1 / left) + 1e-9))
        states //= sides[-1]
    return tuple(reversed(sides))


def _cells(sides: tuple[int, ...]) -> np.ndarray:
    rest, cells = np.arange(math.prod(sides)), np.empty((math.prod(sides), len(sides)), np.int64)
    for i in range(len(sides) - 1, -1, -1):
        rest, cells[:, i] = np.divmod(rest, sides[i])
    return cells


# ---- graphs: each gives pairs of neighbours, (E, 2) ------------------------------------------------------------------


def _snake(space: Space) -> np.ndarray:
    """The states in an order in which successive ones lie side by side: there and back through every coordinate."""
    order = np.zeros(1, np.int64)
    for side in space.sides:
        there = np.arange(side)
        order = np.concatenate([cell * side + (there if i % 2 == 0 else there[::-1]) for i, cell in enumerate(order)])
    return order


def _path(space: Space) -> np.ndarray:
    order = _snake(space)
    return _unique(np.stack([order[:-1], order[1:]], axis=1))


def _cycle(space: Space) -> np.ndarray:
    order = _snake(space)
    return _unique(np.stack([order, np.roll(order, -1)], axis=1))


def _grid(space: Space, closed: bool = False) -> np.ndarray:
    number, pairs = np.arange(space.states), []
    strides = [math.prod(space.sides[i + 1 :]) for i in range(space.key.d)]
    for i, (side, stride) in enumerate(zip(space.sides, strides, strict=True)):
        at = space.cells[:, i]
        inside = at < side - 1
        pairs.append(np.stack([number[inside], number[inside] + stride], axis=1))
        if closed:
            edge = number[~inside]
            pairs.append(np.stack([edge, edge - (side - 1) * stride], axis=1))
    return _unique(np.concatenate(pairs))


def _torus(space: Space) -> np.ndarray:
    return _grid(space, closed=True)


def _complete(space: Space) -> np.ndarray:
    return np.stack(np.triu_indices(space.states, 1), axis=1)


def _random(space: Space) -> np.ndarray:
    """A random recursive tree over shuffled states, then links between random pairs until the mean degree is reached."""
    S = space.states
    u = draw_uniform(space.key.wiring, WIRING, 0, S, 2)
    order = np.argsort(u[:, 0], kind="stable")
    parents = order[(u[1:, 1] * np.arange(1, S)).astype(np.int64)]
    links = _unique(np.stack([order[1:], parents], axis=1))
    wanted = min(round(space.key.degree * S / 2), S * (S - 1) // 2)
    attempt = 0
    while len(links) < wanted:
        attempt += 1
        pairs = np.sort((draw_uniform(space.key.wiring, WIRING, attempt, wanted, 2) * S).astype(np.int64), axis=1)
        more = np.concatenate([links, pairs[pairs[:, 0] != pairs[:, 1]]])
        at = np.unique(more[:, 0] * S + more[:, 1], return_index=True)[1]
        links = more[np.sort(at)[:wanted]]  # those that were drawn first
    return _unique(links)


def _own(space: Space) -> np.ndarray:
    return np.array([row[:2] for row in space.key.edges], np.int64)


def _weights(edges: tuple) -> np.ndarray:
    """The weight of each link of one's own graph, (E,)."""
    return np.array([float(row[2]) if len(row) > 2 else 1.0 for row in edges])


_BUILDERS = {
    "cycle": _cycle,
    "path": _path,
    "grid": _grid,
    "torus": _torus,
    "complete": _complete,
    "random": _random,
    "own": _own,
}


def _unique(pairs: np.ndarray) -> np.ndarray:
    """Each pair once, the smaller number first, without loops from a state to itself."""
    pairs = np.sort(pairs, axis=1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def _directed(links: np.ndarray, states: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(first, to, back, link): both directions of every link, sorted by where they start, and the number of the link."""
    both = np.concatenate([links, links[:, ::-1]])
    order = np.lexsort((both[:, 1], both[:, 0]))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    back = np.roll(place, len(links))[order]
    first = np.searchsorted(both[order, 0], np.arange(states + 1))
    return first.astype(np.int64), np.ascontiguousarray(both[order, 1]), back, order % len(links)
