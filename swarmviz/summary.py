"""Summaries for notebooks: the class of an object asks for one, and a function that stands on a higher floor gives it.

A function registers itself: ``@summary.register`` above ``def _(sim: Simulation) -> str``.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any


@singledispatch
def summary(thing: Any) -> str | None:
    """The HTML that a notebook shows of ``thing``; None where nobody gives one."""
    return None
