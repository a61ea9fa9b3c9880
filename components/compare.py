"""The switch that puts a second swarm beside the first, and what can then be done with the two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import param

ASSETS = Path(__file__).parent.parent / "assets"
ACTS = ("start", "end", "show", "swap", "copy")


class CompareBar(pn.custom.JSComponent):
    """One button; while two swarms are compared, whose controls are shown (A or B), swap, copy A to B, and end.

    What was pressed arrives in ``on_act(act, value)``, with an act of ``ACTS``; ``show`` has the pane, 0 or 1.
    """

    panes = param.Integer(1, bounds=(1, 2), doc="How many swarms there are.")
    active = param.Integer(0, bounds=(0, 1), doc="The pane that the controls, the density and the curves belong to.")

    _esm = (ASSETS / "compare.js").read_text(encoding="utf-8")
    _stylesheets = [(ASSETS / "compare.css").read_text(encoding="utf-8")]  # noqa: RUF012 (Panel's own convention)
    _debounce = 1

    def __init__(self, on_act: Callable[[str, Any], None], **params: Any):
        super().__init__(**{"margin": 0, "sizing_mode": "stretch_width"} | params)
        self._on_act = on_act

    def _handle_msg(self, data: Any) -> None:
        if not isinstance(data, dict) or data.get("act") not in ACTS:
            return
        act, value = data["act"], data.get("value")
        if act != "show" or (isinstance(value, int) and not isinstance(value, bool)):
            self._on_act(act, value)
