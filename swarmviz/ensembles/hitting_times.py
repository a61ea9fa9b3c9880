"""What it costs to reach a target: hitting times in evaluations of F, their expectation and distribution, and two settings compared.

The questions are those of black-box optimisation (COCO, IOHanalyzer), the formulas those of :mod:`swarmviz.ensembles.runtimes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.ensembles.runtimes import (
    RESAMPLES,
    Runtimes,
    compared,
    cumulative,
    expected_with_interval,
    first_reached,
)
from swarmviz.ensembles.statistics import located
from swarmviz.ensembles.units import OF_F, described_as
from swarmviz.parameters import Described, Real, Whole

if TYPE_CHECKING:
    import xarray

TARGETS = tuple(10.0**power for power in range(1, -9, -1))
MOST_TARGETS, MOST_POINTS = 1000, 512
NEEDED = ("best", "evaluations")


class Level(Described):
    """What the statistics take."""

    target = Real(1e-3, bounds=(0, 1e300), doc="Largest best F − F* of a run that has reached it.")
    gradient_cost = Real(0.0, bounds=(0, 1e9), doc="How many values of F one of ∇F counts as.")
    confidence = Real(0.95, bounds=(0, 1), inclusive_bounds=(False, False), doc="Level of the intervals.")
    resamples = Whole(RESAMPLES, bounds=(1, 1_000_000), doc="Bootstrap samples.")


def hitting(
    data: xarray.Dataset,
    targets: float | Sequence[float] = TARGETS,
    *,
    minimum: float | None = None,
    gradient_cost: float = 0.0,
) -> xarray.Dataset:
    """What each run had spent when its best F was first within a target of F*, the lowest value that is known.

    Parameters
    ----------
    data : Dataset
        From :func:`swarmviz.run_ensemble` or :func:`swarmviz.sweep`, with ``best`` and ``evaluations`` recorded; a hit is noticed at a
        recorded step.
    targets : float or sequence of float
        Largest best F − F* of a run that has reached it, ≥ 0.
    minimum : float, optional
        F*; when absent the coordinate ``lowest_known`` of ``data``.
    gradient_cost : float
        How many values of F one of ∇F counts as, of dynamics that follow ∇F: 0 when absent, d for differences, 1 to 4 for derivatives
        by automatic differentiation.

    Returns
    -------
    Dataset
        Along run and ``target``, and the axes of a sweep: ``spent``, the evaluations of F until the target was reached or, where it never
        was, until the run ended; and ``reached``. Runs that were cut short by an interrupt are NaN and False, and are in no
        statistics. A run that diverged or that a stop ended has not reached what it had not reached by then.

    Raises
    ------
    ValueError
        When ``best`` or ``evaluations`` is not recorded, F* is not known and not given, or a number is out of its range.

    Examples
    --------
    >>> import swarmviz as sv
    >>> data = sv.run_ensemble(sv.CBO(sigma=0.5), sv.landscapes.Sphere(), sv.Swarm(n=20, d=2), runs=10, steps=100)
    >>> hits = sv.ensembles.hitting(data, [1e-1, 1e-3])
    >>> int(hits["reached"].sel(target=1e-3).sum())
    10
    """
    import xarray

    missing = [name for name in NEEDED if name not in data]
    if missing:
        raise ValueError(f"data: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not recorded: "
                         f"run it with record = {NEEDED!r}, or all")  # fmt: skip
    levels, factor = _levels(targets), float(Level(gradient_cost=gradient_cost).gradient_cost)
    lowest = data["lowest_known"] if minimum is None else xarray.DataArray(float(minimum))
    if not bool(np.isfinite(lowest).all()):
        raise ValueError(
            f"minimum = {minimum}: must be F*, from which targets are measured; that of the landscape is not known"
        )
    spent, ends = data["evaluations"], data["final_evaluations"]
    if factor:
        if "gradients" in data:
            spent = spent + factor * data["gradients"]
        if "final_gradients" in data:
            if "gradients" not in data:
                raise ValueError("data: gradients is not recorded, which gradient_cost needs")
            ends = ends + factor * data["final_gradients"]

    def reached(best: np.ndarray, spent: np.ndarray, end: float, finished: bool, above: float) -> tuple[Any, Any]:
        end = end if np.isfinite(end) else 0.0  # it diverged at its first energies
        pairs = [first_reached(best, spent, end, above + level) if finished else (np.nan, False) for level in levels]
        times, there = zip(*pairs, strict=True)
        return np.array(times), np.array(there)

    times, there = xarray.apply_ufunc(
        reached, data["best"], spent, ends, data["finished"], lowest,
        input_core_dims=[("step",), ("step",), (), (), ()], output_core_dims=[("target",), ("target",)], vectorize=True, keep_attrs=False,
    )  # fmt: skip
    until = "Spent until best F − F* ≤ target was first recorded; where it never was, until the run ended"
    variables = {
        "spent": times.assign_attrs(described_as(until, OF_F)),
        "reached": there.astype(bool).assign_attrs(described_as("Whether best F − F* ≤ target was recorded")),
    }
    coordinates = {"target": ("target", np.array(levels), described_as("Largest best F − F* that counts as reached"))}
    result = xarray.Dataset(variables, attrs=data.attrs | {"gradient_cost": factor}).assign_coords(coordinates)
    return located(result.drop_vars([name for name in ("t", "step") if name in result.coords]), data)


def ert(hits: xarray.Dataset, confidence: float = 0.95, resamples: int = RESAMPLES, seed: int = 0) -> xarray.Dataset:
    """Expected running time: what independent restarts of a run spend in the mean until one reaches the target.

    Parameters
    ----------
    hits : Dataset
        From :func:`hitting`.
    confidence : float
        Level of the bootstrap interval, 0 < confidence < 1.
    resamples, seed : int
        Bootstrap samples and the seed of their generator.

    Returns
    -------
    Dataset
        ``ert``, ``ert_low``, ``ert_high``; ``reached_runs`` of ``runs``. ``ert`` is ∞ where no run reached the target, and the ends are
        then NaN.
    """
    options = Level(confidence=confidence, resamples=resamples)

    def expectation(spent: np.ndarray, reached: np.ndarray) -> tuple[Any, ...]:
        runs = _runs(spent, reached)
        found = expected_with_interval(runs, float(options.confidence), int(options.resamples), seed)
        return *(found if len(runs.spent) else (np.nan,) * 3), np.count_nonzero(runs.reached), len(runs.spent)

    level = f"the {options.confidence:.0%} interval of the expected running time"
    meanings = {
        "ert": ("Expected running time: evaluations of all runs over the number that reached the target", OF_F),
        "ert_low": (f"Lower end of {level}", OF_F),
        "ert_high": (f"Upper end of {level}", OF_F),
        "reached_runs": ("Runs that reached the target", None),
        "runs": ("Runs", None),
    }
    return _statistics(expectation, meanings, hits, hits)


def runtime_ecdf(
    hits: xarray.Dataset, evaluations: Sequence[float] | None = None, confidence: float = 0.95
) -> xarray.Dataset:
    """The share of the runs that reach a target within so many evaluations, with censoring (Kaplan–Meier, :func:`scipy.stats.ecdf`).

    Parameters
    ----------
    hits : Dataset
        From :func:`hitting`.
    evaluations : sequence of float, optional
        Where it is evaluated. When absent where runs reached a target, at most 512 places, and at the most that was spent.
    confidence : float
        Level of the interval (log–log, Greenwood), 0 < confidence < 1.

    Returns
    -------
    Dataset
        Along ``evaluations``: ``ecdf``, ``ecdf_low``, ``ecdf_high`` for each target, and ``ecdf_all``, their mean over the targets: the
        share of pairs of run and target that are reached, the first figure of COCO. NaN beyond what any run has spent where some
        run had not reached the target; the ends are NaN also where the share is 0 or 1.
    """
    level = float(Level(confidence=confidence).confidence)
    places = _places(hits) if evaluations is None else np.unique(np.asarray(evaluations, float))
    if not (1 <= len(places) and np.isfinite(places).all()):
        raise ValueError(f"evaluations = {evaluations!r:.100}: must be at least one finite number")

    def shares(spent: np.ndarray, reached: np.ndarray) -> tuple[Any, ...]:
        return cumulative(_runs(spent, reached), places, level)

    meanings: dict[str, tuple[str, str | None]] = {
        "ecdf": ("Share of the runs that reach the target within so many evaluations", None),
        "ecdf_low": (f"Lower end of its {level:.0%} interval", None),
        "ecdf_high": (f"Upper end of its {level:.0%} interval", None),
    }
    result = _statistics(shares, meanings, hits, hits, ("evaluations",))
    about = described_as("Share of pairs of run and target that are reached within so many evaluations")
    along = ("evaluations", places, described_as("Evaluations of F", OF_F))
    together = result["ecdf"].mean("target", skipna=False).assign_attrs(about)
    return result.assign(ecdf_all=together).assign_coords(evaluations=along)


def compare(
    a: xarray.Dataset, b: xarray.Dataset, confidence: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> xarray.Dataset:
    """Two settings by what they spend until they reach a target: effect sizes with their intervals, and tests.

    Parameters
    ----------
    a, b : Dataset
        From :func:`hitting`, with the same targets; their runs are taken as independent. With several targets several tests are made.
    confidence : float
        Level of the intervals, 0 < confidence < 1.
    resamples, seed : int
        Bootstrap samples and the seed of their generator.

    Returns
    -------
    Dataset
        Along ``target``:

        ``superiority``, ``superiority_low``, ``superiority_high``
            How often a run of `a` reaches the target with fewer evaluations than one of `b`, ties counted half (Vargha and Delaney's A):
            ½ where neither is better. A run that never reaches it counts as slower than any that does.
        ``ert_ratio``, ``ert_ratio_low``, ``ert_ratio_high``
            Expected running time of `b` over that of `a`: above 1 where `a` is the cheaper one.
        ``mannwhitney_p``, ``logrank_p``
            Of the hypothesis of equal laws (:func:`scipy.stats.mannwhitneyu`, :func:`scipy.stats.logrank`, the latter with censoring).
        ``horizon``
            Evaluations until which the superiority and the Mann–Whitney test see both: what the shorter of the two was given.

    Raises
    ------
    ValueError
        When the targets are not the same.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sphere, swarm = sv.landscapes.Sphere(), sv.Swarm(n=20, d=2)
    >>> few, many = (sv.run_ensemble(sv.CBO(sigma=s), sphere, swarm, runs=20, steps=200) for s in (0.3, 1.2))
    >>> found = sv.ensembles.compare(sv.ensembles.hitting(few, 1e-4), sv.ensembles.hitting(many, 1e-4))
    >>> bool(found["superiority"] > 0.9)
    True
    """
    if not np.array_equal(a["target"], b["target"]):
        raise ValueError(f"targets = {a['target'].values} and {b['target'].values}: must be the same")
    if a.attrs.get("gradient_cost") != b.attrs.get("gradient_cost"):
        raise ValueError(
            f"gradient_cost = {a.attrs.get('gradient_cost')} and {b.attrs.get('gradient_cost')}: must be the same"
        )
    options = Level(confidence=confidence, resamples=resamples)

    def comparison(spent: np.ndarray, reached: np.ndarray, other: np.ndarray, others: np.ndarray) -> tuple[Any, ...]:
        first, second = _runs(spent, reached), _runs(other, others)
        found = compared(first, second, float(options.confidence), int(options.resamples), seed)
        return *found.superiority, *found.ratio, found.mannwhitney_p, found.logrank_p, found.horizon

    level = f"of its {options.confidence:.0%} interval"
    better = "How often a run of the first set reaches the target with fewer evaluations, ties counted half"
    ratio = "Expected running time of the second set over that of the first"
    meanings = {
        "superiority": (better, None),
        "superiority_low": (f"Lower end {level}: {better}", None),
        "superiority_high": (f"Upper end {level}: {better}", None),
        "ert_ratio": (ratio, None),
        "ert_ratio_low": (f"Lower end {level}: {ratio}", None),
        "ert_ratio_high": (f"Upper end {level}: {ratio}", None),
        "mannwhitney_p": ("p of the Mann–Whitney test of equal laws", None),
        "logrank_p": ("p of the logrank test of equal laws, with censoring", None),
        "horizon": ("Evaluations until which both are seen", OF_F),
    }
    return _statistics(comparison, meanings, a, a, b)


def _levels(targets: Any) -> list[float]:
    """The targets as numbers, the largest first."""
    listed = [targets] if isinstance(targets, (int, float, np.number)) else list(targets)
    if not 1 <= len(listed) <= MOST_TARGETS:
        raise ValueError(f"targets = {targets!r:.100}: must be 1 to {MOST_TARGETS} numbers ≥ 0")
    return sorted({float(Level(target=float(level)).target) for level in listed}, reverse=True)


def _runs(spent: np.ndarray, reached: np.ndarray) -> Runtimes:
    """The runs that came to their end."""
    finished = ~np.isnan(spent)
    return Runtimes(spent[finished], reached[finished])


def _places(hits: xarray.Dataset) -> np.ndarray:
    """Where runs reached a target, thinned, and the most that was spent."""
    spent, reached = hits["spent"].values, hits["reached"].values
    known = np.unique(spent[reached])
    if len(known) > MOST_POINTS:
        known = known[np.linspace(0, len(known) - 1, MOST_POINTS).round().astype(int)]
    return np.unique(np.append(known, np.nanmax(spent, initial=0.0)))


def _statistics(
    function: Callable[..., tuple[Any, ...]],
    meanings: dict[str, tuple[str, str | None]],
    like: xarray.Dataset,
    *sets: Any,
) -> xarray.Dataset:
    """A function of the runs of each cell and target, as a Dataset; last of ``sets`` may be the dimensions of what it returns."""
    import xarray

    more = sets[-1] if isinstance(sets[-1], tuple) else ()
    arrays = [part for data in sets if not isinstance(data, tuple) for part in (data["spent"], data["reached"])]
    renamed = [
        part.rename(run=f"run_{place // 2}").drop_vars(["run", "seed"], errors="ignore")
        for place, part in enumerate(arrays)
    ]
    parts = xarray.apply_ufunc(
        function, *renamed, input_core_dims=[(f"run_{place // 2}",) for place in range(len(renamed))],
        output_core_dims=[more] * len(meanings), vectorize=True, keep_attrs=False,
    )  # fmt: skip
    result = {
        name: part.assign_attrs(described_as(*about))
        for (name, about), part in zip(meanings.items(), parts, strict=True)
    }
    return located(xarray.Dataset(result, attrs=like.attrs), like)
