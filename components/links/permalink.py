"""The whole state of a visit in one query parameter of the address: short, versioned, and checked like anything a person types.

``?s=2.<base64url of deflated JSON>``. The JSON is ``[runs, speed, draw_every, stop]``, and a run is ``[k, dynamics, landscape, swarm,
strokes]``: each part by name with the values that differ from its defaults, as it was at step 0, then what was changed on the way
(:mod:`components.links.journal_codec`). Where views are not shown as usual, a fifth part says how; what it means is for the views to say
(:mod:`components.links.view_options`), and it never keeps a run from being opened.
A page that has lost its connection knows how far the swarm has come since its link was written, and says so after a tilde:
``?s=2.<…>~<step>``.

A link that cannot be read gives one sentence, never a traceback, and nothing in it is run.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from components.links import journal_codec
from components.links.plain import built, changed
from components.playback.stop_conditions import Stop
from swarmviz import Simulation, dynamics, landscapes
from swarmviz.dynamics import Dynamics
from swarmviz.landscapes import Landscape
from swarmviz.parameters import Described
from swarmviz.presets import Preset, opening
from swarmviz.simulation import Entry
from swarmviz.swarm import Swarm

KEY = "s"
VERSION = "2"
LONGEST = 8000  # characters of a link
LARGEST = 1_000_000  # bytes of its content
MOST_ENTRIES = 1000  # changes in one run
MOST_COORDINATES = 2_000_000  # agents times dimension that the page takes: a server has many visitors
QUICK = 100_000  # agents times dimension of a swarm that is there at once
MOST_WORK = 2_000_000_000  # coordinates times steps of a replay: about a minute
OVERHEAD = 50  # coordinates that a step costs however small the swarm is
MOST_STEPS = 2**53
NEVER = ("never", None)
LATER = "~"  # before the step that a page had reached when it lost its connection, and could not ask for a new link


class Selection(NamedTuple):
    """What is shown: the three parts of a simulation and the speed in steps per second (None: as fast as it goes)."""

    dynamics: Dynamics
    landscape: Landscape
    swarm: Swarm
    speed: float | None


class BadLink(ValueError):
    """A link that does not lead anywhere; the message is for the person who followed it."""


class Unlinkable(ValueError):
    """A state that no link can hold; the message says why."""


class Run(NamedTuple):
    """A run as it can be lived again: its parameters from step 0 on, the swarm it began with, and where it stands."""

    journal: tuple[Entry, ...]
    initial_swarm: Swarm
    k: int

    @classmethod
    def at_start(cls, dynamic: Dynamics, landscape: Landscape, swarm: Swarm) -> Run:
        """A run that has not begun."""
        return cls((Entry(0, dynamic, landscape),), swarm, 0)

    @classmethod
    def of(cls, sim: Simulation, edits: Mapping[str, Described] | None = None) -> Run:
        """A running simulation as it stands; ``edits`` are a newer ``dynamics`` or ``landscape`` that it has yet to hear of."""
        now = {"dynamics": sim.dynamics, "landscape": sim.landscape} | dict(edits or {})
        journal = [entry for entry in sim.journal if entry.k <= sim.k]
        last = journal[-1]
        if not (last.dynamics.same_as(now["dynamics"]) and last.landscape.same_as(now["landscape"])):
            present = Entry(sim.k, now["dynamics"].copy(), now["landscape"].copy())
            journal = [journal[0], *(entry for entry in journal[1:] if entry.k < sim.k), present]
        return cls(tuple(journal), sim.initial_swarm, sim.k)

    def with_seed(self, seed: int, k: int) -> Run:
        """The same run with another seed, up to step ``k`` or its own, whichever comes first."""
        initial_swarm, last = self.initial_swarm.copy(), min(k, self.k)
        initial_swarm.seed = seed
        return Run(tuple(entry for entry in self.journal if entry.k <= last), initial_swarm, last)

    @classmethod
    def until(cls, sim: Simulation, k: int) -> Run:
        """What is known of a simulation up to step ``k``, wherever it stands now."""
        return cls(tuple(entry for entry in sim.journal if entry.k <= k), sim.initial_swarm, k)

    @property
    def now(self) -> Entry:
        """What is in force at its last step."""
        return self.journal[-1]

    def live(self, record_limit: int | None = None, check: Callable[[int], Any] = int) -> Simulation:
        """The run lived again up to its step; ``check(k)`` hears of the progress and may raise to end it.

        Raises
        ------
        ValueError
            When the swarm cannot start, or a value leaves its range on the way.
        Diverged
            When the swarm leaves the numbers.
        """
        return Simulation.replay(self.journal, self.initial_swarm, self.k, check=check, record_limit=record_limit)

    @property
    def quick(self) -> bool:
        """Whether its first step is there at once: a swarm that is not large."""
        return self.initial_swarm.n * self.initial_swarm.d <= QUICK

    def afresh(self) -> Run:
        """Its present parameters at step 0."""
        return Run.at_start(self.now.dynamics, self.now.landscape, self.initial_swarm)


class State(NamedTuple):
    """Everything a link holds: one run, or two that are compared, and how they are shown."""

    runs: tuple[Run, ...]
    speed: float | None
    draw_every: int = 1  # pictures of every nth step
    stop: tuple[str, float | None] = NEVER  # kind of components.playback.stop_conditions and its number
    views: Any = None  # options of views that are not as usual, by name; None says nothing of them

    @property
    def selection(self) -> Selection:
        """The choices of the first run."""
        return self.selections[0]

    @property
    def selections(self) -> list[Selection]:
        """The choices of every run."""
        return [Selection(run.now.dynamics, run.now.landscape, run.initial_swarm, self.speed) for run in self.runs]


class Link(NamedTuple):
    """A link and what it could not hold: "" when it is all there, else a sentence."""

    code: str
    lost: str


def first(name: str, pictures_per_second: float = 30.0) -> Selection:
    """The selection with which a dynamics is first seen."""
    return of_preset(opening(name), pictures_per_second)


def of_preset(preset: Preset, pictures_per_second: float = 30.0) -> Selection:
    """The selection of a preset."""
    return Selection(*preset.build(), preset.pace * pictures_per_second)


def state_of(selection: Selection) -> State:
    """A selection at step 0."""
    return State((Run.at_start(*selection[:3]),), selection.speed)


# ---- writing ---------------------------------------------------------------------------------------------------------------


def write(state: State) -> str:
    """The value of the query parameter ``KEY``.

    Raises
    ------
    Unlinkable
        When the link would be too long, or its replay too expensive to be opened.
    """
    try:
        for run in state.runs:
            _check_cost(run)
    except ValueError as error:
        raise Unlinkable(str(error)) from None
    stop = NEVER if state.stop[0] == NEVER[0] else state.stop
    content = [[_packed(run) for run in state.runs], state.speed, state.draw_every, stop] + [state.views] * bool(
        state.views
    )
    text = json.dumps(content, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    code = f"{VERSION}.{base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip('=')}"
    if len(code) > LONGEST or len(text) > LARGEST:
        raise Unlinkable("its history of changes is too long for an address")
    return code


def fitting(state: State) -> Link:
    """A link to the state, or, where none can hold it, to its present parameters at step 0.

    Raises
    ------
    Unlinkable
        When not even those fit: hundreds of starting points, for example.
    """
    try:
        return Link(write(state), "")
    except Unlinkable as error:
        lost = f"The link opens the present parameters at step 0: this run cannot be reopened where it stands, because {error}."
        return Link(write(state._replace(runs=tuple(run.afresh() for run in state.runs))), lost)


def _packed(run: Run) -> list:
    birth = run.journal[0]
    return [
        run.k,
        changed(birth.dynamics),
        changed(birth.landscape),
        changed(run.initial_swarm),
        journal_codec.packed(run.journal),
    ]


# ---- reading ---------------------------------------------------------------------------------------------------------------


def read(link: str) -> State:
    """The state of a link.

    Raises
    ------
    BadLink
        When it is damaged, of another version, holds a value that the declarations refuse, or a run too long to be lived again.
    """
    version, _, code = link.partition(".")
    code, _, later = code.partition(LATER)
    if version != VERSION:
        raise BadLink("The link is of another version of swarmviz; the opening example is shown instead.")
    try:
        state = _state(json.loads(_inflated(code), parse_constant=_no_number, object_pairs_hook=_no_twins))
        return _moved_on(state, later) if later else state
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise BadLink(f"The link cannot be opened ({_brief(error)}); the opening example is shown instead.") from error


def _moved_on(state: State, later: str) -> State:
    """The runs at a step that was reached after the link was written; where they stood when that would take too long."""
    if not (later.isascii() and later.isdecimal() and len(later) < 17):
        raise ValueError(f"step = {later[:20]!r}: must be a whole number ≥ 0")
    runs = tuple(run._replace(k=max(run.k, int(later))) for run in state.runs)
    try:
        for run in runs:
            _check_cost(run)
    except ValueError:
        return state
    return state._replace(runs=runs)


def _brief(error: Exception) -> str:
    """What is wrong, in a line; what Python itself says of a content of another shape means nothing to a person."""
    said = str(error).partition("\n")[0] if isinstance(error, ValueError | TypeError) else "it has another shape"
    return said if len(said) < 300 else f"{said[:300]}…"


def _inflated(code: str) -> str:
    if len(code) > LONGEST:
        raise ValueError("it is too long")
    try:
        squeezed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        opened = zlib.decompressobj()
        text = opened.decompress(squeezed, LARGEST)
        if opened.unconsumed_tail or opened.unused_data or not opened.eof:
            raise ValueError
        return text.decode("utf-8")
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError("it is damaged") from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a name is given twice")
    return content


def _state(content: Any) -> State:
    runs, speed, draw_every, stop, *views = content
    if len(views) > 1:
        raise ValueError("it holds more than it may")
    if not isinstance(runs, list) or not 1 <= len(runs) <= 2:
        raise ValueError("it must hold one run or two")
    every = _whole("draw every", draw_every, 1)
    return State(tuple(_run(run) for run in runs), _speed(speed), every, _stop(stop), *views)


def _run(content: Any) -> Run:
    k, dynamic, landscape, swarm, changes = content
    k = _whole("step", k, 0)
    birth = Entry(0, built(dynamic, dynamics.ALL), built(landscape, landscapes.ALL))
    initial_swarm = built(swarm, {Swarm.__name__: Swarm})
    _check_cost(Run((birth,), initial_swarm, k))
    run = Run((birth, *journal_codec.unpacked(changes, birth, MOST_ENTRIES)), initial_swarm, k)
    if run.now.k > k:
        raise ValueError("it holds changes after its last step")
    for entry in run.journal:
        entry.landscape.require_dimension(initial_swarm.d)
    return run


def require_room(n: int, d: int) -> None:
    """Raise ``ValueError`` when a swarm is too large for a page that many visitors share."""
    if n * d > MOST_COORDINATES:
        raise ValueError(
            f"n = {n}: with d = {d} too many for the page, where N d ≤ {MOST_COORDINATES:,}; the library takes more"
        )


def _check_cost(run: Run) -> None:
    """Refuse what would keep the machine busy for minutes.

    Raises
    ------
    ValueError
        In words that continue "because".
    """
    size = run.initial_swarm.n * run.initial_swarm.d
    require_room(run.initial_swarm.n, run.initial_swarm.d)
    if max(size, OVERHEAD) * run.k > MOST_WORK:
        raise ValueError(
            f"living {run.k} steps of {run.initial_swarm.n} agents in {run.initial_swarm.d} dimensions again would take minutes"
            f" (N d k ≤ {MOST_WORK:.0e})"
        )
    if len(run.journal) > MOST_ENTRIES:
        raise ValueError(f"it holds more than {MOST_ENTRIES} changes")


def _whole(name: str, value: Any, smallest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= MOST_STEPS:
        raise ValueError(f"{name} = {value!r}: must be a whole number ≥ {smallest}")
    return value


def _speed(value: Any) -> float | None:
    if value is not None and not _positive(value):
        raise ValueError(f"speed = {value!r}: must be a number above 0")
    return value


def _stop(value: Any) -> tuple[str, float | None]:
    kind, at = value
    if not isinstance(at, int | float | None) or isinstance(at, bool):
        raise ValueError(f"stop at {at!r}: must be a number above 0")
    stop = Stop.of(kind, at)
    return NEVER if stop.kind == NEVER[0] else (stop.kind, at)


def _positive(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value) and 0 < value <= 1e18
