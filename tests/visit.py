"""What tests do with a visit without a browser (fixtures ``session`` and ``running``): what a visitor would, and wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from components.session import Session


def wait(holds: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Whether something comes to hold in time."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


def edit(session: Session, name: str, value: Any) -> None:
    """Edit a row of the form, and leave it."""
    session.controls.form._handle_msg({"name": name, "value": value, "final": True})


def press(session: Session, act: str, value: Any = None) -> None:
    """Press a button of the bar."""
    session.bar._handle_msg({"act": act, "value": value})


def settle(session: Session) -> None:
    """Wait until a new run is built and the worker has done all it was told."""
    session.builder.wait(60)
    done = threading.Event()
    session.transport.do(done.set)
    assert done.wait(20)
