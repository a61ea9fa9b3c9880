// The editors of the form by kind: each has `nodes` and `set(state)`, and calls `send(value, final)`.

import {make, makeBox, makeMenu, fillRail} from "./dom.js"
import {makeScheduleCurve} from "./form_schedule.js"
import {makeDrawing} from "./form_drawing.js"
import {makeUpload} from "./form_upload.js"

const SLIDER_STEPS = 400

const numberText = (value) => (Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(6))))

// Position of a slider 0…SLIDER_STEPS ↔ value, linear or logarithmic.
const scaleOf = ({low, high, log, whole}) => ({
  to(position) {
    const p = position / SLIDER_STEPS
    const raw = log ? low * Math.pow(high / low, p) : low + (high - low) * p
    if (whole) { return Math.round(raw) }
    if (p === 0 || p === 1) { return raw }
    const digits = log ? 3 : Math.max(1, 3 - Math.floor(Math.log10((high - low) / Math.max(Math.abs(raw), 1e-300))))
    return Number(raw.toPrecision(Math.min(digits, 6)))
  },
  from(value) {
    const p = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
    return Math.round(SLIDER_STEPS * Math.min(1, Math.max(0, Number.isFinite(p) ? p : 0)))
  },
})

// A text that the server writes, or (`innerHTML`) its markup.
const makeText = (tag, props = {}, property = "textContent") => {
  const node = make(tag, props)
  let last = null
  return {nodes: [node], set: ({value}) => { if (value !== last) { node[property] = last = value } }}
}

export const EDITORS = {
  // A slider over the usual range and a box that takes any allowed value.
  number(row, aria, send) {
    const {box, write} = makeBox({inputMode: "decimal", autocomplete: "off", ...aria}, (text) => send(text, true))
    if (!row.slider) { return {nodes: [box], set: ({text}) => write(text ?? "")} }
    const scale = scaleOf(row.slider)
    const slider = make("input", {type: "range", min: 0, max: SLIDER_STEPS, step: 1, ...aria})
    const tell = () => { // where the thumb stands in words, as its position means nothing
      fillRail(slider)
      slider.setAttribute("aria-valuetext", box.value)
    }
    slider.addEventListener("input", () => {
      box.value = numberText(scale.to(slider.value))
      tell()
      send(scale.to(slider.value), false)
    })
    slider.addEventListener("change", () => send(scale.to(slider.value), true))
    const set = ({value, text}) => {
      write(text ?? "")
      if (scale.to(slider.value) !== value) { slider.value = scale.from(value) } // several places of the thumb may mean one value
      tell()
    }
    return {nodes: [slider, box], set}
  },
  text(row, aria, send) {
    const {box, write} = makeBox({autocomplete: "off", placeholder: row.placeholder, ...aria}, (text) => send(text, true))
    if (row.lines) { // a browser would join the lines of a table
      box.addEventListener("paste", (event) => {
        const text = event.clipboardData.getData("text").trim()
        if (!/[\r\n]/.test(text)) { return }
        event.preventDefault()
        box.setRangeText(text.replace(/\s*[\r\n]\s*/g, "; "), box.selectionStart, box.selectionEnd, "end")
        send(box.value, true)
      })
    }
    return {nodes: [box], set: ({value}) => write(value)}
  },
  choice(row, aria, send) {
    const options = row.options.map(([value, textContent]) => make("option", {value, textContent}))
    const menu = makeMenu(aria, (value) => send(value, true), ...options)
    return {nodes: [menu], set: ({value}) => { menu.value = value }}
  },
  switch(row, aria, send) {
    const box = make("input", {type: "checkbox", role: "switch", ...aria, onchange: () => send(box.checked, true)})
    return {nodes: [box], set: ({value}) => { box.checked = value }}
  },
  note() { // its place is kept, the line beside it is as long as the text
    const {nodes, set} = makeText("span")
    const text = make("p", {className: "note scrolled-down"}, ...nodes)
    const reach = () => { if (text.scrollHeight > text.clientHeight + 1) { text.tabIndex = 0 } else { text.removeAttribute("tabindex") } } // to scroll it by keys
    new ResizeObserver(reach).observe(text)
    return {nodes: [text], set: (state) => {
      set(state)
      requestAnimationFrame(reach)
    }}
  },
  formula: () => makeText("output", {}, "innerHTML"),
  curve: makeScheduleCurve,
  drawing: makeDrawing,
  upload: makeUpload,
  present: () => makeText("span"), // changes a few times per second: not to be read aloud each time
}
