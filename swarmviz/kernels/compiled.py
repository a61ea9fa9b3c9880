"""How functions are compiled: one place for numba's options.

* :func:`inner` marks a function that is called from other compiled functions.
* :class:`Kernel` marks an entry point that Python calls. It has one explicit signature, so an int from a slider never
  recompiles it; it is compiled (or loaded from the disk cache) at its first call, so importing swarmviz stays fast.

``fastmath`` here allows everything but reassociation and the assumption that no NaN occurs where a function says ``strict``:
reductions of positions may be reordered by the compiler at compile time, which is the same on every call, so runs stay
bit-identical for any batching and any number of threads.
"""

from __future__ import annotations

import functools
import hashlib
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import types
from numba.core.errors import NumbaExperimentalFeatureWarning

from swarmviz.kernels import cache

# Contraction and reassociation make sums vectorisable; nnan/ninf stay off, so a diverged agent is not optimised away.
# Division by zero gives an infinity, as in NumPy: a check for it in a hot loop costs a factor of six.
LOCK = threading.RLock()  # replicas start on several threads; one compiles at a time
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
FAST = {"reassoc", "nsz", "arcp", "contract", "afn"}

KERNEL_FOLDERS = ("kernels", "dynamics", "landscapes")  # what compiled code is made of

number = types.float64
single = types.float32
whole = types.int64
word = types.uint64
reals = types.float64[::1]
table = types.float64[:, ::1]  # (d, n): one row per coordinate
rows_of_runs = types.float64[:, :]  # (runs, …): rows that lie apart from each other, each begins with a cache line
singles = types.float32[::1]
wholes = types.int64[::1]
flags = types.uint8[::1]
# One row, or one table, per run of a kernel that takes several.
flag_rows = types.uint8[:, ::1]
whole_rows = types.int64[:, ::1]
tables = types.float64[:, :, ::1]
ends = types.int64[:, ::1]

# A landscape as the kernels see it: value(x, p, out) and gradient(x, p, out) on a block x of shape (d, n) with its parameters p.
value_signature = types.void(table, reals, reals)
gradient_signature = types.void(table, reals, table)
value_function = types.FunctionType(value_signature)
gradient_function = types.FunctionType(gradient_signature)


def inner(function: Callable | None = None, *, strict: bool = False, inline: bool = False) -> Any:
    """Compile a function for use inside kernels; ``strict`` keeps IEEE arithmetic to the letter.

    ``inline`` makes it a part of each caller: the way a step of a tiny swarm loses no time with calls that hand over tuples of arrays.
    Not for a function that adds up and is called from two places, because the copies of a sum may be ordered differently.
    """
    if function is None:
        return lambda f: inner(f, strict=strict, inline=inline)
    return cache.jit(function, **OPTIONS, forceinline=inline, fastmath=False if strict else FAST)


class Kernel:
    """A compiled entry point with one explicit signature, compiled on first use."""

    registry: list[Kernel] = []  # noqa: RUF012 (for the warm-up)

    def __init__(self, signature: Any, function: Callable):
        self.signature, self.function, self.__doc__ = signature, function, function.__doc__
        self.dispatcher: Any = None
        Kernel.registry.append(self)

    def compile(self) -> Any:
        """Compile, or load from the cache, and return the dispatcher."""
        with LOCK, warnings.catch_warnings():
            # functions as values are "experimental" in numba's words, and work by measurement
            warnings.simplefilter("ignore", NumbaExperimentalFeatureWarning)
            if self.dispatcher is None:
                self.dispatcher = cache.jit(self.function, self.signature, **OPTIONS, fastmath=FAST)
        return self.dispatcher

    def __call__(self, *args: Any) -> Any:
        return (self.dispatcher or self.compile())(*args)


def kernel(signature: Any) -> Callable[[Callable], Kernel]:
    """Decorator: ``@kernel(whole(reals, …))``."""
    return lambda function: Kernel(signature, function)


@functools.cache
def sources_digest(parts: tuple[str, ...] = KERNEL_FOLDERS) -> str:
    """A short hash of the sources in some parts of the package.

    Parameters
    ----------
    parts : tuple of str
        Names of files and folders that lie in the package's own folder.
    """
    core = Path(__file__).parents[1]
    sources = [path for path in sorted(core.rglob("*.py")) if path.relative_to(core).parts[0] in parts]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def choose_cache(version: str) -> None:
    """Keep compiled code in the user's cache folder, under the version and a hash of the core's sources.

    Numba notices a change of the file that it compiles, but not of the files whose functions that one calls: without this, an
    edit (or an upgrade) would go on running yesterday's machine code. Folders that no kernel is made of do not count.
    """
    cache.choose(f"{version}-{sources_digest()}")
