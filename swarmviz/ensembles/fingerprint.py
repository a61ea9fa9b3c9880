"""What a function does, as a hash: so that a store can tell whether the stop that it is taken up with is the one it was begun with.

The hash is of the bytecode with its constants, and of what the function uses: defaults, the variables that it closes over, globals, other
functions. What is installed (and swarmviz itself) counts by its name.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import hashlib
import json
import sys
import sysconfig
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from swarmviz.parameters import Described
from swarmviz.serialise import as_json

PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...))
NAMED = (types.ModuleType, type, types.BuiltinFunctionType, np.ufunc)
SWARMVIZ = str(Path(__file__).parents[1])
INSTALLED = (SWARMVIZ, *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")))


def fingerprint(function: Callable) -> str:
    """The hash; the same in every process with the same version of Python.

    Raises
    ------
    TypeError
        When the function uses something that is neither plain data nor a function, such as an open file; names it.
    """
    content = _plain("the function", function, {})
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def _plain(name: str, value: Any, seen: dict[int, Any]) -> Any:
    """A value as what JSON can hold; ``seen`` holds what it may lie in itself."""
    kind = type(value).__name__
    if isinstance(value, PLAIN):
        return [kind, repr(value)]
    if isinstance(value, Described):
        return [kind, as_json(value)]
    if isinstance(value, (np.ndarray, np.generic)) and not value.dtype.hasobject:
        array = np.asarray(value)
        return [kind, array.dtype.str, array.shape, hashlib.sha256(array.tobytes()).hexdigest()]
    if isinstance(value, NAMED) or _is_installed(value):
        return [kind, getattr(value, "__module__", ""), getattr(value, "__qualname__", value.__name__)]
    if id(value) in seen:
        return ["again", list(seen).index(id(value))]
    if not isinstance(value, (tuple, frozenset, types.CodeType)):  # of which Python makes one or two as it likes
        seen[id(value)] = value
    if isinstance(value, (list, tuple)):
        return [kind, [_plain(name, item, seen) for item in value]]
    if isinstance(value, dict):
        return [kind, [[_plain(name, item, seen) for item in pair] for pair in value.items()]]
    if isinstance(value, (set, frozenset)):
        return [kind, sorted(json.dumps(_plain(name, item, seen)) for item in value)]
    return [kind, [[part, _plain(part, item, seen)] for part, item in _parts(name, value)]]


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Name and value of what makes a function."""
    if isinstance(value, types.CodeType):
        yield from (("code", value.co_code), ("handlers", getattr(value, "co_exceptiontable", b"")))
        yield from (("flags", value.co_flags), ("arguments", (value.co_argcount, value.co_kwonlyargcount)))
        yield from (("names", (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars)),)
        yield "constants", value.co_consts
    elif isinstance(value, types.FunctionType):
        yield from (("code", value.__code__), ("defaults", value.__defaults__), ("more defaults", value.__kwdefaults__))
        for free, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=True):
            with contextlib.suppress(ValueError):  # it has no value yet
                yield free, cell.cell_contents
        yield from ((used, value.__globals__[used]) for used in _globals(value.__code__) if used in value.__globals__)
    elif isinstance(value, functools.partial):
        yield from (("function", value.func), ("arguments", value.args), ("keywords", value.keywords))
    elif isinstance(value, types.MethodType):
        yield from (("method", value.__func__), ("self", value.__self__))
    elif hasattr(value, "py_func"):  # compiled by numba
        yield "function", value.py_func
    elif callable(value) and isinstance(getattr(type(value), "__call__", None), types.FunctionType):  # noqa: B004 (the method itself)
        yield from (("class", type(value)), ("call", type(value).__call__), ("attributes", vars(value)))
    else:
        raise TypeError(
            f"{name} = {value!r:.80}: is no plain data and no function, so nobody can tell whether it is the same again"
        )


def _globals(code: types.CodeType) -> list[str]:
    """The globals that a function names, those inside it included."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return sorted(
        names.union(*(_globals(constant) for constant in code.co_consts if isinstance(constant, types.CodeType)))
    )


def _is_installed(value: Any) -> bool:
    """Whether it is a function of Python, of a library or of swarmviz."""
    if isinstance(value, types.FunctionType):
        return value.__code__.co_filename.startswith(INSTALLED)
    if not hasattr(value, "__qualname__") or isinstance(value, types.MethodType):
        return False
    module = sys.modules.get(str(value.__module__).split(".")[0])
    return (
        module is not None
        and module.__name__ != "__main__"
        and str(getattr(module, "__file__", "")).startswith(INSTALLED)
    )
