// Messages above the bar, which can be dismissed; some offer a reset. What only tells that something is done goes by itself: it covers curves.

import {make} from "./dom.js"

const TOLD_MS = 10_000 // a sentence is read by then

export const makeBanner = (model, send) => {
  const words = make("span")
  const reset = make("button", {type: "button", className: "inline", textContent: "Reset", onclick: () => send("reset")})
  const dismiss = make("button", {type: "button", className: "inline close", textContent: "✕", ariaLabel: "Dismiss", onclick: () => { node.hidden = true }})
  const node = make("div", {className: "banner", role: "alert", hidden: true}, words, reset, dismiss)
  let going = null
  const goLater = () => {
    clearTimeout(going)
    going = setTimeout(() => {
      if (node.matches(":hover, :focus-within")) { goLater() } else { node.hidden = true }
    }, TOLD_MS)
  }
  const say = (text, level, offer = false) => {
    node.hidden = !text
    clearTimeout(going)
    if (text && !offer && (level ?? "info") === "info") { goLater() }
    node.className = `banner ${level ?? "info"}`
    words.textContent = text ?? ""
    reset.hidden = !offer
  }
  const showMessage = () => say(model.message.text, model.message.level, model.message.reset)
  model.on("message", showMessage)
  showMessage()
  return {node, say}
}
