"""The landscape that a formula defines.

    Formula("x**2 + 10*sin(3*x)*exp(-abs(y))", box=(-5, 5))
    Formula("10*d + sum(i, x_i^2 - 10*cos(2*pi*x_i))", known=[[0]])
    Formula("a*x^2 + sum(i, cos(b*x_i)) with a = 1 in [0, 3], b = 2 in [0, 9]", b=4.5)

The text is parsed (:mod:`swarmviz.landscapes.formula.parser`) and never run. Its tree becomes numbers
(:mod:`swarmviz.landscapes.formula.program`) that one pair of compiled functions interprets
(:mod:`swarmviz.landscapes.formula.interpreter`): nothing is derived, compiled or kept for a formula, and what is computed is what is
written. Its parameters are numbers of the landscape like any other, and constants of the program.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import param
from param.parameterized import Undefined

from swarmviz.landscapes.base import Landscape
from swarmviz.landscapes.formula import interpreter, undefined
from swarmviz.landscapes.formula.latex import latex
from swarmviz.landscapes.formula.parser import LARGEST_PARAMETER, Coefficient, Node, dimension, parsed, reach
from swarmviz.landscapes.formula.program import encode
from swarmviz.landscapes.formula.tokens import LETTERS_OF_PARAMETERS, FormulaError
from swarmviz.parameters import Choice, Declaration, Real, Vector

MAX_KNOWN_MINIMISERS = 64
MAX_EQUATION_CHARS = 1200  # of LaTeX; the page needs a tenth of a second to set so many
MAX_COORDINATES = 1000
REFUSED, INFINITE = "refused", "+∞"
# What stands for +∞ where agents are compared and weighted: above any value that matters, and its square is still a number. All values
# from here on count as +∞.
CEILING = 1e100
NEAR = 2.0  # times the swarm's own size is the size of the region that is searched for undefined points
SEARCH_POINTS = 1024
CHUNK_AGENTS = 100_000  # of a start, checked together
TRIED = (5.0, 1e3, 1e6, 0.1)  # half widths of boxes in which a formula must have a value somewhere


class Text(Declaration, param.Parameter):
    """A parameter that holds the text of a formula."""

    __slots__ = ["group", "symbol", "used_when"]
    _slot_defaults = {  # noqa: RUF012 (param's own convention)
        **param.Parameter._slot_defaults,
        "symbol": "", "group": "Dynamics", "used_when": None,
    }  # fmt: skip

    def __init__(self, default, *, symbol=Undefined, group=Undefined, used_when=Undefined, **params):
        self.symbol, self.group, self.used_when = symbol, group, used_when
        super().__init__(default=default, **params)

    def _validate(self, val):
        try:
            _require_sense(val)
        except FormulaError as error:
            raise error.of(self.name) from None


class Letter(Real):
    """A parameter that holds the value of a parameter of the formula, within the range that the formula gives it; 0 where it has none."""

    def __init__(self, letter, **params):
        doc = f"Value of {letter} in the formula, which declares it at its end: … with {letter} = 1 in [0, 3]."
        bounds = (-LARGEST_PARAMETER, LARGEST_PARAMETER)
        super().__init__(0.0, bounds=bounds, symbol=letter, label=f"Parameter {letter}", doc=doc, **params)

    def __set__(self, obj, val):
        if obj is not None:
            self._validate(val)
            declared = _read(obj.text).parameters.get(self.name)
            if declared is None and val != self.default:
                self.refuse(
                    val, f"has no effect: declare it at the end of the formula, … with {self.name} = 1 in [0, 3]"
                )
            if declared is not None and not declared.low <= val <= declared.high:
                within = f"{declared.low:g} ≤ {self.name} ≤ {declared.high:g}"
                self.refuse(val, f"must be a number with {within}, as the formula says")
        super().__set__(obj, val)


class Span(Vector):
    """A parameter that holds an interval (low, high)."""

    def __set__(self, obj, val):
        try:
            low, high = val
            right = not isinstance(low, bool) and not isinstance(high, bool) and -1e6 <= low < high <= 1e6
        except (TypeError, ValueError):
            right = False
        if not right:
            self.refuse(val, "must be two numbers (low, high) within ±1e6, the first smaller than the second")
        for point in obj.known or ():
            if not all(low <= c <= high for c in point):
                self.refuse(val, f"must hold the known minimiser {point}")
        super().__set__(obj, val)


class Points(Vector):
    """A parameter that holds points of the box as rows of coordinates, or None."""

    def __init__(self, default=None, **params):
        super().__init__(default, shape="table", **params)

    def __set__(self, obj, val):
        try:
            val = self._tuples(val)
        except OverflowError:  # a whole number that no float holds
            self.refuse(val, "must be finite numbers")
        if val is not None:
            val = val if isinstance(val, tuple) else (val,)
            val = val if isinstance(val[0], tuple) else (val,)
            low, high = obj.box
            if len(val) > MAX_KNOWN_MINIMISERS or len(val[0]) > MAX_COORDINATES:
                self.refuse(
                    val, f"must be at most {MAX_KNOWN_MINIMISERS} points of at most {MAX_COORDINATES} coordinates"
                )
            for point in val:
                if not all(low <= c <= high for c in point):
                    self.refuse(point, f"must lie in the box ({low:g}, {high:g})")
        super().__set__(obj, val)


class Formula(Landscape):
    """A landscape from one's own formula in x, y, z or x1, x2, … and sums over coordinates.

    Parameters
    ----------
    text : str
        The formula: numbers, pi, e, d (the dimension), + − * / ^, functions, |x|, comparisons such as (x < 0), which are 1 or 0,
        ``norm(x)``, ``sum(i, x_i^2)`` and ``product(i, x_i)``. A sum leaves out the i for which a coordinate such as x_(i+1) is missing.
        At its end it may declare parameters, each with its first value and the range of its slider: "a*x^2 with a = 1 in [0, 3]".
    box : (float, float)
        The interval in which every coordinate starts.
    undefined : {"refused", "+∞"}
        What happens where the formula has no finite value.
    known : array_like of shape (m, d), optional
        Its minimisers, where one knows them. One number stands for all coordinates. Points of another dimension do not count, nor do
        points that are not the lowest.
    a, b, g, h, r, s, u, v : float
        The values of parameters that the formula declares; what it says itself when absent. Another formula keeps those that it declares
        alike.

    Raises
    ------
    FormulaError
        A ``ValueError`` that says what cannot be understood and at which character.
    ValueError
        When a parameter is out of the range that the formula gives it, or the formula does not declare it.

    Examples
    --------
    >>> import swarmviz as sv
    >>> F = sv.landscapes.Formula("a*x^2 + cos(b*x) with a = 1 in [0, 3], b = 2 in [0, 9]", b=0.0)
    >>> F.a, F.values([[2.0]]).tolist()
    (1.0, [5.0])
    """

    title = "Formula of one's own"
    reference = "written by hand"
    nearest_minimum = smoothness = confining = None
    remark = (
        "On a kink the slope is that of |x| at 0, which is 0; where the formula has no finite slope it is taken as 0. "
        "No minimiser is known but those that are given."
    )

    text = Text("(x^2 + y^2)/4 - 3*cos(2*x)*cos(2*y)", symbol="F", label="Formula",
                doc="The formula, such as x^2 + 3*sin(2*y) or sum(i, x_i^2 - cos(3*x_i)), or with sliders: "
                "a*x^2 + cos(b*x) with a = 1 in [0, 3], b = 2 in [0, 9].")  # fmt: skip
    a, b, g, h = (Letter(letter) for letter in "abgh")
    r, s, u, v = (Letter(letter) for letter in "rsuv")
    box = Span((-5.0, 5.0), symbol="D", label="Box", doc="The interval in which every coordinate starts.")
    undefined = Choice(
        {
            REFUSED: "A formula that has no finite value somewhere in the box is not taken.",
            INFINITE: "Where it has no finite value it counts as +∞, and its slope as 0.",
        },
        symbol="undefined",
        label="Where undefined",
        doc="What happens where the formula is not a finite number.",
    )
    known = Points(
        None,
        symbol="x*",
        label="Minimisers",
        doc="Known minimisers, shape (m, d); one number stands for all coordinates.",
    )

    _declared: dict[str, Coefficient] | None = None  # what its text declares; None while it is being made

    def __init__(self, text=Undefined, **values):
        formula = type(self).param["text"].default if text is Undefined else text
        try:
            declared = _read(formula).parameters
        except FormulaError:  # the declaration of the text says so
            declared = {}
        first = ("text", "box")  # because parameters are judged by the text, and points in the box
        given = {"text": formula, **{letter: own.value for letter, own in declared.items()}, **values}
        super().__init__(**{name: given[name] for name in sorted(given, key=lambda name: name not in first)})
        self._declared = declared

    @param.depends("text", watch=True, on_init=True)
    def _describe(self):
        tree, _, parameters = _read(self.text)
        d, sums = dimension(tree), any(part.kind in ("sum", "product", "norm", "dimension") for part in tree)
        names = dict(enumerate("xyz", 1)) if d <= 3 and not sums else {i: f"x_{{{i}}}" for i in range(1, d + 1)}
        self.dims = (_smallest_dimension(tree), None)
        arguments = "x" if sums else ", ".join(names[i] for i in range(1, max(d, 1) + 1))
        arguments = arguments if sums or d <= 10 else rf"{names[1]}, \ldots, {names[d]}"
        self.equation = f"F({arguments}) = {latex(tree, names, MAX_EQUATION_CHARS)}"
        if self._declared is not None:
            before, self._declared = self._declared, parameters
            for letter in LETTERS_OF_PARAMETERS:
                if before.get(letter) != (own := parameters.get(letter)):
                    setattr(self, letter, own.value if own else 0.0)

    @property
    def parameters(self) -> dict[str, float]:
        """The values of the parameters that the formula declares, by their letters."""
        return {letter: getattr(self, letter) for letter in _read(self.text).parameters}

    def matters(self, name):
        return name not in LETTERS_OF_PARAMETERS or name in _read(self.text).parameters

    def slider_range(self, name):
        own = _read(self.text).parameters.get(name)
        return (own.low, own.high) if own else None

    @property
    def low(self) -> float:
        """Lower end of the box."""
        return float(self.box[0])

    @property
    def high(self) -> float:
        """Upper end of the box."""
        return float(self.box[1])

    block_values, block_gradient = staticmethod(interpreter.values), staticmethod(interpreter.gradient)

    def constants(self):
        program, values = _read(self.text).program.copy(), list(self.parameters.values())
        program[interpreter.CEILING] = CEILING if self.undefined == INFINITE else np.inf
        program[interpreter.HEADER : interpreter.HEADER + len(values)] = values
        return program

    def values(self, X):
        values = super().values(X)
        return np.where(values == CEILING, np.inf, values) if self.undefined == INFINITE else values

    # ---- minimisers ----------------------------------------------------------------------------------------------------

    _judged: tuple[Any, np.ndarray] = (None, np.empty((0, 0)))

    def minimisers(self, d):
        self.require_dimension(d)
        question = (self.text, self.box, self.known, self.parameters, d)
        if self._judged[0] != question:  # a running swarm asks again and again
            self._judged = question, self._judge(d)
        return self._judged[1].copy()

    def _judge(self, d: int) -> np.ndarray:
        """Those of the known points that may be minimisers in ``d`` dimensions: as low as any of them, and as any point that is tried."""
        if self.known is None or len(self.known[0]) not in (1, d):
            return np.empty((0, d))
        tree, points = _read(self.text).tree, np.broadcast_to(np.array(self.known), (len(self.known), d))
        tried = undefined.values_at(tree, undefined.probes(*self.limits(d)), self.parameters)
        values = undefined.values_at(tree, points, self.parameters)
        lowest = min([*values[np.isfinite(values)], *tried[np.isfinite(tried)]], default=np.nan)
        return points[values <= lowest + 1e-6 * (1.0 + abs(lowest))]

    # ---- where it is undefined -----------------------------------------------------------------------------------------

    def require_defined(self, X):
        for first in range(0, len(X) if self.undefined == REFUSED else 0, CHUNK_AGENTS):
            part = X[first : first + CHUNK_AGENTS]
            bad = ~np.isfinite(super().values(part))
            if bad.any():
                raise self._undefined_at(part[bad.argmax()], f"where agent {first + bad.argmax()} starts; the box is")

    def require_defined_in_box(self, d):
        if self.undefined == REFUSED and self.supports(d):
            X = undefined.probes(*self.limits(d))
            bad = ~np.isfinite(super().values(X))
            if bad.any():
                raise self._undefined_at(X[bad.argmax()], "in the box")

    def advice(self, X):
        if self.undefined == INFINITE:
            return ""
        low, high = X.min(axis=0), X.max(axis=0)
        middle, reach = 0.5 * (low + high), 0.5 * NEAR * (high - low)
        near = undefined.probes(middle - reach, middle + reach, SEARCH_POINTS)
        bad = np.isnan(super().values(near))  # an infinity is what becomes of any formula when a swarm flies away
        if not bad.any():
            return ""
        x = near[bad.argmax()]
        fault = undefined.fault_at(_read(self.text).tree, x, self.parameters)
        blamed = fault is not None and not fault.overflow
        return self._undefined_at(x, "near the swarm; the box is").reason if blamed else ""

    def _undefined_at(self, x: np.ndarray, what: str) -> FormulaError:
        """The refusal of a formula that is no number at the point ``x`` (d,)."""
        tree = _read(self.text).tree
        fault = undefined.fault_at(tree, x, self.parameters) or undefined.Fault(tree, ())
        reason = (
            f"{fault}: the formula is undefined at {_shown(x)}, {what} ({self.low:g}, {self.high:g}). "
            f"Choose a box (D) without such points, or undefined = {INFINITE!r}"
        )
        return FormulaError(reason.replace("-", "−"), self.text, fault.node.position, "text")


def _shown(x: np.ndarray) -> str:
    """A point, as much of it as one wants to read."""
    return "(" + ", ".join(f"{c:.6g}" for c in x[:4]) + ", …" * (len(x) > 4) + ")"


class _Read(NamedTuple):
    """What is made of a text: its tree, its program and the parameters that it declares."""

    tree: Node
    program: np.ndarray
    parameters: dict[str, Coefficient]


def _read(text: Any) -> _Read:
    """What is made of a text."""
    if not isinstance(text, str):
        parsed(text)  # says so
    return _known_text(text)


@lru_cache(maxsize=64)
def _known_text(text: str) -> _Read:
    tree, parameters = parsed(text)
    return _Read(tree, encode(tree, text, parameters), parameters)


def _smallest_dimension(tree: Node) -> int:
    """From where on all its variables, and at least one turn of each of its sums, are there."""
    turns = [sum(reach(part.parts[0])) + 1 for part in tree if part.kind in ("sum", "product")]
    return max(1, dimension(tree), *turns)


@lru_cache(maxsize=64)  # a slider that is dragged makes a landscape of the same text again and again
def _sensible(text: str) -> bool:
    """True; raises ``FormulaError`` where a text is no formula, or one without a finite value anywhere for its first parameters."""
    tree, _, parameters = _read(text)
    first = {letter: own.value for letter, own in parameters.items()}
    d = _smallest_dimension(tree)
    for size in TRIED:
        X = undefined.probes(np.full(d, -size), np.full(d, size))
        if np.isfinite(undefined.values_at(tree, X, first)).any():
            return True
    fault = undefined.fault_at(tree, X[0], first) or undefined.Fault(tree, ())
    raise FormulaError(
        f"{fault}: the formula has no finite value anywhere".replace("-", "−"), text, fault.node.position
    )


def _require_sense(text: Any) -> None:
    """Raise ``FormulaError`` where a text is no formula, or one without a finite value anywhere."""
    _read(text)  # says so where it is no text
    _sensible(text)
