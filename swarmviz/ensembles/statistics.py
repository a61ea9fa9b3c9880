"""Statistics of ensembles and sweeps, along ``run`` and for every cell at once: quantiles, success rates, medians with their errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from swarmviz import success
from swarmviz.ensembles.dataset import COORDINATES, judged_by
from swarmviz.ensembles.settings import Options
from swarmviz.ensembles.units import IN_HALF_WIDTHS, described_as

if TYPE_CHECKING:
    import xarray

FINALS = ("final_energy", "final_best", "final_error", "steps_taken", "final_evaluations")
RESAMPLES = 2000
RESAMPLE_CHUNK = 1 << 22  # values that are resampled together: a hundred megabytes, for any number of runs


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

    series = data[[name for name, values in data.data_vars.items() if "step" in values.dims]]
    if not series.data_vars:
        return series.drop_vars([name for name in series.coords if "run" in series[name].dims])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)  # every run has ended
        result = series.quantile(list(q), dim="run", skipna=True, keep_attrs=True)
    began = data["finished"] & (data["diverged_step"] != 0)
    going = began & (data["step"] <= data["steps_taken"])
    result["quantile"].attrs = described_as("Level of the quantile over the runs")
    return result.assign(
        going=going.sum("run", keep_attrs=False).assign_attrs(described_as("Runs that have not ended before"))
    )


def judged(data: xarray.Dataset, tolerance: float) -> xarray.Dataset:
    """The same runs judged by another tolerance: ``success``, and the coordinate ``tolerance``.

    Runs on a finite set, which are judged by the state with most agents, stay as they are.

    Parameters
    ----------
    tolerance : float
        Largest error of a success, in half widths of the landscape's box, 0 < tolerance ≤ 10⁶.

    Raises
    ------
    ValueError
        When the tolerance is out of its range.
    """
    tolerance = float(Options(tolerance=tolerance).tolerance)
    if "criterion" in data["success"].attrs and success.criterion(None) == data["success"].attrs["criterion"]:
        return data
    found = (data["final_error"] < tolerance) & (data["diverged_step"] < 0)
    about = data["success"].attrs | {"criterion": judged_by(tolerance)}
    number = ((), tolerance, described_as(COORDINATES["tolerance"], IN_HALF_WIDTHS))
    known = data["success"].notnull()
    return data.assign(success=found.where(known).assign_attrs(about)).assign_coords(tolerance=number)


def success_rate(data: xarray.Dataset, confidence: float = 0.95, tolerance: float | None = None) -> xarray.Dataset:
    """Share of the runs that succeeded with Wilson's interval (:func:`scipy.stats.binomtest`).

    Parameters
    ----------
    confidence : float
        Level of the interval, 0 < confidence < 1.
    tolerance : float, optional
        Another largest error of a success than that with which the runs were made, in half widths of the landscape's box. On a finite
        set it has no effect.

    Returns
    -------
    Dataset
        ``success_rate``, ``success_low``, ``success_high``; NaN where no run has an answer or no minimiser is known. What counted is in
        the coordinate ``tolerance`` and in the attribute ``criterion`` of ``success_rate``.

    Raises
    ------
    ValueError
        When the tolerance is out of its range.
    """
    import xarray
    from scipy.stats import binomtest

    def wilson(successes, trials):
        if trials == 0:
            return np.nan, np.nan, np.nan
        ends = binomtest(int(successes), int(trials)).proportion_ci(confidence, method="wilson")
        return successes / trials, ends.low, ends.high

    if tolerance is not None:
        data = judged(data, tolerance)
    counts = data["success"].sum("run"), data["success"].count("run")
    parts = xarray.apply_ufunc(wilson, *counts, vectorize=True, output_core_dims=[(), (), ()], keep_attrs=False)
    interval = f"of Wilson's {confidence:.0%} interval of the success rate"
    meanings = {
        "success_rate": "Share of the runs that have found a known minimiser",
        "success_low": f"Lower end {interval}",
        "success_high": f"Upper end {interval}",
    }
    result = {
        name: part.assign_attrs(described_as(meaning))
        for (name, meaning), part in zip(meanings.items(), parts, strict=True)
    }
    if "criterion" in data["success"].attrs:
        result["success_rate"].attrs["criterion"] = data["success"].attrs["criterion"]
    return located(xarray.Dataset(result, attrs=data.attrs), data)


def located(table: xarray.Dataset, data: xarray.Dataset) -> xarray.Dataset:
    """The table with what the coordinates of ``data`` say of themselves, which xarray forgets where functions are applied."""
    for name, values in table.coords.items():
        if name in data.coords:
            values.attrs = dict(data[name].attrs)
    return table


def criterion_of(data: xarray.Dataset) -> str:
    """The criterion of success of these runs in words; where cells differ it is the rule, and the tolerance of each is a coordinate."""
    tolerance = data["tolerance"]
    if tolerance.ndim:
        return str(data["success"].attrs["criterion"])
    return success.criterion(None if np.isnan(tolerance) else float(tolerance))


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
            rng=np.random.default_rng(seed), batch=max(1, RESAMPLE_CHUNK // len(values)),
        )  # fmt: skip
        return np.median(values), found.standard_error, *found.confidence_interval

    result: dict[str, xarray.DataArray] = {}
    for name in names:
        values = data[name].where(data["finished"]).astype(float)
        four = xarray.apply_ufunc(
            median, values, input_core_dims=[("run",)], output_core_dims=[()] * 4, vectorize=True, keep_attrs=True
        )
        meaning, units = data[name].attrs.get("long_name", name), data[name].attrs.get("units")
        meanings = {
            "": f"Median over the runs: {meaning}",
            "_standard_error": f"Standard error of the median: {meaning}",
            "_low": f"Lower end of the {confidence:.0%} interval of the median: {meaning}",
            "_high": f"Upper end of the {confidence:.0%} interval of the median: {meaning}",
        }
        for (end, said), part in zip(meanings.items(), four, strict=True):
            result[f"{name}{end}"] = part.assign_attrs(described_as(said, units))
    return located(xarray.Dataset(result, attrs=data.attrs), data)


def summary(data: xarray.Dataset, confidence: float = 0.95, tolerance: float | None = None) -> xarray.Dataset:
    """Everything in one Dataset: :func:`quantiles`, :func:`success_rate`, :func:`medians`, and how many runs diverged or ended early.

    Parameters
    ----------
    confidence, tolerance
        As in :func:`success_rate`.

    Examples
    --------
    >>> import swarmviz as sv
    >>> data = sv.run_ensemble(sv.CBO(sigma=0.5), sv.landscapes.Sphere(), sv.Swarm(n=20, d=2), runs=10, steps=50)
    >>> float(sv.ensembles.summary(data)["success_rate"])
    1.0
    """
    import xarray

    counted = {
        "finished_runs": (data["finished"], "Runs that came to their end"),
        "diverged_runs": (data["diverged_step"] >= 0, "Runs of which an energy was not finite"),
        "stopped_runs": (data["stopped"], "Runs that a stop ended, or the dynamics' own stall stop"),
    }
    counts = {
        name: which.sum("run", keep_attrs=False).assign_attrs(described_as(said))
        for name, (which, said) in counted.items()
    }
    parts = (
        quantiles(data),
        success_rate(data, confidence, tolerance),
        medians(data, confidence=confidence),
        xarray.Dataset(counts),
    )
    return xarray.merge(parts, compat="override", join="override", combine_attrs="override").assign_attrs(data.attrs)
