r"""What is measured on a swarm inside the kernels: the consensus point, the dispersion, the first agent that is not finite.

    w_n = exp(−α (F_n − min F)) / Σ (same),   ν = Σ_n w_n x_n          (1)  001 eq. 1.1; 003 eq. 2.3
    ESS = 1 / Σ w_n²                                                   (2)  effective number of agents in ν
    V = Σ_n |x_n − x̄|²                                                 (3)  001 §3: ‖E‖²

The consensus is accumulated block by block. Since α reaches 1e5 the weights are taken relative to the lowest value met so far, and the
sums are rescaled whenever a lower one turns up; one pass over memory is enough.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from swarmviz.kernels.blocks import block, block_count, block_range, borrowed, scratch, slice_view
from swarmviz.kernels.compiled import Flags, inner, kernel
from swarmviz.kernels.elementary import (
    copy_with_least,
    equal_among_eight,
    exp,
    finite,
    least_of_many,
    lowest_bit,
    of_rank,
    rank,
)
from swarmviz.kernels.ordered_sums import MOST, ORDERED, dot_of_positions, sum_and_squares_of_weights
from swarmviz.kernels.packs import ANSWER_ROWS
from swarmviz.kernels.randomness import BATCH, key, uniform

NEGLIGIBLE = -60.0  # a weight below e^-60 cannot change a sum of doubles, and as a denormal number it would be slow
MANY = 128  # numbers from which a minimum is worth a loop over vectors
WORD, LANES = 64, 8  # bits of a word, and of it those that are found at once
STRETCH = 64  # agents that are passed over at once when none of them has a weight
FEW = 32  # where fewer than one in so many agents has a weight, only these are looked at


class ConsensusScratch(NamedTuple):
    """Scratch of a kernel for (1) and for what is measured of it; made once per call, so that no step allocates."""

    batch: np.ndarray  # (N,) 1 where an agent is in the random batch
    heights: np.ndarray  # values of a block that enter the consensus
    weights: np.ndarray  # weights of a block
    sums: np.ndarray  # Σ w x (d numbers), Σ w, Σ w², the lowest value
    mean: np.ndarray  # x̄
    column: np.ndarray  # a point as a block (d, 1)
    one: np.ndarray  # F there


@inner(inline=True)
def make_consensus_scratch(d, n_agents):
    """Scratch for this swarm."""
    n, real = block_range(d, n_agents, 0)[1], np.float64
    return ConsensusScratch(
        np.ones(n_agents, np.uint8), scratch(n, real), scratch(n, real), scratch(d + 3, real), scratch(d, real),
        scratch(d, real).reshape((d, 1)), scratch(1, real),
    )  # fmt: skip


@inner
def smallest(f):
    """min f, ∞ of nothing; a NaN is never the smallest."""
    n = f.size
    if n >= MANY:
        return least_of_many(f)
    a = b = c = d = e = g = h = i = np.inf  # in eight lanes because the compiler leaves a plain minimum serial
    full = n - n % 8
    for j in range(0, full, 8):
        a = f[j] if f[j] < a else a
        b = f[j + 1] if f[j + 1] < b else b
        c = f[j + 2] if f[j + 2] < c else c
        d = f[j + 3] if f[j + 3] < d else d
        e = f[j + 4] if f[j + 4] < e else e
        g = f[j + 5] if f[j + 5] < g else g
        h = f[j + 6] if f[j + 6] < h else h
        i = f[j + 7] if f[j + 7] < i else i
    for j in range(full, n):
        a = f[j] if f[j] < a else a
    return min(min(min(a, b), min(c, d)), min(min(e, g), min(h, i)))


@inner(inline=True)
def first_of(f, value):
    """The first place at which ``f`` holds ``value``, −1 where it does nowhere.

    Of each ``WORD`` numbers a mask and no search, because a way out of a loop that depends on numbers cannot be foreseen, and stops the
    processor for longer than it takes to look at them.
    """
    n = f.size
    for begin in range(0, n, WORD):
        bits = np.uint64(0)
        for j in range(begin, min(begin + WORD, n), LANES):
            k = min(j, n - LANES)  # the last ones end with the array
            if k >= 0:
                bits |= equal_among_eight(f, k, value) >> np.uint64(j - k) << np.uint64(j - begin)
            else:
                for i in range(n):
                    bits |= np.uint64(f[i] == value) << np.uint64(i)
        if bits:
            return begin + lowest_bit(bits)
    return -1


@inner
def extremes(f):
    """min f and max f, (∞, −∞) of nothing; a NaN is larger than any number."""
    low, high = rank(np.inf), rank(-np.inf)
    for j in range(f.size):
        k = rank(f[j])
        low, high = min(low, k), max(high, k)
    return of_rank(low), of_rank(high)


@inner
def all_finite(f):
    """Whether every number of ``f`` is finite."""
    good = True
    for j in range(f.size):
        good &= finite(f[j])
    return good


@inner
def first_not_finite(f):
    """Index of the first number that is not finite, −1 when all are."""
    for j in range(f.size):
        if not finite(f[j]):
            return j
    return -1


@inner(inline=True)
def clear_consensus(sums):
    """Start (1): sums = Σ w x (d numbers), Σ w, Σ w², reference value."""
    for i in range(sums.size - 1):
        sums[i] = 0.0
    sums[sums.size - 1] = np.inf


@inner
def count_heavy(f, alpha, reference):
    """How many agents have a weight that is not negligible."""
    count = 0
    for j in range(f.size):
        count += -alpha * (f[j] - reference) > NEGLIGIBLE
    return count


@inner
def add_few(x, f, alpha, sums):
    """Add the agents of a block that have a weight: for a large α they are one or two, and no other weight is computed."""
    d, n = x.shape
    reference, total, squares = sums[d + 2], 0.0, 0.0
    for first in range(0, n, STRETCH):
        length = min(STRETCH, n - first)
        if count_heavy(slice_view(f, first, length), alpha, reference) > 0:
            for j in range(first, first + length):
                exponent = -alpha * (f[j] - reference)
                if exponent > NEGLIGIBLE:
                    w = exp(exponent)
                    total += w
                    squares += w * w
                    for i in range(d):
                        sums[i] += w * x[i, j]
    sums[d] += total
    sums[d + 1] += squares


@inner(inline=True)
def lower_reference(lowest, d, alpha, sums):
    """The lowest value met so far, with the lowest of a block: if it is a new one, the sums are made relative to it."""
    if lowest < sums[d + 2]:
        if sums[d + 2] < np.inf:
            shrink = exp(-alpha * (sums[d + 2] - lowest))
            for i in range(d + 1):
                sums[i] *= shrink
            sums[d + 1] *= shrink * shrink
        sums[d + 2] = lowest
    return sums[d + 2]


@inner
def add_small(x, f, alpha, w, sums):
    """:func:`add_to_consensus` for a block of up to ``MOST`` agents, in an order that does not depend on the processor.

    ``w`` is :func:`swarmviz.kernels.blocks.scratch`. Weights need not be counted first: one in ``FEW`` of so few would be less than one.
    """
    x, f, w, sums = borrowed((x, f, w, sums))
    d, n = x.shape
    reference = lower_reference(copy_with_least(f, w), d, alpha, sums)
    for j in range((n + 7) // 8 * 8):  # scratch goes on behind its end
        exponent = -alpha * (w[j] - reference)
        w[j] = exp(exponent) if exponent > NEGLIGIBLE else 0.0
    total, squares = sum_and_squares_of_weights(w, w)
    if total > 0.0:  # else nobody has a weight
        sums[d] += total
        sums[d + 1] += squares
        for i in range(d):
            sums[i] += dot_of_positions(w, x[i])


@inner
def add_to_consensus(x, f, alpha, w, sums):
    """Add a block ``x`` (d, n) with values ``f`` (n,) to the sums of (1); ``w`` (n,) is scratch and holds the weights."""
    d, n = x.shape
    reference = lower_reference(smallest(f), d, alpha, sums)
    if FEW * count_heavy(f, alpha, reference) <= n:
        add_few(x, f, alpha, sums)
        return
    total, squares = 0.0, 0.0
    for j in range(n):
        exponent = -alpha * (f[j] - reference)
        w[j] = exp(exponent) if exponent > NEGLIGIBLE else 0.0
        total += w[j]
        squares += w[j] * w[j]
    sums[d] += total
    sums[d + 1] += squares
    for i in range(d):
        row, s = x[i], 0.0
        for j in range(n):
            s += w[j] * row[j]
        sums[i] += s


@inner
def finish_consensus(sums, point):
    """ν (1) into ``point`` (d,); returns the effective sample size (2)."""
    d = point.size
    for i in range(d):
        point[i] = sums[i] / sums[d]
    return sums[d] * sums[d] / sums[d + 1]


@inner(inline=True)
def lowest_value(scratch):
    """The lowest of the values that have entered (1)."""
    return scratch.sums[scratch.sums.size - 1]


@inner(inline=True)
def weigh(x, f, first, everyone, alpha, scratch):
    """Add a block, whose first agent is ``first``, to the sums of (1); agents outside the random batch count as infinitely high."""
    heights, w = f, slice_view(scratch.weights, 0, f.size)
    if not everyone:
        heights = slice_view(scratch.heights, 0, f.size)
        for j in range(f.size):
            heights[j] = f[j] if scratch.batch[first + j] else np.inf
    if ORDERED and f.size <= MOST:
        add_small(x, heights, alpha, w, scratch.sums)
    else:
        add_to_consensus(x, heights, alpha, w, scratch.sums)


@inner(inline=True)
def note_consensus(run, step, alpha, batch):
    """Keep how ν is formed: the step, α and M."""
    run.consensus_step[0] = step
    run.consensus_alpha[0] = alpha
    run.consensus_batch[0] = batch


def no_consensus(runs: int) -> dict[str, np.ndarray]:
    """The same fields of a State before ν is formed for the first time, an entry per run."""
    return {
        "consensus_step": np.zeros(runs, int),
        "consensus_alpha": np.full(runs, np.nan),
        "consensus_batch": np.zeros(runs, int),
    }


def consensus_weights(state: Any, energy: np.ndarray) -> np.ndarray:
    """The weights (1) that formed the consensus of a State, (N,): for values ``energy`` (N,), zero outside the random batch of its step.

    What the State says of its consensus counts, not what the parameters are now: a swarm that has stalled keeps the ν of an earlier step.
    """
    batch = batch_at(state.seed, state.consensus_step, state.n, state.consensus_batch)
    return weights(energy, state.consensus_alpha, batch)


def weights(energy: np.ndarray, alpha: float, batch: np.ndarray | None = None) -> np.ndarray:
    """The weights of (1), shape (N,); zero outside a random batch (N,) bool."""
    heights = energy if batch is None else np.where(batch, energy, np.inf)
    with np.errstate(over="ignore"):  # α F may leave the numbers; the weight is then zero
        w = np.exp(-alpha * (heights - heights.min()))
    return w / w.sum()


def batch_at(seed: int, step: int, n: int, size: int) -> np.ndarray | None:
    """Which of ``n`` agents are in the random batch of a step, (N,) bool; None where all are."""
    if not 0 < size < n:
        return None
    chosen = np.empty(n, np.uint8)
    fill_batch(chosen, size, seed, step)
    return chosen.astype(bool)


@inner
def choose_batch(chosen, size, seed, step):
    """Mark ``size`` agents drawn without replacement (003 Remark 5.1), by selection sampling: one uniform per agent."""
    n, taken = chosen.size, 0
    row = key(np.uint64(seed), np.uint64(BATCH), np.uint64(step))
    for j in range(n):
        take = uniform(row, j, 0) * (n - j) < size - taken
        chosen[j] = take
        taken += take


@kernel
def fill_batch(chosen: Flags, size: int, seed: int, step: int) -> None:
    """:func:`choose_batch` for Python."""
    choose_batch(chosen, size, seed, step)


@inner
def mean_position(x, d, n_agents, mean):
    """x̄ into ``mean`` (d,), from the flat positions."""
    mean[:] = 0.0
    for b in range(block_count(d, n_agents)):
        xb = block(x, d, n_agents, b)
        for i in range(d):
            mean[i] += xb[i].sum()
    for i in range(d):
        mean[i] /= n_agents


@inner
def dispersion(x, d, n_agents, mean):
    """V (3), given x̄."""
    total = 0.0
    for b in range(block_count(d, n_agents)):
        xb = block(x, d, n_agents, b)
        for i in range(d):
            row, centre, s = xb[i], mean[i], 0.0
            for j in range(row.size):
                s += (row[j] - centre) * (row[j] - centre)
            total += s
    return total


@inner
def distance_to(point, targets):
    """Smallest maximum-norm distance from ``point`` (d,) to the rows of ``targets`` (m, d); NaN when there is none."""
    if targets.shape[0] == 0:
        return np.nan
    nearest = np.inf
    for m in range(targets.shape[0]):
        largest = 0.0
        for i in range(point.size):
            largest = max(largest, abs(point[i] - targets[m, i]))
        nearest = min(nearest, largest)
    return nearest


@inner(inline=True)
def note_answer(point, record, column):
    """The first coordinates of the answer into the rows of a record that are kept for them (:data:`swarmviz.kernels.packs.ANSWER_ROWS`)."""
    for i in range(min(ANSWER_ROWS, point.size)):
        record[record.shape[0] - ANSWER_ROWS + i, column] = point[i]


@inner
def nearest_target(point, targets, unit):
    """Row of ``targets`` (m, d) nearest to ``point`` in the maximum norm, and its distance in units (d,); (−1, NaN) when m = 0."""
    nearest, least = -1, np.nan
    for m in range(targets.shape[0]):
        largest = largest_difference(point, targets[m], unit)
        if m == 0 or largest < least:
            nearest, least = m, largest
    return nearest, least


@inner
def largest_difference(a, b, unit):
    """max_i |a_i − b_i| / unit_i."""
    largest = 0.0
    for i in range(a.size):
        largest = max(largest, abs(a[i] - b[i]) / unit[i])
    return largest


@inner
def value_of(point, objective, scratch):
    """F at one point (d,)."""
    scratch.column[:, 0] = point
    objective.values(scratch.column, objective.p, scratch.one)
    return scratch.one[0]


@inner
def evaluate(objective, x, d, n_agents, f):
    """F at all agents: ``f`` (N,) from the flat positions."""
    for b in range(block_count(d, n_agents)):
        first, n = block_range(d, n_agents, b)
        objective.values(block(x, d, n_agents, b), objective.p, f[first : first + n])
