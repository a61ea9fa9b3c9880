"""A function from a person's own file as a landscape: ``mine.py:loss``.

It is code and is run, so it comes from whoever types the command, never from a visitor of the page.

Where no minimiser is named, neither by a ``Function`` nor as ``loss.minimisers = [[1.0, 1.0]]`` under the function, one is searched for
when the function is loaded, in the dimension in which it opens (:mod:`swarmviz.cli.minimum_search`): else no run on it could be judged.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import click

from swarmviz.cli.minimum_search import lowest_places
from swarmviz.drawing.axes import decimal
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.landscapes import ALL, Function, Landscape
from swarmviz.landscapes.function.calls import told

OPENING_D = 2  # in which a function that holds in every dimension is searched, unless another one is meant
ADDRESS = re.compile(r"(?P<file>.+\.py):(?P<name>[^:]+)", re.DOTALL)


def is_address(text: str) -> bool:
    """Whether a text has the form ``file.py:name``."""
    return ADDRESS.fullmatch(text) is not None


def class_at(
    option: str, address: str, low: Any = None, high: Any = None, d: int | None = None, opening_d: int = OPENING_D
) -> type[Landscape]:
    """The class of the landscape that an address names: a function with a box, or a ``Function`` that has its own.

    Parameters
    ----------
    option : str
        How the address was given, for the sentence that refuses it.
    low, high : float, optional
        The box of a plain function.
    d : int, optional
        The only dimension of a plain function.
    opening_d : int
        The dimension in which a minimiser is searched for where the function has no only one.

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
        landscape = Function(found, low, high, minimisers=getattr(found, "minimisers", None), title=name, d=d)
    if name in ALL and not issubclass(ALL[name], Function):
        raise ValueError(f"{option} {address}: {name!r} is the name of a landscape of swarmviz; choose another")
    if landscape.arguments["minimisers"] is None:
        return _searched(landscape, name, landscape.dims[1] or opening_d)
    return landscape.as_class(name)


def _searched(landscape: Function, name: str, d: int) -> type[Landscape]:
    """The class of a landscape with the minimisers that a search finds in ``d`` dimensions, and that says so wherever it is described."""
    try:
        found = lowest_places(landscape, d)
    except (ValueError, TypeError):  # not a function of d coordinates: whoever runs it is told in which dimension
        found = None
    if found is None:
        return landscape.as_class(name)
    m, said = len(found.places), ", ".join(decimal(x, 6) for x in found.places[0])
    more = f", and {m - 1} more" if m > 1 else ""
    words = (
        f"Its minimiser{'s were' if m > 1 else ' was'} found numerically, in d = {d} with {found.evaluations:,} evaluations of F; "
        "a lower value may have been missed."
    )
    click.echo(f"{name}: no minimiser is named. {words} F = {decimal(found.value, 6)} at ({said}){more}.", err=True)
    known = Function(**landscape.arguments | {"minimisers": found.places})
    cls = known.as_class(name)

    def remark(self: Any) -> str:
        return f"{self.__dict__['remark']} {words}"

    def set_remark(self: Any, text: str) -> None:
        self.__dict__["remark"] = text

    return type(
        name, (cls,), {"remark": property(remark, set_remark), "title": cls.title, "__module__": cls.__module__}
    )


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
