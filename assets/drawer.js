// The button of the drawer: its name tells what is in there, and whether it opens or closes it. Before it, the way to the gallery.

import "./drawer_history.js"
import {make, makeButton, listen} from "./dom.js"

const ICON = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 9h14V7H3zm0 4h14v-2H3zm0 4h14v-2H3zm16 0h2v-2h-2zm0-10v2h2V7zm0 6h2v-2h-2z"/></svg>`
const GALLERY = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 3h8v8H3zm2 2v4h4V5zm8-2h8v8h-8zm2 2v4h4V5zM3 13h8v8H3zm2 2v4h4v-4zm8-2h8v8h-8zm2 2v4h4v-4z"/></svg>`

export function render({model}) {
  const gallery = make("a", {href: "gallery", innerHTML: GALLERY, title: "Gallery: the papers' figures and all presets", ariaLabel: "Gallery"})
  const button = makeButton({innerHTML: ICON}, () => { model.open = !model.open })
  const show = () => {
    button.title = button.ariaLabel = `${model.open ? "Close" : "Open"} panel: ${model.cards.join(", ").toLowerCase()}`
    button.setAttribute("aria-expanded", String(model.open))
  }
  model.on("open", show)
  keepPanelsInHistory(model)
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
