"""An event of the browser that overtakes a change of its own is carried out under the lock of the document.

Why
    A key that is pressed while a change of theme waits in its debounce carries that change out, too. Panel does so without the document's
    lock, and whatever then writes to a figure fails.
Written for
    Panel 1.9 and 1.10: ``Syncable._event_coroutine``, which Panel schedules without the lock unless it has an attribute ``lock``.
Without it
    A key pressed within a moment of a change of theme may end in an error message.
Upstream
    Events that take the lock whenever a change of a property waits.
"""

from __future__ import annotations

from panel.reactive import Syncable


def install() -> None:
    """Let every event wait for the lock; nothing where this Panel has no such coroutine."""
    coroutine = getattr(Syncable, "_event_coroutine", None)
    if coroutine is not None:
        coroutine.lock = True
