"""What a visit asks for, by its address and its browser, and what it begins with then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from components.lessons import place as places
from components.lessons.lessons import start_of
from components.lessons.place import Place
from components.links import permalink, readable
from components.links.address import Opening, at_once, first_preset, opening, opening_asked
from components.links.readable import NOTHING, Asked
from components.server.pages import PHONE


class Wanted(NamedTuple):
    """What a visit asks for.

    Attributes
    ----------
    link : str, optional
        The permalink that was followed; a bad one opens the first preset and says why.
    narrow : bool
        A phone: the choices stay closed at first.
    place : Place, optional
        The step of a lesson that is to be read; without a link, with the swarms with which it begins.
    asked : Asked
        What the address asks for by names, without a link or a lesson.
    complaint : str
        Why the lesson or its step is none; "" where nothing is wrong with them.
    """

    link: str | None = None
    narrow: bool = False
    place: Place | None = None
    asked: Asked = NOTHING
    complaint: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, list[bytes]], headers: Mapping[str, str]) -> Wanted:
        """What a visit asks for with these arguments of its address, which may be anything, from a browser with these headers."""
        given = arguments.get(permalink.KEY)
        place, complaint = places.asked(arguments)
        return cls(
            link=given[0].decode("ascii", "replace") if given else None,
            narrow=PHONE in str(headers.get("User-Agent", "")),
            place=place,
            asked=readable.asked(arguments),
            complaint=complaint,
        )

    @property
    def opening(self) -> Opening:
        """What it begins with."""
        if self.link is not None:
            return opening(self.link)
        if self.place is None:
            return opening_asked(self.asked)
        state = start_of(self.place)
        return at_once(state) or first_preset()._replace(awaited=state)
