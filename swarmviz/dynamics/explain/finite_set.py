r"""One agent's step on a finite set; the equations are those of :mod:`swarmviz.dynamics.finite_set.dynamics` and ``events``.

An agent at x leaves for its neighbour y at the rate N μ(x) L(x, y) q/N_x, that is ℓ q(x, y) / (S μ(x) ρ(x)), its share of what all agents
at x do. Which of them jumps is drawn among all, so the whole step is followed, by the functions of which the kernel is made, and the jumps
of one agent are noted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.dynamics.explain.terms import Term, number, part, standing
from swarmviz.dynamics.finite_set.events import (
    ACCEPT,
    AGENT,
    EDGE,
    JUMP,
    LEAP,
    MOST_EVENTS,
    RHO,
    WAIT,
    Clocked,
    Graph,
    RateParams,
    all_rates,
    flow_at,
    make_rates,
    pick,
    rates_around,
    relocate,
    weigh,
)
from swarmviz.dynamics.finite_set.schedule_kernels import Course, range_within
from swarmviz.kernels.compiled import Reals, Wholes, kernel
from swarmviz.kernels.elementary import exp, log
from swarmviz.kernels.randomness import key, uniform
from swarmviz.landscapes.base import Landscape

RATES_SHOWN = 12  # neighbours whose rates are terms of their own: the most likely ones
JUMPS_SHOWN = 64  # jumps of one step that are


@kernel
def rates_from(starts: Wholes, law: RateParams, graph: Graph, x: int, out: Reals) -> None:
    """out ← the rates at which one agent at ``x`` leaves along each of the edges from there."""
    rates = make_rates(graph.heights, graph.to.size, 0)
    all_rates(starts, graph, rates, law)
    first, share = graph.first[x], law.ell / (graph.volume[x] * rates.site[x, RHO])
    for e in range(first, graph.first[x + 1]):
        out[e - first] = share * rates.q[e]


@kernel
def leap_of(
    starts: Wholes, law: RateParams, graph: Graph, x: int, u: float, dt: float, leaving: Reals, target: Wholes
) -> None:
    """Where the agent at ``x`` with the draw ``u`` leaps, ``x`` where it stays, and how likely it was to leave."""
    rates = make_rates(graph.heights, graph.to.size, 0)
    all_rates(starts, graph, rates, law)
    leaving[0] = 1.0 - exp(-law.ell * dt * rates.out[x] / (graph.volume[x] * rates.site[x, RHO]))
    target[0] = x
    if u < leaving[0]:
        e, _ = pick(rates.q, graph.first[x], graph.first[x + 1], u / leaving[0] * rates.out[x])
        target[0] = graph.to[e]


@kernel
def follow(
    agents: Wholes, starts: Wholes, seed: int, step: int, begin: float, dt: float, beta: Course, kappa: Course, steady: bool,
    law: RateParams, graph: Graph, agent: int, when: Reals, where: Wholes, count: Wholes,
) -> None:  # fmt: skip
    """All events of an exact step, in place; of ``agent`` when it jumps and where, the first ones, and how often."""
    span, rates = Clocked(begin, dt, beta, kappa, steady), make_rates(graph.heights, graph.to.size, 0)
    unit = law.ell * agents.size / rates.out.size
    row, accept = (
        key(np.uint64(seed), np.uint64(JUMP), np.uint64(step)),
        key(np.uint64(seed), np.uint64(ACCEPT), np.uint64(step)),
    )
    elapsed, candidate = 0.0, -1
    count[0] = 0
    all_rates(starts, graph, rates, law)
    while candidate < MOST_EVENTS:
        candidate += 1
        total = 0.0
        for x in range(rates.out.size):
            total += rates.out[x]
        if not unit * total > 0.0:
            return
        elapsed -= log(uniform(row, candidate, WAIT)) / (unit * total)
        if not elapsed < dt:
            return
        x, left = pick(rates.out, 0, rates.out.size, uniform(row, candidate, EDGE) * total)
        e, _ = pick(rates.q, graph.first[x], graph.first[x + 1], left)
        y = graph.to[e]
        if not steady:  # thinning
            wanted = graph.weight[e] * flow_at(x, y, span, elapsed, rates.site, law)
            if not uniform(accept, candidate, 0) * rates.q[e] < wanted:
                continue
        j = starts[x] + np.int64(uniform(row, candidate, AGENT) * (starts[x + 1] - starts[x]))
        if agents[j] == agent:
            if count[0] < where.size:
                when[count[0]], where[count[0]] = elapsed, y
            count[0] += 1
            where[where.size - 1] = y
        relocate(agents, starts, x, y, j)
        for z in (x, y):
            weigh(z, starts, graph, rates, law)
        for z in (x, y):
            rates_around(z, graph, rates, law)


def terms(dynamics: Any, state: Any, landscape: Landscape, agent: int) -> list[Term]:
    """The terms of the step from an evaluated ``state``."""
    space, starts = state.space, state.starts
    x = int(np.searchsorted(starts, np.flatnonzero(state.agents == agent)[0], side="right")) - 1
    graph = Graph(space.first, space.to, space.back, space.weight, space.volume, state.heights.copy())
    schedules, beta, kappa = dynamics._in_time(state, 1)
    rates = np.empty(int(space.first[x + 1] - space.first[x]))
    rates_from(starts, _law(dynamics, schedules.beta[0], schedules.beta[0], schedules.kappa[0]), graph, x, rates)
    found = [*_rates(space.to[space.first[x] : space.first[x + 1]], rates), standing(state.sites[x])]
    if dynamics.method == "exact":
        return found + _jumps(dynamics, state, graph, schedules, beta, kappa, agent)
    return found + _leap(dynamics, state, graph, schedules, agent, x)


def _law(dynamics: Any, low: float, high: float, kappa: float) -> RateParams:
    metropolis = dynamics.generator == "metropolis"
    return RateParams(low, high, kappa, dynamics.m, dynamics.m2, dynamics.rate, metropolis)


def _rates(to: np.ndarray, rates: np.ndarray) -> list[Term]:
    """The rates to the neighbours, the likeliest first, and how long the agent stays in the mean."""
    order, whole = np.argsort(-rates, kind="stable"), rates.sum()
    found = [
        number(rf"q(x → {to[e]})", f"rate at which it jumps to state {to[e]}", rates[e]) for e in order[:RATES_SHOWN]
    ]
    if len(order) > RATES_SHOWN:
        rest = rates[order[RATES_SHOWN:]].sum()
        found.append(number(r"\sum q", f"rate at which it jumps to one of {len(order) - RATES_SHOWN} more", rest))
    return [
        *found,
        number(
            r"1 / \sum q",
            "time that it would stay in the mean, were nobody else to move",
            1 / whole if whole else np.inf,
        ),
    ]


def _jumps(
    dynamics: Any, state: Any, graph: Graph, schedules: Any, beta: Course, kappa: Course, agent: int
) -> list[Term]:
    """The jumps of an exact step."""
    begin, end = schedules.time
    low, high = range_within(beta, begin, end, *schedules.beta)
    least, most = range_within(kappa, begin, end, *schedules.kappa)
    when, where, count = np.empty(JUMPS_SHOWN + 1), np.empty(JUMPS_SHOWN + 1, np.int64), np.zeros(1, np.int64)
    agents, starts = state.agents.astype(np.int64), state.starts.copy()
    follow(agents, starts, state.seed, state.k, begin, dynamics.dt, beta, kappa, low == high and least == most,
           _law(dynamics, low, high, most), graph, agent, when, where, count)  # fmt: skip
    at, found = _node(state, agent), []
    for i in range(min(int(count[0]), JUMPS_SHOWN)):
        found.append(
            part(
                rf"x_{{{at}}} → x_{{{where[i]}}}",
                f"jump to state {where[i]}, {when[i]:.3g} after the step begins",
                state.sites[where[i]] - state.sites[at],
            )
        )
        at = int(where[i])
    if count[0] > JUMPS_SHOWN:
        last = int(where[-1])
        more = f"{count[0] - JUMPS_SHOWN} more jumps, the last of them to state {last}"
        found.append(part(rf"x_{{{at}}} → … → x_{{{last}}}", more, state.sites[last] - state.sites[at]))
    return [number("J_n", "jumps of this agent in this step", count[0]), *found]


def _leap(dynamics: Any, state: Any, graph: Graph, schedules: Any, agent: int, x: int) -> list[Term]:
    """The leap of a step that takes all agents at once."""
    middle = 0.5 * sum(schedules.beta)
    law = _law(dynamics, middle, middle, 0.5 * sum(schedules.kappa))
    u = float(uniform(np.uint64(key(state.seed, JUMP, state.k)), agent, LEAP))
    leaving, target = np.empty(1), np.empty(1, np.int64)
    leap_of(state.starts, law, graph, x, u, dynamics.dt, leaving, target)
    y = int(target[0])
    found = [
        number("p", "probability that it leaves in this step", leaving[0]),
        number("U_n", "its draw: it leaves below p", u),
        number("1[U_n < p]", "whether it leaves", y != x),
    ]
    if y != x:
        found.append(part(rf"x_{{{x}}} → x_{{{y}}}", f"leap to state {y}", state.sites[y] - state.sites[x]))
    return found


def _node(state: Any, agent: int) -> int:
    """The state on which an agent sits."""
    return int(np.searchsorted(state.starts, np.flatnonzero(state.agents == agent)[0], side="right")) - 1
