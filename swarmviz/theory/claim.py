"""A claim: a statement of a paper, its hypotheses for the run as it was lived, what it predicts, and what is measured beside it.

A module of this folder declares the claims about its dynamics as :class:`Claim` values and registers them with :func:`register`. The page
draws them, the reference and ``docs/claims.md`` list them, and a test asserts them: all read the same value. :func:`assess` holds a claim
against a run, :func:`judge` against what replicas of it measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from swarmviz.simulation import Simulation
from swarmviz.theory.lived import LivedRun, Stretch
from swarmviz.theory.wording import number_words, set_symbols

State = Literal["holds", "fails", "open"]
AGREES_WITHIN = 3.0  # standard errors
FEWEST_REPLICAS = 10  # of which a mean is judged
FEWEST_EFFECTIVE = 8.0  # replicas that carry the mean, (Σx)²/Σx²; below, a few rare ones decide it
KNOWN_TO = 1 / math.sqrt(
    50
)  # of a mean of products: less well known, three standard errors are passed by chance in more than 2.5%
Z_95 = 1.96
NO_NUMBER = "no replica has a number for this claim"


class Finding(NamedTuple):
    """What became of a hypothesis: it holds, fails, or cannot be checked (open); the number that decided; since which step it fails."""

    state: State
    detail: str
    since: int | None = None


@dataclass(frozen=True)
class Hypothesis:
    """One condition of a claim: ``words`` say it, ``check`` finds out of a run.

    ``margin`` is what has to be positive on each stretch of the run, where the condition is of that kind: it is 0 where the condition
    begins to fail.
    """

    words: str
    check: Callable[[LivedRun], Finding]
    margin: Callable[[Stretch, LivedRun], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement about the runs of one dynamics.

    Attributes
    ----------
    name : str
        Its identifier, unique.
    source : str
        Paper, theorem or equation; for what is exact at finite N and not in a paper, how it follows.
    statement : str
        What is claimed, in one or two sentences.
    hypotheses : tuple of Hypothesis
        Under which conditions.
    label : str or function (LivedRun) → str
        Its name in a legend, with its number where there is one.
    short : str or function (LivedRun) → str
        Its name at the end of its line, where there is no room for the other; by default as much of that as fits.
    exact : bool
        Whether it holds exactly for the simulated scheme at any N (drawn dashed), and is not a claim of a paper (dotted).
    drawn : bool
        Whether its curve is drawn unless another choice is made.
    fits : function (LivedRun) → bool
        Whether it is about such a run at all; a claim about anisotropic noise says nothing where there is none.
    observable, curve : str, function (LivedRun) → (K,)
        What it predicts for a recorded observable at the recorded steps.
    density : function (LivedRun) → function (M, d) → (M,), optional
        The law that the swarm is said to have in the end, not necessarily normalised.
    about : "mean" or "run"
        Whether it is about a mean over runs, so that replicas are needed to measure it, or about each run by itself.
    relation : "=", "≤" or "≥"
        How the measured number is to the predicted one.
    statistic, predicted : functions (LivedRun) → float, optional
        What is measured of one run, and what is claimed of it. By default the last value of the observable over the first, and that of
        the curve.
    quantity : str
        The name of that number.
    multiplicative : bool
        Whether that number is a product of random factors, one or more a step, so that its logarithm scatters by √t: then its mean is soon
        far above what nearly every run has, rare runs carry it, and the scatter of a few replicas says nothing of its error.
    measured_by : str
        Where it is measured, when no single run and no replicas of it can: a card of the page.
    remark : str
        What is known of it beyond the paper: where it fails as printed, with the number that shows it; one or two sentences.
    evidence : str
        What was measured, for the documentation.
    tests : tuple of str
        Where it is tested.
    """

    name: str
    source: str
    statement: str
    hypotheses: tuple[Hypothesis, ...]
    label: str | Callable[[LivedRun], str]
    short: str | Callable[[LivedRun], str] = ""
    exact: bool = False
    drawn: bool = True
    fits: Callable[[LivedRun], bool] = lambda lived: True
    observable: str = ""
    curve: Callable[[LivedRun], np.ndarray] | None = None
    density: Callable[[LivedRun], Callable[[np.ndarray], np.ndarray]] | None = None
    about: Literal["mean", "run"] = "mean"
    relation: Literal["=", "≤", "≥"] = "="
    statistic: Callable[[LivedRun], float] | None = None
    predicted: Callable[[LivedRun], float] | None = None
    quantity: str = ""
    multiplicative: bool = False
    measured_by: str = ""
    remark: str = ""
    evidence: str = ""
    tests: tuple[str, ...] = ()

    def label_of(self, lived: LivedRun) -> str:
        """Its name in a legend."""
        return _named(self.label, lived)

    def short_of(self, lived: LivedRun) -> str:
        """Its name at the end of its line, "" where that is as much of the other as fits."""
        return _named(self.short, lived)

    def measure(self, lived: LivedRun) -> float:
        """The number that is measured of one run, NaN where there is none."""
        if self.statistic is not None:
            return float(self.statistic(lived))
        if not self.observable:
            return math.nan
        values = lived.record[self.observable]
        return float(values[-1] / values[0]) if values[0] else math.nan

    def predict(self, lived: LivedRun) -> float:
        """The number that is claimed of it, NaN where there is none."""
        if self.predicted is not None:
            return float(self.predicted(lived))
        if self.curve is None:
            return math.nan
        values = lived.curve(self.curve)
        return float(values[-1] / values[0]) if values[0] else math.nan


def _named(name: str | Callable[[LivedRun], str], lived: LivedRun) -> str:
    return set_symbols(name if isinstance(name, str) else name(lived))


class Assessment(NamedTuple):
    """A claim held against a run.

    ``findings`` are in the order of the hypotheses; ``state`` is "holds" only when every one of them was checked and holds; ``reason`` says
    what decided in plain words; ``measured`` and ``predicted`` are of this one run.
    """

    claim: Claim
    label: str
    findings: tuple[Finding, ...]
    state: State
    reason: str
    measured: float = math.nan
    predicted: float = math.nan

    @property
    def applies(self) -> bool:
        """Whether no hypothesis fails."""
        return self.state != "fails"


class Verdict(NamedTuple):
    """What replicas say of a claim: the mean of what they measured, its 95% interval, and how it stands to the prediction.

    ``runs`` counts the replicas that have both numbers, the measured and the predicted.
    """

    outcome: Literal["agrees", "differs", "open"]
    measured: float
    low: float
    high: float
    predicted: float
    runs: int
    words: str


_CLAIMS: dict[type, tuple[Claim, ...]] = {}


def register(dynamics: type, *claims: Claim) -> None:
    """Declare the claims about a dynamics, in the order in which they are shown."""
    _CLAIMS[dynamics] = _CLAIMS.get(dynamics, ()) + claims


def claims_of(dynamics: type) -> tuple[Claim, ...]:
    """All claims about a dynamics."""
    return _CLAIMS.get(dynamics, ())


def all_claims() -> dict[type, tuple[Claim, ...]]:
    """Dynamics → its claims."""
    return dict(_CLAIMS)


def fitting(lived: LivedRun) -> list[Claim]:
    """The claims that are about such a run."""
    return [claim for claim in claims_of(type(lived.dynamics)) if claim.fits(lived)]


def assess(claim: Claim, lived: LivedRun, numbers: bool = True) -> Assessment:
    """Hold a claim against a run; with ``numbers``, measure and predict, too."""
    findings = tuple(hypothesis.check(lived) for hypothesis in claim.hypotheses)
    states = {finding.state for finding in findings}
    state: State = "fails" if "fails" in states else "open" if "open" in states else "holds"
    measured, predicted = (claim.measure(lived), claim.predict(lived)) if numbers else (math.nan, math.nan)
    return Assessment(
        claim, claim.label_of(lived), findings, state, _reason(claim, findings, state), measured, predicted
    )


def assessments(run: Simulation, numbers: bool = True) -> list[Assessment]:
    """Every claim about such a run, held against it as it was lived."""
    lived = LivedRun.of(run)
    with np.errstate(all="ignore"):  # of a swarm that is about to diverge
        return [assess(claim, lived, numbers) for claim in fitting(lived)]


def _reason(claim: Claim, findings: Sequence[Finding], state: State) -> str:
    pairs = list(zip(claim.hypotheses, findings, strict=True))
    failed = [_found(h, f) for h, f in pairs if f.state == "fails"]
    if failed:
        more = len(failed) - 1
        return failed[0] + (f", and so do{'es' * (more == 1)} {more} more" if more else "")
    if state == "open":
        said = f"what can be checked holds; not checked: {', '.join(h.words for h, f in pairs if f.state == 'open')}"
    else:
        said = "every hypothesis holds" if pairs else "it has no hypothesis"
    if claim.about == "mean" and claim.curve is not None:
        said += "; it is about the mean over runs, not about one run"
    return f"{said}. {claim.remark}" if claim.remark else said


def _found(hypothesis: Hypothesis, finding: Finding) -> str:
    since = "" if not finding.since else f" since step {finding.since:,}"
    return f"the hypothesis “{hypothesis.words}” fails{since} ({finding.detail})"


def judge(claim: Claim, lived: Iterable[LivedRun]) -> Verdict:
    """What replicas of a run, each as it was lived, say of a claim."""
    pairs = [(claim.measure(run), claim.predict(run)) for run in lived]
    pairs = [(m, p) for m, p in pairs if math.isfinite(m) and math.isfinite(p)]
    if not pairs:
        return Verdict("open", math.nan, math.nan, math.nan, math.nan, 0, NO_NUMBER)
    measured = np.array([m for m, _ in pairs])
    predicted = float(np.mean([p for _, p in pairs]))
    if claim.about == "run":
        return _judge_each(claim, measured, np.array([p for _, p in pairs]))
    return judge_mean(claim, measured, predicted)


def judge_mean(claim: Claim, measured: np.ndarray, predicted: float) -> Verdict:
    """The mean of ``measured`` (R,) against the number that is claimed of it."""
    runs = len(measured)
    if runs < FEWEST_REPLICAS:
        mean = float(measured.mean()) if runs else math.nan
        words = f"a mean is judged from {FEWEST_REPLICAS} replicas on; {runs} {'has' if runs == 1 else 'have'} a number"
        return Verdict("open", mean, math.nan, math.nan, predicted, runs, words)
    mean, error = float(measured.mean()), float(measured.std(ddof=1) / math.sqrt(runs))
    low, high = mean - Z_95 * error, mean + Z_95 * error
    unknown = _carried_by_few(claim, measured)
    if unknown:
        return Verdict("open", mean, low, high, predicted, runs, f"open: {unknown}")
    excess = mean - predicted
    if claim.relation == "≤":
        excess = max(excess, 0.0)
    elif claim.relation == "≥":
        excess = min(excess, 0.0)
    tolerance = AGREES_WITHIN * error + 1e-9 * max(abs(predicted), abs(mean))  # rounding, where nothing is random
    agrees = abs(excess) <= tolerance
    z = excess / error if error > 0 else 0.0 if agrees else math.copysign(math.inf, excess)
    found = f"{number_words(mean, 4)} [{number_words(low, 4)}, {number_words(high, 4)}]"
    outcome: Literal["agrees", "differs"] = "agrees" if agrees else "differs"
    words = f"{found} {claim.relation} {number_words(predicted, 4)}: {outcome} (z = {number_words(z, 2)})"
    return Verdict(outcome, mean, low, high, predicted, runs, words)


def _carried_by_few(claim: Claim, measured: np.ndarray) -> str:
    """Why the scatter of these replicas does not tell the error of their mean, "" where it does.

    Of a product x of random factors the logarithm is nearly Gaussian with a variance s², which replicas show while they do not show the
    largest x: the relative error of the mean of R of them is √((e^{s²} − 1)/R).
    """
    runs = len(measured)
    if claim.multiplicative:
        positive = measured[measured > 0]
        if not len(positive):
            return ""
        variance = float(np.log(positive).var(ddof=1)) if len(positive) == runs else math.inf
        needed = math.expm1(min(variance, 700.0)) / KNOWN_TO**2
        if needed <= runs:
            return ""
        many = (
            f"about {math.ceil(needed):,} would tell it" if needed < 1e6 else "no number that can be run would tell it"
        )
        return f"rare replicas carry the mean of a product of random factors; {many}, {runs} do not"
    squares = float((measured**2).sum())
    effective = float(measured.sum() ** 2 / squares) if squares > 0 else float(runs)
    if claim.relation == "=" and (measured >= 0).all() and effective < FEWEST_EFFECTIVE:
        return f"the mean rests on about {round(effective)} of {runs} replicas, so that its error is not known"
    return ""


def _judge_each(claim: Claim, measured: np.ndarray, predicted: np.ndarray) -> Verdict:
    """A statement about every run: in how many of them it is so."""
    runs = len(measured)
    room = 1e-9 * np.maximum(np.abs(predicted), np.abs(measured))
    over, under = measured - predicted > room, predicted - measured > room
    bad = over if claim.relation == "≤" else under if claim.relation == "≥" else over | under
    low, high = float(measured.min()), float(measured.max())
    found = f"{runs - int(bad.sum())} of {runs} runs: from {number_words(low, 4)} to {number_words(high, 4)}"
    words = f"{found}, claimed {claim.relation} {number_words(float(predicted.mean()), 4)}"
    outcome: Literal["agrees", "differs"] = "differs" if bad.any() else "agrees"
    return Verdict(outcome, float(np.median(measured)), low, high, float(predicted.mean()), runs, words)
