"""For the tests only: says on the console who shows something on another thread than the page's (a plug-in of ``panel serve``)."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import Any

from panel.reactive import Syncable

_theirs = Syncable._apply_update


def _apply_update(self: Syncable, events: Any, msg: Any, model: Any, ref: str) -> bool:
    if threading.current_thread() is not threading.main_thread():
        calls = [f"{frame.name} ({frame.filename.rpartition('/')[2]})" for frame in traceback.extract_stack()[:-1]]
        what = f"{type(self).__name__} {sorted(msg)} on {threading.current_thread().name}"
        print(f"OFF THE PAGE'S THREAD: {what}: {' > '.join(calls[-20:])}", file=sys.stderr, flush=True)
    return _theirs(self, events, msg, model, ref)


Syncable._apply_update = _apply_update
ROUTES: list[Any] = []
