"""The map in a real Chromium: it fills while the swarm moves, and a click takes the swarm to a cell."""

from __future__ import annotations

import os

CELLS = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const said = models.filter((m) => m.type === "Div").map((m) => m.text).find((text) => text.includes("cells ·"))
  return said ? parseInt(said) : 0
}"""
PLACE = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const quads = models.find((m) => m.type === "GlyphRenderer" && m.glyph.type === "Quad" && m.data_source.data.seeds)
  if (!quads) return null
  const fig = models.find((m) => m.type === "Figure" && m.renderers.includes(quads))
  const view = Bokeh.index.find_one_by_id(fig.id), box = view.el.getBoundingClientRect(), { bbox, x_scale, y_scale } = view.frame
  return { x: box.left + bbox.left + bbox.width * 0.3, y: box.top + bbox.top + bbox.height * 0.3 }
}"""


def test_the_map_fills_and_a_click_moves_the_swarm(lab, server):
    lab.open(server.page)
    lab.page.get_by_text("Map", exact=True).first.click()
    lab.page.wait_for_function(f"({CELLS})() >= 36", timeout=120_000)
    lab.page.wait_for_function(f"({PLACE})() !== null", timeout=120_000)
    place = lab.page.evaluate(PLACE)
    if folder := os.environ.get("MAP_PICTURE"):
        lab.page.wait_for_timeout(1500)
        lab.page.screenshot(path=folder)
    before = lab.page.url
    lab.page.mouse.click(place["x"], place["y"])
    lab.page.wait_for_function("(url) => location.href !== url", arg=before, timeout=90_000)
    if folder:
        lab.page.wait_for_timeout(1500)
        lab.page.screenshot(path=folder.replace(".png", "-after.png"))
