r"""How agents jump from state to state: the rates, single events in continuous time, and leaps of all agents at once.

With ρ(x) = N_x / (N μ(x)) the density of N_x agents at x and L as in :mod:`swarmviz.dynamics.finite_set.space`, so that
N μ(x) L(x, y) = ℓ (N/S) w(x, y), the agents at x move to a neighbour y at the total rate ℓ (N/S) q(x, y):

    a      = β θ(ρ(x), ρ(y)) (U(x) − U(y))                             (1)
    first  : q(x, y) = w (a + ρ(x) − ρ(y))₊                            (2)  004 eq. 4.23, 5.15, times N_x
    second : q(x, y) = w (ρ(x) + a₊)                                   (3)  004 eq. 4.28, 5.16, times N_x
    hybrid : q = (1 − κ) (2) + κ (3)                                   (4)  004 remark 5.10
    Metropolis : q(x, y) = w ρ(x) exp(−β (U(y) − U(x))₊)               (5)  004 appendix A

*Exact.* Waiting times are exponential (Gillespie). What is still to be waited at the end of a step is forgotten and drawn anew: the
exponential law has no memory, so the law of the run does not depend on Δt, and a step is a function of its number. Where β or κ changes
within a step, the rates are convex in β and, (3) being at least (2), increasing in κ; so the larger of their values at the lowest and the
highest β of the step, with its highest κ, bounds them. Candidates are drawn from the bounds, and one is accepted with probability
q / bound, with q at β(t) and κ(t) of the candidate's time (thinning, :mod:`swarmviz.dynamics.finite_set.schedule_kernels`).

*Leap.* Every agent jumps at most once, with the rates of the step's beginning (β and κ of its middle): from x with probability
1 − exp(−ℓ Σ_y q(x, y) Δt / (S μ(x) ρ(x))), to y in proportion to q(x, y). The law is that of (2)–(5) up to O(Δt).

Agents of one state are exchangeable; which of them jumps is drawn uniformly. They are kept in groups, state after state, so that one agent
changes its group in as many swaps as there are groups to cross, whatever their sizes: the cost of an event does not depend on N.

Code      symbol  shape   meaning
agents            (N,)    the agents at state 0, then those at state 1, …
starts            (S+1,)  where the groups begin in ``agents``; N_x = starts[x+1] − starts[x]
ell       ℓ               base rate
volume    S μ     (S,)    μ relative to the uniform law
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from swarmviz.dynamics.finite_set.functions import conductance, slope_and_mobility
from swarmviz.dynamics.finite_set.schedule_kernels import Course, value_at
from swarmviz.kernels.blocks import scratch
from swarmviz.kernels.compiled import Reals, Wholes, inner
from swarmviz.kernels.elementary import elementary, exp, log
from swarmviz.kernels.randomness import ACCEPT, JUMP, key, uniform

MOST_EVENTS, TOO_MANY = 10_000_000, -1  # in one step: a second or two, in which nothing else can be answered
U, RHO, SLOPE, MOBILITY = range(4)  # columns of ``site``
# Coordinates of the draws for JUMP; "agent" is the number of the event, or of the leaping agent.
WAIT, EDGE, AGENT, LEAP = range(4)


class Graph(NamedTuple):
    """Who is a neighbour of whom, as directed edges (:mod:`swarmviz.dynamics.finite_set.space`); and of the states S μ and U."""

    first: Wholes
    to: Wholes
    back: Wholes
    weight: Reals
    volume: Reals
    heights: Reals


class Clocked(NamedTuple):
    """A step in time: when it begins, how long it is, and β and κ as functions of time."""

    begin: float
    dt: float
    beta: Course
    kappa: Course
    steady: bool


class RateParams(NamedTuple):
    """What the rates of a step depend on: the lowest and highest β in it, the highest κ, m and m₂ of φ, ℓ, and whether (5) holds."""

    beta_low: float
    beta_high: float
    kappa: float
    m: float
    m2: float
    ell: float
    metropolis: bool


class Rates(NamedTuple):
    """Scratch of a kernel: made once per call, so that no step allocates."""

    site: np.ndarray  # (S, 4) per state U, ρ, φ'(ρ) and 1/φ''(ρ)
    q: np.ndarray  # (2E,) per directed edge, or its bound within the step
    out: np.ndarray  # (S,) Σ_y q(x, y)
    node: np.ndarray  # (N,) the new states in a leap
    sorted_agents: np.ndarray  # (N,)


@inner
def make_rates(heights, edges, leaping_agents):
    """Scratch for states of these heights."""
    S = heights.size
    site = scratch(4 * S, np.float64).reshape((S, 4))
    for x in range(S):
        site[x, U] = heights[x]
    return Rates(
        site, scratch(edges, np.float64), scratch(S, np.float64),
        np.empty(leaping_agents, np.int32), np.empty(leaping_agents, np.int32),
    )  # fmt: skip


@elementary
def flow(rise, s, t, theta, beta, kappa, metropolis):
    """q(x, y)/w, (1) to (5), for rise = U(y) − U(x), densities s at x and t at y and θ(s, t)."""
    a = -beta * theta * rise
    swarm = (1.0 - kappa) * max(a + s - t, 0.0) + kappa * (s + max(a, 0.0))
    return s * exp(-beta * max(rise, 0.0)) if metropolis else swarm


@elementary
def most(rise, s, t, theta, law):
    """q(x, y)/w, or its bound when β or κ changes within the step."""
    q = flow(rise, s, t, theta, law.beta_low, law.kappa, law.metropolis)
    if law.beta_low == law.beta_high:
        return q
    return max(q, flow(rise, s, t, theta, law.beta_high, law.kappa, law.metropolis))


@elementary
def set_rates(x, e, graph, rates, law):
    """q, or its bound, of the directed edge ``e`` from x and of its opposite."""
    y, site, q, w = graph.to[e], rates.site, rates.q, graph.weight[e]
    rise, s, t = site[y, U] - site[x, U], site[x, RHO], site[y, RHO]
    theta = conductance(s, t, site[x, SLOPE], site[y, SLOPE], site[x, MOBILITY])
    q[e], q[graph.back[e]] = w * most(rise, s, t, theta, law), w * most(-rise, t, s, theta, law)


@elementary
def add_up(x, graph, rates):
    """out(x)."""
    total = 0.0
    for e in range(graph.first[x], graph.first[x + 1]):
        total += rates.q[e]
    rates.out[x] = total


@elementary
def weigh(x, starts, graph, rates, law):
    """ρ(x), φ'(ρ(x)) and 1/φ''(ρ(x)) from the number of agents."""
    S, n_agents, site = starts.size - 1, starts[starts.size - 1], rates.site
    site[x, RHO] = (starts[x + 1] - starts[x]) * (S / n_agents) / graph.volume[x]
    site[x, SLOPE], site[x, MOBILITY] = slope_and_mobility(site[x, RHO], law.m, law.m2)


@inner
def all_rates(starts, graph, rates, law):
    """The whole table, at the beginning of a step: what happened before it leaves no trace of rounding."""
    for x in range(rates.out.size):
        weigh(x, starts, graph, rates, law)
    for x in range(rates.out.size):
        for e in range(graph.first[x], graph.first[x + 1]):
            if graph.to[e] > x:
                set_rates(x, e, graph, rates, law)
    for x in range(rates.out.size):
        add_up(x, graph, rates)


@elementary
def rates_around(x, graph, rates, law):
    """The rates that depend on ρ(x)."""
    for e in range(graph.first[x], graph.first[x + 1]):
        set_rates(x, e, graph, rates, law)
    for e in range(graph.first[x], graph.first[x + 1]):
        add_up(graph.to[e], graph, rates)
    add_up(x, graph, rates)


@elementary
def pick(weights, begin, end, mark):
    """The index in [begin, end) at which the running sum of ``weights`` passes ``mark``, and what of ``mark`` is left there."""
    i = begin
    while i < end - 1 and mark >= weights[i]:
        mark -= weights[i]
        i += 1
    while i > begin and weights[i] <= 0.0:  # rounding left a rest at the end
        i -= 1
    return i, mark


@elementary
def relocate(agents, starts, x, y, j):
    """Move the agent at place ``j``, in group x, to group y; each group between passes one place on."""
    while x < y:
        edge = starts[x + 1] - 1
        agents[j], agents[edge] = agents[edge], agents[j]
        starts[x + 1], x, j = edge, x + 1, edge
    while x > y:
        edge = starts[x]
        agents[j], agents[edge] = agents[edge], agents[j]
        starts[x], x, j = edge + 1, x - 1, edge


@elementary
def flow_at(x, y, span, elapsed, site, law):
    """q(x, y)/w when so much of the step has ``elapsed``."""
    t = span.begin + elapsed
    rise, here, there = site[y, U] - site[x, U], site[x, RHO], site[y, RHO]
    theta = conductance(here, there, site[x, SLOPE], site[y, SLOPE], site[x, MOBILITY])
    return flow(rise, here, there, theta, value_at(span.beta, t), value_at(span.kappa, t), law.metropolis)


@inner(inline=True)
def exact_step(run, step, span, law, graph, rates):
    """All events of a step in continuous time; returns their number, or TOO_MANY."""
    agents, starts, q, out, seed = run.agents, run.starts, rates.q, rates.out, np.uint64(run.seed[0])
    unit = law.ell * agents.size / out.size
    row = key(seed, np.uint64(JUMP), np.uint64(step))
    accept = key(seed, np.uint64(ACCEPT), np.uint64(step))
    elapsed, events, candidate = 0.0, 0, -1
    all_rates(starts, graph, rates, law)
    while True:
        candidate += 1
        total = 0.0
        for x in range(out.size):
            total += out[x]
        if not unit * total > 0.0:  # the first generator may have nowhere to go
            return events
        elapsed -= log(uniform(row, candidate, WAIT)) / (unit * total)
        if not elapsed < span.dt:
            return events
        if candidate == MOST_EVENTS:
            return TOO_MANY
        x, left = pick(out, 0, out.size, uniform(row, candidate, EDGE) * total)
        e, _ = pick(q, graph.first[x], graph.first[x + 1], left)
        y = graph.to[e]
        if span.steady or uniform(accept, candidate, 0) * q[e] < graph.weight[e] * flow_at(
            x, y, span, elapsed, rates.site, law
        ):  # thinning
            here = starts[x + 1] - starts[x]
            relocate(agents, starts, x, y, starts[x] + np.int64(uniform(row, candidate, AGENT) * here))
            for z in (x, y):
                weigh(z, starts, graph, rates, law)
            for z in (x, y):
                rates_around(z, graph, rates, law)
            run.best[0] = min(run.best[0], rates.site[y, U])
            events += 1


@inner(inline=True)
def leap(run, step, dt, law, graph, rates):
    """At most one jump of every agent, at the rates of ``law``, whose β does not change; returns the number of jumps."""
    agents, starts, out, site = run.agents, run.starts, rates.out, rates.site
    row = key(np.uint64(run.seed[0]), np.uint64(JUMP), np.uint64(step))
    all_rates(starts, graph, rates, law)
    jumps = 0
    for x in range(out.size):
        leaving = 1.0 - exp(-law.ell * dt * out[x] / (graph.volume[x] * site[x, RHO])) if site[x, RHO] > 0.0 else 0.0
        for j in range(starts[x], starts[x + 1]):
            u, rates.node[j] = uniform(row, agents[j], LEAP), x
            if u < leaving:
                e, _ = pick(rates.q, graph.first[x], graph.first[x + 1], u / leaving * out[x])
                rates.node[j] = graph.to[e]
                run.best[0] = min(run.best[0], site[graph.to[e], U])
                jumps += 1
    regroup(agents, starts, rates.node, rates.sorted_agents)
    return jumps


@inner
def regroup(agents, starts, node, sorted_agents):
    """Sort ``agents`` into their new groups ``node``, in place; within a group their order is kept."""
    starts[:] = 0
    for j in range(node.size):
        starts[node[j] + 1] += 1
    for x in range(1, starts.size):
        starts[x] += starts[x - 1]
    for j in range(node.size):  # starts[x] runs through group x …
        sorted_agents[starts[node[j]]] = agents[j]
        starts[node[j]] += 1
    for x in range(starts.size - 1, 0, -1):  # … and ends where the next begins
        starts[x] = starts[x - 1]
    starts[0] = 0
    agents[:] = sorted_agents
