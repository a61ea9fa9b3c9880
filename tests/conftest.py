"""What all the tests share: the browser ones are marked, kept together on one worker, and started first."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from tornado.iostream import IOStream
from tornado.websocket import WebSocketClientConnection

UI = Path(__file__).parent / "ui"

# the same examples in every run, and none that fails because the machine was busy
settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.load_profile("reproducible")

# A script that starts the tests in its background has Ctrl-C ignored, and so would every process that a test starts to interrupt it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    browser = [item for item in items if UI in item.path.parents]
    for item in browser:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=lambda item: item not in browser)  # the longest unit of work first; the sort is stable


@pytest.fixture(autouse=True)
def _garbage_is_collected_as_ever() -> Iterator[None]:
    """A server in the tests' own process sets aside what lives long, and what is gone would not be seen to be gone."""
    yield
    garbage = sys.modules.get("components.server.garbage")
    if garbage is not None and garbage._set_aside in gc.callbacks:
        gc.callbacks.remove(garbage._set_aside)
        gc.unfreeze()


@pytest.fixture(autouse=True)
def _sockets_end_with_their_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a visitor that vanishes leaves open, at both ends: the warning came up wherever its memory was freed, in another test.

    A socket whose event loop is closed can do nothing any more.
    """
    opened: dict[type, list[Any]] = {IOStream: [], WebSocketClientConnection: []}

    def note(kind: type) -> None:
        begin = kind.__init__  # type: ignore[misc]

        def noted(self: Any, *args: Any, **options: Any) -> None:
            opened[kind].append(self)
            begin(self, *args, **options)

        monkeypatch.setattr(kind, "__init__", noted)

    for kind in opened:
        note(kind)
    yield
    for connection in opened[WebSocketClientConnection]:
        connection.protocol = None
    for stream in opened[IOStream]:
        loop = getattr(getattr(stream, "io_loop", None), "asyncio_loop", None)
        if stream.socket is not None and (loop is None or loop.is_closed()):
            stream.socket.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium that the browser tests start; `make test` sets CHROMIUM."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail("no Chromium: install one, or set the environment variable CHROMIUM to its path")
    return path


@pytest.fixture
def session() -> Iterator[Any]:
    """A visitor's session without a browser."""
    from components.page import theme  # not above: the tests of the core load no page
    from components.session import Session

    theme.extension()
    made = Session()
    yield made
    made.close()


@pytest.fixture
def running(session: Any) -> Any:
    """A session whose swarm moves."""
    from tests.visit import wait

    session.start()
    assert wait(lambda: session._sim.k > 1)
    return session
