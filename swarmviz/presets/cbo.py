"""Presets of consensus-based optimisation (001)."""

from __future__ import annotations

import numpy as np

from swarmviz.presets.preset import Claim, Preset, started, stays_in_its_box

EXPERIMENT = {"lam": 1.0, "sigma": 1.0, "alpha": 1000.0, "dt": 0.05}  # 001 §4
START = {"n": 100, "d": 2, "initial": "box", "low": -5.0, "high": 5.0}
CORNER = START | {"low": 1.0}  # the minimum lies outside
TEN = {"n": 100, "d": 10}


def _stays_at_its_middle(sim):
    """Within five times the standard error of the middle: where an agent ends is a martingale, V falls and Σ σ²Δt V/N is bounded."""
    first = started(sim)
    return np.abs(sim.frame.focus - first.mean(axis=0)).max() < 5 * first.std() / np.sqrt(len(first))


def contraction_rate(sim):
    """−ln(√V/√V₀)/t over the run so far: how fast the distances from the mean fall."""
    V, t = sim.record["dispersion"], sim.record["t"]
    return np.log(V[0] / V[-1]) / 2 / (t[-1] - t[0])


def _falls_slowly(sim):
    """Against a fifth of λ + σ²/2 (001 theorem 3.4)."""
    return contraction_rate(sim) < (sim.dynamics.lam + sim.dynamics.sigma**2 / 2) / 5


PRESETS = (
    Preset(
        "cbo-rastrigin",
        "CBO on Rastrigin",
        "CBO",
        "Rastrigin",
        "001 §4",
        values=EXPERIMENT,
        swarm=START,
        pace=0.5,
        asks="How do a hundred agents find the lowest of a hundred valleys?",
        question="How do a hundred agents find the lowest of a hundred valleys? They are drawn to the consensus point, "
        "and the noise that shakes them dies out as they come near it.",
        steps=200,
        chance=1.0,
    ),
    Preset(
        "cbo-corner",
        "CBO from one corner, strong noise",
        "CBO",
        "Rastrigin",
        "001 theorem 3.4",
        values=EXPERIMENT | {"sigma": 3.0},
        swarm=CORNER,
        pace=0.5,
        asks="Can strong noise carry a swarm out of the corner in which it starts?",
        topic="noise",
        question="The minimum lies outside the corner where the swarm starts. With σ = 3 the noise carries it out, "
        "although 2λ > σ² does not hold. Theorem 3.4 claims that the distances from the mean fall almost surely at the rate "
        "λ + σ²/2 = 5.5; they fall at 0.51, the mean of 200 runs over these 400 steps, and hardly at all in the second half.",
        steps=400,
        chance=0.975,
        claim=Claim("the distances from the mean fall at less than a fifth of the rate that is claimed", _falls_slowly),
    ),
    Preset(
        "cbo-ackley-10",
        "CBO on Ackley in ten dimensions",
        "CBO",
        "Ackley",
        "001 eq. 1.4",
        values=EXPERIMENT | {"sigma": 1.2},
        swarm=TEN,
        pace=1.0,
        asks="Does a swarm still agree in ten dimensions when each coordinate is shaken in proportion to its own distance?",
        topic="noise",
        question="Noise that shakes each coordinate in proportion to its own distance from the consensus still "
        "contracts in ten dimensions.",
        steps=400,
        chance=0.935,
    ),
    Preset(
        "cbo-no-noise",
        "CBO without noise",
        "CBO",
        "Rastrigin",
        "001 eq. 1.3",
        values=EXPERIMENT | {"noise": "none"},
        swarm=CORNER,
        pace=0.5,
        asks="What is the noise for, if the swarm contracts without it?",
        question="What is the noise for? Without it the swarm only contracts: no agent ever leaves the box in which "
        "the swarm began, and the minimum lies outside.",
        fails=True,
        steps=200,
        chance=0.0,
        claim=Claim("no agent leaves the box in which the swarm began", stays_in_its_box),
    ),
    Preset(
        "cbo-mean",
        "CBO with α too small",
        "CBO",
        "Rastrigin",
        "001 eq. 1.1",
        values=EXPERIMENT | {"alpha": 0.001},
        swarm=CORNER,
        pace=0.5,
        asks="What is α for, and what do agents agree on when all weigh the same?",
        question="What is α for? With α near 0 all agents weigh the same, the consensus point is their mean, and the "
        "swarm settles near where its middle was, whatever the landscape.",
        fails=True,
        steps=200,
        chance=0.0,
        claim=Claim("the consensus point is near the middle of the start", _stays_at_its_middle),
    ),
    Preset(
        "cbo-few",
        "CBO with too few agents",
        "CBO",
        "Rastrigin",
        "001 §4",
        values=EXPERIMENT,
        swarm=START | {"n": 4},
        pace=0.5,
        asks="Are four agents enough to agree on the right valley?",
        question="Four agents agree as readily as a hundred, but mostly on the wrong valley.",
        fails=True,
        steps=200,
        chance=0.22,
    ),
    Preset(
        "cbo-isotropic-10",
        "CBO, isotropic noise in ten dimensions",
        "CBO",
        "Ackley",
        "001 eq. 4.4",
        values=EXPERIMENT | {"sigma": 1.2, "noise": "isotropic"},
        swarm=TEN,
        pace=0.5,
        asks="Why does noise that shakes all coordinates alike drive a swarm apart in ten dimensions?",
        question="Isotropic noise contracts in mean square only while 2λ > Dσ², and here Dσ² = 14.4: the dispersion "
        "grows instead.",
        fails=True,
        steps=400,
        chance=0.0,
        claim=Claim("the dispersion grows", lambda sim: sim.record["dispersion"][-1] > sim.record["dispersion"][0]),
    ),
)
