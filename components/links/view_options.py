"""The options of the views as plain values for a link, and back: which one is seen, its bins, its axes.

A value that means nothing (a link may hold anything) is reported in a sentence; its default takes its place, and all others act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

MAX_COMPLAINT_CHARS = 160  # about one value


class Choosable(Protocol):
    """A view that has options."""

    @property
    def defaults(self) -> dict[str, Any]:
        """Option → its plain value as long as no other is chosen, for what is shown now; each is an attribute of the view."""


def chosen(*views: Choosable) -> dict[str, Any]:
    """The options that differ from their defaults."""
    return {
        name: now
        for view in views
        for name, default in view.defaults.items()
        if (now := getattr(view, name)) != default
    }


def restore(wanted: Any, *views: Choosable) -> str:
    """Set every option to what is ``wanted``, and those that are not there to their defaults; returns what could not be done, or ""."""
    if not isinstance(wanted, Mapping):
        return _sentence([f"{wanted!r} names no options"])
    complaints = [f"there is no option {name!r}" for name in wanted if not any(name in view.defaults for view in views)]
    for view in views:
        for name, default in view.defaults.items():
            try:
                _set(view, name, wanted.get(name, default))
            except (ValueError, TypeError) as error:
                complaints.append(str(error))
                _set(view, name, default)
    return _sentence(complaints)


def _set(view: Choosable, name: str, value: Any) -> None:
    if getattr(view, name) != value:
        setattr(view, name, value)


def _sentence(complaints: list[str]) -> str:
    cut_short = [
        text if len(text) <= MAX_COMPLAINT_CHARS else f"{text[:MAX_COMPLAINT_CHARS]}…" for text in complaints[:3]
    ]
    return (
        f"The link's run is here, but not shown as it says: {'; '.join(cut_short)}. The usual stands in for that."
        if complaints
        else ""
    )
