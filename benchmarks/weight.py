"""What a page costs the network until its first picture, by kind and as the browser counts it, and the frames that it does not paint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# Until the first picture that lives; tests/server/test_page_weight.py holds the page to it without a browser.
MAX_MB = 3.2
KINDS = {"Document": "page", "Script": "scripts", "Stylesheet": "styles", "Font": "fonts", "Image": "pictures"}
OTHER, SOCKET = "other", "socket"
NAMES = (*KINDS.values(), OTHER, SOCKET)
PLAY_S = 10.0  # from the first picture on, in which frames are counted


class Weighing:
    """Notes what a page fetches, compressed as it comes, from its making on; the page is to have an empty cache.

    Parameters
    ----------
    devtools
        A session of the browser's devtools protocol for a page that was not navigated yet.
    """

    def __init__(self, devtools: Any):
        self._kinds: dict[str, str] = {}
        self._came: list[tuple[str, float, float]] = []  # request, bytes, monotonic seconds of the browser
        self._offset = 0.0  # from those to seconds of the wall clock
        for name, note in (
            ("requestWillBeSent", self._sent),
            ("responseReceived", self._answered),
            ("loadingFinished", self._loaded),
        ):
            devtools.on(f"Network.{name}", note)
        devtools.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self._offset = event["wallTime"] - event["timestamp"]

    def _answered(self, event: dict[str, Any]) -> None:
        self._kinds[event["requestId"]] = event["type"]

    def _loaded(self, event: dict[str, Any]) -> None:
        self._came.append((event["requestId"], event["encodedDataLength"], event["timestamp"]))

    def until(self, wall: float, socket: int) -> dict[str, int]:
        """Bytes by kind of what had come by a time of the wall clock, with those of the ``socket`` until then."""
        found = dict.fromkeys(NAMES, 0) | {SOCKET: socket}
        for request, size, at in self._came:
            if at + self._offset <= wall:
                found[KINDS.get(self._kinds.get(request, ""), OTHER)] += int(size)
        return found


def lost(painted: Iterable[int]) -> tuple[int, int]:
    """How many frames were sent but never painted by themselves, and how many were sent: from the numbers of those that were painted."""
    numbers = set(painted)
    sent = max(numbers) - min(numbers) + 1 if numbers else 0
    return sent - len(numbers), sent
