"""A click or a tap on an agent in the arena chooses it.

Which agent lies under it is decided in the browser, which alone knows what it has painted and how large: nothing is asked of the server
while the pointer moves. The page's bar hears of the choice by an event of the document (``assets/bar_agent.js``) and tells the server.
"""

from __future__ import annotations

from bokeh.events import Tap
from bokeh.models import ColumnDataSource, CustomJS
from bokeh.plotting import figure

CHOOSE = """
const {x, y} = cb_obj, {data} = points, {x_range: h, y_range: v} = fig
if (x == null || y == null) return
const px = fig.inner_width / (h.end - h.start), py = fig.inner_height / (v.end - v.start)
let nearest = matchMedia("(pointer: coarse)").matches ? touch : reach, chosen = -1
for (let i = 0; i < data[across].length; i++) {
  const away = Math.hypot((data[across][i] - x) * px, (data[up][i] - y) * py) - data.size[i] / 2
  if (away < nearest) { nearest = away; chosen = i }
}
if (chosen >= 0) document.dispatchEvent(new CustomEvent("swarmviz-agent", {detail: chosen}))
"""
REACH_PX, TOUCH_PX = 6, 20  # how far from the rim of an agent a click, or a finger, still means it


def choose_by_click(fig: figure, points: ColumnDataSource, across: str, up: str) -> None:
    """Let a click choose one of the agents that ``points`` has, with these columns and their ``size``."""
    names = {"fig": fig, "points": points, "across": across, "up": up, "reach": REACH_PX, "touch": TOUCH_PX}
    fig.js_on_event(Tap, CustomJS(args=names, code=CHOOSE))
