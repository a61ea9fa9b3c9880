"""Callbacks that keep nobody alive."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any


def weakly(method: Callable[..., Any]) -> Callable[..., Any]:
    """A callback that keeps nobody alive: Panel and asyncio hold on to some documents after their visitors have left. None when gone."""
    reference = weakref.WeakMethod(method)

    def call(*arguments: Any) -> Any:
        return alive(*arguments) if (alive := reference()) is not None else None

    return call
