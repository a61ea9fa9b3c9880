// For a projector: larger type everywhere, in figures too, and on the page only the arena, a curve, the two parameters in hand (form_hand.js) and
// the bar. A link holds whether it is so; who has pressed the button here finds the page so again.

import {focused, make, makeButton, listen} from "./dom.js"
import {icon} from "./bar_transport.js"
import {boardAround, layOut} from "./bar_places.js"
import {needsEscape} from "./keys.js"

const PROJECTOR_KEY = "swarmviz projector"
const typeNow = () => Number(getComputedStyle(document.documentElement).getPropertyValue("--sv-type")) || 1 // as page.css says

const isRemembered = () => {
  try { return localStorage.getItem(PROJECTOR_KEY) === "on" } catch { return false }
}

const remember = (on) => {
  try {
    if (on) { localStorage.setItem(PROJECTOR_KEY, "on") } else { localStorage.removeItem(PROJECTOR_KEY) }
  } catch { /* a browser without a memory */ }
}

// Figures that are there already are laid out anew; later ones ask for the factor when they are made (figure.js).
const enlargeFigures = (factor) => {
  if ((window.swarmviz_type ?? 1) === factor) { return }
  window.swarmviz_type = factor
  for (const model of Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))) {
    if (model.type === "Legend") { model.change.emit() }
    if (model.type === "Figure") { Bokeh.index.find_one_by_id(model.id)?.request_layout() }
  }
}

// `onPress()` is called when the button is pressed.
export const makeProjector = (model, send, onPress) => {
  const toggle = () => {
    remember(!model.projector)
    send("projector", !model.projector)
  }
  const button = makeButton({className: "projector", innerHTML: icon("projector")}, () => {
    onPress()
    toggle()
  }, make("span", {textContent: "Projector"}))
  let shown = false, held = null // what had the focus before
  const keep = (now, before) => { // the keyboard is not sent back to the page's first button where that is hidden
    if (now !== shown) { return }
    const lost = focused() === document.body || !focused().checkVisibility()
    const places = [before, button.closest(".strip")?.querySelector("button.more")]
    if (lost && before !== document.body) { places.find((node) => node?.checkVisibility({visibilityProperty: true}))?.focus() }
  }
  const show = () => {
    button.title = button.ariaLabel = model.projector ? "Back from the projector (P or Esc)" : "For a projector: larger type, and only the arena, a curve and two sliders (P)"
    button.setAttribute("aria-pressed", String(model.projector))
    if (shown === model.projector) { return }
    shown = model.projector
    if (shown) { held = focused() }
    layOut(button, "projector", shown)
    const [now, before] = [shown, held]
    requestAnimationFrame(() => requestAnimationFrame(() => keep(now, before))) // once it is laid out
    enlargeFigures(typeNow())
    document.dispatchEvent(new CustomEvent("swarmviz-projector", {detail: {on: shown}}))
    if (shown && document.fullscreenElement) { document.documentElement.requestFullscreen().catch(() => document.exitFullscreen()) }
  }
  model.on("projector", show)
  listen(model, window, "keydown", (event) => { // Escape leads back, once nothing else is there that it closes
    if (event.key !== "Escape" || !model.projector || needsEscape(event)) { return }
    const card = boardAround(button)?.shadowRoot.querySelector(".agent")
    if (model.slow !== "held" && !card?.checkVisibility()) { toggle() }
  })
  listen(model, window, "resize", () => enlargeFigures(typeNow()))
  show()
  return {button, toggle, begin: () => { // once the page is there
    shown = false
    show()
    if (isRemembered() && !model.projector) { send("projector", true) }
  }}
}
