// Tells step, time and the lowest value to screen readers, when a key asks for it; never by itself.

import {make} from "./dom.js"

const PAUSE_MS = 50 // between emptying the region and filling it: the same sentence again is read out again

export const makeSpoken = (model) => {
  const node = make("div", {className: "spoken", role: "status"})
  node.setAttribute("aria-live", "polite")
  node.setAttribute("aria-atomic", "true")
  model.on("spoken", () => {
    node.textContent = ""
    setTimeout(() => { node.textContent = model.spoken.text ?? "" }, PAUSE_MS)
  })
  return node
}
