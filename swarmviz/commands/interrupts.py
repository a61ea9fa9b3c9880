"""What Ctrl-C does while a command computes and writes."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator

STILL = b"\nWhat is finished is being kept; Ctrl-C once more gives it up.\n"


@contextlib.contextmanager
def heard_once() -> Iterator[Callable[[], None]]:
    """The first Ctrl-C raises ``KeyboardInterrupt``, the second one is answered with a word, every later one raises again.

    So whoever presses twice, or while results are written, does not lose them, and whoever insists is not kept waiting. Yields what is to
    be called when the runs are over: from then on there is nothing left to stop, and a first press counts as the second one.
    """
    heard = 0

    def hear(*_):
        nonlocal heard
        heard += 1
        if heard != 2:
            raise KeyboardInterrupt
        with contextlib.suppress(OSError):
            os.write(2, STILL)  # what was interrupted may be in the middle of a print, which must not be entered twice

    def over():
        nonlocal heard
        heard = max(heard, 1)

    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not so under nohup
    if not usual or threading.current_thread() is not threading.main_thread():
        yield over
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield over
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
