// Once for each plot of curves: a line at the step under the pointer or the finger, and the values of all lines there. Elements over the
// canvas, so that nothing is painted anew and nothing is sent to the server. `fig` is the figure. The keyboard moves the line from point to
// point, which is then told in words too (bar_spoken.js); Enter goes to its step.
const view = Bokeh.index.find_one_by_id(fig.id), canvas = view?.canvas_view?.el
if (canvas && !view.swarmviz_readout) {
  view.swarmviz_readout = true
  const element = (css) => {
    const node = document.createElement("div")
    node.style.cssText = `position: absolute; display: none; pointer-events: none; z-index: 2; ${css}`
    return node
  }
  const rule = element("width: 1px; background: var(--sv-muted)")
  const box = element(`box-sizing: border-box; max-width: 70%; padding: 3px 7px; border-radius: 6px; border: 1px solid var(--sv-line);
    font: 400 12px/16px var(--sv-font); color: var(--sv-text); background: var(--sv-paper); overflow: hidden; white-space: nowrap`)
  box.ariaHidden = "true"
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹", BELOW = 1e-304 // what has no place on a logarithmic axis lies below
  const grouped = (number) => number.toLocaleString("en-GB", {maximumSignificantDigits: 6}).replaceAll(",", "\u202f").replace("-", "−")
  const people = (value) => {
    const size = Math.abs(value)
    if (size === 0 || (size >= 1e-3 && size < 1e5)) { return grouped(Number(value.toPrecision(5))) }
    const [factor, power] = size.toExponential(3).split("e")
    const raised = `${power < 0 ? "⁻" : ""}${[...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[digit]).join("")}`
    return `${value < 0 ? "−" : ""}${Number(factor) === 1 ? "" : `${Number(factor)}·`}10${raised}`
  }
  const nearest = (ks, k) => { // the place of the point whose step is nearest
    let low = 0, high = ks.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (ks[middle] < k) { low = middle + 1 } else { high = middle }
    }
    return low > 0 && k - ks[low - 1] <= ks[low] - k ? low - 1 : low
  }
  const word = () => fig.below[0].axis_label.split(" ")[0] // step, time or evaluations
  const lines = () => fig.renderers.filter(({visible, glyph, data_source}) => visible && glyph.type === "Line" && data_source.data.k?.length > 0)
  const hide = () => { rule.style.display = box.style.display = "none" }
  const steps = (drawn) => drawn.reduce((a, b) => b.data_source.data.k.at(-1) > a.data_source.data.k.at(-1) ? b : a).data_source.data.k
  const read = (clientX, clientY) => {
    const {left, top} = canvas.getBoundingClientRect(), {frame} = view
    const [sx, sy] = [clientX - left, clientY - top], drawn = lines()
    if (!frame.bbox.contains(sx, sy) || drawn.length === 0) { return hide() }
    show(drawn, nearest(steps(drawn), frame.x_scale.invert(sx)))
  }
  const show = (drawn, at) => {
    const {frame} = view, {bbox} = frame, longest = steps(drawn), step = longest[at]
    const reach = Math.max(step - (longest[at - 1] ?? step - 1), (longest[at + 1] ?? step + 1) - step)
    const told = drawn.map(({data_source: {data: {k, y}}, glyph, tags}) => {
      const place = nearest(k, step), value = y[place]
      if (!(Math.abs(k[place] - step) <= reach) || !Number.isFinite(value)) { return null }
      const row = document.createElement("div"), mark = document.createElement("span"), number = document.createElement("b")
      mark.style.cssText = `display: inline-block; flex: none; width: 14px; border-top: 3px ${glyph.line_dash.value?.length ? "dotted" : "solid"}`
      mark.style.borderTopColor = glyph.line_color.value
      number.textContent = `${value < BELOW && value > 0 ? "≤ 0" : people(value)}${k[place] === step ? "" : ` (${word()} ${grouped(k[place])})`}`
      number.style.cssText = "margin-left: auto; padding-left: 8px; font-weight: 500; font-variant-numeric: tabular-nums"
      row.style.cssText = "display: flex; align-items: center; gap: 5px"
      row.append(mark, `${tags[0] ?? ""} `, number) // the space is heard
      return row
    })
    const head = document.createElement("div")
    head.textContent = `${word()} ${grouped(step)}`
    head.style.fontWeight = "700"
    box.replaceChildren(head, ...told.filter((row) => row != null))
    if (!box.isConnected) { view.canvas_view.shadow_el.append(rule, box) } // BokehJS empties its canvas when it renders it anew
    const x = frame.x_scale.compute(step)
    Object.assign(rule.style, {display: "block", left: `${Math.round(x)}px`, top: `${bbox.top}px`, height: `${bbox.height}px`})
    box.style.display = "block"
    const beside = x + 10 + box.offsetWidth <= bbox.right ? x + 10 : Math.max(x - 10 - box.offsetWidth, 0)
    Object.assign(box.style, {left: `${beside}px`, top: `${Math.max(0, Math.min(bbox.top, bbox.bottom - box.offsetHeight))}px`})
  }
  const {el} = view, {Tap} = Bokeh.require("core/bokeh_events")
  const ENDS = {Home: 0, End: Infinity}, WAYS = {ArrowLeft: -1, ArrowRight: 1}, MANY = 10 // points at once with Shift
  Object.assign(el, {tabIndex: 0, role: "application", ariaRoleDescription: "chart", ariaKeyShortcuts: "ArrowLeft ArrowRight Home End Enter"})
  el.dataset.keys = "ArrowLeft ArrowRight Home End Enter"
  let chosen = null // the place of the point that the keyboard reads, on the axis
  const choose = (drawn, at) => {
    const longest = steps(drawn), first = Math.max(0, longest.findIndex((k) => k >= fig.x_range.start)) // step 0 has no place on log k
    const place = Math.max(first, Math.min(at, longest.length - 1))
    chosen = longest[place]
    show(drawn, place)
  }
  const say = () => document.dispatchEvent(new CustomEvent("swarmviz-say", {detail: Array.from(box.children, (row) => row.textContent).join("; ")}))
  el.addEventListener("focus", () => {
    const drawn = lines()
    if (!el.matches(":focus-visible")) { return }
    el.style.outline = "2px solid var(--sv-accent)"
    if (drawn.length > 0) { choose(drawn, chosen == null ? Infinity : nearest(steps(drawn), chosen)) }
  })
  el.addEventListener("blur", () => {
    el.style.outline = ""
    hide()
  })
  el.addEventListener("keydown", (event) => {
    const {key, shiftKey} = event, drawn = lines()
    if (event.composedPath()[0] !== el || event.ctrlKey || event.metaKey || event.altKey || drawn.length === 0) { return }
    const now = nearest(steps(drawn), chosen ?? Infinity)
    if (key in WAYS) { choose(drawn, now + WAYS[key] * (shiftKey ? MANY : 1)) }
    else if (key in ENDS) { choose(drawn, ENDS[key]) }
    else if (key === "Enter" && chosen != null) {
      const {bbox, x_scale: across, y_scale: up} = view.frame, sx = across.compute(chosen), sy = (bbox.top + bbox.bottom) / 2
      fig.trigger_event(new Tap(sx, sy, chosen, up.invert(sy), {alt: false, ctrl: false, shift: false}))
    } else { return }
    event.preventDefault()
    if (key !== "Enter") { say() }
  })
  for (const type of ["pointermove", "pointerdown"]) { canvas.addEventListener(type, (event) => read(event.clientX, event.clientY)) }
  for (const type of ["pointerleave", "pointercancel"]) {
    canvas.addEventListener(type, ({pointerType}) => { if (pointerType === "mouse") { hide() } })
  }
  document.addEventListener("pointerdown", function beside(event) {
    if (fig.document == null) { document.removeEventListener("pointerdown", beside) } // the page has another document since it lost its connection
    else if (!event.composedPath().includes(canvas)) { hide() }
  })
}
