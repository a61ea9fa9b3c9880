"""What stands between braces in a lesson's text.

    {slider: sigma}, {slider: sigma from 0 to 3}        a slider of a parameter, of the landscape as {slider: landscape.height}
    {number: dispersion}                                an observable of the run, as it is now
    {measured: dispersion at 200 = 3.1e-7}              what it is at a step, as :mod:`swarmviz.lessons.trial` measures it again;
    {measured: k at until = 57}                         at the step where the condition of this step is met;
    {measured: B dispersion at 200 = 0.1}               of the second swarm
    {found: 41 of 100 at 200}, {found: B 3 of 100 …}    runs with the next seeds that have found the minimum by a step

Any other brace is a mistake, so that none is shown to a reader by accident.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from swarmviz.drawing.comparison import NAMES
from swarmviz.lessons.conditions import observable
from swarmviz.parameters import Real, Whole, shown
from swarmviz.replay import RunSpec
from swarmviz.typed import owner

BRACES = re.compile(r"\{[^{}\n]*\}|[{}]")
FORM = re.compile(r"\{(?P<kind>\w+):\s*(?P<rest>.+?)\s*\}")
SLIDER = re.compile(r"(?P<name>[\w.]+)(?:\s+from\s+(?P<low>\S+)\s+to\s+(?P<high>\S+))?")
SWARM = rf"(?:(?P<swarm>[{''.join(NAMES)}])\s+)?"
MEASURED = re.compile(
    SWARM + r"(?P<name>\w+)\s+at\s+(?P<at>\d{1,9}|until)\s*=\s*(?P<value>[-+−]?[\d.]+(?:[eE][-+]?\d+)?)"
)
FOUND = re.compile(SWARM + r"(?P<hits>\d{1,4})\s+of\s+(?P<runs>\d{1,4})\s+at\s+(?P<at>\d{1,9})")
MAX_EXPONENT = 300  # of a number that is measured again
MAX_RUNS = 400  # of an ensemble that is measured again
UNTIL = -1  # in place of a step: where the condition of the lesson's step is met


class Slider(NamedTuple):
    """A slider of a parameter: ``owner`` is dynamics or landscape."""

    owner: str
    parameter: str
    low: float
    high: float
    whole: bool
    log: bool


class Number(NamedTuple):
    """An observable as it is now."""

    observable: str


class Measured(NamedTuple):
    """The value of an observable of a swarm (its place) at a step, or at ``UNTIL``; ``text`` as it was typed."""

    swarm: int
    observable: str
    at: int
    text: str

    @property
    def value(self) -> float:
        """The number."""
        return float(self.text)

    @property
    def half_unit(self) -> float:
        """Half a unit of its last digit: what is within that rounds to it."""
        exponent = Decimal(self.text).as_tuple().exponent
        return 0.5 * 10.0 ** int(exponent)

    @property
    def shown(self) -> str:
        """As a reader sees it: powers of ten in place of an e, commas in large whole numbers."""
        mantissa, e, exponent = self.text.lower().partition("e")
        mantissa = f"{int(mantissa):,}" if re.fullmatch(r"\d{5,}", mantissa) else mantissa
        text = f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}" if e else mantissa
        return text.replace("-", "−")


class Found(NamedTuple):
    """How many of so many runs, with the seeds after the one with which the step begins, have found the minimum by a step."""

    swarm: int
    hits: int
    runs: int
    at: int

    @property
    def shown(self) -> str:
        """As a reader sees it."""
        return f"{self.hits} of {self.runs}"


Inline = Slider | Number | Measured | Found
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def pieces(text: str) -> Iterator[str]:
    """The text in pieces, those in braces by themselves."""
    end = 0
    for match in BRACES.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield match[0]
        end = match.end()
    if end < len(text):
        yield text[end:]


def is_braced(piece: str) -> bool:
    """Whether a piece is one in braces."""
    return piece.startswith(("{", "}"))


def meaning(piece: str, runs: tuple[RunSpec, ...]) -> Inline:
    """What a piece in braces means beside these swarms.

    Raises
    ------
    ValueError
        When it means nothing.
    """
    match = FORM.fullmatch(piece)
    read = KINDS.get(match["kind"]) if match else None
    if match is None or read is None:
        raise ValueError(f"{piece[:60]!r}: must be {', '.join(f'{{{kind}: …}}' for kind in KINDS)}")
    return read(match["rest"], runs)


def _slider(text: str, runs: tuple[RunSpec, ...]) -> Slider:
    match = SLIDER.fullmatch(text)
    if match is None:
        raise ValueError(f"slider: {text[:60]!r}: must be a parameter, or a parameter from number to number")
    now = runs[0].now
    parts = {"dynamics": now.dynamics, "landscape": now.landscape}
    whose, name = owner(
        {part: type(value) for part, value in parts.items()} | {"swarm": type(runs[0].swarm)}, "slider:", match["name"]
    )
    if whose == "swarm":
        raise ValueError(f"slider: {name}: acts on a reset only; a slider in a text moves what acts at once")
    part, declared = parts[whose], parts[whose].declared()[name]
    if not isinstance(declared, Real):
        raise ValueError(f"slider: {name}: is no number")
    low, high = part.slider_range(name) or declared.softbounds or declared.bounds or (None, None)
    if match["low"]:
        low, high = _number(name, match["low"]), _number(name, match["high"])
    if low is None or high is None or not low < high:
        raise ValueError(f"slider: {name} from {low} to {high}: must be from a number to a larger one")
    for end in (low, high):
        if not declared.contains(end):
            raise ValueError(f"slider: {name}: {shown(end)} is not allowed, only {declared.range_text}")
    return Slider(
        whose, name, float(low), float(high), isinstance(declared, Whole), declared.scale == "log" and low > 0
    )


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"slider: {name}: {text[:30]!r} is no number") from None


def _live(text: str, runs: tuple[RunSpec, ...]) -> Number:
    return Number(observable(text, _observables(runs[0])))


def _measured(text: str, runs: tuple[RunSpec, ...]) -> Measured:
    match = MEASURED.fullmatch(text)
    if match is None:
        raise ValueError(f"measured: {text[:60]!r}: must be an observable at a step (or at until) = number")
    swarm = _place(match["swarm"], runs)
    typed = match["value"].replace("−", "-")
    try:
        exponent = Decimal(typed).as_tuple().exponent
    except InvalidOperation:
        raise ValueError(f"measured: {typed[:30]!r} is no number") from None
    if not math.isfinite(float(typed)) or abs(int(exponent)) > MAX_EXPONENT:
        raise ValueError(f"measured: {typed[:30]!r}: must be a finite number, with an exponent within ±{MAX_EXPONENT}")
    at = UNTIL if match["at"] == "until" else int(match["at"])
    return Measured(swarm, observable(match["name"], _observables(runs[swarm])), at, typed)


def _found(text: str, runs: tuple[RunSpec, ...]) -> Found:
    match = FOUND.fullmatch(text)
    if match is None:
        raise ValueError(f"found: {text[:60]!r}: must be a number of runs of a number at a step: 41 of 100 at 200")
    hits, number = int(match["hits"]), int(match["runs"])
    if not 0 <= hits <= number or not 1 <= number <= MAX_RUNS:
        raise ValueError(f"found: {hits} of {number}: must be some of 1 to {MAX_RUNS} runs")
    return Found(_place(match["swarm"], runs), hits, number, int(match["at"]))


def _place(letter: str | None, runs: tuple[RunSpec, ...]) -> int:
    place = NAMES.index(letter) if letter else 0
    if place >= len(runs):
        raise ValueError(f"{letter}: there is no swarm {letter} in this step")
    return place


def _observables(run: RunSpec) -> list[str]:
    return [observable.name for observable in run.now.dynamics.observables]


Reader = Callable[[str, tuple[RunSpec, ...]], Inline]
KINDS: dict[str, Reader] = {"slider": _slider, "number": _live, "measured": _measured, "found": _found}
