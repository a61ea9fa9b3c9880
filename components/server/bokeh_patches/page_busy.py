"""A page of panel-material-ui is cut loose from Panel's global state when its visitor leaves.

Why
    ``Page`` follows ``pn.state.busy`` for an indicator that is not used here, and nothing ends that: every page that was ever shown stayed
    in memory.
Written for
    panel-material-ui 0.16 with Panel 1.9 and 1.10: the reference is a watcher of ``pn.state.param`` whose function belongs to an object
    with the page in ``self``.
Without it
    A server's memory grows with each visit.
Upstream
    A weak reference, or an end of the watcher when the session is destroyed.
"""

from __future__ import annotations

from typing import Any

import panel as pn


def forget_busy(page: Any) -> int:
    """End a page's watchers of ``pn.state.busy``; their number, which is 0 for a version that makes none."""
    watchers = [w for w in pn.state.param.watchers.get("busy", {}).get("value", []) if _follower(w) is page]
    for watcher in watchers:
        pn.state.param.unwatch(watcher)
    return len(watchers)


def _follower(watcher: Any) -> Any:
    """The object whose reference a watcher keeps up to date."""
    return getattr(getattr(watcher.fn, "__self__", None), "self", None)
