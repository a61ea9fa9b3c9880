"""The functions that the owner of the server names on its command line, and which the page's menu then holds.

A visitor chooses from the menu by the name of a class, as of any landscape; no file and no code is ever named by what a visitor sends.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from swarmviz import landscapes
from swarmviz.cli.own_functions import class_at, is_address

OPENING_DIMENSION = 2


def split(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words for Panel, and the addresses of functions among them."""
    return tuple(w for w in words if not is_address(w)), tuple(w for w in words if is_address(w))


def loaded(
    addresses: Sequence[str], low: float | None, high: float | None, d: int | None
) -> list[type[landscapes.Landscape]]:
    """The classes of these landscapes, each of which has been tried in a dimension that it has.

    Raises
    ------
    ValueError, TypeError
        When a function is not there or does not fit, or there is a box without a function.
    """
    if not addresses and (low, high, d) != (None, None, None):
        raise ValueError(
            "--low, --high, --d: are the box and the dimension of a function; name it first, as FILE.py:NAME"
        )
    classes = [class_at("serve", address, low, high, d) for address in addresses]
    if len({cls.__name__ for cls in classes}) < len(classes):
        raise ValueError("serve: two functions have the same name; rename one")
    for cls in classes:
        landscape = cls()
        landscape.require_dimension(landscape.dims[1] or OPENING_DIMENSION)
    return classes


def opening_query(classes: Sequence[type[landscapes.Landscape]]) -> str:
    """What follows the address of the page for a visit that begins with the first of these landscapes; "" of none."""
    return f"?landscape={quote(classes[0].__name__)}" if classes else ""


def put_into_menu(classes: Sequence[type[landscapes.Landscape]]) -> Iterator[str]:
    """Put the classes into the menu; a sentence for each, with what it costs."""
    for cls in classes:
        landscape = cls()
        d = landscape.dims[1] or OPENING_DIMENSION
        low, high = landscape.limits(d)
        X = low + (high - low) * [[(i + 0.5) / 100] for i in range(100)]
        landscape.values(X), landscape.gradient(X)  # compiled now, not for the first visitor
        began = time.perf_counter()
        landscape.values(X)
        took = time.perf_counter() - began
        landscapes.ALL[cls.__name__] = cls
        yield f"{cls.title} is in the menu of landscapes; a step of 100 agents in d = {d} asks for it once and waits {1e3 * took:.2g} ms."
