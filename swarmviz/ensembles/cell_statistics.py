"""Statistics of the cells of a map, of however many runs each has by now.

success rate    n/N of the runs that could be judged, with Wilson's interval
median hit      over all runs, those that never hit counted as ∞
ERT             of :mod:`swarmviz.ensembles.runtimes`, in evaluations of F: what restarts cost until one hits; ∞ where none has
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from scipy.stats import binomtest

from swarmviz.ensembles.runtimes import Runtimes, expected
from swarmviz.ensembles.units import OF_F, STEPS, described_as

CONFIDENCE = 0.95
LOW, HIGH = 0.1, 0.9  # of the quantiles
COUNTS = ("runs", "judged", "found", "hits", "diverged_runs")  # the others are numbers, NaN in a cell without a run
MEANINGS = {
    "runs": ("Runs of the cell that came to their end", ""),
    "judged": ("Runs that could be judged: none where no minimiser is known", ""),
    "found": ("Runs that have found a known minimiser", ""),
    "hits": ("Runs that have found a known minimiser at some recorded step", ""),
    "diverged_runs": ("Runs of which an energy was not finite", ""),
    "success_rate": ("Share of the runs that have found a known minimiser", ""),
    "success_low": (f"Lower end of Wilson's {CONFIDENCE:.0%} interval of the success rate", ""),
    "success_high": (f"Upper end of Wilson's {CONFIDENCE:.0%} interval of the success rate", ""),
    "median_best": ("Median over the runs of the lowest value met", ""),
    "median_gap": ("Median over the runs of best F − F*", ""),
    "low_gap": ("10% quantile over the runs of best F − F*", ""),
    "high_gap": ("90% quantile over the runs of best F − F*", ""),
    "median_rate": ("Median over the runs of the rate at which the dispersion fell", ""),
    "median_hit_step": ("Median over the runs of the step at which they found the minimum; ∞: most never did", STEPS),
    "median_hit_evaluations": (
        "Median over the runs of the evaluations until they found the minimum; ∞: most never did",
        OF_F,
    ),
    "low_hit_evaluations": (
        "10% quantile over the runs of the evaluations until they found the minimum",
        OF_F,
    ),
    "high_hit_evaluations": ("90% quantile of them; ∞: more than a tenth of the runs never did", OF_F),
    "ert_evaluations": (
        "Expected running time: evaluations of all runs until they found the minimum or ended, over the number that found it; "
        "∞: none did",
        OF_F,
    ),
}


@lru_cache(maxsize=65536)
def wilson(found: int, runs: int) -> tuple[float, float]:
    """Wilson's interval of a share (:func:`scipy.stats.binomtest`); NaN of no runs."""
    if not runs:
        return np.nan, np.nan
    ends = binomtest(found, runs).proportion_ci(CONFIDENCE, method="wilson")
    return float(ends.low), float(ends.high)


def statistics(values: Mapping[str, np.ndarray], minimum: np.ndarray) -> dict[str, np.ndarray]:
    """The statistics of some cells, each (cells,).

    Parameters
    ----------
    values : mapping
        Variables along run, each (cells, runs), of :func:`swarmviz.run_ensemble` and :mod:`swarmviz.ensembles.measures`.
    minimum : ndarray (cells,)
        F*, NaN where it is not known.
    """
    finished, success = values["finished"], values["success"]
    judged, found = np.isfinite(success).sum(axis=1), (success > 0).sum(axis=1)
    ends = np.array([wilson(int(n), int(N)) for n, N in zip(found, judged, strict=True)]).reshape(-1, 2)
    bests = np.where(finished, values["final_best"], np.nan)
    best = medians_of(bests)
    with np.errstate(divide="ignore", invalid="ignore"):
        result = {
            "runs": finished.sum(axis=1),
            "judged": judged,
            "found": found,
            "hits": np.isfinite(values["hit_step"]).sum(axis=1),
            "diverged_runs": (values["diverged_step"] >= 0).sum(axis=1),
            "success_rate": np.where(judged > 0, found / judged, np.nan),
            "success_low": ends[:, 0],
            "success_high": ends[:, 1],
            "median_best": best,
            "median_gap": best - minimum,
            "low_gap": quantiles_of(bests, LOW) - minimum,
            "high_gap": quantiles_of(bests, HIGH) - minimum,
        }
    if "dispersion_rate" in values:
        result["median_rate"] = medians_of(values["dispersion_rate"])
    result["median_hit_step"] = medians_of(values["hit_step"])
    if "hit_evaluations" in values:
        result["median_hit_evaluations"] = medians_of(values["hit_evaluations"])
        result["low_hit_evaluations"] = quantiles_of(values["hit_evaluations"], LOW)
        result["high_hit_evaluations"] = quantiles_of(values["hit_evaluations"], HIGH)
        result["ert_evaluations"] = expected_running_times(values["hit_evaluations"], values["final_evaluations"])
    return result


def medians_of(values: np.ndarray) -> np.ndarray:
    """Medians along runs of what is not NaN, (cells, runs) → (cells,); ∞ is a value. NaN where nothing is."""
    ordered = np.sort(values, axis=1)  # NaN last
    known = (~np.isnan(ordered)).sum(axis=1)
    lower, upper = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, values.shape[1] - 1)
    middle = np.take_along_axis(ordered, np.stack([lower, upper], axis=1), 1).mean(axis=1)
    return np.where(known > 0, middle, np.nan)


def quantiles_of(values: np.ndarray, q: float) -> np.ndarray:
    """Quantiles along runs of what is not NaN, (cells, runs) → (cells,), values that there are, for between two ∞ lies nothing."""
    ordered = np.sort(values, axis=1)  # NaN last
    known = (~np.isnan(ordered)).sum(axis=1)
    place = np.clip(np.ceil(q * known).astype(int) - 1, 0, None)
    return np.where(known > 0, np.take_along_axis(ordered, place[:, None], 1)[:, 0], np.nan)


def expected_running_times(hit: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """ERT of each cell, (cells, runs) → (cells,), from what each run had spent at its hit, ∞ for none, and at its end."""
    spent = np.where(
        np.isfinite(hit), hit, np.nan_to_num(ended)
    )  # a run that diverged at its first energies has no count
    known = ~np.isnan(hit)
    return np.array([
        expected(Runtimes(cell[there], np.isfinite(at[there]))) if there.any() else np.nan
        for cell, at, there in zip(spent, hit, known, strict=True)
    ])  # fmt: skip


def about(name: str) -> dict[str, str]:
    """The attributes of a statistic."""
    meaning, units = MEANINGS[name]
    return described_as(meaning, units)
