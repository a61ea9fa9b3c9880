// The button of the drawer: its name tells what is in there, and whether it opens or closes it. Before it, the way to the gallery.

import "./drawer_history.js"
import {focused, make, makeButton, listen} from "./dom.js"
import {needsEscape} from "./keys.js"

const ICON = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 9h14V7H3zm0 4h14v-2H3zm0 4h14v-2H3zm16 0h2v-2h-2zm0-10v2h2V7zm0 6h2v-2h-2z"/></svg>`
const GALLERY = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 3h8v8H3zm2 2v4h4V5zm8-2h8v8h-8zm2 2v4h4V5zM3 13h8v8H3zm2 2v4h4v-4zm8-2h8v8h-8zm2 2v4h4v-4z"/></svg>`

const MAX_FRAMES = 60 // for which it is waited until the panel is there

const within = (root, selector) => {
  const found = root.querySelector(selector)
  if (found) { return found }
  for (const node of root.querySelectorAll("*")) {
    const inside = node.shadowRoot && within(node.shadowRoot, selector)
    if (inside) { return inside }
  }
  return null
}

// Whoever opens the panel by the keyboard is in it, at its tab, and Escape closes it from there; then the button has the focus again.
const keepFocusInPanel = (model, button) => {
  let keyed = false
  const panel = () => {
    let root = button.getRootNode()
    while (root.host && !root.querySelector(".contextbar")) { root = root.host.getRootNode() }
    return root.querySelector(".contextbar")
  }
  const enter = (frames) => {
    const around = panel(), tab = around && within(around, "[role=tab][aria-selected=true]")
    if (!keyed || !model.open) { return }
    if (tab?.checkVisibility({visibilityProperty: true})) { tab.focus() }
    if (focused() !== tab && frames > 0) { requestAnimationFrame(() => enter(frames - 1)) }
  }
  button.addEventListener("click", ({detail}) => { keyed = detail === 0 }, true) // before the button acts
  model.on("open", () => {
    if (!keyed) { return }
    if (model.open) { return enter(MAX_FRAMES) }
    setTimeout(() => { // once a phone's panel, which gives the focus to nothing that can take it, is gone
      if (focused() === document.body || panel()?.contains(document.activeElement) || !focused().checkVisibility()) { button.focus() }
    }, 300)
  })
  listen(model, document, "keydown", (event) => {
    const around = panel()
    if (event.key !== "Escape" || !model.open || !around || !event.composedPath().includes(around) || needsEscape(event)) { return }
    event.preventDefault()
    keyed = true
    model.open = false
    button.focus()
  })
}

export function render({model}) {
  const gallery = make("a", {href: "gallery", innerHTML: GALLERY, title: "Gallery: the papers' figures and all presets", ariaLabel: "Gallery"})
  const button = makeButton({innerHTML: ICON}, () => { model.open = !model.open })
  const show = () => {
    button.title = button.ariaLabel = `${model.open ? "Close" : "Open"} panel: ${model.cards.join(", ").toLowerCase()}`
    button.setAttribute("aria-expanded", String(model.open))
  }
  model.on("open", show)
  keepPanelsInHistory(model)
  keepFocusInPanel(model, button)
  const tellChoices = () => document.documentElement.classList.toggle("choices-away", !model.sheet) // for bar_arrival.js
  model.on("sheet", tellChoices)
  tellChoices()
  const roomy = matchMedia("(min-width: 1160px)") // below, the choices and the drawer leave too little between them: the one that opens closes the other
  const keepOne = (closed) => { if (model.open && model.sheet && !roomy.matches) { model[closed] = false } }
  model.on("open", () => keepOne("sheet"))
  model.on("sheet", () => keepOne("open"))
  listen(model, roomy, "change", () => keepOne("sheet"))
  let before = null // what was open before the page was made ready for a projector
  listen(model, document, "swarmviz-projector", ({detail: {on}}) => {
    const wanted = on ? {open: false, sheet: true} : before ?? {}
    before = on ? {open: model.open, sheet: model.sheet} : null
    for (const [name, value] of Object.entries(wanted)) { if (model[name] !== value) { model[name] = value } }
  })
  listen(model, document, "swarmviz-try", () => { if (!model.sheet) { model.sheet = true } }) // a slider is asked for (bar_arrival.js)
  show()
  if (model.open) { setTimeout(() => keepOne("sheet")) } // an address may open it at once
  return make("div", {}, gallery, button)
}
