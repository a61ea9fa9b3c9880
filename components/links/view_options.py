"""The options of the views as plain values for a link, and back: which one is seen, its bins, its axes.

A value that means nothing (a link may hold anything) is reported in a sentence; its default takes its place, and all others act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

LONGEST = 160  # characters of what is said of one value


class Choosable(Protocol):
    """A view that has options."""

    @property
    def defaults(self) -> dict[str, Any]:
        """Option → its plain value as long as no other is chosen, for what is shown now; each is an attribute of the view."""


def chosen(*views: Choosable) -> dict[str, Any]:
    """The options that are not as usual."""
    return {
        name: now for view in views for name, usual in view.defaults.items() if (now := getattr(view, name)) != usual
    }


def restore(wanted: Any, *views: Choosable) -> str:
    """Set every option to what is ``wanted``, and those that are not there to what is usual; returns what could not be done, or ""."""
    if not isinstance(wanted, Mapping):
        return _sentence([f"{wanted!r} names no options"])
    said = [f"there is no option {name!r}" for name in wanted if not any(name in view.defaults for view in views)]
    for view in views:
        for name, usual in view.defaults.items():
            try:
                _set(view, name, wanted.get(name, usual))
            except (ValueError, TypeError) as error:
                said.append(str(error))
                _set(view, name, usual)
    return _sentence(said)


def _set(view: Choosable, name: str, value: Any) -> None:
    if getattr(view, name) != value:
        setattr(view, name, value)


def _sentence(said: list[str]) -> str:
    briefly = [text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in said[:3]]
    return (
        f"The link's run is here, but not shown as it says: {'; '.join(briefly)}. The usual stands in for that."
        if said
        else ""
    )
