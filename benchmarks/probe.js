// Put into every page before its own scripts: remembers each picture that the arena really painted, and the bytes that came for it.
//
// A picture counts when the arena's figure was repainted after its source had been given new data; it is dated by the animation frame after
// the painting, when it is on the screen. The source looked for is the one with the consensus point, which both pages have in each picture.
(() => {
  const probe = window.probe = {pictures: [], bytes: 0, messages: 0, opened: NaN, clicked: NaN, still: NaN}
  const Plain = window.WebSocket
  window.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given)
      this.addEventListener("message", ({data}) => { probe.messages += 1; probe.bytes += data.byteLength ?? data.size ?? data.length })
    }
  }
  addEventListener("click", () => { probe.clicked = performance.now() }, true)

  const still = () => { // the picture in the HTML, dated by the animation frame after it
    if (document.querySelector("#arrival .swarm")) { requestAnimationFrame(() => requestAnimationFrame((at) => { probe.still = at })) }
    else if (!window.Bokeh) { requestAnimationFrame(still) }
  }
  still()

  const models = () => (window.Bokeh?.documents ?? []).flatMap((doc) => Array.from(doc._all_models.values()))
  const attach = () => {
    const all = models()
    for (const figure of all.filter((m) => m.type === "Figure")) {
      const view = Bokeh.index.find_one_by_id(figure.id)
      if (view == null || view.probed) { continue }
      view.probed = true
      const marks = figure.renderers.map((r) => r.data_source).find((s) => s?.data.focus_x)
      const clock = all.find((m) => m.type.endsWith("Clock"))
      const paint = view._actual_paint
      let last = null
      view._actual_paint = () => {
        paint.call(view)
        if (!marks || marks.data === last || !(marks.data.focus_x.length > 0)) { return }
        last = marks.data
        const number = clock ? clock.frame : last.picture[0], focus = last.focus_x[0]
        const came = probe.bytes
        requestAnimationFrame(() => {
          if (probe.pictures.length === 0) { probe.opened = came }
          probe.pictures.push([performance.now(), number, focus])
        })
      }
      if (marks && view._needs_paint === false) { view.request_paint() } // it was painted before it could be watched
    }
  }
  const look = (pause) => { try { attach() } finally { setTimeout(look, pause, 1.1 * pause) } } // ever more seldom: looking costs time
  look(30)
})()
