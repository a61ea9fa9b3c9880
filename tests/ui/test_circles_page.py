"""Circles of a swarm are copies of a few pictures (``assets/circles.js``), in a real Chromium: as paths look, and none under others."""

from __future__ import annotations

# Paints the agents of the arena on canvases of our own. In groups so small that each is painted as paths; all at once, as copies; at one
# place; and counts the copies. The difference is that of the whole picture, and the share of pixels that differ by more than a quarter.
PAINT = """() => {
  const figures = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values())).filter((m) => m.type === "Figure")
  const views = figures.map((fig) => Bokeh.index.find_one_by_id(fig.id)).filter((view) => view != null)
  const drawn = views.flatMap((view) => [...view.renderer_views.values()])
    .find(({model, glyph}) => glyph?.sx && model.data_source.data.tone?.length > 64)
  const {glyph} = drawn, own = drawn.plot_view.canvas_view.overlays.canvas, all = [...glyph.sx.keys()]
  const painted = (parts, data, ratio) => {
    const canvas = document.createElement("canvas")
    canvas.width = ratio * own.width
    canvas.height = ratio * own.height
    const ctx = canvas.getContext("2d"), copy = ctx.drawImage
    let copies = 0
    ctx.drawImage = (...given) => { copies += 1; copy.apply(ctx, given) }
    ctx.scale(ratio, ratio)
    ctx.translate(0.3, 0.3)
    for (const part of parts) { glyph._paint(ctx, part, data) }
    const {a, e} = ctx.getTransform()
    return {copies, left: [a, e], pixels: ctx.getImageData(0, 0, canvas.width, canvas.height).data}
  }
  const groups = Array.from({length: Math.ceil(all.length / 50)}, (_, i) => all.slice(50 * i, 50 * (i + 1)))
  return [1, 1.5].map((ratio) => {
    for (let i = 0; i < 6; i++) { painted([all], {}, ratio) } // pictures are made a few at a time
    const paths = painted(groups, {}, ratio), copies = painted([all], {}, ratio)
    const middle = all.map(() => own.width / 2), together = painted([all], {sx: middle, sy: middle}, ratio)
    let seen = 0, differ = 0
    for (let i = 3; i < paths.pixels.length; i += 4) {
      if (paths.pixels[i] + copies.pixels[i] === 0) { continue }
      seen += 1
      differ += [0, 1, 2, 3].some((c) => Math.abs(paths.pixels[i - c] - copies.pixels[i - c]) > 64)
    }
    const kinds = new Set(all.map((i) => glyph.visuals.fill.fill_color.get(i) + " " + glyph.size.get(i))).size
    const counts = {paths: paths.copies, copies: copies.copies, together: together.copies}
    return {agents: all.length, kinds, seen, differ: differ / seen, left: copies.left, ...counts}
  })
}"""


def test_circles_are_copies_that_look_as_paths_do(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step >= 3, "the swarm does not move")
    lab.pause()
    for ratio, found in zip((1, 1.5), lab.page.evaluate(PAINT), strict=True):
        assert found["seen"] > 1000 and found["paths"] == 0, found
        assert 0 < found["copies"] <= found["agents"], "nothing is copied"
        assert found["differ"] < 0.05, found
        assert found["together"] <= 3 * found["kinds"] < found["agents"], "circles under others are painted"
        assert abs(found["left"][0] - ratio) < 1e-9 and abs(found["left"][1] - 0.3 * ratio) < 1e-6, (
            "others would be painted elsewhere"
        )
    assert not lab.complaints
