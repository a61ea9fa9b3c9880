// What screen readers read out: the state of the run in words when a key asks for it, and what another part of the page has to say when its
// own keys are pressed (the event "swarmviz-say"); never by itself.

import {make, listen} from "./dom.js"

const PAUSE_MS = 50 // between emptying the region and filling it: the same sentence again is read out again

export const makeSpoken = (model) => {
  const node = make("div", {className: "spoken", role: "status"})
  node.setAttribute("aria-live", "polite")
  node.setAttribute("aria-atomic", "true")
  let coming
  const say = (text) => {
    node.textContent = ""
    clearTimeout(coming) // of keys that are pressed quickly the last is told
    coming = setTimeout(() => { node.textContent = text }, PAUSE_MS)
  }
  model.on("spoken", () => say(model.spoken.text ?? ""))
  listen(model, document, "swarmviz-say", ({detail}) => say(detail))
  return node
}
