r"""The landscape of a function that somebody wrote in Python.

    Function(loss, -3, 3)                                  # loss(X): (M, d) → (M,), plain Python
    Function(numba.njit(loss_of_a_point), -3, 3)           # loss_of_a_point(x): (d,) → a number

It is code, so it comes from whoever runs the library or the server, never from a visitor. Kernels reach it as
:mod:`swarmviz.landscapes.function.calls` says; :mod:`swarmviz.landscapes.function.trial` looks at it before a swarm does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from swarmviz.landscapes.base import Landscape
from swarmviz.landscapes.function import calls, trial

DIFFERENCE = (
    6e-6  # of a half width: about the cube root of the rounding, where both errors of (2) of ``calls`` are least
)
MOST_COORDINATES = 1_000_000


class Function(Landscape):
    """A landscape from a function in Python.

    A numba function takes one point, an array of shape (d,), and runs as fast as any landscape. A plain one takes points (M, d), is called
    for a block of agents at a time and holds Python's lock while it runs. It must give the same values whenever it is asked: then a run
    is the same bits for any number of threads.

    Parameters
    ----------
    f : callable
        The function to be minimised: of one point (d,) with ``@numba.njit``, or of points (M, d) → (M,). Floats are returned.
    low, high : float or sequence of float
        The box in which agents start; numbers for every dimension alike, or one per coordinate, which fixes the dimension.
    gradient : callable, optional
        ∇F, in the same two forms: (d,) → (d,) or (M, d) → (M, d). When absent, central differences with steps of ``difference`` stand
        for it, 2 d values of F each.
    minimisers : array_like of shape (m, d), optional
        Its global minimisers, where one knows them.
    title : str, optional
        What it is called; the function's name when absent. A store knows the function by it: give another one to another function.
    d : int, optional
        The only dimension in which it is defined; any when absent.
    difference : float
        Step of the central differences, in half widths of the box.

    Raises
    ------
    TypeError, ValueError
        When an argument does not fit. What the function returns is looked at when it is first used in a dimension, at 66 points of the
        box.

    Notes
    -----
    Where the function raises an exception or gives no finite number, the run has diverged; the error names step, agent, point and the
    exception.

    Examples
    --------
    >>> import numpy as np
    >>> import swarmviz as sv
    >>> valley = sv.landscapes.Function(lambda X: np.square(X).sum(axis=1), -3, 3, minimisers=[[0.0, 0.0]], title="valley")
    >>> sim = sv.Simulation(sv.CBO(), valley, sv.Swarm(n=50, d=2, seed=1))
    >>> bool(sim.advance(200).energy.min() < 1e-3)
    True
    """

    title = "Function of one's own"
    reference = "written by hand"
    nearest_minimum = smoothness = confining = None
    side_by_side = (
        False  # one exception is that of all points of a call, and what a person's sums round like nobody knows
    )
    code: calls.Code
    difference: float
    _known: np.ndarray | None
    _named: bool

    def __init__(
        self,
        f: Callable,
        low: Any,
        high: Any,
        gradient: Callable | None = None,
        minimisers: Any = None,
        title: str | None = None,
        *,
        d: int | None = None,
        difference: float = DIFFERENCE,
    ):
        super().__init__()
        _require_callable("f", f, "a function of points (M, d), or a numba function of one point (d,)")
        if gradient is not None:
            _require_callable("gradient", gradient, "a function that gives slopes")
        if title is not None and not (isinstance(title, str) and title.strip()):
            raise ValueError(f"title = {title!r}: must be a text that is not empty")
        self.low, self.high, fixed = _box(low, high)
        if d is not None and (isinstance(d, bool) or not isinstance(d, int) or not 1 <= d <= MOST_COORDINATES):
            raise ValueError(f"d = {d!r}: must be a whole number with 1 ≤ d ≤ {MOST_COORDINATES:,}, or None for any")
        if None not in (d, fixed) and d != fixed:
            raise ValueError(f"d = {d}: low and high have {fixed} coordinates")
        if isinstance(difference, bool) or not isinstance(difference, int | float) or not 0 < difference <= 1:
            raise ValueError(
                f"difference = {difference!r}: must be a number with 0 < difference ≤ 1, in half widths of the box"
            )
        self._named, self.difference = title is not None, float(difference)
        self.code = calls.Code(f, gradient)
        self.title = title or self.code.name
        only = d or fixed
        self.dims = (only, only) if only else (1, None)
        self._known = self._points(minimisers)
        self.equation = rf"F(x) = \mathrm{{{_plain_letters(self.title)}}}(x)"
        how = (
            "given"
            if gradient is not None
            else f"central differences with steps of {difference:g} half widths of the box"
        )
        self.remark = f"A function in Python; its gradient: {how}."

    @property
    def arguments(self) -> dict[str, Any]:
        """What it is made of."""
        return {
            "f": self.code.f,
            "low": self.low,
            "high": self.high,
            "gradient": self.code.gradient,
            "minimisers": self._known,
            "title": self.title if self._named else None,
            "d": self.dims[1],
            "difference": self.difference,
        }

    # ---- as other landscapes ---------------------------------------------------------------------------------------------

    def constants(self):
        low, high = np.atleast_1d(self.low), np.atleast_1d(self.high)
        return np.concatenate([[float(self.code.key)], self.difference * 0.5 * (high - low)])

    @property
    def block_values(self):
        """The block function of F."""
        return self.code.block_values()

    @property
    def block_gradient(self):
        """The block function of ∇F."""
        return self.code.block_gradient()

    def values_per_gradient(self, d):
        return 0 if self.code.gradient is not None else 2 * d

    def require_dimension(self, d):
        super().require_dimension(d)
        if d not in self.code.tried:
            low, high = np.full(d, self.low), np.full(d, self.high)
            trial.tried(self.code, low, high, np.broadcast_to(self.constants()[1:], (d,)))
            self.code.tried.add(d)

    def minimisers(self, d):
        self.require_dimension(d)
        if self._known is None or self._known.shape[1] not in (1, d):
            return np.empty((0, d))
        return np.broadcast_to(self._known, (len(self._known), d)).copy()

    def values(self, X):
        values = super().values(X)
        calls.taken(self.code)  # what is asked for here is no run
        return values

    def gradient(self, X):
        slopes = super().gradient(X)
        calls.taken(self.code)
        return slopes

    def require_defined(self, X):
        for first in range(0, len(X), calls.CHUNK_POINTS):
            part = X[first : first + calls.CHUNK_POINTS]
            bad = ~np.isfinite(self.values(part))
            if bad.any():
                agent = int(bad.argmax())
                raise ValueError(
                    f"{self._at(part[agent])}, where agent {first + agent} starts; the box is {self.low} to {self.high}"
                )

    def advice(self, X):
        failure = calls.taken(self.code)
        if failure is None:
            return ""
        if failure.interrupted:
            raise KeyboardInterrupt
        return self._at(failure.point)

    def _at(self, point: np.ndarray) -> str:
        return f"{self.title} {self.code.reason_at(point)} at {trial.shown(point)}"

    @property
    def label(self) -> str:
        """Its title."""
        return self.title

    def require_name(self):
        if not self._named:
            raise TypeError(
                f"landscape = {self!r}: a store needs a title by which it knows the function again: "
                'swarmviz.landscapes.Function(f, low, high, title="…"); without a store it needs none'
            )

    # ---- as other parts ----------------------------------------------------------------------------------------------------

    def values_now(self):
        """What tells it from others, as a store holds it: of the functions only what they are called."""
        gradient = self.code.gradient
        return {
            "title": self.title,
            "low": self.low,
            "high": self.high,
            "d": self.dims[1],
            "gradient": f"central differences, {self.difference!r}"
            if gradient is None
            else getattr(gradient, "__qualname__", "given"),
            "minimisers": None if self._known is None else self._known.tolist(),
        }

    def copy(self):
        other = type(self).__new__(type(self))
        Function.__init__(other, **self.arguments)
        other.code = self.code
        return other

    def same_as(self, other):
        if type(self) is not type(other) or self.values_now() != other.values_now():
            return False
        return self.code.f is other.code.f and self.code.gradient is other.code.gradient

    def __reduce__(self):
        return _made, (self.arguments,)

    def __repr__(self) -> str:
        return f"Function({getattr(self.code.f, '__qualname__', self.code.name)}, {self.low!r}, {self.high!r}, title={self.title!r})"

    def as_class(self, name: str) -> type[Function]:
        """A class of this name whose every instance is a copy of this landscape: for menus, which hold classes."""
        arguments, code = self.arguments, self.code

        def __init__(self):
            Function.__init__(self, **arguments)
            self.code = code

        return type(name, (Function,), {"__init__": __init__, "title": self.title, "__module__": __name__})

    def _points(self, points: Any) -> np.ndarray | None:
        if points is None:
            return None
        try:
            found = np.array(points, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"minimisers = {points!r}: must be points, an array of shape (m, d)") from None
        if found.ndim == 1:
            found = found[None]
        only = self.dims[1]
        if (
            found.ndim != 2
            or not found.size
            or not np.isfinite(found).all()
            or (only and found.shape[1] not in (1, only))
        ):
            means = f"(m, {only})" if only else "(m, d)"
            raise ValueError(f"minimisers = {points!r}: must be finite points, an array of shape {means}")
        if (found < np.min(self.low)).any() or (found > np.max(self.high)).any():
            raise ValueError(f"minimisers = {points!r}: must lie in the box, {self.low} to {self.high}")
        return found


def _made(arguments: dict[str, Any]) -> Function:
    return Function(**arguments)


def _require_callable(name: str, given: Any, what: str) -> None:
    if not callable(given) or isinstance(given, type):
        raise TypeError(f"{name} = {given!r}: must be {what}, not {type(given).__name__}")


def _box(low: Any, high: Any) -> tuple[Any, Any, int | None]:
    """Both corners as floats or tuples of floats, and the dimension that they fix."""
    corners = []
    for name, given in (("low", low), ("high", high)):
        try:
            corner = np.array(given, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{name} = {given!r}: must be a number, or one per coordinate") from None
        if isinstance(given, bool) or corner.ndim > 1 or not corner.size or not np.isfinite(corner).all():
            raise ValueError(f"{name} = {given!r}: must be a finite number, or one per coordinate")
        corners.append(corner)
    a, b = corners
    if a.ndim and b.ndim and a.size != b.size:
        raise ValueError(f"low = {low!r}, high = {high!r}: have {a.size} and {b.size} coordinates")
    a, b = np.broadcast_arrays(a, b)
    if not (a < b).all():
        raise ValueError(
            f"low = {low!r}, high = {high!r}: the box is reversed or empty; low must be below high in every coordinate"
        )
    return (float(a), float(b), None) if a.ndim == 0 else (tuple(a.tolist()), tuple(b.tolist()), a.size)


def _plain_letters(text: str) -> str:
    """A title as LaTeX may hold it."""
    return "".join(c if c.isalnum() else r"\_" if c == "_" else r"\ " for c in text[:60])
