"""What a map shows of each run beside what it ended with: when it found the minimum, and how fast its dispersion fell.

Both are read from a few recorded steps of the run, the multiples of ``every``:

    hit step    the first recorded k with ‖answer − x*‖∞ < tolerance × the smallest half width of the box        (1)
                on a finite set the first k at which an agent sits, or sat, on a state of the lowest F           (2)
    rate        log(V_0 / V_k) / (t_k − t_0),  V the dispersion, k the last recorded step with V_k > 0           (3)
    gap         lowest F of the whole run, best, minus F*                                                        (4)

(1) is the criterion of :mod:`swarmviz.success` at a step before the last; a run that has succeeded has a hit step wherever its last step is
recorded. A run without one has the hit step ∞; NaN where no minimiser is known. What a hit costs are the ``evaluations`` of F up to its
step, as the dynamics counts them (:mod:`swarmviz.dynamics.cost`).
"""

from __future__ import annotations

import numpy as np

from swarmviz.dynamics.base import Dynamics
from swarmviz.dynamics.stall import half_widths
from swarmviz.ensembles.dataset import Variable
from swarmviz.ensembles.engine import Ensemble
from swarmviz.ensembles.units import OF_F, STEPS, described_as
from swarmviz.frame import EVALUATIONS

LOOKS = 50  # recorded steps of a run, about
ON_FINITE_SET = "the first recorded step at which an agent has been on a state of the lowest F"
HIT = "the first recorded step at which what the swarm holds for the minimiser is nearer than the tolerance"
GROUNDED = 1e-12  # relative rounding of the lowest F


def every_for(steps: int) -> int:
    """The steps between two recorded ones: about ``LOOKS`` of them in a run, with its last step among them where that can be."""
    most = max(1, steps // LOOKS)
    return next((every for every in range(most, most // 4, -1) if steps % every == 0), most)


def observed(dynamics: type[Dynamics]) -> tuple[str, ...]:
    """The observables from which it is read."""
    known = {observable.name for observable in dynamics.observables}
    wanted = ("best" if dynamics.on_finite_set else "distance", "dispersion", EVALUATIONS.name)
    return tuple(name for name in wanted if name in known)


def variables(dynamics: type[Dynamics]) -> dict[str, Variable]:
    """Name → what each measure is, as a variable along ``run``."""
    names, how = observed(dynamics), ON_FINITE_SET if dynamics.on_finite_set else HIT
    said = {"hit_step": (f"When the run found a known minimiser: {how}; ∞: never", STEPS)}
    if "dispersion" in names:
        said["dispersion_rate"] = ("Rate at which the dispersion fell, log(V₀/V)/t", "")
    if EVALUATIONS.name in names:
        said["hit_evaluations"] = (f"Evaluations of F up to {how}; ∞: never", OF_F)
    return {name: Variable(("run",), np.dtype(float), np.nan, described_as(*about)) for name, about in said.items()}


def measured(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """The measures of the runs of an ensemble that recorded what is :func:`observed`, each (runs,)."""
    series, problem = ensemble.results.series, ensemble.problem
    steps, hits = ensemble.settings.recorded_steps(), _hits(ensemble)
    if problem.dynamics.on_finite_set:
        known = not np.isnan(ensemble.judged_by["lowest_known"])
    else:
        known = len(problem.landscape.minimisers(problem.swarm.d)) > 0
    found = {"hit_step": _at_first(hits, np.broadcast_to(steps, hits.shape), known)}
    if "dispersion" in series:
        found["dispersion_rate"] = _rates(series["dispersion"], ensemble.times())
    if EVALUATIONS.name in series:
        found["hit_evaluations"] = _at_first(hits, series[EVALUATIONS.name], known)
    return found


def _hits(ensemble: Ensemble) -> np.ndarray:
    """At which of the recorded steps each run has found a minimiser, (runs, recorded)."""
    series, (dynamics, landscape, swarm) = ensemble.results.series, ensemble.problem
    with np.errstate(invalid="ignore"):
        if dynamics.on_finite_set:
            least = ensemble.judged_by["lowest_known"]
            hits = series["best"] <= least + GROUNDED * abs(least)
        else:
            hits = series["distance"] < ensemble.tolerance * half_widths(landscape, swarm.d).min()
    return np.asarray(hits)


def _at_first(hits: np.ndarray, values: np.ndarray, known: bool) -> np.ndarray:
    """What each run had at its first hit, both (runs, recorded); ∞ where there is none, NaN where it is not ``known`` what a hit is."""
    if not known:
        return np.full(len(hits), np.nan)
    first = np.take_along_axis(values, hits.argmax(axis=1)[:, None], 1)[:, 0]
    return np.where(hits.any(axis=1), first, np.inf)


def _rates(V: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(3) of each run, from its dispersions (runs, recorded) at times (recorded,)."""
    alive = np.isfinite(V) & (V > 0)
    last = V.shape[1] - 1 - alive[:, ::-1].argmax(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(V[:, 0] / np.take_along_axis(V, last[:, None], 1)[:, 0])
        return np.where(alive[:, 0] & (last > 0), ratio / (t[last] - t[0]), np.nan)
