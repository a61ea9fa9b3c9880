"""The console that the commands write to: its encoding may lack characters that we use, and its pipe may close."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import click


@contextlib.contextmanager
def until_the_pipe_closes() -> Iterator[None]:
    """A pipe that closes (``| head``) ends the command without an error."""
    try:
        yield
    except BrokenPipeError:
        discard_output()
        raise SystemExit(0) from None


def discard_output() -> None:
    """Discard further output, including what Python flushes when it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def escape_unencodable() -> None:
    """Write characters that the console's encoding lacks as Python's own messages do, such as ``\\u03bb``."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # a stream that is not Python's own
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


class Commands(click.Group):
    """A group of commands for such a console."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        escape_unencodable()
        with until_the_pipe_closes():  # the help
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with until_the_pipe_closes(), warnings.catch_warnings():
            # An overflow shows in its consequence: a run that diverged, a value that is refused.
            warnings.filterwarnings("ignore", message=".*encountered in", category=RuntimeWarning)
            return super().invoke(ctx)
