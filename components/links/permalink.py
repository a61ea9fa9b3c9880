"""The codec of links: the whole state of a visit in one query parameter of the address, short, versioned, and checked like typed input.

``?s=2.<base64url of deflated JSON>``. The JSON is ``[runs, speed, draw_every, stop]``, and a run is ``[k, dynamics, landscape, swarm,
strokes]``: each part by name with the values that differ from its defaults, as it was at step 0, then the changes
(:mod:`components.links.journal_codec`). Where views do not have their default options, a fifth part holds theirs; what they mean is for
the views to say (:mod:`components.links.view_options`), and it never keeps a run from being opened.
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
from typing import Any, NamedTuple

from components.links import journal_codec
from components.links.budget import MAX_CHANGES, check_cost, check_costs
from components.playback.pause_at import PauseAt
from components.state import NEVER, VisitState
from swarmviz import dynamics, landscapes
from swarmviz.drawing.comparison import MAX_COMPARED
from swarmviz.journal import Journal
from swarmviz.replay import RunSpec
from swarmviz.serialise import built, shortened
from swarmviz.swarm import Swarm

KEY = "s"
VERSION = "2"
MAX_LINK_CHARS = 8000
MAX_CONTENT_BYTES = 1_000_000  # of the JSON in it
MAX_STEP = 2**53
LATER = "~"  # before the step that a page had reached when it lost its connection, and could not ask for a new link


class BadLink(ValueError):
    """A link that leads nowhere; the message is for the visitor who followed it."""


class Unlinkable(ValueError):
    """A state that no link can hold; the message says why."""


class Link(NamedTuple):
    """A link and what it could not hold: "" when it is all there, else a sentence."""

    code: str
    lost: str


# ---- writing ---------------------------------------------------------------------------------------------------------------


def write(state: VisitState) -> str:
    """The value of the query parameter ``KEY``.

    Raises
    ------
    Unlinkable
        When the link would be too long, or its replay too expensive to be opened.
    """
    try:
        check_costs(state.runs)
        for run in state.runs:
            _require_linkable(run)
    except ValueError as error:
        raise Unlinkable(str(error)) from None
    stop = NEVER if state.stop[0] == NEVER[0] else state.stop
    content = [[_packed(run) for run in state.runs], state.speed, state.draw_every, stop] + [state.views] * bool(
        state.views
    )
    text = json.dumps(content, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    code = f"{VERSION}.{base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip('=')}"
    if len(code) > MAX_LINK_CHARS or len(text) > MAX_CONTENT_BYTES:
        raise Unlinkable("its history of changes is too long for an address")
    return code


def fitting(state: VisitState) -> Link:
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
        return Link(write(state._replace(runs=tuple(run.restarted() for run in state.runs))), lost)


def _require_linkable(run: RunSpec) -> None:
    """Raise ``ValueError``, in words that continue "because", when a landscape of the run is one that no link holds."""
    for change in run.until(run.k).journal:
        if change.landscape.unlinkable:
            raise ValueError(change.landscape.unlinkable)


def _packed(run: RunSpec) -> list:
    """Its parts; what its journal knows of later steps is no part of the run."""
    run = run.until(run.k)
    first = run.journal[0]
    return [
        run.k,
        shortened(first.dynamics),
        shortened(first.landscape),
        shortened(run.swarm),
        journal_codec.packed(run.journal),
    ]


# ---- reading ---------------------------------------------------------------------------------------------------------------


def read(link: str) -> VisitState:
    """The state of a link.

    Raises
    ------
    BadLink
        When it is damaged, of another version, holds a value that the declarations refuse, or a run too long to be replayed.
    """
    version, _, code = link.partition(".")
    code, _, later = code.partition(LATER)
    if version != VERSION:
        raise BadLink("The link is of another version of swarmviz; the opening example is shown instead.")
    try:
        state = _state(json.loads(_inflated(code), parse_constant=_refuse_constant, object_pairs_hook=_unique_names))
        return _moved_on(state, later) if later else state
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise BadLink(f"The link cannot be opened ({_brief(error)}); the opening example is shown instead.") from error


def _moved_on(state: VisitState, later: str) -> VisitState:
    """The runs at a step that was reached after the link was written; where they stood when that would take too long."""
    if not (later.isascii() and later.isdecimal() and len(later) < 17):
        raise ValueError(f"step = {later[:20]!r}: must be a whole number ≥ 0")
    runs = tuple(run._replace(k=max(run.k, int(later))) for run in state.runs)
    try:
        check_costs(runs)
    except ValueError:
        return state
    return state._replace(runs=runs)


def _brief(error: Exception) -> str:
    """What is wrong, in a line; Python's own words on a content of another shape mean nothing to a visitor."""
    text = str(error).partition("\n")[0] if isinstance(error, ValueError | TypeError) else "it has another shape"
    return text if len(text) < 300 else f"{text[:300]}…"


def _inflated(code: str) -> str:
    if len(code) > MAX_LINK_CHARS:
        raise ValueError("it is too long")
    try:
        squeezed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        opened = zlib.decompressobj()
        text = opened.decompress(squeezed, MAX_CONTENT_BYTES)
        if opened.unconsumed_tail or opened.unused_data or not opened.eof:
            raise ValueError
        return text.decode("utf-8")
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError("it is damaged") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a name is given twice")
    return content


def _state(content: Any) -> VisitState:
    runs, speed, draw_every, stop, *views = content
    if len(views) > 1:
        raise ValueError("it holds more than it may")
    if not isinstance(runs, list) or not 1 <= len(runs) <= MAX_COMPARED:
        raise ValueError(f"it must hold one to {MAX_COMPARED} runs")
    every, read = _whole("draw every", draw_every, 1), []
    for run in runs:
        read.append(_run(run))
        check_costs(read)  # before the next is read
    return VisitState(tuple(read), _speed(speed), every, _stop(stop), *views)


def _run(content: Any) -> RunSpec:
    k, dynamic, landscape, swarm, changes = content
    k = _whole("step", k, 0)
    start = Journal.at_start(built(dynamic, dynamics.ALL), built(landscape, landscapes.ALL))
    run = RunSpec(start, built(swarm, {Swarm.__name__: Swarm}), k)
    check_cost(run)
    _require_linkable(run)
    run = run._replace(journal=Journal([*start, *journal_codec.unpacked(changes, start[0], MAX_CHANGES)]))
    if run.journal[-1].k > k:
        raise ValueError("it holds changes after its last step")
    _require_linkable(run)
    for change in run.journal:
        change.landscape.require_dimension(run.swarm.d)
    return run


def _whole(name: str, value: Any, smallest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= MAX_STEP:
        raise ValueError(f"{name} = {value!r}: must be a whole number ≥ {smallest}")
    return value


def _speed(value: Any) -> float | None:
    if value is not None and not _positive(value):
        raise ValueError(f"speed = {value!r}: must be a number above 0")
    return value


def _stop(value: Any) -> tuple[str, float | None]:
    kind, at = value
    if not isinstance(at, int | float | None) or isinstance(at, bool):
        raise ValueError(f"pause at {at!r}: must be a number above 0")
    stop = PauseAt.of(kind, at)
    return NEVER if stop.kind == NEVER[0] else (stop.kind, at)


def _positive(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value) and 0 < value <= 1e18
