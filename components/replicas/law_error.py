"""The thread of the error against N: how far swarms of more and more agents are from the law of infinitely many.

Its swarms begin anew with the parameters of the visible run as they are when it is asked, and are compared at one step. What it costs is
known before it begins, and bounded. It works while no replica of any visitor does (:data:`components.background.ONE_CORE`), a
call of a kernel at a time, and rests in between: the longer, the later the visible swarm's pictures come.
"""

from __future__ import annotations

import math
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from components.background import MAX_REST_S, ONE_CORE, Share, give_way
from components.compiling import Waiting, while_waiting
from components.replicas.occupation_limit import occupation_limit, occupation_refusal, occupation_remark
from components.replicas.replica import VisibleRun
from swarmviz import Diverged, Simulation, Swarm
from swarmviz.dynamics.base import Dynamics
from swarmviz.ensembles.engine import Ensemble
from swarmviz.ensembles.law_error import (
    LimitCache,
    ensemble_at,
    errors_of,
    mean_of,
    one_law,
    problems_of,
    product_parameter,
)
from swarmviz.ensembles.occupation_error import is_on_states, occupation_errors, scaled_independent
from swarmviz.ensembles.settings import Problem
from swarmviz.landscapes.base import Landscape
from swarmviz.laws import refusal
from swarmviz.theory.wording import number_words

NUMBERS = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
MOST_AGENT_STEPS = 500_000_000  # of all N together: ten to thirty seconds of a core
FEWEST_RUNS, MOST_RUNS = 6, 200  # of each N
MOST_PLACES = 2_000_000  # agents of all runs of one N, whose places are kept
MOST_LAW_STEPS = 10_000  # of all laws together: some twenty seconds
FEWEST_NUMBERS = 3
MAX_STEP = 10**9
LEAST_SHARE = 0.1  # of one core
FINER = (
    10  # times N agents are those of a swarm in the place of a law, at least: less than 5 % of its own error is seen
)
TELL_EVERY_S = 0.3
PILOT_AGENTS, PILOT_JUMPS = (
    100,
    300_000,
)  # of the run on a finite set that tells how often agents jump; it ends after so many jumps
JUMP_STEPS = 20  # steps of an agent that take as long as a jump
W1, L2 = "√N E W₁", "√(N E‖p − p̄‖²)"  # what is measured on a line, and on a finite set


class Point(NamedTuple):
    """√N times the mean of an error of ``n`` agents, its standard error, what independent draws would have, and N*.

    ``focus``, ``focus_error`` are those of |ν_N − ν|; None where the law has no ν. ``claimed`` is what theory has for N interacting agents;
    None where it is not known.
    """

    n: int
    runs: int
    distance: float
    error: float
    independent: float
    needed: float
    focus: float | None
    focus_error: float | None
    claimed: float | None = None


class LawErrorStatus(NamedTuple):
    """The state of the thread, for the page.

    ``about`` says what is or was compared, and ``measure`` by which error; ``remark`` what was left out; ``trouble`` why there is nothing
    or no more.
    """

    running: bool = False
    progress: float = 0.0
    points: tuple[Point, ...] = ()
    about: str = ""
    measure: str = W1
    remark: str = ""
    trouble: str = ""


class Plan(NamedTuple):
    """What will be computed, and what was left out of it, in a sentence."""

    numbers: tuple[int, ...]
    runs: tuple[int, ...]
    remark: str

    def share(self, i: int, runs: int) -> float:
        """How much of the work is done after so many runs of the ``i``-th number."""
        work = [n * r for n, r in zip(self.numbers, self.runs, strict=True)]
        return (sum(work[:i]) + self.numbers[i] * runs) / sum(work)

    def from_number(self, first: int) -> Plan:
        """Without the numbers of agents below ``first``."""
        kept = [i for i, n in enumerate(self.numbers) if n >= first]
        if len(kept) < FEWEST_NUMBERS:
            raise ValueError(
                f"N times the cutoff is {first:,}: with fewer agents the cutoff would be above 1, and of more there are too few numbers."
            )
        more = "" if len(kept) == len(self.numbers) else f"Below N = {first:,} the cutoff would be above 1."
        remark = " ".join(filter(None, (more, self.remark)))
        return Plan(tuple(self.numbers[i] for i in kept), tuple(self.runs[i] for i in kept), remark)


def plan(step: int, laws_each: bool = False, weight: float = 1.0) -> Plan:
    """Values of N, and runs of each, whose cost is bounded.

    Each N may take as much as another: large ones have few runs. ``laws_each``: each N has a law of its own. ``weight``: how many times
    as long as usual a step of an agent takes.

    Raises
    ------
    ValueError
        When there is too much to do even for a few numbers of agents; names the step and the largest one.
    """
    steps, share = max(step, 1), MOST_AGENT_STEPS // len(NUMBERS)
    numbers = _numbers_at(step, laws_each, weight)
    if not numbers:
        last = max((k for k in range(1, MOST_LAW_STEPS + 1) if _numbers_at(k, laws_each, weight)), default=0)
        if not last:
            raise ValueError(
                "Agents jump so often here that an error against N would take too long: lower the rate or Δt."
            )
        raise ValueError(f"Step {step:,} is too late for an error against N: choose one up to {last:,}.")
    runs = tuple(min(MOST_RUNS, int(share // (n * steps * weight)), MOST_PLACES // n) for n in numbers)
    left = [n for n in NUMBERS if n not in numbers]
    remark = f"N = {left[0]:,} and more would take too many steps of agents; an earlier step allows it." if left else ""
    return Plan(numbers, runs, remark)


def _numbers_at(step: int, laws_each: bool, weight: float) -> tuple[int, ...]:
    """The values of N that can be compared at a step; none where they are too few, or their laws cost too much."""
    share = MOST_AGENT_STEPS // len(NUMBERS)
    numbers = tuple(n for n in NUMBERS if FEWEST_RUNS * n * max(step, 1) * weight <= share)
    laws = len(numbers) if laws_each else 1
    return numbers if len(numbers) >= FEWEST_NUMBERS and step * laws <= MOST_LAW_STEPS else ()


class Wish(NamedTuple):
    """What is asked for: the step, None for the visible one, what stays as N grows, and what ends it."""

    step: int | None
    fixed_product: bool
    turn: Turn


class LawErrorWorker:
    """Error against N of the visible run's parameters, on a thread of its own.

    Parameters
    ----------
    look : function () → VisibleRun or None
        As for :class:`components.replicas.worker.ReplicaWorker`; called on this thread.
    lateness : function () → float or None
        Seconds by which the visible swarm's pictures come late; None once its visit is gone.
    hidden : function () → bool
        Whether nobody sees the page: it rests then.
    notify : function (LawErrorStatus) → None
        Called on this thread when there is something new to show.
    fair_share : function () → float or None
        How many cores the visit may take at most, as in :class:`~components.background.BackgroundThread`.
    """

    def __init__(
        self,
        look: Callable[[], VisibleRun | None],
        lateness: Callable[[], float | None],
        hidden: Callable[[], bool],
        notify: Callable[[LawErrorStatus], None],
        fair_share: Callable[[], float | None] = lambda: math.inf,
    ):
        self._look, self._lateness, self._hidden, self._notify = look, lateness, hidden, notify
        self._fair_share = fair_share
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()  # of what is asked for, and of what the thread says, against its end
        self._wish: Wish | None = None  # the newest, which the thread has not taken up yet
        self._turn = Turn(self._take_turns)  # what ends the newest
        self._share, self._worked, self._told = Share(LEAST_SHARE), 0.0, 0.0
        self.standing = LawErrorStatus()

    # ---- any thread ----------------------------------------------------------------------------------------------------

    def start(self, step: int | None = None, fixed_product: bool = True) -> None:
        """Begin anew, at ``step`` or at the visible one; a cutoff of masses with its product with N as it is, or itself as it is.

        Raises
        ------
        ValueError
            When ``step`` is no whole number in [1, ``MAX_STEP``].
        """
        whole = isinstance(step, int) and not isinstance(step, bool)
        if step is not None and not (whole and 1 <= step <= MAX_STEP):
            raise ValueError(f"step = {step!r}: must be a whole number with 1 ≤ step ≤ {MAX_STEP:,}")
        with self._guard:
            self._turn.set()
            self._turn = Turn(self._take_turns)
            self._wish = Wish(step, fixed_product, self._turn)
            self.standing = LawErrorStatus(running=True)
            if self._thread is None:  # else it takes up the newest wish; there are never two
                self._thread = threading.Thread(target=self._work, name="swarmviz error against N", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the comparison at its next call of a kernel, without waiting for it; what it has found stays."""
        with self._guard:
            self._turn.set()
            self._wish = None
            self.standing = self.standing._replace(running=False)

    def close(self) -> None:
        """End the thread for good, and refer to no session any more."""
        self.stop()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(5.0)
        self._look, self._lateness, self._fair_share = (lambda: None), (lambda: 0.0), (lambda: math.inf)
        self._hidden, self._notify = (lambda: False), (lambda status: None)

    # ---- its own thread --------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        give_way()
        with while_waiting(Waiting(aside=ONE_CORE.aside)):
            while (wish := self._next()) is not None:
                self._fulfil(*wish)

    def _next(self) -> Wish | None:
        """The newest wish; without one, the thread ends."""
        with self._guard:
            wish, self._wish = self._wish, None
            if wish is None:
                self._thread = None
            return wish

    def _fulfil(self, step: int | None, fixed_product: bool, turn: Turn) -> None:
        try:
            seen = self._look()  # not with the core: whoever has the run's lock may be slow
            with ONE_CORE:
                self._worked = time.thread_time()
                if seen is not None and not turn.ended:  # it may have waited long for the core
                    self._compare(seen, step, fixed_product, turn)
            trouble = ""
        except Stopped:
            return
        except ValueError as error:
            trouble = str(error)
        except Exception as error:
            traceback.print_exception(error, file=sys.stderr)
            trouble = f"Something went wrong ({type(error).__name__}: {error})."
        self._say(turn, running=False, trouble=trouble)

    def _compare(self, seen: VisibleRun, step: int | None, fixed_product: bool, turn: Turn) -> None:
        problem, k = problem_of(seen), seen.k if step is None else step
        if reason := law_refusal(*problem):
            raise ValueError(reason)
        if is_on_states(problem.dynamics):
            self._compare_on_states(problem, k, turn)
            return
        name = product_parameter(problem.dynamics)
        product = name if fixed_product else None
        todo = plan(k, not one_law(problem.dynamics, fixed_product))
        if product:
            todo = todo.from_number(math.ceil(problem.swarm.n * getattr(problem.dynamics, product)))
        self._say(turn, about=said(problem, k, fixed_product), remark=todo.remark)
        limits = LimitCache(k)
        along = {product: [scaled(problem, product, n) for n in todo.numbers]} if product else None
        for i, one in enumerate(problems_of(problem, todo.numbers, along, todo.runs)):
            limit = limits(one, lambda k: self._go_on(turn))
            if self._is_too_coarse(limit.draws, one.swarm.n, turn):
                return
            ensemble = self._run(one, k, todo, i, turn)
            self._say(turn, points=(*self.standing.points, point_of(errors_of(ensemble, limit))))

    def _compare_on_states(self, problem: Problem, k: int, turn: Turn) -> None:
        """On a finite set, where the law is that of the shares on the states, and theory has their scatter, too."""
        self._say(turn, about=said(problem, k, False), measure=L2)
        plan(k)  # refuses a step that is too late before a swarm is run
        todo = plan(k, weight=1.0 + JUMP_STEPS * self._jumps(problem, k, turn))
        self._say(turn, remark=" ".join(filter(None, (occupation_remark(problem), todo.remark))))
        for i, one in enumerate(problems_of(problem, todo.numbers, None, todo.runs)):
            limit = occupation_limit(one, k)
            self._go_on(turn)
            if self._is_too_coarse(limit.draws, one.swarm.n, turn):
                return
            ensemble = self._run(one, k, todo, i, turn)
            errors = occupation_errors(ensemble, limit)
            mean, runs = errors.scaled, int(errors.finished.sum()) - errors.diverged
            claimed = math.sqrt(limit.scatter) if math.isfinite(limit.scatter) else None
            independent = scaled_independent(limit.shares)
            point = Point(errors.n, runs, *mean, independent, limit.needed, None, None, claimed)
            self._say(turn, points=(*self.standing.points, point))

    def _jumps(self, problem: Problem, k: int, turn: Turn) -> float:
        """How often an agent jumps in a step, by a swarm that is run for that."""
        few = problem.swarm.copy()
        few.n = PILOT_AGENTS
        pilot = Simulation(problem.dynamics.copy(), problem.landscape.copy(), few)
        jumps, pace = 0.0, 1
        while pilot.k < k and jumps < PILOT_JUMPS:
            self._go_on(turn)
            try:
                pilot.advance(min(pace, k - pilot.k))
            except Diverged as error:
                raise ValueError(f"A swarm of {PILOT_AGENTS} agents does not come to step {k:,}: {error}") from None
            jumps = float(pilot.record["transitions"][-1])
            pace = 16 if jumps < PILOT_JUMPS * pilot.k / 1000 else 1
        return jumps / (PILOT_AGENTS * max(pilot.k, 1))

    def _is_too_coarse(self, draws: float, n: int, turn: Turn) -> bool:
        """Whether so many draws in the place of a law cannot judge ``n`` agents; says so."""
        if n * FINER <= draws:
            return False
        coarse = f"The law stands on {draws:,.0f} agents: too coarse for N = {n:,} and more."
        self._say(turn, remark=" ".join(filter(None, (self.standing.remark, coarse))))
        return True

    def _run(self, one: Problem, k: int, todo: Plan, i: int, turn: Turn) -> Ensemble:
        """The runs of the ``i``-th number of agents."""
        ensemble = ensemble_at(one, k, todo.runs[i], i)
        for group in ensemble.groups(1):
            if not ensemble.run(group, turn):
                raise Stopped
            self._progress(turn, todo.share(i, group.stop))
        self._go_on(turn)
        return ensemble

    def _progress(self, turn: Turn, share: float) -> None:
        """Told a few times a second at most."""
        now = time.monotonic()
        self._say(turn, now - self._told >= TELL_EVERY_S, progress=share)

    def _go_on(self, turn: Turn) -> None:
        if turn.is_set():
            raise Stopped

    def _say(self, turn: Turn, aloud: bool = True, **changed: Any) -> None:
        """Hand out what is new, unless it was ended in the meantime."""
        with self._guard:
            if turn.ended:
                return
            self.standing = standing = self.standing._replace(**changed)
        if aloud:
            self._told = time.monotonic()
            self._notify(standing)

    def _take_turns(self, turn: Turn) -> None:
        """Between two calls of a kernel: leave the core to replicas, and the processor to the visible swarm."""
        worked = time.thread_time() - self._worked
        late_s, most = self._lateness() or 0.0, self._fair_share() or math.inf
        rest = self._share.rest_s(worked, late_s, sharing=ONE_CORE.sharing(), most=most)
        ONE_CORE.release()
        try:
            turn.wait(rest)
            while self._hidden() and not turn.ended:
                turn.wait(MAX_REST_S)
        finally:
            ONE_CORE.acquire()
            self._worked = time.thread_time()


class Stopped(Exception):
    """Somebody has ended it."""


class Turn(threading.Event):
    """What the engine of ensembles asks before each call of a kernel; asking is when others get their turn."""

    def __init__(self, between: Callable[[Turn], None]):
        super().__init__()
        self._between = between

    @property
    def ended(self) -> bool:
        """Whether it was ended, without a turn of others."""
        return super().is_set()

    def is_set(self) -> bool:
        if not self.ended:
            self._between(self)
        return self.ended


def problem_of(seen: VisibleRun) -> Problem:
    """The parameters of the visible run as they act from the step that is shown on."""
    change = seen.run.journal.acting_at(seen.k)
    return Problem.of(change.dynamics, change.landscape, seen.run.swarm)


def law_refusal(dynamics: Dynamics, landscape: Landscape, swarm: Swarm) -> str:
    """Why these parts have no law to be compared with, in one sentence; "" where they have."""
    if is_on_states(dynamics):
        return occupation_refusal(Problem(dynamics, landscape, swarm))
    return refusal(dynamics, landscape, swarm)


def scaled(problem: Problem, name: str, n: int) -> float:
    """A parameter of ``n`` agents whose product with N is that of the visible swarm."""
    return getattr(problem.dynamics, name) * problem.swarm.n / n


def said(problem: Problem, k: int, fixed_product: bool) -> str:
    """What is compared, in words."""
    name, kept = product_parameter(problem.dynamics), ""
    if name:
        symbol, value = problem.dynamics.declared()[name].symbol, getattr(problem.dynamics, name)
        kept = f", N{symbol} = {number_words(problem.swarm.n * value)}"
        if not fixed_product:
            kept = f", {symbol} = {number_words(value)}, each N with the law of its N{symbol}"
    return f"{problem.dynamics.title} on {problem.landscape.title}, step {k:,} after a fresh start{kept}."


def point_of(errors: Any) -> Point:
    """√N times the means."""
    root, far = errors.n**0.5, mean_of(errors.distance)
    focus = None if errors.focus is None else mean_of(errors.focus)
    return Point(
        errors.n, int(errors.finished.sum()) - errors.diverged, root * far.value, root * far.standard_error,
        root * errors.independent, errors.needed,
        None if focus is None else root * focus.value, None if focus is None else root * focus.standard_error,
    )  # fmt: skip
