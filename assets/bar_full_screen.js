// The arena on the whole screen.

import {make, makeButton} from "./dom.js"
import {icon} from "./bar_transport.js"

// The element of the page that holds the arenas, looked for outwards from a node.
const stageAround = (node) => {
  for (let root = node.getRootNode(); root?.host; root = root.host.getRootNode()) {
    const found = root.querySelector?.(".stage") ?? root.host.getRootNode().querySelector(".stage")
    if (found) { return found }
  }
  return null
}

export const makeFullScreen = (onPress) => {
  const toggle = () => { document.fullscreenElement ? document.exitFullscreen() : stageAround(button)?.requestFullscreen?.() }
  const title = "Arena on the whole screen (F)"
  const button = makeButton({className: "full", innerHTML: icon("full"), title, ariaLabel: title}, () => {
    onPress()
    toggle()
  }, make("span", {textContent: "Whole screen"}))
  return {button, toggle}
}
