r"""How agents jump from state to state: the rates, single events in continuous time, and leaps of all agents at once.

With ρ(x) = S N_x / N the density of N_x agents at x, the agents at x move to a neighbour y at the total rate ℓ (N/S) q(x, y):

    a      = β θ(ρ(x), ρ(y)) (U(x) − U(y))                             (1)
    first  : q(x, y) = (a + ρ(x) − ρ(y))₊                              (2)  004 eq. 4.23, 5.15, times N_x
    second : q(x, y) = ρ(x) + a₊                                       (3)  004 eq. 4.28, 5.16, times N_x
    hybrid : q = (1 − κ) (2) + κ (3)                                   (4)  004 remark 5.10
    Metropolis : q(x, y) = ρ(x) exp(−β (U(y) − U(x))₊)                 (5)  004 appendix A

*Exact.* Waiting times are exponential (Gillespie). What is still to be waited at the end of a step is forgotten and drawn anew: the
exponential law has no memory, so the law of the run does not depend on Δt, and a step is a function of its number. Within a step β and κ
run linearly between their values at its ends. The rates are convex in β and, (3) being at least (2), increasing in κ; so their larger
values at the two ends bound them, candidates are drawn from the bounds, and one is accepted with probability q / bound (thinning).

*Leap.* Every agent jumps at most once, with the rates of the step's beginning (β and κ of its middle): from x with probability
1 − exp(−ℓ Σ_y q(x, y) Δt / ρ(x)), to y in proportion to q(x, y). The law is that of (2)–(5) up to O(Δt).

Agents of one state are exchangeable; which of them jumps is drawn uniformly. They are kept in groups, state after state, so that one agent
changes its group in as many swaps as there are groups to cross, whatever their sizes: the cost of an event does not depend on N.

Code      symbol  shape   meaning
agents            (N,)    the agents at state 0, then those at state 1, …
starts            (S+1,)  where the groups begin in ``agents``; N_x = starts[x+1] − starts[x]
site              (S, 4)  per state U, ρ, φ'(ρ) and 1/φ''(ρ)
rate      q       (2E,)   per directed edge, or its bound within the step
out               (S,)    Σ_y q(x, y)
ell       ℓ               base rate
"""

from __future__ import annotations

import numpy as np

from swarmviz.dynamics.finite_set.functions import conductance, slope_and_mobility
from swarmviz.kernels.compiled import inner
from swarmviz.kernels.elementary import elementary, exp, log
from swarmviz.kernels.randomness import ACCEPT, JUMP, key, uniform

MOST_EVENTS, TOO_MANY = 10_000_000, -1  # in one step: a second or two, in which nothing else can be answered
U, RHO, SLOPE, MOBILITY = range(4)  # columns of ``site``
WAIT, EDGE, AGENT, LEAP = range(
    4
)  # coordinates of the draws for JUMP; "agent" is the number of the event, or of the leaping agent


@elementary
def flow(rise, s, t, theta, beta, kappa, metropolis):
    """q(x, y), (1) to (5), for rise = U(y) − U(x), densities s at x and t at y and θ(s, t)."""
    a = -beta * theta * rise
    swarm = (1.0 - kappa) * max(a + s - t, 0.0) + kappa * (s + max(a, 0.0))
    return s * exp(-beta * max(rise, 0.0)) if metropolis else swarm


@elementary
def most(rise, s, t, theta, law):
    """q(x, y), or its bound when β or κ changes within the step."""
    beta, beta_end, kappa, kappa_end, _, metropolis = law
    larger = max(kappa, kappa_end)
    q = flow(rise, s, t, theta, beta, larger, metropolis)
    return q if beta == beta_end else max(q, flow(rise, s, t, theta, beta_end, larger, metropolis))


@elementary
def set_rates(x, e, to, back, site, rate, law):
    """q, or its bound, of the directed edge ``e`` from x and of its opposite."""
    y = to[e]
    rise, s, t = site[y, U] - site[x, U], site[x, RHO], site[y, RHO]
    theta = conductance(s, t, site[x, SLOPE], site[y, SLOPE], site[x, MOBILITY])
    rate[e], rate[back[e]] = most(rise, s, t, theta, law), most(-rise, t, s, theta, law)


@elementary
def add_up(x, first, rate, out):
    """out(x)."""
    total = 0.0
    for e in range(first[x], first[x + 1]):
        total += rate[e]
    out[x] = total


@elementary
def weigh(x, starts, site, m):
    """ρ(x), φ'(ρ(x)) and 1/φ''(ρ(x)) from the number of agents."""
    S, n_agents = starts.size - 1, starts[starts.size - 1]
    site[x, RHO] = (starts[x + 1] - starts[x]) * (S / n_agents)
    site[x, SLOPE], site[x, MOBILITY] = slope_and_mobility(site[x, RHO], m)


@inner
def all_rates(starts, first, to, back, site, rate, out, law):
    """The whole table, at the beginning of a step: what happened before it leaves no trace of rounding."""
    for x in range(out.size):
        weigh(x, starts, site, law[4])
    for x in range(out.size):
        for e in range(first[x], first[x + 1]):
            if to[e] > x:
                set_rates(x, e, to, back, site, rate, law)
    for x in range(out.size):
        add_up(x, first, rate, out)


@elementary
def rates_around(x, first, to, back, site, rate, out, law):
    """The rates that depend on ρ(x)."""
    for e in range(first[x], first[x + 1]):
        set_rates(x, e, to, back, site, rate, law)
    for e in range(first[x], first[x + 1]):
        add_up(to[e], first, rate, out)
    add_up(x, first, rate, out)


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
def flow_at(x, y, share, site, law):
    """q(x, y) at a ``share`` of the step."""
    beta, beta_end, kappa, kappa_end, _, metropolis = law
    rise, s, t = site[y, U] - site[x, U], site[x, RHO], site[y, RHO]
    theta = conductance(s, t, site[x, SLOPE], site[y, SLOPE], site[x, MOBILITY])
    return flow(rise, s, t, theta, beta + share * (beta_end - beta), kappa + share * (kappa_end - kappa), metropolis)


@inner
def exact_step(agents, starts, first, to, back, site, rate, out, law, ell, dt, seed, step, best):
    """All events of a step in continuous time; returns their number, or TOO_MANY, and the lowest U met so far."""
    unit = ell * agents.size / out.size
    row = key(np.uint64(seed), np.uint64(JUMP), np.uint64(step))
    accept = key(np.uint64(seed), np.uint64(ACCEPT), np.uint64(step))
    steady = law[0] == law[1] and law[2] == law[3]
    elapsed, events, candidate = 0.0, 0, -1
    all_rates(starts, first, to, back, site, rate, out, law)
    while True:
        candidate += 1
        total = 0.0
        for x in range(out.size):
            total += out[x]
        if not unit * total > 0.0:  # the first generator may have nowhere to go
            return events, best
        elapsed -= log(uniform(row, candidate, WAIT)) / (unit * total)
        if not elapsed < dt:
            return events, best
        if candidate == MOST_EVENTS:
            return TOO_MANY, best
        x, left = pick(out, 0, out.size, uniform(row, candidate, EDGE) * total)
        e, _ = pick(rate, first[x], first[x + 1], left)
        y = to[e]
        if steady or uniform(accept, candidate, 0) * rate[e] < flow_at(x, y, elapsed / dt, site, law):  # thinning
            here = starts[x + 1] - starts[x]
            relocate(agents, starts, x, y, starts[x] + np.int64(uniform(row, candidate, AGENT) * here))
            for z in (x, y):
                weigh(z, starts, site, law[4])
            for z in (x, y):
                rates_around(z, first, to, back, site, rate, out, law)
            best = min(best, site[y, U])
            events += 1


@inner
def leap(agents, starts, first, to, back, site, rate, out, law, ell, dt, seed, step, best, node, sorted_agents):
    """At most one jump of every agent; returns the number of jumps and the lowest U met so far. The last two are scratch (N,)."""
    row = key(np.uint64(seed), np.uint64(JUMP), np.uint64(step))
    beta, kappa = 0.5 * (law[0] + law[1]), 0.5 * (law[2] + law[3])
    all_rates(starts, first, to, back, site, rate, out, (beta, beta, kappa, kappa, law[4], law[5]))
    jumps = 0
    for x in range(out.size):
        leaving = 1.0 - exp(-ell * dt * out[x] / site[x, RHO]) if site[x, RHO] > 0.0 else 0.0
        for j in range(starts[x], starts[x + 1]):
            u, node[j] = uniform(row, agents[j], LEAP), x
            if u < leaving:
                e, _ = pick(rate, first[x], first[x + 1], u / leaving * out[x])
                node[j] = to[e]
                best = min(best, site[to[e], U])
                jumps += 1
    regroup(agents, starts, node, sorted_agents)
    return jumps, best


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
