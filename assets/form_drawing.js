// A table that is drawn by hand: a curve on a line, hills and wells in the plane. What is drawn on is the server's (components/controls/strokes.py),
// and a stroke is sent when it is complete; until the answer comes it is seen as it was drawn. Places are shares of the box, from 0 to 1.

import {make, makeBox, makeButton, fillRail, short} from "./dom.js"
import {svgNode} from "./form_schedule.js"

const SHEET_PX = {left: 38, right: 8, top: 8, bottom: 18, height: 168}
const STEP_SHARE = 0.02 // of the range of the values, for a press of a key that changes one; with Shift five times as much
const SPOT_SHARE = 0.15 // of the radius: a brush that has moved less leaves no further spot
const INK = [0, 114, 178] // of a low place of a plane; a high one is as the paper

const within = (value, low, high) => Math.min(Math.max(value, low), high)
const thinned = (points, most) => {
  const every = Math.ceil(points.length / (most - 1))
  return every < 2 ? points : points.filter((_, i) => i % every === 0 || i === points.length - 1)
}

export const makeDrawing = (row, aria, send) => {
  let sheet = null, frame = null, stroke = null, chosen = 0, sign = -1, waiting = 0
  const axes = svgNode("g", {class: "axes"}), line = svgNode("path", {class: "drawn"}), trace = svgNode("path", {class: "trace"})
  const knots = svgNode("g", {class: "knots"}), ring = svgNode("circle", {class: "ring", r: 7}), brush = svgNode("circle", {class: "brush"})
  const canvas = make("canvas", {ariaHidden: "true"})
  const paper = svgNode("svg", {class: "paper", tabindex: 0, role: "slider", "aria-label": aria.ariaLabel}, axes, line, trace, knots, ring, brush)
  const board = make("div", {className: "board"}, canvas, paper)

  const slider = (name, value) => {
    const node = make("input", {type: "range", min: 4, max: 100, value, ariaLabel: `Brush: ${name} in percent`})
    node.addEventListener("input", () => fillRail(node))
    fillRail(node)
    return [node, make("label", {}, make("span", {textContent: name}), node)]
  }
  const [radius, radiusLabel] = slider("radius", 18), [strength, strengthLabel] = slider("height", 30)
  const signs = [["Well", -1], ["Hill", 1]].map(([textContent, way]) => makeButton({textContent, title: `The brush makes a ${textContent.toLowerCase()}`}, () => {
    sign = way
    showSigns()
  }))
  const showSigns = () => { for (const [i, node] of signs.entries()) { node.setAttribute("aria-pressed", String((i ? 1 : -1) === sign)) } }
  const tools = make("div", {className: "tools"}, ...signs, radiusLabel, strengthLabel)
  const {box: own, write} = makeBox({inputMode: "decimal", autocomplete: "off", ariaLabel: "Value at the chosen place"}, (text) => {
    const value = Number(text.replace("−", "-").replace(",", "."))
    if (text.trim() && Number.isFinite(value)) { change(value) } else { write(String(sheet.knots[chosen])) }
  })
  const place = make("span"), valueLabel = make("label", {className: "knot"}, place, own)
  const news = [["New curve", 1, "Begin a curve on a line"], ["New plane", 2, "Begin hills and wells in the plane"]].map(([textContent, count, title]) =>
    makeButton({textContent, title}, () => send({new: count}, true)))
  const coarse = makeButton({textContent: "Make coarser", title: "As many values as a link holds"}, () => send({coarse: true}, true))
  const note = make("p", {className: "told"})
  const group = make("div", {className: "sheetof", role: "group", ...aria}, tools, board, valueLabel, make("div", {className: "points"}, ...news, coarse), note)
  showSigns()

  // ---- what is seen

  const measure = () => {
    const width = board.clientWidth, flat = sheet?.axes === 1
    if (!sheet || width < 60) { return null }
    const {left, right, top, bottom, height} = SHEET_PX, side = width - left - right
    const [w, h] = [side, flat ? height - top - bottom : side]
    const range = sheet.top - sheet.bottom
    return {
      left, top, w, h, whole: h + top + bottom, range,
      at: (u, v) => [left + u * w, flat ? top + h * (1 - within((v - sheet.bottom) / range, -1, 2)) : top + h * (1 - v)],
      from: (x, y) => {
        const u = within((x - left) / w, 0, 1), share = 1 - within((y - top) / h, 0, 1)
        return [Number(u.toPrecision(5)), flat ? Number((sheet.bottom + share * range).toPrecision(5)) : Number(share.toPrecision(5))]
      },
    }
  }
  const pathOf = (points) => points.map(([u, v], i) => {
    const [x, y] = frame.at(u, v)
    return `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`
  }).join("")
  const [rows, columns] = [() => sheet.shape[0], () => sheet.shape[1] ?? 1]
  const placeOf = (k) => (sheet.axes === 1 ? [k / (rows() - 1), sheet.knots[k]] : [Math.floor(k / columns()) / (rows() - 1), (k % columns()) / (columns() - 1)])
  const coordinate = (axis, share) => {
    const [low, high] = [sheet.ends[axis], sheet.ends[sheet.axes + axis]]
    return short(low + share * (high - low))
  }
  const words = (k) => {
    const [u, v] = placeOf(k)
    return sheet.axes === 1 ? `x = ${coordinate(0, u)}` : `x = ${coordinate(0, u)}, y = ${coordinate(1, v)}`
  }
  const text = (content, attributes) => Object.assign(svgNode("text", attributes), {textContent: content})
  const drawAxes = () => {
    const {left, top, w, h} = frame, flat = sheet.axes === 1, end = {"text-anchor": "end"}
    const ends = sheet.ends.map((value) => short(value).replace("-", "−"))
    axes.replaceChildren(
      svgNode("rect", {x: left, y: top, width: w, height: h}),
      ...sheet.ticks.map(([value]) => svgNode("line", {x1: left, x2: left + w, y1: frame.at(0, value)[1], y2: frame.at(0, value)[1]})),
      ...sheet.ticks.map(([value, said]) => text(said, {x: left - 5, y: frame.at(0, value)[1] + 4, ...end})),
      text(ends[0], {x: left, y: top + h + 14}), text(ends[sheet.axes], {x: left + w, y: top + h + 14, ...end}),
      ...(flat ? [] : [text(ends[1], {x: left - 5, y: top + h, ...end}), text(ends[3], {x: left - 5, y: top + 10, ...end})]),
    )
  }
  const weight = (u, v, spots, reach) => {
    let nearest = Infinity
    for (const [x, y] of spots) { nearest = Math.min(nearest, (u - x) ** 2 + (v - y) ** 2) }
    return Math.max(1 - nearest / reach ** 2, 0) ** 2
  }
  const drawPlane = () => {
    const side = Math.round(Math.sqrt(sheet.heights.length)), pen = canvas.getContext("2d"), {left, top, w, h} = frame
    canvas.width = canvas.height = side
    Object.assign(canvas.style, {left: `${left}px`, top: `${top}px`, width: `${w}px`, height: `${h}px`})
    const image = pen.createImageData(side, side)
    for (let i = 0; i < side; i++) {
      for (let j = 0; j < side; j++) {
        const lifted = stroke?.spots ? stroke.share * 255 * weight(i / (side - 1), j / (side - 1), stroke.spots, stroke.radius) : 0
        const alpha = 255 - within(sheet.heights[i * side + j] + lifted, 0, 255)
        image.data.set([...INK, alpha], 4 * ((side - 1 - j) * side + i))
      }
    }
    pen.putImageData(image, 0, 0)
  }
  const drawKnots = () => {
    while (knots.children.length > sheet.knots.length) { knots.lastChild.remove() }
    while (knots.children.length < sheet.knots.length) { knots.append(svgNode("circle", {r: 1.6})) }
    for (let k = 0; k < sheet.knots.length; k++) {
      const [x, y] = frame.at(...placeOf(k))
      knots.children[k].setAttribute("cx", x)
      knots.children[k].setAttribute("cy", y)
    }
    const some = sheet.knots.length > 0
    chosen = within(chosen, 0, Math.max(0, sheet.knots.length - 1))
    valueLabel.hidden = !some
    ring.toggleAttribute("hidden", !some)
    if (!some) {
      paper.setAttribute("aria-valuetext", sheet.note)
      return
    }
    const [x, y] = frame.at(...placeOf(chosen)), value = sheet.knots[chosen]
    ring.setAttribute("cx", x)
    ring.setAttribute("cy", y)
    place.textContent = `${sheet.symbol} at ${words(chosen)}`
    write(String(value))
    for (const [name, told] of Object.entries({valuetext: `${words(chosen)}: ${sheet.symbol} = ${short(value)}`, valuenow: value, valuemin: sheet.bottom, valuemax: sheet.top})) {
      paper.setAttribute(`aria-${name}`, told)
    }
  }
  const draw = () => {
    frame = measure()
    if (!frame) { return }
    const flat = sheet.axes === 1
    paper.setAttribute("height", frame.whole)
    board.style.height = `${frame.whole}px`
    canvas.hidden = tools.hidden = flat
    coarse.hidden = sheet.knots.length > 0
    note.textContent = sheet.note
    drawAxes()
    line.setAttribute("d", flat ? pathOf(sheet.heights.map((value, i) => [i / (sheet.heights.length - 1), value])) : "")
    trace.setAttribute("d", flat && stroke ? pathOf(stroke.points) : "")
    if (!flat) { drawPlane() }
    drawKnots()
    brush.toggleAttribute("hidden", flat || !stroke)
  }

  // ---- what is done

  const change = (value) => {
    const index = sheet.axes === 1 ? [chosen] : [Math.floor(chosen / columns()), chosen % columns()]
    sheet = {...sheet, knots: sheet.knots.with(chosen, value)} // several keys may be pressed before an answer
    send({knot: index, value}, true)
    drawKnots()
  }
  const reach = () => within(radius.value / 100, ...sheet.radii)
  const placeAt = ({clientX, clientY}) => {
    const {left, top} = paper.getBoundingClientRect()
    return frame.from(clientX - left, clientY - top)
  }
  const extend = (event) => {
    const point = placeAt(event)
    if (stroke.spots) {
      const last = stroke.spots.at(-1)
      if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) > SPOT_SHARE * stroke.radius) { stroke.spots.push(point) }
      for (const [name, value] of Object.entries({cx: frame.at(...point)[0], cy: frame.at(...point)[1], r: stroke.radius * frame.w})) { brush.setAttribute(name, value) }
    } else { stroke.points.push(point) }
    waiting ||= requestAnimationFrame(() => { // a pointer moves several times between two pictures
      waiting = 0
      if (stroke) { draw() }
    })
  }
  paper.addEventListener("pointerdown", (event) => {
    if (event.button || !frame || stroke) { return }
    paper.setPointerCapture(event.pointerId)
    stroke = sheet.axes === 1 ? {points: []} : {spots: [], radius: reach(), share: sign * strength.value / 100}
    stroke.held = true
    extend(event)
  })
  paper.addEventListener("pointermove", (event) => {
    if (!stroke?.held || !paper.hasPointerCapture(event.pointerId)) { return }
    for (const each of event.getCoalescedEvents?.() ?? [event]) { extend(each) }
  })
  const release = (event) => {
    if (!stroke?.held) { return }
    stroke.held = false
    if (event.type === "pointercancel") { // the browser took the finger for something else
      stroke = null
      draw()
      return
    }
    const most = sheet.most
    if (stroke.spots) { send({brush: thinned(stroke.spots, most), reach: stroke.radius, height: stroke.share * (frame.range || 1)}, true) }
    else { send({line: thinned(stroke.points, most)}, true) }
  }
  paper.addEventListener("pointerup", release)
  paper.addEventListener("pointercancel", release)
  paper.addEventListener("keydown", (event) => {
    const {key, shiftKey, ctrlKey, metaKey, altKey} = event
    if (!frame || !sheet.knots.length || ctrlKey || metaKey || altKey) { return }
    const flat = sheet.axes === 1, along = {ArrowLeft: flat ? -1 : -columns(), ArrowRight: flat ? 1 : columns()}
    const up = {PageUp: 1, PageDown: -1, ...(flat ? {ArrowUp: 1, ArrowDown: -1} : {})}
    const across = flat ? {} : {ArrowUp: 1, ArrowDown: -1}
    if (key in up) { change(Number((sheet.knots[chosen] + up[key] * STEP_SHARE * (shiftKey ? 5 : 1) * (frame.range || 1)).toPrecision(6))) }
    else if (key in along || key in across) {
      const next = chosen + (along[key] ?? across[key])
      const sameRow = !(key in across) || Math.floor(next / columns()) === Math.floor(chosen / columns())
      if (next >= 0 && next < sheet.knots.length && sameRow) { chosen = next }
      drawKnots()
    } else { return }
    event.preventDefault()
    event.stopPropagation() // they move the run elsewhere
  })
  new ResizeObserver(draw).observe(board)

  return {
    nodes: [group],
    set: ({error}) => {
      if (error && !stroke?.held) { // what was drawn is not taken
        stroke = null
        draw()
      }
    },
    draw: (news, awaits) => {
      sheet = news
      if (awaits || stroke?.held) { return }
      stroke = null
      draw()
    },
  }
}
