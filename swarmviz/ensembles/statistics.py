"""Statistics of ensembles and sweeps, along ``run`` and for every cell at once: quantiles, success rates, medians with their errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray

FINALS = ("final_energy", "final_best", "final_error", "steps_taken")
RESAMPLES = 2000
AT_ONCE = 1 << 22  # values that are drawn again at once: a hundred megabytes, for any number of runs


def quantiles(data: xarray.Dataset, q: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> xarray.Dataset:
    """Quantiles over the runs of every recorded observable, at each step of those runs that have not ended before.

    Parameters
    ----------
    data : Dataset
        From :func:`swarmviz.run_ensemble` or :func:`swarmviz.sweep`.
    q : sequence of float
        Between 0 and 1.

    Returns
    -------
    Dataset
        The observables with ``quantile`` in the place of ``run``, and ``going``, the number of runs they are taken over; nothing
        where no observable was recorded.
    """
    import warnings

    courses = data[[name for name, values in data.data_vars.items() if "step" in values.dims]]
    if not courses.data_vars:
        return courses.drop_vars([name for name in courses.coords if "run" in courses[name].dims])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)  # every run has ended
        result = courses.quantile(list(q), dim="run", skipna=True, keep_attrs=True)
    began = data["finished"] & (data["diverged_step"] != 0)
    going = began & (data["step"] <= data["steps_taken"])
    return result.assign(going=going.sum("run").assign_attrs(long_name="Runs that have not ended before"))


def success_rate(data: xarray.Dataset, confidence: float = 0.95) -> xarray.Dataset:
    """Share of the runs that succeeded with Wilson's interval (:func:`scipy.stats.binomtest`).

    Parameters
    ----------
    confidence : float
        Level of the interval, 0 < confidence < 1.

    Returns
    -------
    Dataset
        ``success_rate``, ``success_low``, ``success_high``; NaN where no run has an answer or no minimiser is known.
    """
    import xarray
    from scipy.stats import binomtest

    def wilson(successes, trials):
        if trials == 0:
            return np.nan, np.nan, np.nan
        ends = binomtest(int(successes), int(trials)).proportion_ci(confidence, method="wilson")
        return successes / trials, ends.low, ends.high

    counts = data["success"].sum("run"), data["success"].count("run")
    rate, low, high = xarray.apply_ufunc(wilson, *counts, vectorize=True, output_core_dims=[(), (), ()])
    described = {"long_name": f"Share of successful runs, with Wilson's {confidence:.0%} interval"}
    return xarray.Dataset({"success_rate": rate, "success_low": low, "success_high": high}).map(
        lambda values: values.assign_attrs(described)
    )


def medians(
    data: xarray.Dataset,
    names: Sequence[str] = FINALS,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> xarray.Dataset:
    """Medians over the runs with bootstrap errors (:func:`scipy.stats.bootstrap`, percentile method).

    Parameters
    ----------
    names : sequence of str
        Variables along ``run``.
    confidence : float
        Level of the interval.
    resamples, seed : int
        Bootstrap samples and the seed of their generator.

    Returns
    -------
    Dataset
        For each name its median and ``<name>_standard_error``, ``<name>_low``, ``<name>_high``; NaN where no run has a value, and no errors
        where only one has.
    """
    import xarray
    from scipy.stats import bootstrap

    def median(values):
        values = values[np.isfinite(values)]
        if len(values) < 2:
            return (values[0] if len(values) else np.nan), np.nan, np.nan, np.nan
        found = bootstrap(
            (values,), np.median, axis=-1, n_resamples=resamples, confidence_level=confidence, method="percentile",
            rng=np.random.default_rng(seed), batch=max(1, AT_ONCE // len(values)),
        )  # fmt: skip
        return np.median(values), found.standard_error, *found.confidence_interval

    result: dict[str, xarray.DataArray] = {}
    for name in names:
        values = data[name].where(data["finished"]).astype(float)
        four = xarray.apply_ufunc(
            median, values, input_core_dims=[("run",)], output_core_dims=[()] * 4, vectorize=True, keep_attrs=True
        )
        result |= dict(zip((name, f"{name}_standard_error", f"{name}_low", f"{name}_high"), four, strict=True))
    return xarray.Dataset(result)


def summary(data: xarray.Dataset, confidence: float = 0.95) -> xarray.Dataset:
    """Everything in one Dataset: :func:`quantiles`, :func:`success_rate`, :func:`medians`, and how many runs diverged or ended early.

    Examples
    --------
    >>> import swarmviz as sv
    >>> data = sv.run_ensemble(sv.CBO(sigma=0.5), sv.landscapes.Sphere(), sv.Swarm(n=20, d=2), runs=10, steps=50)
    >>> float(sv.ensembles.summary(data)["success_rate"])
    1.0
    """
    import xarray

    counts = {
        "finished_runs": data["finished"].sum("run"),
        "diverged_runs": (data["diverged_step"] >= 0).sum("run"),
        "stopped_runs": data["stopped"].sum("run"),
    }
    parts = (
        quantiles(data),
        success_rate(data, confidence),
        medians(data, confidence=confidence),
        xarray.Dataset(counts),
    )
    return xarray.merge(parts, compat="override", join="override", combine_attrs="drop").assign_attrs(data.attrs)
