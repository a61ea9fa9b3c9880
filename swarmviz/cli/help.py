"""The help that names every parameter that can be set, made from the declarations."""

from __future__ import annotations

import click

import swarmviz as sv
from swarmviz.parameters import Choice, Described, Real, Vector


def declarations(title: str, cls: type[Described]) -> list[str]:
    """A class's parameters, one per line."""
    lines = [title]
    for name, declared in cls.declared().items():
        allowed = declared.range_text if isinstance(declared, Real) and declared.bounds else ""
        allowed = " | ".join(declared.objects) if isinstance(declared, Choice) else allowed
        more = ", or a schedule" if getattr(declared, "schedulable", False) else ""
        about = f" [{allowed}{more}]" if allowed else ""
        default = "" if isinstance(declared, Vector) else f" = {declared.default!r}"
        lines.append(f"    {name} ({declared.symbol or name}){default}: {declared.doc}{about}")
    return lines


class Declared(click.Command):
    """A command whose help ends with every parameter that can be set, and every observable."""

    def format_epilog(self, ctx, formatter):
        lines = ["Parameters (--set name=value):"]
        lines += declarations("  swarm", sv.Swarm)
        for name, cls in sv.dynamics.ALL.items():
            lines += declarations(f"  --dynamics {name}: {cls.title} ({cls.reference})", cls)
            lines.append(f"    observables: {', '.join(o.name for o in cls.observables)}")
        for name, land in sv.landscapes.ALL.items():
            lines += declarations(f"  --landscape {name}: {land.title}", land)
        lines.append(
            f"Schedules: {', '.join(repr(cls()) if cls().values_now() else name for name, cls in sv.schedules.ALL.items())}"
        )
        formatter.write("\n" + "\n".join(lines) + "\n")
