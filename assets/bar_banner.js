// Messages above the bar, which can be dismissed; some offer a reset.

import {make} from "./dom.js"

export const makeBanner = (model, send) => {
  const words = make("span")
  const reset = make("button", {type: "button", className: "inline", textContent: "Reset", onclick: () => send("reset")})
  const dismiss = make("button", {type: "button", className: "inline close", textContent: "✕", ariaLabel: "Dismiss", onclick: () => { node.hidden = true }})
  const node = make("div", {className: "banner", role: "alert", hidden: true}, words, reset, dismiss)
  const say = (text, level, offer = false) => {
    node.hidden = !text
    node.className = `banner ${level ?? "info"}`
    words.textContent = text ?? ""
    reset.hidden = !offer
  }
  const showMessage = () => say(model.message.text, model.message.level, model.message.reset)
  model.on("message", showMessage)
  showMessage()
  return {node, say}
}
