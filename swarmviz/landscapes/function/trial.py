"""A function is tried at some points of its box before a swarm runs on it: what does not fit is said in a sentence."""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
from numba import njit, types
from numba.core.errors import NumbaError

from swarmviz.landscapes.formula.undefined import probes
from swarmviz.landscapes.function.calls import OWN, Code, WrongResult, told

SLOW_S = 0.003  # for a hundred points: then a thousand steps of a hundred agents take three seconds
AGREES = 1e-6  # relative: of a point alone and among others, of compiled code and Python
SLOPES_AGREE = 0.01  # of the largest slope: of a gradient and the differences of its function
ALONE = 8  # points that are asked for one by one


class SlowFunction(UserWarning):
    """A function takes so long that a person waits; says how long."""


def tried(code: Code, low: np.ndarray, high: np.ndarray, h: np.ndarray) -> None:
    """Try the functions in the box (d,), (d,).

    Raises
    ------
    TypeError
        When what a function returns has a wrong shape or kind, or numba cannot compile it.
    ValueError
        When it raises an exception or is nowhere finite, when its values depend on what else is asked for, or when the gradient is not
        that of the function.
    """
    X = probes(low, high)
    values = _tried_compiled(code, X) if code.f_compiled else _tried_plain(code, X)
    if not np.isfinite(values).any():
        raise ValueError(
            f"{code.name}: has no finite value at any of {len(X)} points of the box, such as {shown(X[0])}"
        )
    if code.gradient is not None:
        _try_gradient(code, X, h)


def shown(x: np.ndarray) -> str:
    """A point, as much of it as one wants to read."""
    return "(" + ", ".join(f"{c:.6g}" for c in x[:4]) + ", …" * (len(x) > 4) + ")"


# ---- plain functions -----------------------------------------------------------------------------------------------------


def _tried_plain(code: Code, X: np.ndarray) -> np.ndarray:
    values, took = _asked(code, X)
    again, took_again = _asked(code, X)
    if not np.array_equal(values, again, equal_nan=True):
        raise ValueError(
            f"{code.name}: gives other values when it is asked again at the same points, so that no run could be repeated; a random "
            "number in it must come from the point alone"
        )
    finite = values[np.isfinite(values)]
    spread = np.ptp(finite) if finite.size else 0.0
    for j in range(ALONE):
        alone = _asked(code, X[j : j + 1])[0][0]
        if not np.isclose(alone, values[j], rtol=AGREES, atol=AGREES * spread, equal_nan=True):
            raise ValueError(
                f"{code.name}: its value at {shown(X[j])} is {alone:.6g} alone and {values[j]:.6g} among {len(X)} points: each row of X "
                "must count for itself"
            )
    _measure(code, min(took, took_again) * 100 / len(X))
    return values


def _asked(code: Code, X: np.ndarray) -> tuple[np.ndarray, float]:
    """The values, and the seconds that they took."""
    began = time.perf_counter()
    try:
        values = code.values(X).copy()
    except WrongResult:
        raise
    except Exception as error:
        what = f"{len(X)} points of {X.shape[1]} coordinates, X of shape {X.shape}"
        raise ValueError(f"{code.name}: raised {told(error)}, when it was asked for {what}") from error
    return values, time.perf_counter() - began


def _measure(code: Code, seconds: float) -> None:
    if seconds > SLOW_S:
        warnings.warn(
            f"{code.name} takes {1e3 * seconds:.3g} ms for a hundred points: 1,000 steps of 100 agents take about {1e3 * seconds:.3g} s; "
            "a function of one point with @numba.njit is usually many times faster",
            SlowFunction,
            stacklevel=2,
        )


# ---- compiled functions ----------------------------------------------------------------------------------------------------


def _tried_compiled(code: Code, X: np.ndarray) -> np.ndarray:
    f = code.f
    _require_type(code.name, f, types.Float, "one float")
    point = X[0].copy()
    try:  # compiled code does not look whether an index is inside of the array: Python does
        by_python = f.py_func(point)
    except Exception as error:
        raise ValueError(
            f"{code.name}: raised {told(error)} at x = {shown(X[0])}, an array of shape {point.shape}"
        ) from error
    out, block, constants = np.empty(len(X)), code.compiled_values(), np.array([float(code.key)])
    columns = np.array(X.T, order="C")
    block(columns[:, :1].copy(), constants, out[:1])  # what is made at a first call does not count
    began = time.perf_counter()
    block(columns, constants, out)
    took = time.perf_counter() - began
    if not np.isclose(float(by_python), out[0], rtol=AGREES, equal_nan=True):
        raise ValueError(
            f"{code.name}: is {out[0]:.6g} at {shown(X[0])} as numba compiles it, and {by_python:.6g} by Python"
        )
    _measure(code, took * 100 / len(X))
    return out


def _require_type(name: str, f: Any, kind: type, must: str) -> None:
    """Compile a function of one point, and see what it returns."""

    @njit(**OWN)
    def called(point):
        return f(point)

    try:
        called.compile((types.float64[::1],))
    except NumbaError as error:
        line = next(
            (line.strip() for line in str(error).splitlines() if line.strip() and "Failed in" not in line), "no reason"
        )
        raise TypeError(
            f"{name}: numba cannot compile it for one point, an array of floats of shape (d,): {line[:200]}. A plain function, which "
            "takes points of shape (M, d), goes without @njit"
        ) from None
    given = called.nopython_signatures[0].return_type
    if not isinstance(given, kind):
        what = {
            types.Complex: "a complex number", types.Integer: "a whole number", types.Boolean: "True or False",
            types.Array: "an array",
        }  # fmt: skip
        shown_kind = next((words for t, words in what.items() if isinstance(given, t)), str(given))
        raise TypeError(f"{name} returned {shown_kind} ({given}) for one point: must be {must}")


# ---- gradients -----------------------------------------------------------------------------------------------------------------


def _try_gradient(code: Code, X: np.ndarray, h: np.ndarray) -> None:
    name = getattr(code.gradient, "__name__", "gradient")
    if code.gradient_compiled:
        _require_type(name, code.gradient, types.Array, "an array of shape (d,)")
    try:
        if code.gradient_compiled:
            rows = [np.asarray(code.gradient.py_func(x.copy()), np.float64) for x in X]
            if any(row.shape != X.shape[1:] for row in rows):
                raise WrongResult(f"{name} returned shape {rows[0].shape} for one point: must be {X.shape[1:]}")
            slopes = np.array(rows)
        else:
            slopes = code.slopes(X, h).copy()
    except WrongResult:
        raise
    except Exception as error:
        raise ValueError(f"{name}: raised {told(error)}, when it was asked for {len(X)} points") from error
    differences = Code(code.f_of_points(), None).slopes(X, h)
    both = np.isfinite(slopes).all(axis=1) & np.isfinite(differences).all(axis=1)
    if not both.any():
        return
    scale = np.abs(differences[both]).max() or 1.0
    away = np.abs(slopes - differences).max(axis=1) > SLOPES_AGREE * scale
    if 2 * (away & both).sum() > both.sum():  # kinks do no harm
        j = int((away & both).argmax())
        raise ValueError(
            f"{name}: is {shown(slopes[j])} at {shown(X[j])}, where differences of {code.name} give {shown(differences[j])}; and so "
            f"at {(away & both).sum()} of {both.sum()} points"
        )
