"""The widget of a live run, for every notebook that shows widgets (extra ``notebook``)."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

from swarmviz.notebook.live import Live

MAX_ID_CHARS = 64


@functools.cache
def widget_class() -> type[Any]:
    """Made when it is first needed: anywidget takes longer to import than swarmviz.

    Raises
    ------
    ImportError
        Without anywidget.
    """
    import anywidget
    import traitlets

    class LiveRun(anywidget.AnyWidget):
        """Shows a live run; its messages are those of :mod:`swarmviz.notebook.live`, with an "id" that the answer repeats.

        It is a word for the frame that has sent it, and a number.
        """

        _esm = resources.files("swarmviz.notebook").joinpath("widget.js").read_text(encoding="utf-8")
        page = traitlets.Unicode().tag(sync=True)
        height_px = traitlets.Int().tag(sync=True)

        def __init__(self, live: Live, height_px: int):
            super().__init__(page=live.page(), height_px=height_px)
            self._live = live
            self.on_msg(self._asked)

        def _asked(self, _: Any, message: Any, buffers: Any) -> None:
            name = message.get("id") if isinstance(message, dict) else None
            if isinstance(name, str) and len(name) <= MAX_ID_CHARS:
                header, block = self._live.answer(message, name.partition(" ")[0])
                self.send({"id": name, "header": header}, [block])

    return LiveRun
