// A schedule as a curve over time: what acted until now and (dashed) the schedule itself, with points that can be dragged.
// The numbers are the server's (components/controls/schedule_plot.py); a point that was moved is sent with all others, so that no message
// depends on an earlier one. While a point is held the axes stay as they are. Times of points count from the schedule's beginning.

import {make, makeButton, short} from "./dom.js"

const PLOT_PX = {left: 40, right: 12, top: 10, bottom: 20, height: 140}
const POINT_PX = 6, GRIP_PX = 15 // radius that is seen, and that can be taken hold of
const KEY_SHARE = 0.01 // of an axis, for a press of an arrow key; with Shift ten times as much
const CHORDS = 12 // of a straight line, which is none on a logarithmic axis

export const svgNode = (tag, attributes = {}, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) { node.setAttribute(name, value) }
  node.append(...children)
  return node
}
const limited = (value, low, high) => Math.min(Math.max(value, low ?? -Infinity), high ?? Infinity)
const roundedTo = (value, step) => Number((Math.round(value / step) * step).toPrecision(12))
const powerBelow = (value) => Math.pow(10, Math.floor(Math.log10(value)))

// Value ↔ place on an axis from `low` to `high`, which lie at the pixels `from` and `to`; `step` is what a pixel can tell apart.
const makeAxis = (low, high, from, to, log = false) => {
  const [a, b] = log ? [Math.log(low), Math.log(high)] : [low, high]
  const at = (value) => {
    const place = log ? Math.log(Math.max(value, low * 1e-9)) : value
    return limited(from + (to - from) * (place - a) / (b - a), -1e4, 1e4)
  }
  const valueAt = (pixel) => {
    const place = a + (b - a) * limited((pixel - from) / (to - from), 0, 1)
    return log ? Number(Math.exp(place).toPrecision(3)) : roundedTo(place, step)
  }
  const step = log ? 0 : powerBelow(Math.abs((high - low) / (to - from)))
  const moved = (value, share) => (log ? Number((value * Math.exp(share * (b - a))).toPrecision(3)) : roundedTo(value + share * (high - low), step))
  return {at, valueAt, moved, step, low, high}
}

// The part of a line through (t, y) from one time to another, ends interpolated.
const partOf = (t, y, from, to) => {
  const out = []
  const between = (i, time) => y[i] + (y[i + 1] - y[i]) * (time - t[i]) / (t[i + 1] - t[i])
  for (let i = 0; i < t.length; i++) {
    if (t[i] >= from && t[i] <= to) { out.push([t[i], y[i]]) }
    if (i + 1 < t.length) {
      for (const end of [from, to]) { if (t[i] < end && end < t[i + 1]) { out.push([end, between(i, end)]) } }
    }
  }
  return out
}

export const makeScheduleCurve = (row, aria, send) => {
  const axesNode = svgNode("g", {class: "axes"}), scheduled = svgNode("path", {class: "scheduled"})
  const acted = svgNode("path", {class: "acted"}), now = svgNode("line", {class: "now"}), mark = svgNode("circle", {class: "mark", r: 4})
  const points = svgNode("g")
  const lines = svgNode("svg", {class: "lines"}, scheduled, acted, now, mark) // an inner one cuts off what leaves its frame
  const plot = svgNode("svg", {class: "curve", height: PLOT_PX.height}, axesNode, lines, points)
  const add = makeButton({textContent: "Add point", title: "Double-click, or Insert on a point"}, () => addAfter(chosen))
  const remove = makeButton({textContent: "Remove point", title: "Delete on a point"}, () => removeAt(chosen))
  const buttons = make("div", {className: "points"}, add, remove), group = make("div", {className: "plot", role: "group"}, plot, buttons)
  let curve = null, present = null, handles = [], since = 0, frame = null, chosen = 0, held = null

  const measure = () => {
    const width = plot.clientWidth, {left, right, top, bottom, height} = PLOT_PX
    if (!curve || width <= left + right) { return null }
    return {t: makeAxis(0, curve.last, left, width - right), y: makeAxis(curve.low, curve.high, height - bottom, top, curve.log),
      ticks: curve.ticks, end: width - right}
  }

  // ---- what is seen

  const drawAxes = () => {
    const {left, top, bottom, height} = PLOT_PX, base = height - bottom
    const [times, values] = frame.ticks
    const label = (text, attributes) => Object.assign(svgNode("text", attributes), {textContent: text})
    axesNode.replaceChildren(
      ...values.map(([value]) => svgNode("line", {x1: left, x2: frame.end, y1: frame.y.at(value), y2: frame.y.at(value)})),
      ...values.map(([value, text]) => label(text, {x: left - 10, y: frame.y.at(value) + 4, "text-anchor": "end"})),
      ...times.map(([time, text]) => label(text, {x: frame.t.at(time), y: base + 15, "text-anchor": "middle"})),
      label("t", {x: frame.end + 3, y: base - 3}),
    )
    for (const [name, value] of Object.entries({x: left, y: top - 5, width: frame.end - left, height: base - top + 10})) { lines.setAttribute(name, value) }
    lines.setAttribute("viewBox", `${left} ${top - 5} ${frame.end - left} ${base - top + 10}`)
  }
  const pathOf = (pairs) => pairs.map(([t, y], i) => `${i ? "L" : "M"}${frame.t.at(t).toFixed(1)} ${frame.y.at(y).toFixed(1)}`).join("")
  // Straight lines through the points as they are in the hand, before the server has answered.
  const joined = () => {
    const out = [[0, handles[0].value]]
    for (const [i, {s, value}] of handles.entries()) {
      const before = handles[i - 1]
      for (let n = 1; before && n < CHORDS; n++) {
        out.push([since + before.s + (s - before.s) * n / CHORDS, before.value + (value - before.value) * n / CHORDS])
      }
      out.push([since + s, value])
    }
    return [...out, [Math.max(curve.last, out.at(-1)[0]), handles.at(-1).value]]
  }
  const drawLines = () => {
    scheduled.setAttribute("d", pathOf(curve.most && handles.length ? joined() : curve.t.map((t, i) => [t, curve.y[i]])))
    const [t, y] = curve.acted, stands = present?.[0] ?? 0, known = t.length ? t.at(-1) : 0
    const past = [...partOf(t, y, 0, Math.min(stands, known)), ...(stands > known ? partOf(curve.t, curve.y, known, stands) : [])]
    acted.setAttribute("d", pathOf(past))
    const x = frame.t.at(stands), value = present?.[1]
    for (const [name, at] of Object.entries({x1: x, x2: x, y1: PLOT_PX.top - 5, y2: PLOT_PX.height - PLOT_PX.bottom})) { now.setAttribute(name, at) }
    mark.setAttribute("cx", x)
    mark.setAttribute("cy", value == null ? -99 : frame.y.at(value))
  }
  const nameOf = (i) => `${curve.symbol}: ${curve.most ? `point ${i + 1} of ${handles.length}` : handles[i].label}`
  const drawPoints = () => {
    while (points.children.length > handles.length) { points.lastChild.remove() }
    while (points.children.length < handles.length) { points.append(makePoint(points.children.length)) }
    for (const [i, {s, value}] of handles.entries()) {
      const node = points.children[i], t = since + s
      node.setAttribute("transform", `translate(${frame.t.at(t)} ${frame.y.at(value)})`)
      node.toggleAttribute("hidden", t > frame.t.high)
      node.classList.toggle("chosen", i === chosen && curve.most > 0)
      for (const [name, text] of Object.entries({label: nameOf(i), valuetext: `t = ${short(t)}, ${curve.symbol} = ${short(value)}`,
        valuenow: value, valuemin: curve.range[0] ?? curve.low, valuemax: curve.range[1] ?? curve.high})) { node.setAttribute(`aria-${name}`, text) }
    }
    buttons.hidden = !curve.most
    add.disabled = handles.length >= curve.most
    remove.disabled = handles.length < 2
  }
  const draw = () => {
    frame = held?.frame ?? measure()
    if (!frame) { return }
    group.ariaLabel = `${curve.symbol} over time t`
    drawAxes()
    drawLines()
    drawPoints()
  }

  // ---- what is done

  const gap = () => frame.t.step || 1e-9
  const place = (i, s, value, final) => { // between its neighbours in time, and within the parameter's range
    const own = handles[i], [least, most] = curve.range
    if (own.in_time) {
      const before = i ? handles[i - 1].s + gap() : 0, after = i + 1 < handles.length ? handles[i + 1].s - gap() : null
      s = limited(limited(s, null, after), before, null)
    } else { s = own.s }
    handles[i] = {...own, s: Number(s.toPrecision(12)), value: limited(value, least, most)}
    tell(i, final)
  }
  const tell = (i, final) => {
    send({moved: i, points: handles.map(({s, value}) => [s, value])}, final)
    plot.dispatchEvent(new Event("input", {bubbles: true})) // the tip goes: it would hide the present value
    drawLines()
    drawPoints()
  }
  const addAt = (s, value) => {
    const i = handles.findIndex((other) => other.s > s), at = i < 0 ? handles.length : i
    const near = [handles[at - 1]?.s, handles[at]?.s].some((other) => other != null && Math.abs(other - s) < gap())
    if (handles.length >= curve.most || near || s < 0) { return }
    handles.splice(at, 0, {label: "", s, value: limited(value, ...curve.range), in_time: true})
    choose(at)
  }
  const addAfter = (i) => {
    const {s, value} = handles[i], next = handles[i + 1]
    const room = next ? (next.s - s) / 2 : Math.max((frame.t.high - since - s) / 2, 10 * gap())
    addAt(roundedTo(s + room, gap()), next ? (value + next.value) / 2 : value)
  }
  const removeAt = (i) => {
    if (!curve.most || handles.length < 2) { return }
    handles.splice(i, 1)
    choose(Math.min(i, handles.length - 1))
  }
  const choose = (i) => {
    chosen = i
    tell(i, true)
    points.children[i].focus({preventScroll: true})
  }
  const at = ({clientX, clientY}) => {
    const {left, top} = plot.getBoundingClientRect()
    return [frame.t.valueAt(clientX - left), frame.y.valueAt(clientY - top)]
  }
  const makePoint = (i) => {
    const node = svgNode("g", {class: "point", tabindex: 0, role: "slider"}, svgNode("circle", {class: "grip", r: GRIP_PX}), svgNode("circle", {r: POINT_PX}))
    node.addEventListener("focus", () => {
      chosen = i
      drawPoints()
    })
    node.addEventListener("pointerdown", (event) => {
      if (event.button) { return }
      node.setPointerCapture(event.pointerId)
      held = {frame, since, moved: false}
    })
    node.addEventListener("pointermove", (event) => {
      if (!held || !node.hasPointerCapture(event.pointerId)) { return }
      held.moved = true
      const [t, value] = at(event)
      place(i, roundedTo(t - held.since, gap()), value, false)
    })
    node.addEventListener("lostpointercapture", () => { // let go, or taken away: the last value counts
      const was = held
      held = null
      if (was?.moved) { tell(i, true) }
      draw()
    })
    node.addEventListener("keydown", (event) => {
      const {key, shiftKey} = event, share = KEY_SHARE * (shiftKey ? 10 : 1), {s, value} = handles[i]
      if (event.ctrlKey || event.metaKey || event.altKey) { return }
      if (key === "ArrowLeft" || key === "ArrowRight") {
        const moved = frame.t.moved(s, key === "ArrowLeft" ? -share : share)
        if (handles[i].in_time) { place(i, moved, value, true) }
      } else if (key === "ArrowUp" || key === "ArrowDown") { place(i, s, frame.y.moved(value, key === "ArrowDown" ? -share : share), true) }
      else if ((key === "Delete" || key === "Backspace") && curve.most) { removeAt(i) }
      else if (key === "Insert" && curve.most) { addAfter(i) }
      else { return }
      event.preventDefault()
      event.stopPropagation() // they move the run elsewhere
    })
    return node
  }
  plot.addEventListener("dblclick", (event) => {
    if (!frame || !curve.most || event.target.closest(".point")) { return }
    const [t, value] = at(event)
    addAt(roundedTo(t - since, gap()), value)
  })
  new ResizeObserver(draw).observe(plot)

  return {
    nodes: [group],
    set: ({value}) => {
      present = value || null
      if (frame) { drawLines() }
    },
    draw: (news, awaits) => {
      curve = news
      if (!held && !awaits) {
        since = curve.since
        handles = curve.handles.map((handle) => ({...handle}))
        chosen = Math.min(chosen, Math.max(handles.length - 1, 0))
      }
      draw()
    },
  }
}
