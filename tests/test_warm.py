"""The kernels are compiled before anyone waits for them, on every core, and the console says how far it is."""

import io
import re
import types

import pytest

import swarmviz as sv
from swarmviz import warm as module
from swarmviz.warm import warm

FILL = "swarmviz.kernels.diagnostics:fill_batch"


@pytest.fixture
def one_missing(monkeypatch):
    monkeypatch.setattr(
        module,
        "kernels",
        lambda: [types.SimpleNamespace(name=FILL, kept=False), types.SimpleNamespace(name="a:b", kept=True)],
    )
    monkeypatch.setattr(sv.landscapes, "ALL", {"Ackley": sv.landscapes.Ackley})


def test_what_is_missing_is_compiled_and_told_while_it_goes(one_missing):
    out = io.StringIO()
    warm(out, processes=2)
    *lines, last = out.getvalue().splitlines()
    assert [re.match(r"\[ (\d)/2\] ", line)[1] for line in lines][-1] == "2"
    assert sorted(line.split("] ")[1].split("  ")[0] for line in lines) == ["landscape Ackley", FILL.replace(":", " ")]
    assert all(re.search(r" \d+\.\d\d s$", line) for line in lines) and last.startswith("All kernels are ready after ")


def test_what_cannot_be_compiled_is_not_passed_over(one_missing, monkeypatch):
    monkeypatch.setattr(sv.landscapes, "ALL", {"Unheard": sv.landscapes.Ackley})
    with pytest.raises(RuntimeError, match="landscape Unheard: KeyError"):
        warm(io.StringIO(), processes=1)
