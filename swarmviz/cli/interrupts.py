"""What Ctrl-C and SIGTERM do while a command computes and writes."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator

STILL = b"\nWhat is finished is being kept; SIGTERM or Ctrl-C once more gives it up.\n"
DEAF = "Ctrl-C is ignored here, as in what a script starts in the background: `kill {}` (SIGTERM) ends this and keeps what is finished.\n"


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """The first Ctrl-C or SIGTERM raises ``KeyboardInterrupt``, the second one is answered with a word, every later one raises again.

    So whoever presses twice, or while results are written, does not lose them, and whoever insists is not kept waiting; and whatever ends
    programs on a machine (a queue whose time is up, a script) has what is finished, too. Yields what is to
    be called when the runs are over: from then on there is nothing left to stop, and a first press counts as the second one.

    A signal that whoever started the process said to ignore stays ignored; where that is Ctrl-C, a word says what ends it instead.
    """
    heard = 0

    def hear(*_):
        nonlocal heard
        heard += 1
        if heard != 2:
            raise KeyboardInterrupt
        _say(STILL)

    def over():
        nonlocal heard
        heard = max(heard, 1)

    if threading.current_thread() is not threading.main_thread():
        yield over
        return
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    ours = {number: handler for number, handler in usual.items() if signal.getsignal(number) is handler}
    if signal.SIGINT not in ours and signal.SIGTERM in ours:  # under nohup, in a script's background
        _say(DEAF.format(os.getpid()).encode())
    for number in ours:
        signal.signal(number, hear)
    try:
        yield over
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)


def _say(text: bytes) -> None:
    """On standard error, past Python's own: what was interrupted may be in the middle of a print, which must not be entered twice."""
    with contextlib.suppress(OSError):
        os.write(2, text)
