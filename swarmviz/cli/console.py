"""The console to which the commands speak: it may know fewer signs than we use, and it may stop to listen."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import click


@contextlib.contextmanager
def listening() -> Iterator[None]:
    """Whoever closes the pipe has read enough (``| head``): that ends a command, quietly, and is no failure."""
    try:
        yield
    except BrokenPipeError:
        stop_talking()
        raise SystemExit(0) from None


def stop_talking() -> None:
    """Send what is still to be said nowhere, what Python flushes at its end included."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def spell_out() -> None:
    """Signs that the console's encoding lacks are written as Python's own messages write them, such as ``\\u03bb``."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # a stream of somebody's own
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


class Commands(click.Group):
    """A group of commands that speak to such a console."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        spell_out()
        with listening():  # the help
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with listening(), warnings.catch_warnings():
            # An overflow is told by what comes of it: a run that diverged, a value that is refused.
            warnings.filterwarnings("ignore", message=".*encountered in", category=RuntimeWarning)
            return super().invoke(ctx)
