"""Callbacks that do not keep their object alive."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any


def weakly(method: Callable[..., Any]) -> Callable[..., Any]:
    """A callback that does not keep the object of ``method`` alive, and returns None once it is gone.

    Panel and asyncio hold on to some documents after their visitors have left, and with them to every callback of their models.
    """
    reference = weakref.WeakMethod(method)

    def call(*arguments: Any) -> Any:
        return alive(*arguments) if (alive := reference()) is not None else None

    return call
