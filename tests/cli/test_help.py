"""The help."""

from __future__ import annotations

import swarmviz as sv
from tests.cli.commands import call


def test_the_help_names_every_parameter_that_can_be_set():
    text = " ".join(call("run", "--help").output.split())
    for cls in (sv.Swarm, *sv.dynamics.ALL.values(), *sv.landscapes.ALL.values()):
        for name, declared in cls.declared().items():
            assert f"{name} ({declared.symbol or name})" in text and " ".join(declared.doc.split()) in text
