"""What the server and the browser tell each other of every picture: which one this is, and that it is painted.

Both are models without a place on the page, that travel with the patches of the pictures. The browser acknowledges after its next repaint:
at the first animation frame the patch is painted, at the second it is on the screen.
"""

from __future__ import annotations

from typing import ClassVar

from bokeh.core.properties import Float, Int
from bokeh.model import DataModel
from bokeh.models import CustomJS, Spacer

from components.playback.frame_gate import MAX_FRAME_NUMBER


class PageClock(DataModel):
    """From the server: this patch is picture ``frame``, of step ``k`` at time ``t``; steps up to ``furthest`` are known."""

    k = Float(0)
    t = Float(0)
    furthest = Float(0)
    frame = Int(0)


class Painted(DataModel):
    """From the browser: picture ``frame`` is on the screen."""

    frame = Int(0)
    writable: ClassVar = {"frame": lambda value: type(value) is int and 0 <= value <= MAX_FRAME_NUMBER}


# After the next repaint the read-out shows the step, and the server gets its acknowledgement.
ACKNOWLEDGE = """
const frame = cb_obj.frame, detail = {k: cb_obj.k, t: cb_obj.t, furthest: cb_obj.furthest, frame}
requestAnimationFrame(() => {
  window.dispatchEvent(new CustomEvent("swarmviz:frame", {detail}))
  requestAnimationFrame(() => { painted.frame = frame })
})
"""


def connected_models() -> tuple[PageClock, Painted, Spacer]:
    """A clock whose frames the browser acknowledges, the acknowledgement, and an invisible element that brings both to the page."""
    clock, painted = PageClock(), Painted()
    clock.js_on_change("frame", CustomJS(args={"painted": painted}, code=ACKNOWLEDGE))
    return clock, painted, Spacer(width=0, height=0, visible=False, tags=[clock, painted])
