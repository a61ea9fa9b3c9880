r"""Schedules: how a parameter changes with time.

One abstraction serves the temperature T(t), β(t) = 1/T(t) and, on request, α(t) and σ(t) of any dynamics.
A schedule gives an array of values for the next steps; the kernels receive arrays, so a parameter is never overwritten.

Name          value at time t                              source
Constant      c
Linear        c0 + (c1 − c0) min(t/T, 1)
Exponential   c0 r^t
Logarithmic   c / log(t0 + t), t0 ≥ 2                      classical annealing; 002 §1.3, 004 appendix A
Inverse…      log(t0 + t) / c, t0 ≥ 1                      the same as an inverse temperature β = 1/T
Power         (t0 + t)^γ − 1                               004 Theorem 1.1
Piecewise     straight lines between given points
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from swarmviz.parameters import Described, Real, TimeDependent


class Schedule(Described, TimeDependent):
    """A value that changes with time; ask it with :meth:`at`."""

    title = "Schedule"

    def at(self, t):
        """Values at times ``t`` (scalar or array of any shape), in the same shape, as float64."""
        t = np.asarray(t, dtype=np.float64)
        return self._values(t)

    def _values(self, t: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    @property
    def equation(self) -> str:
        """LaTeX of the value as a function of t, with the present numbers."""
        raise NotImplementedError

    def __eq__(self, other):
        return type(self) is type(other) and self.values_now() == other.values_now()

    def __hash__(self):
        return hash((type(self), tuple(self.values_now().items())))


class Constant(Schedule):
    """The same value for ever."""

    title = "Constant"
    value = Real(1.0, bounds=(-1e12, 1e12), symbol="c", doc="The value.")

    def _values(self, t):
        return np.full(t.shape, float(self.value))

    @property
    def equation(self):
        return f"{self.value:g}"


class Linear(Schedule):
    """A straight line from ``start`` to ``end`` over ``duration``, then constant."""

    title = "Linear"
    start = Real(1.0, bounds=(-1e12, 1e12), symbol="c₀", doc="Value at t = 0.")
    end = Real(0.0, bounds=(-1e12, 1e12), symbol="c₁", doc="Value from t = T on.")
    duration = Real(1.0, bounds=(0, 1e12), inclusive_bounds=(False, True), symbol="T", doc="Time until the end value.")

    def _values(self, t):
        return self.start + (self.end - self.start) * np.clip(t / self.duration, 0.0, 1.0)

    @property
    def equation(self):
        return rf"{self.start:g} + ({self.end - self.start:g})\min(t/{self.duration:g},\,1)"


class Exponential(Schedule):
    """c₀ r^t."""

    title = "Exponential"
    start = Real(1.0, bounds=(-1e12, 1e12), symbol="c₀", doc="Value at t = 0.")
    ratio = Real(0.9, bounds=(0, 1e3), inclusive_bounds=(False, True), symbol="r", doc="Factor per unit of time.")

    def _values(self, t):
        return self.start * np.power(float(self.ratio), t)

    @property
    def equation(self):
        return rf"{self.start:g}\cdot {self.ratio:g}^{{t}}"


class Logarithmic(Schedule):
    """c / log(t₀ + t): the slow cooling of classical annealing (002 §1.3)."""

    title = "Logarithmic"
    c = Real(
        1.0, bounds=(0, 1e12), symbol="c", doc="Scale; to be guaranteed, annealing needs c at least the critical depth."
    )
    t0 = Real(2.0, bounds=(2, 1e12), symbol="t₀", doc="Offset of time; at least 2, so that the logarithm is positive.")

    def _values(self, t):
        return self.c / np.log(self.t0 + t)

    @property
    def equation(self):
        return rf"{self.c:g}/\log({self.t0:g} + t)"


class InverseLogarithmic(Schedule):
    """log(t₀ + t) / c: classical annealing as an inverse temperature, 1/T of :class:`Logarithmic`."""

    title = "Inverse logarithmic"
    c = Real(1.0, bounds=(0, 1e12), inclusive_bounds=(False, True), symbol="c",
             doc="Scale; to be guaranteed, annealing needs c at least the critical depth.")  # fmt: skip
    t0 = Real(
        1.0, bounds=(1, 1e12), symbol="t₀", doc="Offset of time; at least 1, so that the logarithm is never negative."
    )

    def _values(self, t):
        return np.log(self.t0 + t) / self.c

    @property
    def equation(self):
        return rf"\log({self.t0:g} + t)/{self.c:g}"


class Power(Schedule):
    """(t₀ + t)^γ − 1: the inverse temperature of 004, Theorem 1.1."""

    title = "Power"
    gamma = Real(
        0.25,
        bounds=(0, 10),
        inclusive_bounds=(False, True),
        symbol="γ",
        doc="Exponent; 004 proves it for 0 < γ ≤ −m/(2(1−m)).",
    )
    t0 = Real(1.1, bounds=(1, 1e12), symbol="t₀", doc="Offset of time; the authors of 004 use 1.1.")

    def _values(self, t):
        return np.power(self.t0 + t, float(self.gamma)) - 1.0

    @property
    def equation(self):
        return rf"({self.t0:g} + t)^{{{self.gamma:g}}} - 1"


class Piecewise(Schedule):
    """Straight lines between points ``((t, value), …)``, constant outside them.

    Raises
    ------
    ValueError
        With fewer than one point, a point that is not a pair of finite numbers, or times that do not increase.
    """

    title = "Piecewise linear"

    def __init__(self, points=((0.0, 1.0), (1.0, 0.0))):
        try:
            pairs = tuple((float(t), float(v)) for t, v in points)
        except (TypeError, ValueError):
            raise ValueError(f"points = {points!r}: must be pairs (t, value) of numbers") from None
        if not pairs or not all(math.isfinite(a) for pair in pairs for a in pair):
            raise ValueError(f"points = {points!r}: must be at least one pair of finite numbers")
        if any(b[0] <= a[0] for a, b in itertools.pairwise(pairs)):
            raise ValueError(f"points = {points!r}: the times must increase")
        super().__init__()
        self._points = pairs

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """The pairs (t, value)."""
        return self._points

    def _values(self, t):
        times, values = np.array(self._points).T
        return np.interp(t, times, values)

    def values_now(self):
        return {"points": self._points}

    def __repr__(self):
        return f"Piecewise({self._points!r})"

    @property
    def equation(self):
        return r"\text{lines through } " + r",\ ".join(f"({t:g},\\,{v:g})" for t, v in self._points)


ALL: dict[str, type[Schedule]] = {
    cls.__name__: cls for cls in (Constant, Linear, Exponential, Logarithmic, InverseLogarithmic, Power, Piecewise)
}


def values_of(owner: Described, name: str, t: np.ndarray) -> np.ndarray:
    """The values of a schedulable parameter at times ``t``, each checked against the parameter's range.

    Raises
    ------
    ValueError
        When a schedule leaves the parameter's allowed range, naming the parameter, the value and the time.
    """
    value, declared = getattr(owner, name), owner.param[name]
    if not isinstance(value, TimeDependent):
        return np.full(np.shape(t), float(value))
    values = value.at(t)  # type: ignore[attr-defined]
    if np.isfinite(values).all() and declared.contains(values.min()) and declared.contains(values.max()):
        return values
    for time, v in zip(np.ravel(t), np.ravel(values), strict=True):  # to name the first one out of range
        if not math.isfinite(v) or not declared.contains(v):
            raise ValueError(
                f"{name} ({declared.symbol}) = {v:g} at t = {time:g}: its schedule must keep {declared.range_text}"
            )
    return values
