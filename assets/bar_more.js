// What a narrow bar has no room for: the style sheet makes a panel of it that "…" opens; in a wide bar it lies in the strip.

import {make, listen} from "./dom.js"
import {icon} from "./bar_transport.js"

// `isCovered()`: whether a dialog is open over it, which takes the Escape key.
export const makeMore = (model, settings, tools, isCovered) => {
  const panel = make("div", {className: "panel", id: "more", role: "group", ariaLabel: "More"}, settings.draw, settings.stop, tools, settings.pauses)
  const button = make("button", {type: "button", className: "more", innerHTML: icon("more")})
  button.setAttribute("aria-controls", "more")
  const isOpen = () => panel.classList.contains("open")
  const setOpen = (open) => {
    panel.classList.toggle("open", open)
    button.setAttribute("aria-expanded", String(open))
  }
  const close = () => { // what the keyboard has pressed in it is hidden with it
    const inside = isOpen() && panel.contains(panel.getRootNode().activeElement)
    setOpen(false)
    if (inside && !panel.checkVisibility()) { button.focus() }
  }
  button.addEventListener("click", (event) => {
    setOpen(!isOpen())
    if (isOpen() && event.detail === 0) { settings.focus() } // by the keyboard; a finger would call up a keyboard on the screen
  })
  const mark = (changed) => { // a dot where something in it is not as usual
    button.classList.toggle("set", changed !== "")
    button.title = button.ariaLabel = `More: draw every, pause${changed && ` (${changed})`}`
  }
  // It closes with Escape, when the focus leaves it, and when something else is pressed.
  const watch = (bar) => {
    bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && isOpen() && !isCovered()) {
        close()
        button.focus()
        event.stopPropagation()
      }
    })
    for (const left of [panel, button]) {
      left.addEventListener("focusout", ({relatedTarget: to}) => { if (to && to !== button && !panel.contains(to)) { close() } })
    }
    listen(model, document, "pointerdown", (event) => {
      if (isOpen() && !event.composedPath().some((node) => node === panel || node === button)) { close() }
    })
  }
  close()
  return {panel, button, close, mark, watch}
}
