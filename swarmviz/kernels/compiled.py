"""How functions are compiled: one place for numba's options and for the types of kernels' arguments.

* :func:`inner` marks a function that is called from other compiled functions.
* :func:`kernel` marks an entry point that Python calls. Its parameters are annotated, and from the annotations it has one explicit
  signature, so an int from a slider never recompiles it. A parameter is an array, a number, a function, or a *pack*: a NamedTuple
  whose fields are annotated in the same way (:mod:`swarmviz.kernels.packs`). A kernel is compiled (or loaded from the disk cache) at its
  first call, so importing swarmviz stays fast.

Sums may be reordered by the compiler (``reassoc``), at compile time, which is the same at every call: runs stay bit-identical for any
batching and any number of threads. A function that is marked ``strict`` keeps IEEE arithmetic. No function assumes that NaN and infinity
do not occur, or the check for a diverged agent would be optimised away.
"""

from __future__ import annotations

import inspect
import sys
import threading
import typing
import warnings
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
from numba import njit, typeof, types
from numba.core.errors import NumbaExperimentalFeatureWarning
from numba.core.registry import cpu_target

from swarmviz.kernels import cache
from swarmviz.kernels.own_copies import keep_own_copies
from swarmviz.kernels.sources import sources_digest, toolchain_digest

# Contraction and reassociation make sums vectorisable; nnan/ninf stay off, so a diverged agent is not optimised away.
# Division by zero gives an infinity, as in NumPy: a check for it in a hot loop costs a factor of six.
LOCK = threading.RLock()  # replicas start on several threads; one compiles at a time
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
FAST = {"reassoc", "nsz", "arcp", "contract", "afn"}

# Annotations of kernels' parameters and of packs' fields; float, int and bool stand for themselves.
Reals = Annotated[np.ndarray, types.float64[::1]]
Wholes = Annotated[np.ndarray, types.int64[::1]]
Words = Annotated[np.ndarray, types.uint64[::1]]
Table = Annotated[np.ndarray, types.float64[:, ::1]]  # (d, n): one row per coordinate; or a row per run, per minimiser
RunRows = Annotated[np.ndarray, types.float64[:, :]]  # (runs, …): rows that lie apart, each begins with a cache line
Flags = Annotated[np.ndarray, types.uint8[::1]]
FlagRows = Annotated[np.ndarray, types.uint8[:, ::1]]
WholeRows = Annotated[np.ndarray, types.int64[:, ::1]]
Tables = Annotated[np.ndarray, types.float64[:, :, ::1]]  # a table per run

# A landscape as the kernels see it: value(x, p, out) and gradient(x, p, out) on a block x of shape (d, n) with its parameters p.
value_signature = types.void(types.float64[:, ::1], types.float64[::1], types.float64[::1])
gradient_signature = types.void(types.float64[:, ::1], types.float64[::1], types.float64[:, ::1])
ValueFunction = Annotated[Any, types.FunctionType(value_signature)]
GradientFunction = Annotated[Any, types.FunctionType(gradient_signature)]
PLAIN = {float: types.float64, int: types.int64, bool: types.boolean, type(None): types.void}


keep_own_copies("swarmviz")


def inner(function: Callable | None = None, *, strict: bool = False, inline: bool = False) -> Any:
    """Compile a function for use inside kernels; ``strict`` keeps IEEE arithmetic to the letter.

    ``inline`` makes it a part of each caller: the way a step of a tiny swarm loses no time with calls that hand over tuples of arrays.
    Not for a function that adds up and is called from two places, because the copies of a sum may be ordered differently.
    """
    if function is None:
        return lambda f: inner(f, strict=strict, inline=inline)
    return cache.jit(function, **OPTIONS, forceinline=inline, fastmath=False if strict else FAST)


class Argument(NamedTuple):
    """A plain argument of the compiled entry: a parameter of the kernel, or a field of one that is a pack."""

    name: str
    type: Any


class Kernel:
    """A compiled entry point with one explicit signature, compiled on first use.

    Numba needs a microsecond to recognise each tuple that it is called with, more than a step of a small swarm takes. So the entry takes
    the fields of the packs as plain arguments, makes the packs anew inside and hands them to the function as it is written.
    """

    registry: list[Kernel] = []  # noqa: RUF012 (for the warm-up)
    prepare: ClassVar[Callable[[Kernel], None] | None] = (
        None  # is called before one that the cache does not keep is compiled
    )

    def __init__(self, function: Callable):
        self.function, self.__doc__ = function, function.__doc__
        hints = typing.get_type_hints(function, include_extras=True)
        self.packs = {name: hints[name] for name in inspect.signature(function).parameters}
        self.arguments = [argument for name in self.packs for argument in self._plain(name)]
        self.signature = numba_type(hints["return"])(*(argument.type for argument in self.arguments))
        self._packed = tuple(is_pack(hint) for hint in self.packs.values())
        self.dispatcher: Any = None
        Kernel.registry.append(self)

    @property
    def name(self) -> str:
        """The module and the function, as ``swarmviz.dynamics.cbo:advance_runs``."""
        return f"{self.function.__module__}:{self.function.__qualname__}"

    def compile(self) -> Any:
        """Compile, or load from the cache, and return the dispatcher."""
        if self.dispatcher is None and Kernel.prepare is not None and not self.kept:
            Kernel.prepare(self)  # without the lock: it may wait for another process
        with LOCK, warnings.catch_warnings():
            # functions as values are "experimental" in numba's words, and work by measurement
            warnings.simplefilter("ignore", NumbaExperimentalFeatureWarning)
            if self.dispatcher is None:
                dispatcher = self._made()
                cache.compile_only(dispatcher, self.signature)
                self.dispatcher = dispatcher
        return self.dispatcher

    @property
    def kept(self) -> bool:
        """Whether it lies in the cache, compiled."""
        with LOCK:
            return cache.keeps(self._made(), self.signature)

    def _made(self) -> Any:
        return cache.kept(self._entry(), **OPTIONS, fastmath=FAST)

    def __call__(self, *given: Any) -> Any:
        plain: list[Any] = []
        for value, packed in zip(given, self._packed, strict=True):
            if packed:
                plain.extend(value)
            else:
                plain.append(value)
        try:
            return (self.dispatcher or self.compile())(*plain)
        except TypeError:
            self._refuse(plain)
            raise

    def _plain(self, name: str) -> list[Argument]:
        """What a parameter is made of: itself, or the fields of its pack as ``name.field``."""
        hint = self.packs[name]
        if not is_pack(hint):
            return [Argument(name, numba_type(hint))]
        module = sys.modules.get(hint.__module__)  # a file that was loaded by its path has none
        fields = typing.get_type_hints(hint, vars(module) if module else self.function.__globals__, include_extras=True)
        return [Argument(f"{name}.{field}", numba_type(fields[field])) for field in hint._fields]

    def _entry(self) -> Callable:
        """The function as it is written, or, where it takes packs, one of plain arguments that makes them and calls it."""
        if not any(self._packed):
            return self.function
        code, made = self.function.__code__, []
        for name, hint in self.packs.items():
            fields = ", ".join(argument.name.replace(".", "_") for argument in self._plain(name))
            made.append(f"{hint.__name__}({fields})" if is_pack(hint) else fields)
        parameters = ", ".join(argument.name.replace(".", "_") for argument in self.arguments)
        source = f"def {code.co_name}({parameters}): return body({', '.join(made)})"
        # inlined before types are found: compiled by itself, the body would go through the optimiser twice, a quarter of all the time
        body = njit(self.function, **OPTIONS, inline="always", fastmath=FAST)
        names = {hint.__name__: hint for hint in self.packs.values() if is_pack(hint)} | {"body": body}
        # as if it stood in the function's place: so numba's cache keeps it with that file
        exec(compile("\n" * (code.co_firstlineno - 1) + source, code.co_filename, "exec"), names)
        entry = names[code.co_name]
        entry.__module__, entry.__qualname__ = self.function.__module__, self.function.__qualname__
        return entry

    def _refuse(self, given: list[Any]) -> None:
        """Raise ``TypeError`` with the name of the first argument of a wrong type, if there is one."""
        for argument, value in zip(self.arguments, given, strict=True):
            if isinstance(argument.type, types.FunctionType):
                continue
            kind = typeof(value)
            if cpu_target.typing_context.can_convert(kind, argument.type) is None:
                raise TypeError(f"{self.function.__qualname__}: {argument.name} must be {argument.type}, not {kind}")


def kernel(function: Callable) -> Kernel:
    """Decorator of an entry point: ``@kernel def advance_runs(runs: Runs, steps: Steps, …) -> None``."""
    return Kernel(function)


def is_pack(hint: Any) -> bool:
    """Whether an annotation is a NamedTuple of arguments."""
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")


def numba_type(hint: Any) -> Any:
    """Numba's type for an annotation.

    Raises
    ------
    TypeError
        When the annotation has none.
    """
    if hint in PLAIN:
        return PLAIN[hint]
    try:
        (kind,) = hint.__metadata__
    except AttributeError:
        raise TypeError(
            f"{hint!r} says no type of numba: annotate with float, int, bool, or a name of this module"
        ) from None
    return kind


def choose_cache(version: str) -> None:
    """Keep compiled code under the version and the digests of the sources and of what translates them (:mod:`swarmviz.kernels.sources`)."""
    cache.choose(f"swarmviz-{version}-{sources_digest()}-{toolchain_digest()}")
