"""What Ctrl-C and SIGTERM do while a command computes and writes."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator

KEEPING = b"\nWhat is finished is being kept; SIGTERM or Ctrl-C once more gives it up.\n"
IGNORED = (
    "Ctrl-C is ignored here, as in what a script starts in the background: "
    "`kill {}` (SIGTERM) ends this and keeps what is finished.\n"
)


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """The first Ctrl-C or SIGTERM raises ``KeyboardInterrupt``, the second one prints a message, every later one raises again.

    So a second press, or one while results are written, does not lose them, a third one ends the command at once, and a batch system that
    ends the process with SIGTERM gets what is finished. Yields a function to call when the runs are over: from then on
    there is nothing left to stop, and a first press counts as the second one.

    A signal that the parent process set to be ignored stays ignored; where that is Ctrl-C, a message says what ends the command instead.
    """
    presses = 0

    def handle(*_):
        nonlocal presses
        presses += 1
        if presses != 2:
            raise KeyboardInterrupt
        _write_error(KEEPING)

    def over():
        nonlocal presses
        presses = max(presses, 1)

    if threading.current_thread() is not threading.main_thread():
        yield over
        return
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    ours = {number: handler for number, handler in usual.items() if signal.getsignal(number) is handler}
    if signal.SIGINT not in ours and signal.SIGTERM in ours:  # under nohup, in a script's background
        _write_error(IGNORED.format(os.getpid()).encode())
    for number in ours:
        signal.signal(number, handle)
    try:
        yield over
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)


def _write_error(text: bytes) -> None:
    """To standard error, not through Python's buffer: a print that was interrupted must not be entered again."""
    with contextlib.suppress(OSError):
        os.write(2, text)
