"""What formulas of visitors leave behind: no compiler starts for one, nothing is written, and what is kept is bounded."""

from __future__ import annotations

import tracemalloc

import numpy as np
from numba.core import event

import swarmviz as sv
from swarmviz.landscapes.formula import formula as module


def long_formula(i):
    """About as long as one may be, and another one for every number."""
    return "+".join(f"sin({i + k}*x)*cos(y/{k + 1})" for k in range(90))


def live(text):
    landscape = sv.landscapes.Formula(text, box=(-3, 3))
    landscape.require_defined_in_box(2)
    sim = sv.Simulation(sv.SBGD(), landscape, sv.Swarm(n=5, d=2))
    sim.advance(2)
    return landscape


def test_ten_formulas_start_no_compiler_and_write_no_file(tmp_path):
    from numba import config

    live(long_formula(0))  # the interpreter and the kernel are there, as on a page that is open
    folder = config.CACHE_DIR
    before = _files(folder)
    with event.install_recorder("numba:compile") as compiled:
        for i in range(1, 11):
            live(long_formula(i))
        assert not compiled.buffer
        _compile_one()  # the recorder does see a compiler
        assert compiled.buffer
    assert _files(folder) == before


def test_of_two_hundred_formulas_no_more_is_kept_than_of_64():
    module._known_text.cache_clear()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        module._read(long_formula(1000))
        one = tracemalloc.get_traced_memory()[0] - before
        for i in range(1, 200):
            module._read(long_formula(1000 + i))
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert module._known_text.cache_info().currsize == module._known_text.cache_info().maxsize == 64
    assert 32 * one < grown < 1.5 * 64 * one  # without a bound 200


def _compile_one():
    from numba import njit

    njit(lambda x: x + 1.0)(np.float64(1.0))


def _files(folder):
    from pathlib import Path

    return sorted(str(path) for path in Path(folder).rglob("*")) if folder else []
