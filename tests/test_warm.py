"""The kernels are compiled before anyone waits for them, on every core, and the console says how far it is."""

import io
import re

import pytest

import swarmviz as sv
from swarmviz.dynamics import cbo
from swarmviz.dynamics.tiled import tiles_agree
from swarmviz.kernels import bandwidth
from swarmviz.warm import compiled, warm


def test_everything_is_compiled_and_told_while_it_goes(monkeypatch):
    monkeypatch.setattr(sv.dynamics, "ALL", {"CBO": sv.CBO, "SSA": sv.SSA})
    monkeypatch.setattr(sv.landscapes, "ALL", {"Ackley": sv.landscapes.Ackley})
    out = io.StringIO()
    warm(out, processes=2)
    *lines, last = out.getvalue().splitlines()
    assert [re.match(r"\[ (\d)/4\] ", line).group(1) for line in lines] == ["1", "2", "3", "4"]
    assert sorted(line.split("] ")[1].split("  ")[0] for line in lines) == [
        "dynamics CBO",
        "dynamics SSA",
        "landscape Ackley",
        "picture density",
    ]
    assert all(re.search(r" \d+\.\d\d s$", line) for line in lines) and last.startswith("All kernels are ready after ")


def test_what_cannot_be_compiled_is_not_passed_over(monkeypatch):
    monkeypatch.setattr(sv.dynamics, "ALL", {"Unheard": sv.CBO})
    monkeypatch.setattr(sv.landscapes, "ALL", {})
    with pytest.raises(KeyError, match="Unheard"):
        warm(io.StringIO(), processes=1)


def test_a_compiled_dynamics_is_ready_with_one_signature_and_a_landscape_says_how_long_it_took(monkeypatch):
    tiles_agree.cache_clear()
    for kernel in (cbo.advance_runs, cbo.advance_tiles):  # of a run by itself, and of small swarms that go together
        monkeypatch.setattr(kernel, "dispatcher", None)
    assert compiled("dynamics", "CBO") > 0
    assert len(cbo.advance_runs.dispatcher.signatures) == len(cbo.advance_tiles.dispatcher.signatures) == 1
    assert compiled("landscape", "Formula") > 0


def test_the_density_is_compiled_too(monkeypatch):
    monkeypatch.setattr(bandwidth.excess_time, "dispatcher", None)
    assert compiled("picture", "density") > 0 and bandwidth.excess_time.dispatcher is not None
