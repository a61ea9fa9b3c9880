"""Parameters: one line each, the only place where a default, a range, a symbol and a meaning are written.

The page builds its controls from these declarations, the documentation its tables, and the errors their sentences::

    lam = Real(1.0, bounds=(0, 100), softbounds=(0, 5), symbol="λ", label="Drift", doc="Drift towards the consensus point.")

Every kind refuses a bad value with a ``ValueError`` that names the parameter, the value and what is allowed.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterable, Iterator
from contextvars import ContextVar
from numbers import Integral
from numbers import Real as AnyReal
from typing import Any, ClassVar, NoReturn, TypedDict
from weakref import WeakKeyDictionary

import numpy as np
import param
from param.parameterized import Undefined

MAX_SHOWN_CHARS = 200  # of a value in an error message: it may be a table of points
MAX_SLIDER_RANGE = 1e9  # a wider range gets no slider, only a box
GROUPS = ("Dynamics", "Noise", "Schedule", "Numerics", "Start")  # the last: what acts on reset


class TimeDependent:
    """Marks a value that changes with time; the kinds are in :mod:`swarmviz.schedules`."""


class Declaration:
    """Base of all kinds of parameters: the error message names the parameter, the value and what is allowed."""

    __slots__ = ()

    def refuse(self, value: Any, reason: str) -> NoReturn:
        """Raise the ``ValueError``."""
        name = self.name or "value"  # type: ignore[attr-defined]
        symbol = getattr(self, "symbol", "")
        shown = f"{name} ({symbol})" if symbol else name
        raise ValueError(f"{shown} = {_cut_short(repr(value))}: {reason}")


def _cut_short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 1] + "…"


def _number(value: float) -> str:
    """A bound in the fewest digits that give it exactly."""
    return next(text for text in (f"{value:g}", repr(value)) if float(text) == value)


class Real(Declaration, param.Number):
    r"""A finite real number within bounds.

    Parameters
    ----------
    default : float
    bounds : (float, float)
        Hard, inclusive limits (see ``inclusive_bounds`` of param for open ends).
    softbounds : (float, float), optional
        The range a slider spans; ``bounds`` when absent.
    symbol : str
        The paper's symbol, shown first on the page.
    label : str
        Its short name, beside the symbol (param's own attribute); no other parameter of the same owner has it.
    rare : bool
        Whether it is changed so seldom that the page folds it away.
    scale : {"linear", "log"}
        How a slider is spaced.
    group : {"Dynamics", "Noise", "Schedule", "Numerics", "Start"}
        Where the page puts the control.
    unit : str
        For axis labels and tool tips; empty for a pure number.
    schedulable : bool
        Whether a :class:`swarmviz.schedules.Schedule` is accepted in place of a number.
    used_when : dict, optional
        ``{parameter: values}``: the parameter matters only while each named one has one of the values.
    """

    __slots__ = ["group", "rare", "scale", "schedulable", "symbol", "unit", "used_when"]
    _slot_defaults = {  # noqa: RUF012 (param's own convention)
        **param.Number._slot_defaults,
        "symbol": "", "scale": "linear", "group": "Dynamics", "rare": False, "unit": "", "schedulable": False, "used_when": None,
    }  # fmt: skip

    def __init__(self, default=Undefined, *, bounds=Undefined, symbol=Undefined, scale=Undefined, group=Undefined, rare=Undefined,
                 unit=Undefined, schedulable=Undefined, used_when=Undefined, **params):  # fmt: skip
        self.symbol, self.scale, self.group, self.rare, self.unit = symbol, scale, group, rare, unit
        self.schedulable, self.used_when = schedulable, used_when
        super().__init__(default=default, bounds=bounds, **params)

    def __get__(self, obj, objtype=None):
        # param asks each number whether a function makes it anew at every look; none of ours is such, and a step reads dozens
        return param.Parameter.__get__(self, obj, objtype)

    def _validate(self, val):
        if isinstance(val, TimeDependent):
            if not self.schedulable:
                self.refuse(val, f"must be a number{self._within}; it cannot follow a schedule")
            return
        if val is None and self.allow_None:
            return
        if isinstance(val, bool) or not isinstance(val, AnyReal):
            self.refuse(val, f"must be a number{self._within}, not {type(val).__name__}")
        try:
            right = math.isfinite(val) and self.contains(float(val))
        except OverflowError:  # a whole number that no float holds
            right = False
        if not right:
            self.refuse(val, f"must be a finite number{self._within}")

    def contains(self, value: float) -> bool:
        """Whether a number lies within the bounds."""
        low, high = self.bounds or (None, None)
        with_low, with_high = self.inclusive_bounds
        above = low is None or value > low or (with_low and value == low)
        below = high is None or value < high or (with_high and value == high)
        return above and below

    @property
    def range_text(self) -> str:
        """The allowed range in words, for example ``0 < Δt ≤ 10``."""
        low, high = self.bounds or (None, None)
        with_low, with_high = self.inclusive_bounds
        left = "" if low is None else f"{_number(low)} {'≤' if with_low else '<'} "
        right = "" if high is None else f" {'≤' if with_high else '<'} {_number(high)}"
        return f"{left}{self.symbol or self.name or 'value'}{right}"

    @property
    def _within(self) -> str:
        """The end of an error message; empty where any number is allowed."""
        return f" with {self.range_text}" if self.bounds else ""


class Whole(Real):
    """A whole number within bounds; same attributes as :class:`Real`."""

    def _validate(self, val):
        if val is None and self.allow_None:
            return
        if isinstance(val, bool) or not isinstance(val, Integral):
            self.refuse(val, f"must be a whole number{self._within}, not {type(val).__name__}")
        if not self.contains(int(val)):
            self.refuse(val, f"must be a whole number{self._within}")


class Slider(TypedDict):
    """The range of a slider, whether it is logarithmic, and whether its values are whole."""

    low: float
    high: float
    log: bool
    whole: bool


def slider_of(declared: Real) -> Slider | None:
    """The slider of a number; None where its range has no end, or is too wide for one."""
    low, high = declared.softbounds or declared.bounds or (None, None)
    if low is None or high is None or high - low > MAX_SLIDER_RANGE:
        return None
    log = declared.scale == "log" and low > 0
    if not declared.contains(low):  # an open end: start a little above it
        low += (high - low) / 1000
    return {"low": low, "high": high, "log": log, "whole": isinstance(declared, Whole)}


class Choice(Declaration, param.Selector):
    """One of a few named options, each with its meaning: ``Choice({"smooth": "meaning", …})``; the first is the default."""

    __slots__ = ["group", "meanings", "rare", "symbol", "used_when"]
    _slot_defaults = {  # noqa: RUF012
        **param.Selector._slot_defaults,
        "symbol": "", "group": "Dynamics", "meanings": None, "rare": False, "used_when": None,
    }  # fmt: skip

    def __init__(self, meanings=Undefined, *, default=Undefined, symbol=Undefined, group=Undefined, rare=Undefined,
                 used_when=Undefined, **params):  # fmt: skip
        self.symbol, self.group, self.rare, self.meanings, self.used_when = symbol, group, rare, meanings, used_when
        options = params.pop("objects", Undefined) if meanings is Undefined else list(meanings)
        super().__init__(default=default, objects=options, **params)

    def _validate(self, val):
        if not isinstance(val, str) or val not in self.objects:
            self.refuse(val, f"must be one of {', '.join(self.objects)}")


class Switch(Declaration, param.Boolean):
    """On or off."""

    __slots__ = ["group", "rare", "symbol", "used_when"]
    _slot_defaults = {  # noqa: RUF012
        **param.Boolean._slot_defaults,
        "symbol": "", "group": "Dynamics", "rare": False, "used_when": None,
    }  # fmt: skip

    def __init__(
        self, default=Undefined, *, symbol=Undefined, group=Undefined, rare=Undefined, used_when=Undefined, **params
    ):
        self.symbol, self.group, self.rare, self.used_when = symbol, group, rare, used_when
        super().__init__(default=default, **params)

    def _validate(self, val):
        if not isinstance(val, bool):
            self.refuse(val, "must be True or False")


def shown(number: float) -> str:
    """A number in as few digits as say exactly what it is."""
    whole = math.isfinite(number) and float(number).is_integer() and abs(number) < 1e15 and math.copysign(1, number) > 0
    return str(int(number)) if whole or isinstance(number, int) else repr(float(number)).removesuffix(".0")


def written(value: Any) -> str:
    """A vector or table as it is typed, every digit included: what is typed again with it is what it was."""
    if value is None:
        return ""
    if not isinstance(value, tuple):
        return shown(value)
    if not any(isinstance(row, tuple) for row in value):
        return ", ".join(map(shown, value))
    return "; ".join(written(row) for row in value)


def is_used(owner: Described, declared: param.Parameter) -> bool:
    """Whether a parameter matters while the others are as they are."""
    needs = getattr(declared, "used_when", None) or {}
    return all(getattr(owner, name) in values for name, values in needs.items()) and owner.matters(declared.name)


_restoring = ContextVar("restoring", default=False)


@contextlib.contextmanager
def restoring() -> Iterator[None]:
    """Within it values without effect are accepted, as copies, links and files hold them."""
    token = _restoring.set(True)
    try:
        yield
    finally:
        _restoring.reset(token)


# of what a class declares: every step compares their values
_NAMES: WeakKeyDictionary[type, tuple[str, ...]] = WeakKeyDictionary()


class Described(param.Parameterized):
    """Base of everything with parameters: refuses unknown names, and values that would have no effect; lists what is declared.

    Attributes
    ----------
    changes_later : bool
        Whether choices may change while a swarm runs. Then a value that has no effect with a choice that was given as well is accepted: it
        takes effect with another choice. A value whose choice was left out is refused in any case.
    """

    changes_later: ClassVar[bool] = True

    def __init__(self, **values):
        known = self.declared()
        for name in values:
            if name not in known and name != "name":
                raise TypeError(f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known) or 'none'}")
        super().__init__(**values)
        if not _restoring.get():
            self.require_used(values, values if self.changes_later else ())

    def require_used(self, given: Iterable[str], open_choices: Collection[str] = ()) -> None:
        """Refuse values that would have no effect.

        Parameters
        ----------
        given : iterable of str
            Names of the parameters to which a value was given; one that is the default is no request.
        open_choices : collection of str
            Parameters that may have other values later, or elsewhere.

        Raises
        ------
        ValueError
            When one has no effect while the others are as they are; names it and what it needs.
        """
        for name in given:
            declared = self.declared().get(name)
            if declared is None or is_used(self, declared) or equal(getattr(self, name), declared.default):
                continue
            needs = {n: v for n, v in declared.used_when.items() if getattr(self, n) not in v}
            if any(n in open_choices for n in needs):
                continue
            means = " and ".join(f"{n} = {' or '.join(map(repr, v))}" for n, v in needs.items())
            now = " and ".join(f"{n} = {getattr(self, n)!r}" for n in needs)
            declared.refuse(getattr(self, name), f"has no effect with {now}; it needs {means}")

    def matters(self, name: str) -> bool:
        """Whether a parameter has an effect at all, whatever the choices are: one of a formula has none where the formula lacks it."""
        return True

    def slider_range(self, name: str) -> tuple[float, float] | None:
        """The range of a parameter's slider where it is not that of its declaration; None where it is."""
        return None

    @classmethod
    def declared(cls) -> dict[str, param.Parameter]:
        """Name → declaration, in the order of declaration, without param's own ``name``."""
        objects = cls.param.objects("existing")
        return {name: objects[name] for name in objects if name != "name"}

    def values_now(self) -> dict[str, Any]:
        """Name → present value of each declared parameter."""
        kind = type(self)
        names = _NAMES.get(kind)
        if names is None:
            names = _NAMES[kind] = tuple(self.declared())
        return {name: getattr(self, name) for name in names}

    def copy(self):
        """An independent object with the same values; a schedule among them is copied, too."""
        values = {name: v.copy() if isinstance(v, Described) else v for name, v in self.values_now().items()}
        with restoring():
            return type(self)(**values)

    def same_as(self, other: Any) -> bool:
        """Whether ``other`` is of the same type with the same values."""
        return type(self) is type(other) and equal(self.values_now(), other.values_now())

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        changed = (f"{n}={v!r}" for n, v in self.values_now().items() if not equal(v, self.param[n].default))
        return f"{type(self).__name__}({', '.join(changed)})"


def equal(a: Any, b: Any) -> bool:
    """Whether two values are equal; arrays are not."""
    try:
        return bool(a == b)
    except ValueError:  # arrays
        return False


class Vector(Declaration, param.Parameter):
    """A finite number, a sequence of numbers or (``shape="table"``) rows of numbers; kept as tuples, None when absent."""

    __slots__ = ["group", "shape", "symbol", "used_when"]
    _slot_defaults = {  # noqa: RUF012
        **param.Parameter._slot_defaults,
        "symbol": "", "group": "Dynamics", "shape": "vector", "used_when": None,
    }  # fmt: skip

    def __init__(
        self, default=None, *, shape=Undefined, symbol=Undefined, group=Undefined, used_when=Undefined, **params
    ):
        self.shape, self.symbol, self.group, self.used_when = shape, symbol, group, used_when
        super().__init__(default=default, **params)

    def __set__(self, obj, val):
        super().__set__(obj, self._tuples(val))

    def _tuples(self, val):
        if val is None:
            return None
        try:
            array = np.asarray(val, dtype=np.float64)
        except (TypeError, ValueError):
            self.refuse(val, "must be numbers")
        most = 2 if self.shape == "table" else 1
        if array.ndim > most or array.size == 0 or not np.isfinite(array).all():
            self.refuse(val, f"must be finite numbers in at most {most} dimension{'s' * (most > 1)}, and not empty")
        return array.tolist() if array.ndim == 0 else _nested_tuple(array.tolist())


class Numbers(Vector):
    """Finite numbers within ``bounds``, as many as ``lengths`` allow, or where ``alone`` one that stands for all.

    Kept as a tuple of floats, or a float. They may come from a link with a thousand changes: so they are judged together.
    """

    __slots__ = ["alone", "bounds", "lengths"]
    _slot_defaults = {  # noqa: RUF012
        **Vector._slot_defaults,
        "alone": False, "bounds": (-math.inf, math.inf), "lengths": (1, 1),
    }  # fmt: skip

    def __init__(self, default, *, bounds, lengths, alone=False, **params):
        self.bounds, self.lengths, self.alone = bounds, lengths, alone
        super().__init__(default, **params)

    def _tuples(self, val):
        (fewest, most), (low, high) = self.lengths, self.bounds
        if self.alone and isinstance(val, AnyReal):
            found = floats([val])
        elif not is_listed(val) or not fewest <= len(val) <= most:
            self.refuse(val, f"must be {'a number, or ' if self.alone else ''}{fewest} to {most:,} numbers")
        else:
            found = floats(val)
        if found is None:
            self.refuse(val, "must be numbers")
        wrong = np.flatnonzero(~((low <= found) & (found <= high)))
        if wrong.size:
            self.refuse(found[wrong[0]], f"number {wrong[0]} must be from {_number(low)} to {_number(high)}")
        return tuple(found.tolist()) if is_listed(val) else float(found[0])


def is_listed(value: Any) -> bool:
    """Whether a value is a list, a tuple or an array with elements."""
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def floats(values: Any) -> np.ndarray | None:
    """A list, tuple or array of numbers as floats, shape (n,); None where an element is none, or larger than any float."""
    values = values.tolist() if isinstance(values, np.ndarray) else values
    kinds = set(map(type, values))
    if bool in kinds or not all(issubclass(kind, int | float | np.integer | np.floating) for kind in kinds):
        return None
    try:
        return np.array(values, float)
    except OverflowError:
        return None


def _nested_tuple(value: Any) -> Any:
    return tuple(_nested_tuple(v) for v in value) if isinstance(value, list) else value
