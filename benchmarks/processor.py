"""Which processor was met, and what its ports allow: a bound on each piece of a floor, counted and not measured.

A loop over vectors cannot take fewer cycles than

    max(products / m, instructions / p, occupancy)                                                                    (1)

per vector: m = 2 ports (Apple: 4) multiply, and multiply and add; p = 4 ports (AMD since Zen, Apple) or 3 (Intel, 2 for vectors of 512
bits) take vector instructions of any kind; a quotient or a root occupies its unit for so many cycles. The counts below are those of the
formulas in `swarmviz/kernels`, instruction by instruction, constants in registers. Reading, writing, and what a loop spends on itself are
left out (other ports), as are latencies and memory behind the first cache. So (1) is never too high, and a piece that takes twice as long
is slow however good it looks beside its own floor.

The clock is what a chain of products shows, each of which waits for the one before.
"""

from __future__ import annotations

import functools
import platform
import re
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from llvmlite import binding
from numba import config, njit
from numpy._core._multiarray_umath import __cpu_dispatch__

CHAIN, CYCLES = 100_000, 4  # links of the chain; a product takes three cycles and the exclusive or one
KEY = np.uint64(6364136223846793005)
AVX2 = {  # environment of a process
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "",  # the name alone would keep the features of this machine
    "NPY_DISABLE_CPU_FEATURES": " ".join(
        f for f in __cpu_dispatch__ if f.startswith(("AVX512", "X86_V4"))
    ),  # the others', too
}


class Processor(NamedTuple):
    """What the compiled code meets."""

    name: str
    host: str  # what LLVM calls it
    target: str  # what LLVM compiles for
    bits: int  # of the vectors that it makes of a loop
    long_products: bool  # whether there is an instruction for products of 64 bits
    gigahertz: float

    @property
    def ports(self) -> int:
        """Vector instructions per cycle."""
        if re.search("znver|apple", self.host):
            return 4
        return 2 if self.bits == 512 else 3

    @property
    def multipliers(self) -> int:
        """Of these ports, those that multiply."""
        return 4 if "apple" in self.host else 2

    def __str__(self) -> str:
        products = (
            "products of 64 bits in one instruction" if self.long_products else "products of 64 bits of three of 32"
        )
        code = f"code for {self.target}: vectors of {self.bits} bits, {products}"
        return f"{self.name}, {code}; {self.gigahertz:.1f} GHz in a chain of products"


class Count(NamedTuple):
    """Instructions per vectors of 256 bits that make so many numbers.

    Attributes
    ----------
    products : float
        Products, with or without a sum; also those of whole numbers.
    others : float
    numbers : int
    occupancy : float
        Cycles of the unit for quotients and roots, no more than any processor in the tables of uops.info takes.
    """

    products: float
    others: float
    numbers: int
    occupancy: float = 0.0


def together(*counts: Count) -> Count:
    """What makes the same numbers in several loops."""
    assert len({count.numbers for count in counts}) == 1
    sums = (sum(column) for column in zip(*counts, strict=True))
    return Count(*sums)._replace(numbers=counts[0].numbers)


def per_piece(processor: Processor) -> dict[str, Count]:
    """The pieces of the floors."""
    # A product of 64 bits is three of 32, two shifts and two sums; Intel's instruction for it takes three turns, AMD's one.
    product = Count(1 if processor.ports == 4 else 3, 0, 4) if processor.long_products else Count(3, 4, 4)
    word = together(Count(0, 7, 4), product, product)  # three shifts, three exclusive ors, the counter
    halves = Count(
        2 * word.products, 2 * word.others + 4, 16
    )  # of eight words, which make two numbers each; four shuffles
    return {
        # (h + ½) 2^−31: shift, conversion, sum, product; log32: 4 + 2 + 1 steps to k and f, 8 of the polynomial, 2 products; · (−2), root
        "normal": together(halves, Count(12, 11, 16, 5), Count(8, 5, 16), Count(8, 1, 16)),  # R, (5), (6)
        # twice: shift, conversion, sum, product, difference, two sines, quotient, sign
        "cauchy": together(halves, Count(13, 7, 16, 4), Count(13, 7, 16, 4)),
        "uniform": together(word, Count(0, 3, 4)),  # shift, or, difference
        "wave": Count(9, 4, 4),  # x − rint x, ¼ − |r|; t², 7 of the polynomial, its product with t
        "exponential": Count(15, 10, 4),  # two bounds, n, r, 11 of the polynomial, 2^n, zero below the bound
        "logarithm": Count(14, 19, 4, 5),  # k, f, s, z, w, 13 of the polynomial and the sum, three exceptions
        "root": Count(0, 1, 4, 9),
        "move 1": Count(2, 2, 4),
        "move 2": Count(4, 2, 4),
        "move 3": Count(4, 2, 4),
        "gather": Count(1, 1, 4),
    }


def bounds(processor: Processor) -> dict[str, float]:
    """The bound (1) on each piece, ns per number."""
    return {name: bound(count, processor) for name, count in per_piece(processor).items()}


def bound(count: Count, processor: Processor) -> float:
    """The bound (1), ns per number."""
    vectors = 256 / processor.bits
    cycles = max(
        count.products / processor.multipliers, (count.products + count.others) / processor.ports, count.occupancy
    )
    return cycles * vectors / count.numbers / processor.gigahertz


@functools.cache
def met() -> Processor:
    """The processor that this process compiles for, by what the compiler makes of two loops."""
    code = _code(_products_of_floats, "void(float64[::1], float64[::1])")
    widest = {"zmm": 512, "ymm": 256}
    bits = next((width for register, width in widest.items() if re.search(rf"mulpd.*%{register}", code)), 128)
    long_products = "vpmullq" in _code(_products_of_words, "void(uint64[::1], uint64[::1])")
    host = binding.get_host_cpu_name()
    return Processor(_name(), host, config.CPU_NAME or host, bits, long_products, clock())


def clock() -> float:
    """Cycles per ns, from the fastest of many runs of a chain."""
    best = np.inf
    for _ in range(100):
        start = time.perf_counter()
        _chain(CHAIN, np.uint64(3), KEY)
        best = min(best, time.perf_counter() - start)
    return CHAIN * CYCLES / best / 1e9


@njit("uint64(int64, uint64, uint64)")
def _chain(n, x, k):
    for _ in range(n):
        x = (x * k) ^ (x >> np.uint64(7))
    return x


def _products_of_floats(x, y):
    for i in range(x.size):
        y[i] *= x[i]


def _products_of_words(x, y):
    for i in range(x.size):
        y[i] *= x[i]


def _code(function, signature: str) -> str:
    compiled = njit(signature)(function)
    return next(iter(compiled.inspect_asm().values()))


def _name() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found.group(1) if found else platform.processor() or platform.machine()
