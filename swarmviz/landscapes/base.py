"""What a landscape is: a function F to be minimised, its gradient, its box, its known minimisers and its formula.

A landscape is one class with two compiled block functions. A *block* is an array ``x`` of shape (d, n), one row per
coordinate, so that every inner loop runs over agents::

    @block
    def values(x, p, out):            # out: (n,)
        ...

    @block
    def gradient(x, p, out):          # out: (d, n)
        ...

    class Sphere(Landscape):
        title, equation, reference = "Sphere", r"F(x) = |x|^2", "…"
        low, high = -5.0, 5.0
        block_values, block_gradient = staticmethod(values), staticmethod(gradient)

``p`` holds the landscape's parameters as floats, in the order of their declaration. A non-finite position must have a
non-finite value, so that a diverged agent stays visible. Adding a landscape is one file and one name in ``ALL``.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from swarmviz.kernels import cache, compiled
from swarmviz.landscapes.separation import sought
from swarmviz.parameters import Described

try:
    from numba.experimental.function_type import _get_wrapper_address
except (
    ImportError
):  # a name of numba's own: without it every call of a kernel is 25 µs slower (tests/landscapes/test_base.py tells)
    _get_wrapper_address = None


def block(function):
    """Compile a block function, or a part of one.

    Arithmetic is IEEE to the letter: the elementary functions bring their own flags and take nearly all the time, and
    so the value of an agent has the same bits whichever agents share its block. A division by zero gives inf or NaN
    (``error_model``): numba's test for it would make a loop six times slower.
    """
    return cache.jit(function, nogil=True, error_model="numpy")


ANALYTIC = 3  # of ``smoothness``: more often than any claim asks for


class Landscape(Described):
    """A function F: ℝᵈ → ℝ to be minimised.

    Attributes
    ----------
    title, equation, reference : str
        Name, LaTeX formula, and source (paper and equation).
    low, high : float or tuple of float
        The box in which agents start and which is drawn; a tuple fixes the dimension.
    dims : (int, int or None)
        Smallest and largest dimension; None is no limit.
    remark : str
        What a user should know, for example where the source misprints the formula or what the gradient is at a
        non-smooth point.
    log_colours : bool
        Whether a logarithmic colour scale shows it better.
    nearest_minimum : float
        Distance from a global minimiser to the nearest local minimum that is not one, in half widths of the box (maximum norm), or
        less; ∞ where there is none or it is farther than 0.1. None where it is not known: then it is searched for
        (:mod:`swarmviz.landscapes.separation`). Half of it is the most that counts as found
        (:func:`swarmviz.success.tolerance_for`). Where it depends on d or on parameters, override :meth:`separation`.
    smoothness : int, optional
        How often F is continuously differentiable: −1 discontinuous, 0 continuous, 1, 2, or ANALYTIC. None where it is not known.
    confining : bool, optional
        Whether exp(−F/T) has a finite integral over the whole space for every T > 0, because F grows far outside; so that there is a
        Gibbs law without a boundary. None where it is not known.
    tabulated : int
        At how many places F is given by a table, and interpolated between them; 0 for a formula.
    side_by_side : bool
        Whether points of several runs may be asked for in one call: no bit of a value depends on the other points.
    """

    title: str = "Landscape"
    equation: str = ""
    reference: ClassVar[str] = ""
    remark: str = ""
    low: Any = -1.0
    high: Any = 1.0
    dims: tuple[int, int | None] = (1, None)
    log_colours: ClassVar[bool] = False
    nearest_minimum: ClassVar[float | None] = math.inf
    smoothness: int | None = ANALYTIC
    confining: bool | None = True
    tabulated: int = 0
    side_by_side: ClassVar[bool] = True
    block_values: ClassVar[Any] = None
    block_gradient: ClassVar[Any] = None

    @property
    def box(self) -> tuple[Any, Any]:
        """(low, high): numbers when the same in every coordinate, else arrays of shape (d,)."""
        if np.ndim(self.low) == 0:
            return float(self.low), float(self.high)
        return np.array(self.low, dtype=float), np.array(self.high, dtype=float)

    def limits(self, d: int) -> tuple[np.ndarray, np.ndarray]:
        """The box in ``d`` dimensions, as two arrays of shape (d,)."""
        self.require_dimension(d)
        low, high = self.box
        return np.full(d, low), np.full(d, high)

    def supports(self, d: int) -> bool:
        """Whether F is defined in ``d`` dimensions."""
        smallest, largest = self.dims
        return d >= smallest and (largest is None or d <= largest)

    def require_dimension(self, d: int) -> None:
        """Raise ``ValueError`` when F is not defined in ``d`` dimensions."""
        if not self.supports(d):
            smallest, largest = self.dims
            between = f"{smallest} ≤ d ≤ {largest}" if largest is not None else f"d ≥ {smallest}"
            raise ValueError(f"d = {d}: {self.title} needs {f'd = {smallest}' if smallest == largest else between}")

    def constants(self) -> np.ndarray:
        """The parameters as the block functions see them, shape (number of parameters,)."""
        return np.array([float(v) for v in self.values_now().values()], dtype=np.float64)

    def values_function(self) -> Any:
        """The compiled block function of F, to be passed to kernels."""
        return compile_block(self.block_values, compiled.value_signature)

    def gradient_function(self) -> Any:
        """The compiled block function of ∇F, to be passed to kernels."""
        return compile_block(self.block_gradient, compiled.gradient_signature)

    def values(self, X) -> np.ndarray:
        """F at the rows of ``X``, shape (N, d) → (N,)."""
        x = self._block(X)
        out = np.empty(x.shape[1])
        self.values_function()(x, self.constants(), out)
        return out

    def gradient(self, X) -> np.ndarray:
        """∇F at the rows of ``X``, shape (N, d) → (N, d); at non-smooth points a documented sub-gradient."""
        x = self._block(X)
        out = np.empty_like(x)
        self.gradient_function()(x, self.constants(), out)
        return np.ascontiguousarray(out.T)

    def minimisers(self, d: int) -> np.ndarray:
        """All known global minimisers in ``d`` dimensions, shape (m, d); m = 0 where none is known."""
        self.require_dimension(d)
        return np.empty((0, d))

    def minimum(self, d: int) -> float | None:
        """min F in ``d`` dimensions, None where it is not known."""
        at = self.minimisers(d)
        return float(self.values(at[:1])[0]) if len(at) else None

    def require_defined(self, X: np.ndarray) -> None:
        """Raise ``ValueError`` when F is not a number at one of the rows of ``X`` (N, d), where agents are to start.

        Only a formula can have such places; one that counts them as +∞ raises nothing.
        """

    def require_defined_in_box(self, d: int) -> None:
        """Raise ``ValueError`` when F is not a number at one of some points of the box in ``d`` dimensions."""

    def values_per_gradient(self, d: int) -> int:
        """How many values of F stand for one of ∇F in ``d`` dimensions; 0 where there is a gradient."""
        return 0

    @property
    def label(self) -> str:
        """What it is called on an axis of landscapes."""
        return type(self).__name__

    @property
    def unlinkable(self) -> str:
        """Why a link cannot hold it, in words that continue "because"; empty where it can."""
        return ""

    def require_name(self) -> None:
        """Raise ``TypeError`` when a store could not tell it from another landscape."""

    def advice(self, X: np.ndarray) -> str:
        """Advice when an energy is no longer finite, for the last positions ``X`` (N, d); empty where F is not the cause."""
        return ""

    def separation(self, d: int) -> float:
        """At most the distance between a global minimiser and a local minimum that is not one: ``nearest_minimum``, in ``d`` dimensions."""
        self.require_dimension(d)
        if self.nearest_minimum is not None:
            return self.nearest_minimum
        question = (d, repr(self.values_now()))
        if self._sought_separation[0] != question:  # a running swarm asks again and again
            self._sought_separation = question, sought(self, d)
        return self._sought_separation[1]

    _sought_separation: tuple[Any, float] = (None, math.inf)

    def handles(self, d: int) -> np.ndarray:
        """Places that can be dragged with the mouse, shape (m, d); most landscapes have none."""
        return np.empty((0, d))

    def with_handle(self, x: Any) -> Landscape:
        """A landscape with one more handle, at the point ``x``."""
        raise ValueError(f"{self.title} has nothing that could be placed")

    def with_handle_moved(self, k: int, x: Any) -> Landscape:
        """A landscape in which handle ``k`` lies at the point ``x``, or as near to it as it may."""
        raise ValueError(f"{self.title} has nothing that could be dragged")

    def without_handle(self, k: int) -> Landscape:
        """A landscape without handle ``k``."""
        raise ValueError(f"{self.title} has nothing that could be removed")

    def _block(self, X) -> np.ndarray:
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2:
            raise ValueError(f"X has shape {X.shape}: must be (N, d)")
        self.require_dimension(X.shape[1])
        return np.array(X.T, order="C")


class MinimumAtOrigin(Landscape):
    """Base of the landscapes whose only global minimiser is the origin."""

    def minimisers(self, d):
        self.require_dimension(d)
        return np.zeros((1, d))


def compile_block(dispatcher: Any, signature: Any) -> Any:
    """The block function, compiled for the one signature that kernels use."""
    with compiled.LOCK:
        if not dispatcher.signatures:
            dispatcher.compile(signature)
            dispatcher.disable_compile()
            if (
                _get_wrapper_address is not None
            ):  # numba looks these up at every call of a kernel, unless the function knows them
                result, address = dispatcher.get_compile_result(signature), _get_wrapper_address(dispatcher, signature)
                dispatcher.get_compile_result, dispatcher.__wrapper_address__ = lambda _: result, lambda: address
    return dispatcher
