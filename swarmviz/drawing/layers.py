"""What of an arena can be switched off, for the page and for pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Layers(NamedTuple):
    """Which layers are shown.

    Attributes
    ----------
    trails : bool
        The ways of the agents between the last pictures.
    arrows : bool
        Velocities.
    links : bool
        From an agent to the one that it copied.
    contours : bool
        Lines of equal F.
    inset : bool
        The swarm at its own scale in a corner, once it is small.
    """

    trails: bool = True
    arrows: bool = True
    links: bool = True
    contours: bool = True
    inset: bool = True

    @property
    def shown(self) -> list[str]:
        """The names of those that are shown."""
        return [name for name, on in self._asdict().items() if on]


ALL = Layers()
TITLES = {
    "trails": "Trails: where agents have come from",
    "arrows": "Arrows: velocities",
    "links": "Links: whom an agent copied",
    "contours": "Contours: lines of equal F",
    "inset": "Inset: the swarm enlarged, once it is small",
}


def checked(**switches: Any) -> Layers:
    """The layers by their names.

    Raises
    ------
    ValueError
        When one of the values is neither True nor False.
    """
    for name, on in switches.items():
        if not isinstance(on, bool):
            raise ValueError(f"{name} = {str(on)[:80]}: must be True or False")
    return Layers(**switches)


def layers_of(names: Any) -> Layers:
    """The layers with these names, and no others.

    Raises
    ------
    ValueError
        When one of them is no layer.
    """
    known = Layers._fields
    wanted = [None] if isinstance(names, str) or not isinstance(names, Iterable) else list(names)
    if not all(isinstance(name, str) and name in known for name in wanted):
        raise ValueError(f"layers = {str(names)[:80]}: must be some of {', '.join(known)}")
    return Layers(*(name in wanted for name in known))
