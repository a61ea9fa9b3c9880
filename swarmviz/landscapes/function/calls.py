"""How compiled kernels call a function that somebody wrote in Python.

A plain function is called through one C function that all kernels know by its name: it takes the interpreter's lock, hands the agents of a
block over as an array (M, d) and writes what comes back. So one pair of compiled block functions serves every plain function, nothing is
compiled for it, and those two are found again in the cache. ``p`` says which function is meant::

    p = key, h_1, …, h_d  (or one h for all coordinates)                                        (1)

with h the steps of the central differences that stand for a gradient that is not given:

    ∂F/∂x_i ≈ (F(x + h_i e_i) − F(x − h_i e_i)) / 2 h_i                                        (2)

A function that numba has compiled is called directly; a block function is compiled around it once per process, and kept by no cache,
because a cache cannot see what else it calls.

An exception never crosses compiled code: the value counts as not a number, and point and reason are noted for whoever reports the run.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import threading
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import llvmlite.binding
import numpy as np
from numba import njit, types
from numba.extending import is_jitted

from swarmviz.kernels import compiled
from swarmviz.landscapes.base import block, compile_block

VALUES, GRADIENT, NOTE = range(3)  # what compiled code asks for
CHUNK_POINTS = 100_000  # handed over together for central differences
SYMBOL = "swarmviz_call_python"
OWN: dict[str, Any] = {"nogil": True, "error_model": "numpy"}

_known: weakref.WeakValueDictionary[int, Code] = weakref.WeakValueDictionary()
_keys = itertools.count(1)
_noted = threading.local()


class Failure(NamedTuple):
    """Where a function gave no finite number, and why: the exception's name and text, or what it gave."""

    point: np.ndarray
    reason: str
    interrupted: bool = False


class WrongResult(TypeError):
    """What a function returned is not what it must return."""


# ---- what a plain function returns ---------------------------------------------------------------------------------------


def as_floats(result: Any, shape: tuple[int, ...], name: str, means: str) -> np.ndarray:
    """What a function returned as floats of the shape that it must have.

    Raises
    ------
    WrongResult
        Says what it returned, and what it must return.
    """
    try:
        array = np.asarray(result)
    except ValueError:  # rows of different lengths
        raise WrongResult(f"{name} returned rows of different lengths: must be floats of shape {means}") from None
    if array.dtype.kind in "iub":
        raise WrongResult(
            f"{name} returned whole numbers ({array.dtype}): must be floats of shape {means}, or a slip such as // goes unseen; "
            "return them with .astype(float)"
        )
    if array.dtype.kind == "c":
        raise WrongResult(f"{name} returned complex numbers ({array.dtype}): must be real floats of shape {means}")
    if array.dtype.kind != "f":
        raise WrongResult(f"{name} returned {type(result).__name__} ({array.dtype}): must be floats of shape {means}")
    if array.shape != shape:
        what = f"one number for {shape[0]} points" if array.ndim == 0 else f"shape {array.shape} for {shape[0]} points"
        raise WrongResult(f"{name} returned {what}: must be {means}, here {shape}")
    return array.astype(np.float64, copy=False)


def told(error: BaseException) -> str:
    """An exception in one line, with the place in the person's own file."""
    text = " ".join(str(error).split())
    text = text if len(text) <= 300 else f"{text[:300]}…"
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if "swarmviz/landscapes/function" not in code.co_filename.replace("\\", "/"):
            place = f" ({code.co_filename.replace(chr(92), '/').rpartition('/')[2]}, line {trace.tb_lineno})"
            break
        trace = trace.tb_next
    return f"{type(error).__name__}: {text}{place}" if text else f"{type(error).__name__}{place}"


class Code:
    """The functions of one landscape as kernels call them; all copies of the landscape share it.

    Parameters
    ----------
    f : callable
        A function of one point (d,) that numba has compiled, or a plain one of points (M, d).
    gradient : callable, optional
        In the same two forms; the slopes have the shape of what is passed.
    """

    def __init__(self, f: Any, gradient: Any):
        self.f, self.gradient = f, gradient
        self.f_compiled, self.gradient_compiled = is_jitted(f), gradient is not None and is_jitted(gradient)
        self.name = getattr(f, "__name__", type(f).__name__)
        self.key = next(_keys)
        self.tried: set[int] = set()  # dimensions in which it has been tried
        self._blocks: dict[int, Any] = {}
        _known[self.key] = self

    def block_values(self) -> Any:
        """The block function of F."""
        if not self.f_compiled:
            return python_values
        if VALUES not in self._blocks:
            self._blocks[VALUES] = values_of_points(self.f)
        return self._blocks[VALUES]

    def block_gradient(self) -> Any:
        """The block function of ∇F, or of its central differences (2)."""
        if not (self.gradient_compiled or (self.gradient is None and self.f_compiled)):
            return python_gradient
        if GRADIENT not in self._blocks:
            make = gradient_of_points if self.gradient_compiled else differences_of_points
            self._blocks[GRADIENT] = make(self.gradient if self.gradient_compiled else self.f)
        return self._blocks[GRADIENT]

    def compiled_values(self) -> Any:
        """The block function of F, compiled."""
        return compile_block(self.block_values(), compiled.value_signature)

    def f_of_points(self) -> Callable:
        """F as a plain function of points (M, d)."""
        if not self.f_compiled:
            return self.f

        def of_points(X: np.ndarray) -> np.ndarray:
            out = np.empty(len(X))
            self.compiled_values()(np.array(X.T, order="C"), np.array([float(self.key)]), out)
            return out

        return of_points

    # ---- plain Python ------------------------------------------------------------------------------------------------

    def values(self, X: np.ndarray) -> np.ndarray:
        """F at the rows of ``X`` (M, d), by the plain function."""
        return as_floats(self.f(X.copy()), (len(X),), self.name, "(M,), a value for each row of X")

    def slopes(self, X: np.ndarray, h: np.ndarray) -> np.ndarray:
        """∇F at the rows of ``X`` (M, d), or its central differences with steps ``h`` (d,)."""
        if self.gradient is not None:
            name = getattr(self.gradient, "__name__", "gradient")
            return as_floats(self.gradient(X.copy()), X.shape, name, "(M, d), a slope for each row of X")
        M, d = X.shape
        out, rows = np.empty((M, d)), max(1, CHUNK_POINTS // (2 * d))
        for first in range(0, M, rows):
            part = X[first : first + rows]
            away = np.eye(d) * h
            ahead, behind = part[:, None] + away, part[:, None] - away  # (rows, d, d)
            values = self.values(np.concatenate([ahead, behind]).reshape(-1, d)).reshape(2, len(part), d)
            width = np.einsum("mii->mi", ahead) - np.einsum("mii->mi", behind)  # 2 h as it was rounded
            out[first : first + rows] = (values[0] - values[1]) / width
        return out

    def answer(self, task: int, X: np.ndarray, h: np.ndarray) -> np.ndarray:
        """Values or slopes of some rows; where the function raises, each row is asked for alone, so that only the guilty one suffers."""

        def asked(rows: np.ndarray) -> np.ndarray:
            return self.values(rows) if task == VALUES else self.slopes(rows, h)

        try:
            result = asked(X).copy()
        except KeyboardInterrupt:
            note(self.key, Failure(X[0].copy(), "KeyboardInterrupt", interrupted=True))
            return np.full(len(X) if task == VALUES else X.shape, np.nan)
        except Exception as error:
            if len(X) > 1:
                return np.concatenate([self.answer(task, row[None], h) for row in X])
            if np.isfinite(X).all():
                note(self.key, Failure(X[0].copy(), f"raised {told(error)}"))
            return np.full(1 if task == VALUES else X.shape, np.nan)
        bad = ~np.isfinite(result).reshape(len(X), -1).all(axis=1)
        inside = np.isfinite(X).all(axis=1)
        if (bad & inside).any():
            self.note_value(X[(bad & inside).argmax()])
        result[~inside] = np.nan
        return result

    def note_value(self, point: np.ndarray) -> None:
        """Note a point at which there is no finite number."""
        note(self.key, Failure(point.copy(), ""))

    def reason_at(self, point: np.ndarray) -> str:
        """Why there is no finite number at a point: what the function does there, asked for again outside of compiled code."""
        try:
            value = self.f.py_func(point.copy()) if self.f_compiled else self.values(point[None].copy())[0]
            if not math.isfinite(value):
                return f"is {'NaN' if math.isnan(value) else value}"
            h = np.full(len(point), 1e-6)
            if self.gradient_compiled:
                self.gradient.py_func(point.copy())
            else:
                self.slopes(point[None].copy(), h)
        except Exception as error:
            return f"raised {told(error)}"
        return "has no finite slope"


def note(key: int, failure: Failure) -> None:
    """Keep the first failure of a function on this thread until it is taken."""
    kept = _noted.__dict__.setdefault("failures", {})
    if key not in kept or failure.interrupted:
        kept[key] = failure


def taken(code: Code) -> Failure | None:
    """The first failure on this thread since the last time it was taken; None where there was none."""
    return _noted.__dict__.setdefault("failures", {}).pop(code.key, None)


# ---- the way from compiled code -----------------------------------------------------------------------------------------


@ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 4, *[ctypes.c_void_p] * 3, ctypes.c_int64)
def _answered(key, task, d, n, x_at, out_at, h_at, steps):
    """What compiled code calls; an exception would be lost here, so there is none."""
    out: Any = None
    try:
        rows = 1 if task == VALUES else d
        if task != NOTE:
            out = _array(out_at, (rows, n))
        X = np.ascontiguousarray(_array(x_at, (d, n)).T)
        code = _known[key]
        if task == NOTE:
            code.note_value(X[0])
            return
        h = np.broadcast_to(_array(h_at, (steps,)), (d,)) if steps else np.zeros(d)
        out[:] = code.answer(task, X, h).reshape(n, rows).T
    except BaseException:
        if out is not None:
            out[:] = np.nan


def _array(address: int, shape: tuple[int, ...]) -> np.ndarray:
    size = math.prod(shape)
    return np.ctypeslib.as_array((ctypes.c_double * size).from_address(address)).reshape(shape)


llvmlite.binding.add_symbol(SYMBOL, ctypes.cast(_answered, ctypes.c_void_p).value)
_call = types.ExternalFunction(SYMBOL, types.void(*[types.int64] * 4, *[types.uintp] * 3, types.int64))


@block
def python_values(x, p, out):
    d, n = x.shape
    if n:
        _call(int(p[0]), VALUES, d, n, x.ctypes.data, out.ctypes.data, p[1:].ctypes.data, p.size - 1)


@block
def python_gradient(x, p, out):  # (2), or the gradient that was given
    d, n = x.shape
    if n:
        _call(int(p[0]), GRADIENT, d, n, x.ctypes.data, out.ctypes.data, p[1:].ctypes.data, p.size - 1)


# ---- around a function that numba has compiled --------------------------------------------------------------------------


def at_a_point(f: Any, alone: bool = True) -> Any:
    """A function of one point that gives NaN where ``f`` raises; compiled by whoever calls it."""
    if alone:

        @njit(**OWN)
        def value(point):
            v = np.nan
            try:
                v = f(point)
            except Exception:
                v = np.nan
            return v

        return value

    @njit(**OWN)
    def slopes(point, out):
        fine = False
        try:
            g = f(point)
            if g.shape[0] == point.shape[0]:
                for i in range(point.shape[0]):
                    out[i] = g[i]
                fine = True
        except Exception:
            fine = False
        return fine

    return slopes


def values_of_points(f: Any) -> Any:
    """The block function of F from a compiled function of one point."""
    value = at_a_point(f)

    @njit(**OWN)
    def values(x, p, out):
        d, n = x.shape
        point = np.empty(d)
        for j in range(n):
            inside = 0.0
            for i in range(d):
                point[i] = x[i, j]
                inside += 0.0 * point[i]
            out[j] = value(point) + inside
            if not math.isfinite(out[j]) and inside == 0.0:
                for i in range(d):  # the function may have written into it
                    point[i] = x[i, j]
                _call(int(p[0]), NOTE, d, 1, point.ctypes.data, point.ctypes.data, point.ctypes.data, 0)

    return values


def gradient_of_points(gradient: Any) -> Any:
    """The block function of ∇F from a compiled function of one point."""
    slopes = at_a_point(gradient, alone=False)

    @njit(**OWN)
    def gradients(x, p, out):
        d, n = x.shape
        point, slope = np.empty(d), np.empty(d)
        for j in range(n):
            for i in range(d):
                point[i] = x[i, j]
            fine, finite = slopes(point, slope), True
            for i in range(d):
                out[i, j] = slope[i] + 0.0 * x[i, j] if fine else np.nan
                finite = finite and math.isfinite(out[i, j])
                point[i] = x[i, j]
            if not finite:
                inside = True
                for i in range(d):
                    inside = inside and math.isfinite(point[i])
                if inside:
                    _call(int(p[0]), NOTE, d, 1, point.ctypes.data, point.ctypes.data, point.ctypes.data, 0)

    return gradients


def differences_of_points(f: Any) -> Any:
    """The block function of the central differences (2) of a compiled function of one point."""
    value = at_a_point(f)

    @njit(**OWN)
    def differences(x, p, out):
        d, n = x.shape
        point = np.empty(d)
        for j in range(n):
            for i in range(d):
                h = p[1 + min(i, p.size - 2)]
                ahead, behind = x[i, j] + h, x[i, j] - h
                for l in range(d):  # noqa: E741 (anew each time: the function may have written into it)
                    point[l] = x[l, j]
                point[i] = ahead
                above = value(point)
                for l in range(d):  # noqa: E741
                    point[l] = x[l, j]
                point[i] = behind
                out[i, j] = (above - value(point)) / (ahead - behind)

    return differences
