// The arena on the whole screen, with the bar under it: the board is what fills the screen, and its style sheet leaves the rest of it out.
// Under a projector there is no more than that anyway, and all of it fills the screen.

import {make, makeButton, listen} from "./dom.js"
import {icon} from "./bar_transport.js"
import {boardAround, layOut} from "./bar_places.js"

export const makeFullScreen = (model, onPress) => {
  const toggle = () => {
    if (document.fullscreenElement) { return document.exitFullscreen() }
    return (model.projector ? document.documentElement : boardAround(button))?.requestFullscreen?.()
  }
  const button = makeButton({className: "full", innerHTML: icon("full")}, () => {
    onPress()
    toggle()
  }, make("span", {textContent: "Whole screen"}))
  const show = () => {
    const filling = document.fullscreenElement
    button.title = button.ariaLabel = filling ? "Leave the whole screen (F)" : "Arena on the whole screen (F)"
    button.setAttribute("aria-pressed", String(filling != null))
    layOut(button, "filled", filling != null && filling !== document.documentElement)
  }
  listen(model, document, "fullscreenchange", show)
  show()
  return {button, toggle}
}
