// Step, time and rates of what was painted, and the slider over the steps of the run, to any of which the server goes exactly.

import {make, makeButton, fillRail, grouped, short, listen} from "./dom.js"
import {makeEventMarks} from "./bar_events.js"

const WINDOW_MS = 1000 // over which rates are measured
const QUIET_MS = 1200 // without a picture, after which the rate is 0
const RATES_EVERY_MS = 500

const formatTime = (t) => (t === 0 ? "0" : Math.abs(t) < 1e-3 || Math.abs(t) >= 1e6 ? t.toExponential(2) : t.toFixed(t < 10 ? 3 : 2))

// Buttons for the future that an edit in the past has left: back to it, and out of sight.
const makeLeftFuture = (model, send) => {
  const open = makeButton({className: "return"}, () => send("return"))
  const dismiss = makeButton({className: "dismiss", textContent: "✕", title: "Take the future that was left out of sight; it stays in Runs", ariaLabel: "Take the future that was left out of sight"}, () => send("dismiss"))
  const node = make("div", {className: "left", role: "group", ariaLabel: "The future that was left"}, open, dismiss)
  const show = () => {
    const {at, end} = model.left
    node.hidden = end == null
    if (node.hidden) { return }
    open.textContent = `↩ ${grouped(end)}`
    open.title = open.ariaLabel = `Return to the run that went on to step ${grouped(end)} before the change at step ${grouped(at)}`
    open.disabled = !model.left.open
  }
  model.on("left", show)
  show()
  return node
}

export const makeReadout = (model, send, isPlaying) => {
  const scrub = make("input", {type: "range", className: "scrub", min: 0, max: 1, step: 1, value: 0, ariaLabel: "Step of the run", title: "Any step of the run so far"})
  let scrubbing = false, furthest = 0
  scrub.addEventListener("input", () => {
    scrubbing = true
    if (Number(scrub.value) > furthest) { scrub.value = furthest } // what lies there belongs to another run
    fillRail(scrub)
    send("goto", Number(scrub.value))
  })
  scrub.addEventListener("change", () => { scrubbing = false })
  const left = makeLeftFuture(model, send)
  const marks = makeEventMarks(model, () => Number(scrub.max), (step) => send("goto", step))
  const measure = () => { // the rail reaches to the end of the future that was left
    const end = Math.max(1, furthest, model.left.end ?? 0)
    if (Number(scrub.max) !== end) {
      scrub.max = end
      marks.place()
    }
    scrub.style.setProperty("--known", `${(100 * Math.max(1, furthest)) / end}%`)
    scrub.classList.toggle("beyond", end > Math.max(1, furthest))
    fillRail(scrub)
  }
  model.on("left", measure)

  const value = (className) => make("b", {className, textContent: "–"})
  const [k, t, steps, frames] = ["k", "t", "steps", "frames"].map(value)
  const line = make("div", {className: "line"}, make("div", {className: "rail"}, scrub, marks.node), left, make("div", {className: "readout"},
    make("span", {title: "Step"}, "k ", k), make("span", {title: "Time"}, "t ", t)))
  const row = make("div", {className: "row"}, line)
  const rates = make("div", {className: "rates"}, make("div", {},
    make("span", {title: "Steps per second"}, steps, " steps/s"),
    make("span", {title: "Painted pictures per second"}, frames, " frames/s")))

  let painted = [] // [when, step] of the pictures of the last second
  listen(model, window, "swarmviz:frame", ({detail}) => {
    if (!scrubbing) {
      furthest = detail.furthest
      measure()
      scrub.value = detail.k
      scrub.setAttribute("aria-valuetext", `step ${detail.k} of ${detail.furthest}`)
      fillRail(scrub)
    }
    const now = performance.now()
    painted.push([now, detail.k])
    while (painted.length > 2 && now - painted[0][0] > WINDOW_MS) { painted.shift() }
    k.textContent = grouped(detail.k)
    t.textContent = formatTime(detail.t)
  })
  const showRates = () => {
    const now = performance.now(), recent = painted.filter(([at]) => now - at < QUIET_MS)
    const span = recent.length > 1 ? (recent.at(-1)[0] - recent[0][0]) / 1000 : 0
    const quiet = !isPlaying() || span === 0
    frames.textContent = quiet ? "0" : ((recent.length - 1) / span).toFixed(0)
    steps.textContent = quiet ? "0" : short(Math.max(0, Math.round((recent.at(-1)[1] - recent[0][1]) / span)))
  }
  const ticking = setInterval(showRates, RATES_EVERY_MS)
  model.on("remove", () => clearInterval(ticking))
  return {row, line, rates}
}
