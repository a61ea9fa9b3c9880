// Draws a run of swarmviz in canvases; inlined into files that need no network. The header of a run (swarmviz/exports/take.py) says what
// there is; positions are whole numbers on a grid over header.range. `take` says which run is drawn, `at` which of its frames.
const FULL = 65535
let run, frames, left, bottom, right, top_, gridLeft, gridBottom, gridRight, gridTop, flat, pad
let arrays = {}, images = new Map(), at = 0, dark = matchMedia("(prefers-color-scheme: dark)").matches
let dot = 0.5 // pixels of a disc of size 1: smaller in a small arena
function take(header) {
  run = header
  frames = run.k.length
  ;[[left, bottom], [right, top_]] = run.view
  ;[[gridLeft, gridBottom], [gridRight, gridTop]] = run.range
  flat = run.kind === "line" || run.kind === "bars"
  pad = {left: 52, right: flat ? (run.kind === "bars" ? 52 : 14) : 62, top: 10, bottom: 38}
}

// ---- the data --------------------------------------------------------------------------------------------------------

async function unpacked(text) { // the block of bytes that base64 and gzip hold
  const bytes = Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))
  return new Response(stream).arrayBuffer()
}
function spread(block) { // the arrays of a block; one that is not in it stays as it was
  for (const [name, {type, shape, at}] of Object.entries(run.arrays)) {
    const size = shape.reduce((a, b) => a * b, 1)
    arrays[name] = {shape, data: type === "u2" ? new Uint16Array(block, at, size) : new Uint8Array(block, at, size)}
  }
}
const alongX = (v) => gridLeft + ((gridRight - gridLeft) * v) / FULL
const alongY = (v) => gridBottom + ((gridTop - gridBottom) * v) / FULL
function pairs(name, frame) { // the points of an array in a frame, in the units of the run
  const {shape, data} = arrays[name], count = shape.length === 3 ? shape[1] : 1
  return Array.from({length: count}, (_, i) => {
    const place = 2 * (frame * count + i)
    return [alongX(data[place]), alongY(data[place + 1])]
  })
}
const drift = (frame) => (run.shift ? run.shift[frame] : [0, 0])
const backgroundAt = (frame) => run.backgrounds.findLastIndex((background) => background.from <= frame)

// ---- colours ---------------------------------------------------------------------------------------------------------

const theme = () => run.themes[dark ? "dark" : "light"]
const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16))
const blend = (a, b, s) => a.map((v, i) => v + (b[i] - v) * s)
function ramp(colours, share) {
  const place = Math.min(Math.max(share, 0), 1) * (colours.length - 1), i = Math.min(Math.floor(place), colours.length - 2)
  return colours.length === 1 ? channels(colours[0]) : blend(channels(colours[i]), channels(colours[i + 1]), place - i)
}
const css = (rgb) => `rgb(${rgb.map(Math.round).join(" ")})`
function landscapeImage(place) { // in the present theme, drawn once
  const key = `${place} ${dark}`
  if (!images.has(key)) {
    const {shape: [rows, columns], data} = arrays[`background${place}`], shades = theme().shades.map(channels)
    const image = new ImageData(columns, rows)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const to = 4 * ((rows - 1 - row) * columns + column)
        image.data.set(shades[data[row * columns + column]], to)
        image.data[to + 3] = 255
      }
    }
    const canvas = Object.assign(document.createElement("canvas"), {width: columns, height: rows})
    canvas.getContext("2d").putImageData(image, 0, 0)
    images.set(key, canvas)
  }
  return images.get(key)
}

// ---- drawing ---------------------------------------------------------------------------------------------------------

function sheet(canvas, height) { // a context in CSS pixels
  const width = canvas.clientWidth, ratio = devicePixelRatio || 1
  canvas.style.height = `${height}px`
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    Object.assign(canvas, {width: Math.round(width * ratio), height: Math.round(height * ratio)})
  }
  const pen = canvas.getContext("2d")
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.clearRect(0, 0, width, height)
  pen.font = '12px Roboto, "Liberation Sans", Arial, sans-serif'
  return {pen, width, height}
}
function ticks(low, high, most) {
  const raw = (high - low) / most, power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw)
  const out = []
  for (let v = Math.ceil(low / step) * step; v <= high + 1e-9 * step; v += step) { out.push(Number(v.toPrecision(12))) }
  return out
}
const shown = (v) => (v !== 0 && (Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3) ? v.toExponential(0) : String(Number(v.toPrecision(6)))).replace("-", "−")
function frameOf(pen, box, x, y, labels) { // border, ticks and labels; x and y map values to pixels
  const c = theme()
  Object.assign(pen, {strokeStyle: c.soft, fillStyle: c.ink, lineWidth: 1})
  pen.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1)
  Object.assign(pen, {textAlign: "center", textBaseline: "top"})
  for (const v of x.ticks) { pen.fillRect(x.to(v), box.y + box.h, 1, 4); pen.fillText(shown(v), x.to(v), box.y + box.h + 6) }
  Object.assign(pen, {textAlign: "right", textBaseline: "middle"})
  for (const v of y.ticks) { pen.fillRect(box.x - 4, y.to(v), 4, 1); pen.fillText(y.text ? y.text(v) : shown(v), box.x - 7, y.to(v)) }
  pen.textAlign = "center"
  pen.fillText(labels[0], box.x + box.w / 2, box.y + box.h + 26)
  pen.save()
  pen.translate(box.x - 41, box.y + box.h / 2)
  pen.rotate(-Math.PI / 2)
  pen.fillText(labels[1], 0, 0)
  pen.restore()
}
function disc(pen, x, y, r) { pen.beginPath(); pen.arc(x, y, r, 0, 7) }
function star(pen, x, y, r) {
  pen.beginPath()
  for (let i = 0; i < 10; i++) {
    const reach = i % 2 ? 0.42 * r : r, angle = (Math.PI * i) / 5 - Math.PI / 2
    pen.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle))
  }
  pen.closePath()
}
function drawArena(canvas, most) { // the frame of the run in a canvas that is at most so high, without its axes
  const width = canvas.clientWidth - pad.left - pad.right
  const shape = flat ? 0.62 : (top_ - bottom) / (right - left)
  const h = Math.min(width * shape, most)
  const w = flat ? width : Math.min(width, h / shape)
  const {pen} = sheet(canvas, h + pad.top + pad.bottom)
  const box = {x: pad.left + (width - w) / 2, y: pad.top, w, h}
  const x = (v) => box.x + ((v - left) / (right - left)) * w
  const high = run.kind === "bars" ? run.top : top_, low = run.kind === "bars" ? 0 : bottom
  const y = (v) => box.y + h - ((v - low) / (high - low)) * h
  dot = Math.min(1, canvas.clientWidth / 560) / 2
  pen.save()
  pen.beginPath()
  pen.rect(box.x, box.y, w, h)
  pen.clip()
  ;({plane: drawPlane, sites: drawSites, line: drawLine, bars: drawBars})[run.kind](pen, box, x, y)
  pen.restore()
  frameOf(pen, box, {to: x, ticks: ticks(left, right, w / 70)}, {to: y, ticks: ticks(low, high, h / 50)},
    [run.labels[0], run.kind === "bars" ? "share of the agents" : run.labels[1]])
  if (!flat) { colourBar(pen, box) }
  canvas.setAttribute("aria-label", `${run.title}, step ${run.k[at]}`)
}
const clockText = () => `k = ${run.k[at].toLocaleString("en-GB")}   t = ${Number(run.t[at].toPrecision(6))}`
function notesText() {
  const outside = run.part ? pairs("x", at).filter(([a, b]) => a < left || a > right || (!flat && (b < bottom || b > top_))).length : 0
  return [...run.notes, ...(outside ? [`${outside} agent${outside > 1 ? "s" : ""} outside of what is shown`] : [])].join(" · ")
}
function drawBackground(pen, box, x, y) {
  const place = backgroundAt(at), [dx, dy] = drift(at), wide = Boolean(run.shift)
  const [[x0, y0], [x1, y1]] = wide ? run.range : run.view
  const [px, py] = [x(x0 + dx), y(y1 + dy)]
  pen.fillStyle = css(ramp(theme().landscape, 1))
  pen.fillRect(box.x, box.y, box.w, box.h)
  pen.drawImage(landscapeImage(place), px, py, x(x1 + dx) - px, y(y0 + dy) - py)
}
function colourBar(pen, box) {
  const c = theme(), x = box.x + box.w + 14
  for (let i = 0; i < box.h; i++) { pen.fillStyle = css(ramp(c.landscape, 1 - i / box.h)); pen.fillRect(x, box.y + i, 9, 1.5) }
  Object.assign(pen, {fillStyle: c.ink, textAlign: "left", textBaseline: "middle"})
  for (const [height, label] of run.backgrounds[backgroundAt(at)].ticks) { pen.fillText(label.replace("-", "−"), x + 13, box.y + box.h * (1 - height)) }
}
function drawMinimisers(pen, x, y) {
  const [dx, dy] = drift(at)
  Object.assign(pen, {fillStyle: theme().minimiser, strokeStyle: theme().outline, lineWidth: 1.2})
  for (const [a, b] of run.backgrounds[backgroundAt(at)].minimisers) { star(pen, x(a + dx), y(b + (flat ? 0 : dy)), 8); pen.fill(); pen.stroke() }
}
function drawAgents(pen, x, y) {
  const c = theme(), {shape: [, count], data} = arrays.x
  const tones = Array.from({length: 256}, (_, i) => css(run.roles.length ? channels(c.roles[i % c.roles.length]) : ramp([c.quiet_agent, c.agent, c.heavy_agent], i / 255)))
  Object.assign(pen, {strokeStyle: c.outline, lineWidth: 0.9, fillStyle: c.agent, globalAlpha: 0.94})
  for (let i = 0; i < count; i++) {
    const place = at * count + i
    if (arrays.tone) { pen.fillStyle = tones[arrays.tone.data[place]] }
    disc(pen, x(alongX(data[2 * place])), y(alongY(data[2 * place + 1])), dot * (arrays.size ? arrays.size.data[place] * run.sizeStep : run.usual))
    pen.fill()
    pen.stroke()
  }
  pen.globalAlpha = 1
}
function drawMarks(pen, x, y) { // the cross under the others, of which it hides none
  const c = theme(), [best] = pairs("best", at)
  if (arrays.focus && run.kind === "plane") {
    const [[a, b]] = pairs("focus", at), [px, py] = [x(a), y(b)]
    for (const [colour, wide, r] of [[c.halo, 6.5, 9], [c.focus, 3.5, 8]]) {
      Object.assign(pen, {strokeStyle: colour, lineWidth: wide})
      pen.beginPath(); pen.moveTo(px - r, py); pen.lineTo(px + r, py); pen.moveTo(px, py - r); pen.lineTo(px, py + r); pen.stroke()
    }
  }
  drawMinimisers(pen, x, y)
  Object.assign(pen, {strokeStyle: c.ink, lineWidth: 2})
  disc(pen, x(best[0]), y(best[1]), 8)
  pen.stroke()
}
const pointOf = (name, frame, agent) => {
  const {shape: [, count], data} = arrays[name], i = 2 * (frame * count + agent)
  return [alongX(data[i]), alongY(data[i + 1])]
}
function strokeAll(pen, x, y, segments) { // each from a point to a point
  pen.beginPath()
  for (const [[a, b], [c, d]] of segments) { pen.moveTo(x(a), y(b)); pen.lineTo(x(c), y(d)) }
  pen.stroke()
}
function drawTrails(pen, x, y) { // the ways of the agents in the frames before, older ones fainter
  const {shape: [, count]} = arrays.x, pictures = Math.min(run.trail, at), agents = Array.from({length: count}, (_, i) => i)
  Object.assign(pen, {strokeStyle: theme().agent, lineWidth: 1.2, lineCap: "round"})
  for (let i = 0; i < pictures; i++) {
    const frame = at - pictures + i
    pen.globalAlpha = pictures === 1 ? 0.06 : 0.06 + (0.44 * i) / (pictures - 1)
    strokeAll(pen, x, y, agents.map((agent) => [pointOf("x", frame, agent), pointOf("x", frame + 1, agent)]))
  }
  pen.globalAlpha = 1
}
function drawLinks(pen, x, y) { // from an agent to the one that it copied, where both were when it looked, as far as that is known
  const {shape: [, count], data} = arrays.partner, from = at > 0 && run.k[at - 1] === run.k[at] - 1 ? at - 1 : at
  const copied = Array.from(data.subarray(at * count, (at + 1) * count), (other, agent) => [agent, other]).filter(([agent, other]) => agent !== other)
  Object.assign(pen, {strokeStyle: theme().ink, lineWidth: 1, globalAlpha: 0.5})
  pen.setLineDash([1, 3])
  strokeAll(pen, x, y, copied.map((pair) => pair.map((agent) => pointOf("x", from, agent))))
  pen.setLineDash([])
  pen.globalAlpha = 1
}
function drawArrows(pen, x, y) { // shafts and heads, in pixels; one that was cut short has two heads
  const {back, across, second, longest} = run.arrows, {shape: [, count]} = arrays.x, unit = Math.abs(x(1) - x(0))
  Object.assign(pen, {strokeStyle: theme().ink, lineWidth: 1, globalAlpha: 0.75})
  pen.beginPath()
  for (let agent = 0; agent < count; agent++) {
    const [from, to] = [pointOf("x", at, agent), pointOf("tip", at, agent)].map(([a, b]) => [x(a), y(b)])
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]], size = Math.hypot(dx, dy)
    if (size < 1) { continue }
    pen.moveTo(...from)
    pen.lineTo(...to)
    for (const behind of size > 0.998 * longest * unit ? [0, second] : [0]) {
      const [tx, ty] = [to[0] - behind * dx, to[1] - behind * dy]
      pen.moveTo(tx - back * dx - across * dy, ty - back * dy + across * dx)
      pen.lineTo(tx, ty)
      pen.lineTo(tx - back * dx + across * dy, ty - back * dy - across * dx)
    }
  }
  pen.stroke()
  pen.globalAlpha = 1
}
function arrowKey(pen, box, x) { // a bar of the length that stands for a speed
  const c = theme(), wide = Math.abs(x(run.arrows.length) - x(0)), end = box.x + box.w - 8, at = box.y + box.h - 9
  const label = run.arrows.label.replace("-", "−"), room = pen.measureText(label).width + wide + 18
  Object.assign(pen, {fillStyle: c.paper, globalAlpha: 0.85})
  pen.fillRect(end - room + 4, at - 9, room, 18)
  Object.assign(pen, {globalAlpha: 1, fillStyle: c.ink, textAlign: "right", textBaseline: "middle"})
  pen.fillRect(end - wide, at - 1, wide, 2)
  pen.fillText(label, end - wide - 6, at)
}
function drawPlane(pen, box, x, y) {
  drawBackground(pen, box, x, y)
  if (run.trail) { drawTrails(pen, x, y) }
  if (arrays.partner) { drawLinks(pen, x, y) }
  if (run.arrows) { drawArrows(pen, x, y) }
  drawAgents(pen, x, y); drawMarks(pen, x, y)
  if (run.arrows) { arrowKey(pen, box, x) }
}
function linePath(pen, x, y, shift = 0) {
  const {shape: [count], data} = arrays[`background${backgroundAt(at)}`]
  pen.beginPath()
  for (let i = 0; i < count; i++) { pen.lineTo(x(alongX(data[2 * i]) + shift), y(alongY(data[2 * i + 1]))) }
}
function drawLine(pen, box, x, y) {
  const c = theme(), shift = drift(at)[0]
  linePath(pen, x, y, shift)
  Object.assign(pen, {strokeStyle: c.landscape[0], lineWidth: 2.2, lineJoin: "round"})
  pen.stroke()
  pen.lineTo(box.x + 2 * box.w, box.y + box.h); pen.lineTo(box.x - box.w, box.y + box.h)
  Object.assign(pen, {fillStyle: c.landscape[c.landscape.length >> 1], globalAlpha: 0.35})
  pen.fill()
  pen.globalAlpha = 1
  for (const [name, colour, dash] of [["level", c.curves[2], [7, 4]], ["focus", c.focus, []]]) {
    if (!arrays[name]) { continue }
    const [[a, b]] = pairs(name, at)
    Object.assign(pen, {strokeStyle: colour, lineWidth: 2})
    pen.setLineDash(dash)
    pen.beginPath()
    if (name === "level") { pen.moveTo(box.x, y(b)); pen.lineTo(box.x + box.w, y(b)) } else { pen.moveTo(x(a), box.y); pen.lineTo(x(a), box.y + box.h) }
    pen.stroke()
    pen.setLineDash([])
  }
  if (run.arrows) { drawArrows(pen, x, y) }
  drawAgents(pen, x, y); drawMarks(pen, x, y)
  if (run.arrows) { arrowKey(pen, box, x) }
}
function shares(name, frame) {
  const {shape: [, count], data} = arrays[name]
  return Array.from(data.subarray(frame * count, (frame + 1) * count), (v) => (run.top * v) / FULL)
}
function drawBars(pen, box, x, y) {
  const c = theme(), now = shares("share", at), goal = shares("eta", at), sites = arrays.sites.data
  const cell = ((right - left) / run.states), wide = x(left + 0.8 * cell) - x(left), height = (v) => box.y + box.h - ((v - bottom) / (top_ - bottom)) * box.h
  linePath(pen, x, height)
  Object.assign(pen, {strokeStyle: c.landscape[0], lineWidth: 1.4})
  pen.stroke()
  Object.assign(pen, {fillStyle: c.agent, strokeStyle: c.outline, lineWidth: 0.7, globalAlpha: 0.88})
  now.forEach((share, i) => {
    const px = x(alongX(sites[2 * i])) - wide / 2
    pen.fillRect(px, y(share), wide, y(0) - y(share))
    if (share > 0 && now.length <= 100) { pen.strokeRect(px, y(share), wide, y(0) - y(share)) }
  })
  pen.globalAlpha = 1
  if (run.hasEta) {
    Object.assign(pen, {strokeStyle: c.target, lineWidth: 2.2})
    pen.beginPath()
    goal.forEach((share, i) => { const a = alongX(sites[2 * i]); pen.lineTo(x(a - cell / 2), y(share)); pen.lineTo(x(a + cell / 2), y(share)) })
    pen.stroke()
  }
}
function drawSites(pen, box, x, y) {
  drawBackground(pen, box, x, y)
  const c = theme(), sites = arrays.sites.data, size = Math.min(box.w, box.h) / 4
  for (const [name, fill, edge, line] of [["share", c.agent, c.outline, 0.8], ["eta", null, c.target, 1.8]]) {
    shares(name, at).forEach((share, i) => {
      if (share === 0) { return }
      disc(pen, x(alongX(sites[2 * i])), y(alongY(sites[2 * i + 1])), size * Math.sqrt(share))
      if (fill) { pen.fillStyle = fill; pen.fill() }
      Object.assign(pen, {strokeStyle: edge, lineWidth: line})
      pen.stroke()
    })
  }
  drawMinimisers(pen, x, y)
}
function drawCurve(canvas) { // a curve with the step that is shown
  const {k, y: values, log, label} = run.curve, c = theme()
  const height = (v) => (log ? Math.log10(v) : v), known = values.filter((v) => v !== null).map(height)
  let low = Math.min(...known), high = Math.max(...known)
  const least = log ? 1 : 1e-4 * Math.max(Math.abs(low), Math.abs(high)) || 1 // as in axes.py: rounding is no movement
  if (high - low < least) { [low, high] = [(low + high - least) / 2, (low + high + least) / 2] }
  const room = 0.06 * (high - low)
  low -= room; high += room
  const {pen, width} = sheet(canvas, 120), box = {x: pad.left, y: 6, w: width - pad.left - 14, h: 76}
  const x = (v) => box.x + ((v - k[0]) / Math.max(1, k.at(-1) - k[0])) * box.w, y = (v) => box.y + box.h - ((v - low) / (high - low)) * box.h
  const marks = log ? ticks(low, high, 3).filter(Number.isInteger) : ticks(low, high, 3)
  pen.beginPath()
  let down = false
  values.forEach((v, i) => {
    if (v === null) { down = false; return }
    pen[down ? "lineTo" : "moveTo"](x(k[i]), y(height(v)))
    down = true
  })
  Object.assign(pen, {strokeStyle: c.curves[0], lineWidth: 1.8, lineJoin: "round"})
  pen.stroke()
  pen.fillStyle = c.focus
  pen.fillRect(x(run.k[at]) - 1, box.y, 2, box.h)
  const raised = (v) => "10" + String(v).replace("-", "⁻").replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d])
  frameOf(pen, box, {to: x, ticks: ticks(k[0], k.at(-1), box.w / 80)}, {to: y, ticks: marks, text: log ? raised : null}, ["step k", label])
}

function legendOf() { // what the marks in the arena mean, in the present theme
  const c = theme(), names = run.roles.length ? run.roles : ["agent"]
  const svg = (inside) => `<svg viewBox="0 0 14 14" aria-hidden="true">${inside}</svg>`
  const spot = (fill, edge) => svg(`<circle cx="7" cy="7" r="5" fill="${fill}" stroke="${edge}"/>`), line = (colour, dash = "") => svg(`<path d="M0 7h14" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>`)
  const marks = flat || run.kind === "plane" ? names.map((name, i) => [spot(run.kind === "bars" ? c.agent : arrays.tone && !run.roles.length ? c.agent : c.roles[i % c.roles.length], c.outline), name]) : [[spot(c.agent, c.outline), "share of the agents (area)"]]
  if (arrays.eta && run.hasEta) { marks.push([line(c.target), "target law η"]) }
  const plus = svg(`<path d="M7 1v12M1 7h12" stroke="${c.halo}" stroke-width="5"/><path d="M7 2v10M2 7h10" stroke="${c.focus}" stroke-width="3"/>`)
  if (arrays.focus) { marks.push([run.kind === "plane" ? plus : svg(`<path d="M7 0v14" stroke="${c.focus}" stroke-width="2.5"/>`), "consensus"]) }
  if (arrays.level && run.kind === "line") { marks.push([line(c.curves[2], "4 2"), "provisional minimum"]) }
  if (arrays.best) { marks.push([spot("none", c.ink), "lowest agent"]) }
  if (run.arrows) { marks.push([line(c.ink), `velocity (${run.arrows.cut})`]) }
  if (run.kind !== "bars" && run.backgrounds.some((background) => background.minimisers.length)) { marks.push([svg(`<path d="M7 0l2 5h5l-4 3 2 6-5-4-5 4 2-6-4-3h5z" fill="${c.minimiser}" stroke="${c.outline}"/>`), "known minimum"]) }
  return marks.map(([mark, name]) => {
    const entry = document.createElement("span")
    entry.innerHTML = mark
    entry.append(name)
    return entry
  })
}

// ---- playing and telling: the page around says how it goes `forward` by so many frames ---------------------------------

let playing = false, last = 0
function setPlaying(on) {
  playing = on
  element("play").textContent = on ? "Pause" : "Play"
  element("play").title = `${on ? "Pause" : "Play"} (Space)`
  if (on) { last = performance.now(); requestAnimationFrame(tick) }
}
function tick(now) {
  if (!playing) { return }
  const due = Math.floor(((now - last) / 1000) * Number(element("speed").value))
  if (due > 0) {
    last = now
    forward(due)
  }
  requestAnimationFrame(tick)
}
function paintTheme() {
  document.documentElement.dataset.theme = dark ? "dark" : "light"
  document.querySelector(".legend").replaceChildren(...legendOf())
}
function addRow(name, value) { // to the table of what is played
  const row = document.querySelector("table").insertRow()
  row.insertCell().textContent = name
  row.insertCell().textContent = value
}
function tellMade(made) { // what a run is made of, from its metadata
  for (const part of ["dynamics", "landscape", "swarm"]) {
    addRow(part, `${made[part].title}: ${Object.entries(made[part].parameters).map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(", ")}`)
  }
  addRow("changes", made.journal.slice(1).map(({k, ...what}) => `step ${k}: ${JSON.stringify(what)}`).join("; ") || "none")
}
