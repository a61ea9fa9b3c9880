r"""Schedules: how a parameter changes with time.

One abstraction serves the temperature T(t), β(t) = 1/T(t) and, on request, α(t) and σ(t) of any dynamics.
A schedule gives an array of values for the next steps; the kernels receive arrays, so a parameter is never overwritten.

Name          value when s has passed since it began       source
Constant      c
Linear        c0 + (c1 − c0) min(s/L, 1)
Exponential   c0 r^s
Logarithmic   c / log(t0 + s), t0 ≥ 2                      classical annealing; 002 §1.3, 004 appendix A
Inverse…      log(t0 + s) / c, t0 ≥ 1                      the same as an inverse temperature β = 1/T
Power         (t0 + s)^γ − 1                               004 Theorem 1.1
Piecewise     straight lines between given points

All but the first count from the time ``since``: s = max(t − since, 0), with since = 0 unless another is given. Before, the value is the one
with which they begin.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from swarmviz.parameters import MAX_SHOWN_CHARS, Described, Real, TimeDependent

MAX_POINTS = 10_000  # of a piecewise linear schedule


class Schedule(Described, TimeDependent):
    """A value that changes with time; ask it with :meth:`at`."""

    title = "Schedule"

    @classmethod
    def beginning(cls, value: float, since: float = 0.0) -> Schedule:
        """A schedule of this kind that has ``value`` at the time ``since``, as nearly as its ranges allow, and counts from there."""
        raise NotImplementedError

    def at(self, t):
        """Values at times ``t`` (scalar or array of any shape), in the same shape, as float64; ±∞ where they are too large for it."""
        with np.errstate(over="ignore"):
            return self._values(np.asarray(t, dtype=np.float64))

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
    value = Real(1.0, bounds=(-1e15, 1e15), symbol="c", label="Value", doc="The value.")

    @classmethod
    def beginning(cls, value, since=0.0):
        return cls(value=value)

    def _values(self, t):
        return np.full(t.shape, float(self.value))

    @property
    def equation(self):
        return f"{self.value:g}"


class Begun(Schedule):
    """A schedule that counts from a moment."""

    title = "Schedule"
    since = Real(
        0.0,
        bounds=(0, 1e12),
        symbol="tₛ",
        label="Begins at",
        doc="Time at which it begins, and from which on it counts. Until then it has its first value.",
    )

    @classmethod
    def declared(cls):
        """As of every part, the beginning last."""
        names = dict(super().declared())
        return names | {"since": names.pop("since")}

    def at(self, t):
        t = np.asarray(t, dtype=np.float64)
        return super().at(np.maximum(t - self.since, 0.0) if self.since else t)

    def values_now(self):
        """Name → value; ``since`` only where it is not 0, as in links and stores of before it existed."""
        values = super().values_now()
        since = values.pop("since")
        return values | {"since": since} if since else values

    @property
    def _passed(self) -> str:
        """LaTeX of the time that has passed since the beginning."""
        return f"(t - {self.since:g})" if self.since else "t"

    @property
    def _after(self) -> str:
        """LaTeX that says from when on the formula holds."""
        return rf",\ t \geq {self.since:g}" if self.since else ""


class Linear(Begun):
    """A straight line from ``start`` to ``end`` over ``duration``, then constant."""

    title = "Linear"
    start = Real(1.0, bounds=(-1e15, 1e15), symbol="c₀", label="First value", doc="Value at the beginning.")
    end = Real(0.0, bounds=(-1e15, 1e15), symbol="c₁", label="Last value", doc="Value at the end, and from then on.")
    duration = Real(
        1.0,
        bounds=(0, 1e12),
        inclusive_bounds=(False, True),
        symbol="L",
        label="Duration",
        doc="Time from the beginning to the end.",
    )

    @classmethod
    def beginning(cls, value, since=0.0):
        return cls(start=value, end=value, since=since)

    def _values(self, t):
        return self.start + (self.end - self.start) * np.clip(t / self.duration, 0.0, 1.0)

    @property
    def equation(self):
        change = self.end - self.start
        if not change:
            return f"{self.start:g}"
        first = f"{self.start:g} {'-' if change < 0 else '+'} " if self.start else "-" if change < 0 else ""
        return rf"{first}{abs(change):g}\,\min({self._passed}/{self.duration:g},\,1){self._after}"


class Exponential(Begun):
    """c₀ r^t."""

    title = "Exponential"
    start = Real(1.0, bounds=(-1e15, 1e15), symbol="c₀", label="First value", doc="Value at the beginning.")
    ratio = Real(
        0.9, bounds=(0, 1e3), inclusive_bounds=(False, True), symbol="r", label="Ratio", doc="Factor per unit of time."
    )

    @classmethod
    def beginning(cls, value, since=0.0):
        return cls(start=value, since=since)

    def _values(self, t):
        return self.start * np.power(float(self.ratio), t) if self.start else np.zeros(t.shape)  # 0 · ∞ is no number

    @property
    def equation(self):
        return rf"{self.start:g}\cdot {self.ratio:g}^{{{self._passed.strip('()')}}}{self._after}"


class Logarithmic(Begun):
    """c / log(t₀ + s): the slow cooling of classical annealing (002 §1.3), for temperatures. It falls."""

    title = "Logarithmic"
    c = Real(
        1.0,
        bounds=(0, 1e15),
        symbol="c",
        label="Scale",
        doc="Scale; to be guaranteed, annealing needs c at least the critical depth.",
    )
    t0 = Real(
        2.0,
        bounds=(2, 1e12),
        symbol="t₀",
        label="Time offset",
        doc="Offset of time; at least 2, so that the logarithm is positive.",
    )

    @classmethod
    def beginning(cls, value, since=0.0):
        return cls(c=max(value * math.log(cls.param.t0.default), 0.0), since=since)

    def _values(self, t):
        return self.c / np.log(self.t0 + t)

    @property
    def equation(self):
        return rf"{self.c:g}/\log({self.t0:g} + {self._passed}){self._after}"


class InverseLogarithmic(Begun):
    """log(t₀ + s) / c: classical annealing as an inverse temperature, 1/T of :class:`Logarithmic`. It grows.

    For β, which grows while a swarm cools (004 appendix A). A temperature T or a noise σ that follows it heats the swarm.
    """

    title = "Inverse logarithmic"
    c = Real(1.0, bounds=(0, 1e12), inclusive_bounds=(False, True), symbol="c", label="Scale",
             doc="Scale; to be guaranteed, annealing needs c at least the critical depth.")  # fmt: skip
    t0 = Real(
        1.0,
        bounds=(1, 1e12),
        symbol="t₀",
        label="Time offset",
        doc="Offset of time; at least 1, so that the logarithm is never negative.",
    )

    @classmethod
    def beginning(cls, value, since=0.0):
        if value <= 0:
            return cls(since=since)
        return cls(c=min(max(math.log(2.0) / value, 1e-300), cls.param.c.bounds[1]), t0=2.0, since=since)

    def _values(self, t):
        return np.log(self.t0 + t) / self.c

    @property
    def equation(self):
        return rf"\log({self.t0:g} + {self._passed})/{self.c:g}{self._after}"


class Power(Begun):
    """(t₀ + s)^γ − 1: the inverse temperature of 004, Theorem 1.1. It grows."""

    title = "Power"
    gamma = Real(
        0.25,
        bounds=(0, 10),
        inclusive_bounds=(False, True),
        symbol="γ",
        label="Exponent",
        doc="Exponent; 004 proves it for 0 < γ ≤ −m/(2(1−m)).",
    )
    t0 = Real(
        1.1, bounds=(1, 1e12), symbol="t₀", label="Time offset", doc="Offset of time; the authors of 004 use 1.1."
    )

    @classmethod
    def beginning(cls, value, since=0.0):
        gamma, most = cls.param.gamma.default, cls.param.t0.bounds[1]
        if value <= 0:
            return cls(t0=1.0, since=since)
        if math.log1p(value) / gamma > math.log(most):  # so far on a slow schedule that a larger γ is needed
            return cls(t0=most, gamma=math.log1p(value) / math.log(most), since=since)
        return cls(t0=(1.0 + value) ** (1.0 / gamma), since=since)

    def _values(self, t):
        return np.power(self.t0 + t, float(self.gamma)) - 1.0

    @property
    def equation(self):
        return rf"({self.t0:g} + {self._passed})^{{{self.gamma:g}}} - 1{self._after}"


def _cut_short(points: Any) -> str:
    """Points in an error message, which may be many."""
    few = points[:MAX_SHOWN_CHARS] if isinstance(points, tuple | list | str) else points
    return f"{few!r:.{MAX_SHOWN_CHARS}}"


class Piecewise(Begun):
    """Straight lines between points ``((s, value), …)``, constant outside them.

    Raises
    ------
    ValueError
        With fewer than one point or more than ``MAX_POINTS``, a point that is not a pair of finite numbers, or times that do not increase.
    """

    title = "Piecewise linear"

    def __init__(self, points=((0.0, 1.0), (1.0, 0.0)), since=0.0):
        try:
            given = tuple(itertools.islice(points, MAX_POINTS + 1))
            pairs = tuple((float(t), float(v)) for t, v in given)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"points = {_cut_short(points)}: must be pairs (t, value) of numbers") from None
        if not 1 <= len(pairs) <= MAX_POINTS:
            raise ValueError(f"points = {_cut_short(given)}: must be 1 to {MAX_POINTS:,} pairs (t, value)")
        if not all(math.isfinite(a) for pair in pairs for a in pair):
            raise ValueError(f"points = {_cut_short(pairs)}: must be pairs of finite numbers")
        late = next((i for i, (a, b) in enumerate(itertools.pairwise(pairs), 2) if b[0] <= a[0]), None)
        if late is not None:
            raise ValueError(
                f"points = {_cut_short(pairs)}: the times must increase, which that of point {late} does not"
            )
        super().__init__(since=since)
        self._points, self._table = pairs, np.array(pairs).T  # which each step looks through

    @classmethod
    def beginning(cls, value, since=0.0):
        return cls(((0.0, value), (1.0, value)), since=since)

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """The pairs (t, value)."""
        return self._points

    def _values(self, t):
        return np.interp(t, *self._table)

    def values_now(self):
        return {"points": self._points} | super().values_now()

    def __repr__(self):
        return f"Piecewise({self._points!r}{f', since={self.since!r}' if self.since else ''})"

    @property
    def equation(self):
        return r"\text{lines through } " + r",\ ".join(f"({self.since + t:g},\\,{v:g})" for t, v in self._points)


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
