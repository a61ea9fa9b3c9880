"""Naive oracle of the swarm on a finite set: one agent after the other and every rate anew from the paper's formulas, in plain Python.

Fed with the same draws as the kernels (the draws themselves are tested elsewhere), it must give the same agents on the same states.
"""

from __future__ import annotations

import math

import numpy as np

from swarmviz.kernels.randomness import ACCEPT, JUMP, key, uniform


def slope(r, phi):
    """φ', 004 eq. 1.4, for phi = m, with m₂ = 2, or (m, m₂)."""
    m, m2 = phi if isinstance(phi, tuple) else (phi, 2)
    k = m2 if r > 1 else m
    return math.log(r) if k == 1 else (r ** (k - 1) - 1) / (k - 1)


def theta(s, t, phi):
    """004 eq. 4.1."""
    if s == 0 or t == 0:
        return 0.0
    if math.isclose(s, t, rel_tol=1e-8):
        m, m2 = phi if isinstance(phi, tuple) else (phi, 2)
        return 1 / s ** ((m2 if s > 1 else m) - 2)
    return (s - t) / (slope(s, phi) - slope(t, phi))


def jump_rate(generator, rho_x, rho_y, u_x, u_y, ell, beta, kappa, m):
    """The rate at which one agent at x jumps to its neighbour y: 004 eq. 4.23, 4.28, remark 5.10, appendix A."""
    if generator == "metropolis":
        return ell * min(1.0, math.exp(-beta * (u_y - u_x)))
    th = theta(rho_x, rho_y, m)
    first = ell / rho_x * max(beta * th * (u_x - u_y) + rho_x - rho_y, 0)
    second = ell * (1 + beta * th / rho_x * max(u_x - u_y, 0))
    kappa = {"first": 0.0, "second": 1.0}.get(generator, kappa)
    return (1 - kappa) * first + kappa * second


class Swarm:
    """Agents in one list per state; ``neighbours`` maps a state to the sorted list of its neighbours.

    ``mu`` (S,) is the law μ, uniform when absent, and ``base`` maps (x, y) to L(x, y)/ℓ, 1 when absent.
    """

    def __init__(self, node, heights, neighbours, mu=None, base=None):
        self.mu = [1 / len(heights)] * len(heights) if mu is None else list(mu)
        self.base = {(x, y): 1.0 for x in range(len(heights)) for y in neighbours[x]} if base is None else base
        self.S, self.N, self.U, self.neighbours = len(heights), len(node), heights, neighbours
        self.groups = [[n for n in range(self.N) if node[n] == x] for x in range(self.S)]
        self.jumps, self.best = 0, min(heights[x] for x in node)

    def node(self):
        out = np.empty(self.N, int)
        for x, group in enumerate(self.groups):
            out[group] = x
        return out

    def rates(self, law):
        """{(x, y): total rate of the agents at x}, in the order of x and y."""
        rho, (generator, ell, *others) = [len(g) / (self.N * m) for g, m in zip(self.groups, self.mu, strict=True)], law
        return {
            (x, y): len(self.groups[x])
            * jump_rate(generator, rho[x], rho[y], self.U[x], self.U[y], ell * self.base[x, y], *others)
            if rho[x]
            else 0.0
            for x in range(self.S)
            for y in self.neighbours[x]
        }

    def move(self, x, y, j):
        """The j-th agent at x goes to y; the groups between x and y each pass one agent, as their places in memory do."""
        group, step = self.groups[x], 1 if y > x else -1
        end = -1 if y > x else 0
        group[j], group[end] = group[end], group[j]
        agent = group.pop(end)
        for z in range(x + step, y, step):
            between = self.groups[z]
            between.insert(0 if step > 0 else len(between), agent)
            between[0], between[-1] = between[-1], between[0]
            agent = between.pop(end)
        self.groups[y].insert(0 if step > 0 else len(self.groups[y]), agent)
        self.jumps += 1
        self.best = min(self.best, self.U[y])


def gillespie(swarm, steps, dt, seed, generator, ell, m, beta, kappa):
    """``steps`` steps in continuous time; beta and kappa are functions of t, monotone within a step."""
    for k in range(steps):
        ends = [[float(f(k * dt)), float(f((k + 1) * dt))] for f in (beta, kappa)]
        draws, accept = np.uint64(key(seed, JUMP, k)), np.uint64(key(seed, ACCEPT, k))
        elapsed, candidate = 0.0, -1
        while True:
            candidate += 1
            bound = swarm.rates((generator, ell, ends[0][0], max(ends[1]), m))
            other = swarm.rates((generator, ell, ends[0][1], max(ends[1]), m))
            bound = {edge: max(bound[edge], other[edge]) for edge in bound}
            total = sum(bound.values())
            if total == 0:
                break
            elapsed += -math.log(uniform(draws, candidate, 0)) / total
            if elapsed >= dt:
                break
            mark, edge = uniform(draws, candidate, 1) * total, None
            for edge, r in bound.items():  # noqa: B007 (the last one is meant)
                if mark < r:
                    break
                mark -= r
            b, c = (float(f(k * dt + elapsed)) for f in (beta, kappa))
            if uniform(accept, candidate, 0) * bound[edge] < swarm.rates((generator, ell, b, c, m))[edge]:
                x, y = edge
                swarm.move(x, y, int(uniform(draws, candidate, 2) * len(swarm.groups[x])))


def leap(swarm, steps, dt, seed, generator, ell, m, beta, kappa):
    """``steps`` leaps: each agent jumps at most once, by the rates at the beginning and β and κ in the middle of the step."""
    for k in range(steps):
        b, c = ((float(f(k * dt)) + float(f((k + 1) * dt))) / 2 for f in (beta, kappa))
        rates, old = swarm.rates((generator, ell, b, c, m)), swarm.groups
        swarm.groups = [[] for _ in old]
        for x, group in enumerate(old):
            out = [(y, rates[x, y] / len(group)) for y in swarm.neighbours[x] if group]
            leaving = 1 - math.exp(-dt * sum(r for _, r in out))
            for n in group:
                u, goal = uniform(np.uint64(key(seed, JUMP, k)), n, 3), x
                if u < leaving:
                    mark = u / leaving * sum(r for _, r in out)
                    for goal, r in out:  # noqa: B007
                        if mark < r:
                            break
                        mark -= r
                    swarm.jumps += 1
                    swarm.best = min(swarm.best, swarm.U[goal])
                swarm.groups[goal].append(n)
