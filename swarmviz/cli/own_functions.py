"""A function from a person's own file as a landscape: ``mine.py:loss``.

It is code and is run, so it comes from whoever types the command, never from a visitor of the page.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.landscapes import ALL, Function, Landscape
from swarmviz.landscapes.function.calls import told

ADDRESS = re.compile(r"(?P<file>.+\.py):(?P<name>[^:]+)", re.DOTALL)


def is_address(text: str) -> bool:
    """Whether a text has the form ``file.py:name``."""
    return ADDRESS.fullmatch(text) is not None


def class_at(option: str, address: str, low: Any = None, high: Any = None, d: int | None = None) -> type[Landscape]:
    """The class of the landscape that an address names: a function with a box, or a ``Function`` that has its own.

    Parameters
    ----------
    option : str
        How the address was given, for the sentence that refuses it.
    low, high : float, optional
        The box of a plain function.
    d : int, optional
        The only dimension of a plain function.

    Raises
    ------
    ValueError, TypeError
        When there is no such file or name, the file raises, or what is there is no function.
    """
    match = ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(f"{option} {address}: must be FILE.py:NAME")
    name = match["name"]
    module = _module(option, address, Path(match["file"]))
    known = [n for n, value in vars(module).items() if callable(value) and not n.startswith("_")]
    if name not in vars(module):
        raise ValueError(f"{option} {address}: there is no {name!r} in the file{did_you_mean(name, known)}")
    found = vars(module)[name]
    if isinstance(found, Landscape):
        if not isinstance(found, Function):
            raise TypeError(
                f"{option} {address}: is a {type(found).__name__}, which has a name of its own: --landscape {type(found).__name__}"
            )
        if low is not None or high is not None:
            raise ValueError(f"{option} {address}: brings its own box, so --low and --high have no effect")
        landscape = found
    else:
        if low is None or high is None:
            raise ValueError(f"{option} {address}: a function needs its box: give --low and --high")
        landscape = Function(found, low, high, d=d, title=name)
    if name in ALL and not issubclass(ALL[name], Function):
        raise ValueError(f"{option} {address}: {name!r} is the name of a landscape of swarmviz; choose another")
    return landscape.as_class(name)


def _module(option: str, address: str, path: Path) -> Any:
    """The file as a module of its own name, so that another process finds its functions again."""
    path = path.expanduser().resolve()
    if not path.is_file():
        raise ValueError(f"{option} {address}: there is no file {path}")
    name = path.stem
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__file__", None) == str(path):
        return known
    other = importlib.util.find_spec(name) if known is None and name.isidentifier() else None
    if not name.isidentifier() or known is not None or (other is not None and other.origin != str(path)):
        raise ValueError(
            f"{option} {address}: Python knows another module {name!r}, or could not import one of this name; rename the file"
        )
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{option} {address}: {path} is no Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ValueError(f"{option} {address}: the file raised {told(error)}") from error
    return module
