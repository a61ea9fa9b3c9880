"""The options of the commands, read by the declarations of what they set."""

from __future__ import annotations

from typing import Any

import click

from swarmviz.cli.outcome import Refused, in_one_line
from swarmviz.ensembles.hitting_times import NEEDED, Level
from swarmviz.ensembles.stopping import Below, Budget, Spent, Stall, Stop
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.parameters import Described, Whole
from swarmviz.typed import chosen, listed, pairs, parse_value

STOPS: dict[str, type[Stop]] = {"stall": Stall, "below": Below, "spent": Spent, "budget": Budget}


class Typed(click.ParamType):
    """A text as its declaration reads it; the library refuses what is out of range and names the range."""

    name = "number"

    def __init__(self, declared: Any):
        self.declared = declared

    def convert(self, value, param, ctx):
        try:
            return parse_value(param.name, value, self.declared) if isinstance(value, str) else value
        except ValueError as error:
            raise Refused(in_one_line(error)) from None


class Folder(click.ParamType):
    """The name of a folder; an empty one would mean the working directory."""

    name = "path"

    def convert(self, value, param, ctx):
        if not value.strip():
            raise Refused(f"--{param.name} {value!r}: must be the name of a folder")
        return value


def number(cls: type[Described], name: str, default: float | None = None, more: str = "") -> Any:
    """The option of a declared number, with its meaning and its range."""
    declared = cls.declared()[name]
    about = f"{declared.doc}{more} [{declared.range_text}]"
    return click.option(
        f"--{name}", type=Typed(declared), default=default, show_default=default is not None, help=about
    )


threads = click.option("--threads", type=Typed(Whole(1)), help="Every core when absent.")


def stop(text: str | None) -> Stop | None:
    """``stall:tolerance=0.01,steps=20`` as a stop.

    Raises
    ------
    ValueError
        When it is none, or one of its values is out of range.
    """
    if text is None:
        return None
    kind, _, given = text.partition(":")
    cls = chosen("stop", kind.strip(), STOPS, "--stop")
    known, declared = cls().values_now(), cls.declared()
    try:
        texts = pairs("the stop:", tuple(listed(given)) if given.strip() else ())
        for name in texts:
            if name not in known:
                raise ValueError(f"{name} is not known{did_you_mean(name, known)}")
        return cls(
            **{name: parse_value(name, t, declared[name]) if name in declared else t for name, t in texts.items()}
        )
    except (TypeError, ValueError) as error:
        raise ValueError(f"--stop {text}: {error}") from None


def stop_help() -> str:
    """The stops with their defaults, as they are typed."""
    kinds = (f"{kind}:{','.join(f'{n}={v}' for n, v in cls().values_now().items())}" for kind, cls in STOPS.items())
    return f"When a run ends early: {' or '.join(kinds)}; what is left out is as shown."


def targets(text: str | None) -> tuple[float, ...]:
    """The numbers of ``--target``; none where it is not given.

    Raises
    ------
    ValueError
        When one is no number ≥ 0.
    """
    if text is None:
        return ()
    declared = Level.declared()["target"]
    try:
        return tuple(float(Level(target=parse_value("target", level, declared)).target) for level in listed(text))
    except (TypeError, ValueError) as error:
        raise ValueError(f"--target {text}: {error}") from None


def recorded_for(targets: tuple[float, ...], record: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What is recorded, with what hitting times need."""
    return record if record is None or not targets else tuple(dict.fromkeys((*record, *NEEDED)))


def require_minimum(targets: tuple[float, ...], dynamics: Any, landscape: Any, swarm: Any) -> None:
    """Raise ``ValueError`` when there are targets, but nothing from which they are measured."""
    if targets and not dynamics.on_finite_set and landscape.minimum(swarm.d) is None:
        raise ValueError(
            f"--target: F* of {landscape.title} is not known; swarmviz.ensembles.hitting(data, targets, minimum=…) takes it"
        )


def recorded(text: str | None, absent: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Names of observables between commas; "all" and "none" are words of their own."""
    if text is None or not text.strip():
        return absent
    return {"all": None, "none": ()}.get(text.strip(), tuple(listed(text)))


def counted(text: str | None) -> tuple[str, ...] | None:
    """Names of kinds of events between commas; "all" and "none" are words of their own."""
    return recorded(text, ())
