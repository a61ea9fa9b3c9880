"""A run has the same bits in the process that compiles its kernels and in those that load them from the cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from swarmviz.kernels.own_copies import keep_own_copies

RUN = """
import swarmviz as sv
for n, d in ((100, 2), (1000, 2)):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=d))
    print(sim.advance(60).x.tobytes().hex())
"""


def lived(cache: Path) -> str:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    return subprocess.run(
        [sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.timeout(
    400
)  # it compiles the kernels of CBO anew: 15 s of processor, more where other tests run beside it
def test_compiling_and_loading_a_kernel_give_the_same_bits(tmp_path):
    compiled = lived(tmp_path)
    assert list(tmp_path.rglob("*advance_runs*")), "nothing was kept"
    assert lived(tmp_path) == compiled and len(compiled) > 1000


def test_this_version_of_numba_lets_modules_keep_their_copies():
    assert keep_own_copies("swarmviz") and keep_own_copies("swarmviz")
