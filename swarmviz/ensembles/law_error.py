r"""Error against N: how far swarms of N agents are from the law of infinitely many (:mod:`swarmviz.laws`), in one dimension, over N.

    √N E W₁(ρ_N, ρ),    √N E|ν_N − ν|                                           (1)

at one step. Where propagation of chaos holds, both are flat: the error is C/√N. Independent draws from ρ have √N E W₁ = ∫ √(2F(1−F)/π) dx,
which stands beside it. ρ is the law of the simulated scheme, with its Δt, so there is no error of discretisation in (1).

The seeds of different N are different, so that their means are independent and :func:`slope` knows its standard error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from swarmviz.dynamics.ssa import SSA
from swarmviz.ensembles.dataset import described_as
from swarmviz.ensembles.engine import Ensemble, execute
from swarmviz.ensembles.memory import check_memory
from swarmviz.ensembles.run import Progress, reporting
from swarmviz.ensembles.settings import Problem, Settings, thread_count
from swarmviz.frame import Diverged
from swarmviz.landscapes.base import Landscape
from swarmviz.laws.base import NoLaw
from swarmviz.laws.distance import Curve, curve_of, distance, expected_distance
from swarmviz.laws.plain import PlainState
from swarmviz.laws.registry import refusal, scheme_of
from swarmviz.parameters import Described, Whole
from swarmviz.serialise import as_json
from swarmviz.swarm import Swarm
from swarmviz.version import __version__

if TYPE_CHECKING:
    import xarray

    from swarmviz.dynamics.base import Dynamics

NUMBERS = (10, 30, 100, 300, 1000, 3000, 10_000)
MOST_AGENT_STEPS = 10**12  # Σ N × step × runs: about three hours of one core
PIECE_STEPS = 16  # of a law, between two looks at whether it is still wanted


class Options(Described):
    """The numbers among the arguments."""

    step = Whole(20, bounds=(0, 10**9), doc="The step at which swarms and law are compared.")
    n = Whole(100, bounds=(2, 10**7), doc="Agents of a swarm.")
    runs = Whole(100, bounds=(1, 10**6), doc="Runs for a number of agents.")


class Limit(NamedTuple):
    """The law of infinitely many agents at a step: its distribution function, ν where it has one, and N*.

    ``draws`` is infinite, or the number of agents of the large swarm that stands for a law: its own error is that of so many draws.
    """

    curve: Curve
    focus: float | None
    needed: float
    draws: float


class Errors(NamedTuple):
    """Of swarms of ``n`` agents: W₁ and |ν_N − ν| of each run (runs,), NaN where it diverged or was not finished; see :class:`Limit`."""

    n: int
    distance: np.ndarray
    focus: np.ndarray | None
    others: dict[str, np.ndarray]
    finished: np.ndarray
    diverged: int
    independent: float
    needed: float


def limit_at(
    dynamics: Dynamics, landscape: Landscape, swarm: Swarm, step: int, check: Callable[[int], Any] = int
) -> Limit:
    """The law at ``step``, of constant parameters or schedules; ``check`` is called with the step that is reached, and may raise.

    Raises
    ------
    ValueError
        Where there is no law, with the reason in one sentence.
    """
    reason, scheme = refusal(dynamics, landscape, swarm), scheme_of(dynamics)
    if reason or scheme is None:
        raise ValueError(reason)
    state = scheme.init(dynamics, landscape, swarm)
    try:
        while state.k < step:
            check(state.k)
            state = scheme.advance(state, dynamics, landscape, min(PIECE_STEPS, step - state.k))
    except (NoLaw, Diverged) as error:
        raise ValueError(f"The law of infinitely many agents goes no further than step {state.k}: {error}") from None
    (low,), (high,) = landscape.limits(1)
    curve = curve_of(lambda x: scheme.cdf(state, x), low, high, scheme.atoms(state))
    draws = state.agents.n if isinstance(state, PlainState) else math.inf
    return Limit(curve, scheme.focus(state), scheme.agents_needed(state), draws)


class LimitCache:
    """The laws of problems at one step, each computed once: they depend on N only where the noise depends on masses."""

    def __init__(self, step: int):
        self.step = step
        self._known: dict[Any, Limit] = {}

    def __call__(self, problem: Problem, check: Callable[[int], Any] = int) -> Limit:
        """See :func:`limit_at`."""
        key = _law_key(problem)
        if key not in self._known:
            self._known[key] = limit_at(*problem, self.step, check)
        return self._known[key]


def _law_key(problem: Problem) -> str:
    """The same for problems with the same law: SSA's belongs to Nβ where σ(m) is a function of m/β, else to N and β."""
    dynamics, landscape, swarm = problem
    values, start = dynamics.values_now(), swarm.values_now() | {"seed": 0}
    if not isinstance(dynamics, SSA):
        start["n"] = 0
    elif dynamics.profile == "smooth":
        values["cutoff"], start["n"] = float(f"{swarm.n * dynamics.cutoff:.12g}"), 0
    return as_json([values, type(landscape).__name__, landscape.values_now(), start])


def product_parameter(dynamics: Dynamics) -> str | None:
    """The parameter whose product with N the law belongs to: SSA's cutoff, where noise depends on masses; None where there is none."""
    return "cutoff" if isinstance(dynamics, SSA) and dynamics.profile in ("smooth", "step") else None


def one_law(dynamics: Dynamics, fixed_product: bool) -> bool:
    """Whether all N have the same law; the step profile is as steep in m whatever N is, so that its law is not one of Nβ alone."""
    return product_parameter(dynamics) is None or (fixed_product and dynamics.profile == "smooth")


def ensemble_at(problem: Problem, step: int, runs: int, number: int = 0) -> Ensemble:
    """So many runs of a problem up to ``step``, of which the places of the agents are kept."""
    settings = Settings.checked(type(problem.dynamics), (), None, runs=runs, steps=step, positions=True)
    problem.check(settings)
    return Ensemble(problem, settings, f"N = {problem.swarm.n}", number)


def errors_of(ensemble: Ensemble, limit: Limit, others: Mapping[str, Curve] | None = None) -> Errors:
    """How far the runs of an ensemble that has been run are from a law, and from other curves."""
    finals, n = ensemble.results.finals, ensemble.problem.swarm.n
    assert finals.final_positions is not None
    good = finals.finished & (finals.diverged_step < 0)

    def far(curve: Curve) -> np.ndarray:
        assert finals.final_positions is not None
        return np.array(
            [distance(x[:, 0], curve) if ok else math.nan for x, ok in zip(finals.final_positions, good, strict=True)]
        )

    focus = None if limit.focus is None else np.where(good, np.abs(finals.final_answer[:, 0] - limit.focus), math.nan)
    return Errors(
        n, far(limit.curve), focus, {name: far(curve) for name, curve in (others or {}).items()}, finals.finished.copy(),
        int((finals.diverged_step >= 0).sum()), expected_distance(limit.curve, n), limit.needed,
    )  # fmt: skip


def problems_of(
    problem: Problem, numbers: Sequence[int], along: Mapping[str, Sequence[Any]] | None = None, runs: Sequence[int] = ()
) -> Iterator[Problem]:
    """The problem for each number of agents, with the parameters ``along`` it, and with seeds that no other number has."""
    first = problem.swarm.seed
    for i, n in enumerate(numbers):
        dynamics, landscape, swarm = Problem.of(*problem)
        for name, values in (along or {}).items():
            setattr(dynamics, name, values[i])
        swarm.n, swarm.seed = n, first + sum(runs[:i])
        yield Problem(dynamics, landscape, swarm)


def agent_steps(numbers: Sequence[int], runs: Sequence[int], step: int) -> int:
    """What it costs: Σ N × step × runs."""
    return sum(n * r for n, r in zip(numbers, runs, strict=True)) * max(step, 1)


def law_error(
    dynamics: Dynamics,
    landscape: Landscape,
    swarm: Swarm,
    step: int = 20,
    numbers: Sequence[int] = NUMBERS,
    runs: int | Sequence[int] = 100,
    *,
    along: Mapping[str, Sequence[Any]] | None = None,
    others: Mapping[str, Curve] | None = None,
    threads: int | None = None,
    progress: Progress = False,
) -> xarray.Dataset:
    """Mean distance of swarms to the law of infinitely many agents at one step, over N.

    Parameters
    ----------
    dynamics, landscape, swarm : Dynamics, Landscape, Swarm
        As for :func:`swarmviz.run_ensemble`, with d = 1; the N of ``swarm`` does not matter.
    step : int
        The step at which they are compared.
    numbers : sequence of int
        The values of N, increasing.
    runs : int or sequence of int
        Runs of each N.
    along : dict, optional
        Parameter of the dynamics → its value for each N. SSA's law belongs to Nβ: with ``{"cutoff": [b / n for n in numbers]}`` it is one
        law, without it each N has its own.
    others : dict, optional
        Name → another distribution function, to which the distance is taken as well.
    threads : int, optional
        Every core when absent; the results do not depend on it.
    progress : bool or callable
        As in :func:`swarmviz.run_ensemble`.

    Returns
    -------
    xarray.Dataset
        Along ``n``: ``distance``, the mean of W₁, in the unit of the landscape; ``scaled_distance`` = √N times it; ``focus_error`` and
        ``scaled_focus_error``, the same of |ν_N − ν|, where the law has a ν; ``distance_to_<name>`` of the others; each with
        ``…_standard_error``. ``independent`` and ``scaled_independent``: W₁ of N independent draws. ``agents_needed``: N*. ``runs``,
        ``diverged``, ``finished`` (whether all its runs were). A diverged run is in no mean. After a Ctrl-C the attribute
        ``interrupted`` is 1, and the means are those of the runs that were finished.

    Raises
    ------
    TypeError, ValueError
        Before any swarm runs: when something is out of its range, there is no law, or it is too much work.
    """
    numbers, count = _checked(step, numbers, runs, along)
    base, threads = Problem.of(dynamics, landscape, swarm), thread_count(threads)
    problems = list(problems_of(base, numbers, along, count))
    limits = LimitCache(int(step))
    laws = [limits(problem) for problem in problems]
    for problem, r in zip(problems, count, strict=True):
        check_memory(ensemble_at(problem, int(step), r).settings, problem, threads, beside=0)
    found: dict[int, Errors] = {}
    begun: dict[int, Ensemble] = {}

    def ensembles() -> Iterator[Ensemble]:
        for i, problem in enumerate(problems):
            begun[i] = ensemble_at(problem, int(step), count[i], i)
            yield begun[i]

    interrupted = False
    with reporting(progress, sum(count)) as finished_run:
        try:
            for ensemble in execute(ensembles(), threads, finished_run, len(problems)):
                i = ensemble.number
                found[i] = errors_of(ensemble, laws[i], others)
                del begun[i]  # its places take memory
        except KeyboardInterrupt:
            interrupted = True
    found |= {i: errors_of(ensemble, laws[i], others) for i, ensemble in begun.items()}
    errors = [found.get(i) or _nothing(problems[i].swarm.n, count[i], laws[i], others) for i in range(len(problems))]
    return _dataset(base, errors, int(step), interrupted)


def _checked(step: Any, numbers: Any, runs: Any, along: Any) -> tuple[list[int], list[int]]:
    """N and runs of each, as lists."""
    numbers = [Options(step=step, n=n).n for n in numbers]
    count = list(runs) if isinstance(runs, Sequence) else [runs] * len(numbers)
    if not numbers or sorted(set(numbers)) != numbers:
        raise ValueError(
            f"numbers = {numbers!r}: must be one or more numbers of agents, each larger than the one before"
        )
    for name, values in {"runs": count, **(along or {})}.items():
        if len(values) != len(numbers):
            raise ValueError(
                f"{name} = {list(values)!r}: must have one value for each of the {len(numbers)} numbers of agents"
            )
    count = [Options(runs=r).runs for r in count]
    work = agent_steps(numbers, count, step)
    if work > MOST_AGENT_STEPS:
        raise ValueError(
            f"numbers = {numbers!r}, runs = {count!r}, step = {step}: {work:.1e} steps of agents are more than {MOST_AGENT_STEPS:.0e}; "
            "lower one of them"
        )
    return numbers, count


def _nothing(n: int, runs: int, limit: Limit, others: Mapping[str, Curve] | None) -> Errors:
    """Of swarms that were not run."""
    none = np.full(runs, math.nan)
    focus, far = None if limit.focus is None else none, dict.fromkeys(others or {}, none)
    return Errors(n, none, focus, far, np.zeros(runs, bool), 0, expected_distance(limit.curve, n), limit.needed)


class Mean(NamedTuple):
    """A mean over runs and its standard error; NaN where there are too few."""

    value: float
    standard_error: float


def mean_of(values: np.ndarray) -> Mean:
    """Of those that are finite."""
    values = values[np.isfinite(values)]
    if not len(values):
        return Mean(math.nan, math.nan)
    return Mean(
        float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan
    )


def slope(numbers: Any, means: Any, standard_errors: Any) -> Mean:
    """d ln E / d ln N by least squares, each mean weighted by its standard error, and the standard error of that; −½ is expected.

    Means of different N are independent. With fewer than two means that have an error there is none.
    """
    x, y, error = (np.asarray(values, float).ravel() for values in (numbers, means, standard_errors))
    good = np.isfinite(y) & (y > 0) & (error > 0)
    if good.sum() < 2:
        return Mean(math.nan, math.nan)
    x, weight, y = np.log(x[good]), (y[good] / error[good]) ** 2, np.log(y[good])
    centred = x - (weight @ x) / weight.sum()
    total = float(weight @ centred**2)
    return Mean(float((weight * centred) @ y / total), 1.0 / math.sqrt(total))


def _dataset(problem: Problem, errors: list[Errors], step: int, interrupted: bool) -> xarray.Dataset:
    import xarray

    root, variables = np.sqrt([e.n for e in errors]), {}

    def add(name: str, meaning: str, symbol: str, rows: list[np.ndarray], scaled: bool = True) -> None:
        means = np.array([mean_of(row) for row in rows])
        for factor, begin, about, sign in ((1.0, "", "", ""), (root, "scaled_", "√N times: ", "√N "))[: 1 + scaled]:
            said = described_as(f"{about}{meaning}") | {"symbol": f"{sign}{symbol}"}
            variables[f"{begin}{name}"] = "n", factor * means[:, 0], said
            error = described_as(f"Standard error of the mean: {about}{meaning}")
            variables[f"{begin}{name}_standard_error"] = "n", factor * means[:, 1], error

    add("distance", "Mean W₁ of N agents to the law of infinitely many", "W₁", [e.distance for e in errors])
    if all(e.focus is not None for e in errors):
        add("focus_error", "Mean |ν_N − ν|", "|ν_N − ν|", [e.focus for e in errors if e.focus is not None])
    for name in errors[0].others:
        add(
            f"distance_to_{name}",
            f"Mean W₁ of N agents to {name.replace('_', ' ')}",
            "W₁",
            [e.others[name] for e in errors],
            False,
        )
    independent = np.array([e.independent for e in errors])
    for name, values, meaning in (
        ("independent", independent, "W₁ that N independent draws from the law would have"),
        ("scaled_independent", root * independent, "√N times: W₁ of N independent draws"),
        ("agents_needed", np.array([e.needed for e in errors]), "N*: number of agents from which on a swarm follows the law"),
        ("runs", np.array([int(e.finished.sum()) for e in errors]), "Runs that came to their end"),
        ("diverged", np.array([e.diverged for e in errors]), "Runs that diverged, which are in no mean"),
        ("finished", np.array([bool(e.finished.all()) for e in errors]), "Whether all runs of this N came to their end"),
    ):  # fmt: skip
        variables[name] = "n", values, described_as(meaning)
    about = {
        "swarmviz": __version__, "step": step, "interrupted": int(interrupted), "dynamics": type(problem.dynamics).__name__,
        "landscape": type(problem.landscape).__name__,
        "parameters": as_json([part.values_now() for part in problem]),
    }  # fmt: skip
    return xarray.Dataset(variables, {"n": ("n", [e.n for e in errors], described_as("Number of agents"))}, about)
