"""A landscape from a person's own formula.

    Formula("x**2 + 10*sin(3*x)*exp(-abs(y))", box=(-5, 5))

The text is read by :mod:`expression` and never run. Its tree becomes a sympy expression, that its derivatives, and both a
module of compiled functions (:mod:`derive`), kept in numba's cache folder and named by a hash of the formula. So a formula
is derived and compiled once; the next process finds both and does not even import sympy.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import numpy as np
import param
from numba import config
from param.parameterized import Undefined

from swarmviz import compiled
from swarmviz.landscapes.base import Landscape, compile_block
from swarmviz.landscapes.derive import Refused, source
from swarmviz.landscapes.expression import FormulaError, Node, dimension, parse
from swarmviz.landscapes.typeset import latex
from swarmviz.parameters import Vector, _Described


class Text(_Described, param.Parameter):
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
            _module(val)  # reads and derives it; compiling waits for the first use
        except FormulaError as error:
            raise error.of(self.name) from None


class Span(Vector):
    """A parameter that holds an interval (low, high)."""

    def __set__(self, obj, val):
        try:
            low, high = val
            right = not isinstance(low, bool) and not isinstance(high, bool) and -1e6 <= low < high <= 1e6
        except (TypeError, ValueError):
            right = False
        if not right:
            self._refuse(val, "must be two numbers (low, high) within ±1e6, the first smaller than the second")
        super().__set__(obj, val)


class Formula(Landscape):
    """A landscape from one's own formula in x, y, z or x1, x2, …"""

    title = "Formula of one's own"
    reference = "written by hand"
    nearest_minimum = None
    remark = (
        "The minimisers are not known. On a kink the slope is that of |x| at 0, which is 0; where the formula has no finite "
        "slope it is taken as 0."
    )

    text = Text("(x^2 + y^2)/4 - 3*cos(2*x)*cos(2*y)", symbol="F", doc="The formula, such as x^2 + 3*sin(2*y).")
    box = Span((-5.0, 5.0), symbol="D", doc="The interval in which every coordinate starts.")

    def __init__(self, text=Undefined, **values):
        super().__init__(**values, **({} if text is Undefined else {"text": text}))

    @param.depends("text", watch=True, on_init=True)
    def _describe(self):
        tree = parse(self.text)
        d = dimension(tree)
        names = dict(enumerate("xyz", 1)) if d <= 3 else {i: f"x_{{{i}}}" for i in range(1, d + 1)}
        self.dims = (max(d, 1), None)
        self.equation = f"F({', '.join(names[i] for i in range(1, max(d, 1) + 1))}) = {latex(tree, names)}"

    @property
    def low(self) -> float:
        """Lower end of the box."""
        return float(self.box[0])

    @property
    def high(self) -> float:
        """Upper end of the box."""
        return float(self.box[1])

    def constants(self):
        return np.empty(0)

    def values_function(self):
        return compile_block(_module(self.text).values, compiled.value_signature)

    def gradient_function(self):
        return compile_block(_module(self.text).gradient, compiled.gradient_signature)


# ---- the generated module ---------------------------------------------------------------------------------------------


_loaded: dict[str, ModuleType] = {}  # the newest last
MOST_LOADED = 64
_lock = threading.Lock()


def _module(text: str) -> ModuleType:
    """The compiled functions of a formula: loaded already, from the cache folder, or derived and put there."""
    name = _name(text)
    module = _loaded.get(name)
    if module is None:  # nobody who has a formula waits for one who wants another
        with _lock:
            module = _loaded[name] = _loaded.get(name) or _load(name, text)
            while len(_loaded) > MOST_LOADED:
                sys.modules.pop(_loaded.pop(next(iter(_loaded))).__name__, None)
    return module


@lru_cache(maxsize=256)
def _name(text: str) -> str:
    return "swarmviz_formula_" + hashlib.sha256((_generator() + _canonical(parse(text))).encode()).hexdigest()[:32]


def _load(name: str, text: str) -> ModuleType:
    path = Path(config.CACHE_DIR or _private_folder().name) / "formulas" / f"{name}.py"
    if not _intact(path):
        try:
            body = source(parse(text))
        except Refused as error:
            raise FormulaError(error.reason, text, error.position) from None
        except Exception as error:  # between a stranger's text and sympy: whatever happens, the text is the reason
            raise FormulaError("the slopes of this formula cannot be derived", text, 0) from error
        try:
            _write(path, body)
        except OSError:  # the cache folder cannot be written
            path = Path(_private_folder().name) / path.name
            _write(path, body)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # numba finds the module by name when it loads machine code from its cache
    spec.loader.exec_module(module)
    return module


def _canonical(node: Node) -> str:
    """The tree without places and with constant parts worked out: what the functions depend on."""
    if node.constant:
        return repr(node.value)
    return f"{node.kind}({node.index}{','.join(map(_canonical, node.parts))})"


@lru_cache(maxsize=1)
def _generator() -> str:
    """A hash of everything that enters the functions beside the formula, so that an upgrade derives them anew."""
    here = Path(__file__).parent
    files = [here / f"{name}.py" for name in ("derive", "functions", "parts", "base")] + [here.parent / "elementary.py"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@lru_cache(maxsize=1)
def _private_folder() -> tempfile.TemporaryDirectory:
    """A folder that only this user can read and that goes with the process."""
    return tempfile.TemporaryDirectory(prefix="swarmviz-")


def _seal(body: str) -> str:
    return f"# sha256 of what follows: {hashlib.sha256(body.encode()).hexdigest()}\n"


def _intact(path: Path) -> bool:
    """Whether the file is there and complete."""
    try:
        first, _, body = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return False
    return first + "\n" == _seal(body)


def _write(path: Path, body: str) -> None:
    """Put the file in place in one stroke, unless another process was faster: a second copy would void numba's cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_seal(body) + body)
        if not _intact(path):
            os.replace(draft, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
