// What counts as found: a logarithmic slider, a box, and a way back to what is usual for the landscape.

import {make} from "./dom.js"

const DIGITS = 2 // of a tolerance that the slider chooses
const MAX_TOLERANCE_CHARS = 40

export const makeTolerance = (model) => {
  let wanted = null, frame = 0
  const send = (value) => { // one message per animation frame
    wanted = value
    frame ||= requestAnimationFrame(() => {
      frame = 0
      model.send_msg({act: "tolerance", value: wanted})
    })
  }
  model.on("remove", () => cancelAnimationFrame(frame))

  const slider = make("input", {type: "range", min: -4, max: 0.3, step: 0.01, ariaLabel: "Found within, in half widths of the box, logarithmic", oninput: () => {
    const value = Number((10 ** Number(slider.value)).toPrecision(DIGITS))
    box.value = String(value)
    slider.setAttribute("aria-valuetext", box.value)
    send(value)
  }})
  const box = make("input", {type: "text", inputMode: "decimal", className: "box", ariaLabel: "Found within, in half widths of the box", onchange: () => {
    const text = box.value.trim().replace(",", ".")
    send(text === "" ? null : Number.isFinite(Number(text)) ? Number(text) : text.slice(0, MAX_TOLERANCE_CHARS))
  }})
  const usual = make("button", {type: "button", className: "usual", onclick: () => {
    send(null)
    box.blur()
  }})
  const within = make("div", {className: "within"}, make("span", {textContent: "Found within"}), slider, box, usual)
  const criterion = make("p", {className: "soft criterion"}), complaint = make("p", {className: "remarks complaint", role: "alert"})

  const show = (state) => {
    within.hidden = state.within == null
    criterion.textContent = state.criterion
    complaint.textContent = state.complaint
    if (within.hidden) { return }
    const focused = within.getRootNode().activeElement
    if (focused !== box || !state.complaint) { box.value = String(state.within) }
    if (focused !== slider) { slider.value = Math.log10(state.within) }
    slider.setAttribute("aria-valuetext", String(state.within))
    box.setAttribute("aria-invalid", state.complaint ? "true" : "false")
    usual.textContent = `usual: ${state.usual}`
    usual.disabled = state.within === state.usual
  }
  return {nodes: [within, criterion, complaint], show}
}
