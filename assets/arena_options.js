// Zoom and layers of the arenas: a row of icons, a menu of switches, and their keys. The server is told what was pressed.

import {make, makeButton, makePopover, listen} from "./dom.js"
import {isTaken} from "./keys.js"

const ICONS = {
  in: "M10 4h2v6h6v2h-6v6h-2v-6H4v-2h6z", out: "M4 10h14v2H4z",
  fit: "M3 3h6v2H5v4H3zm10 0h6v6h-2V5h-4zM3 13h2v4h4v2H3zm14 0h2v6h-6v-2h4zM9 9h4v4H9z", box: "M3 3h16v16H3zm2 2v12h12V5z",
}
const ZOOMS = [["in", "Zoom in (+)"], ["out", "Zoom out (−)"], ["fit", "Fit the swarm (S)"], ["box", "Whole box (0)"]]
const ZOOM_KEYS = {"+": "in", "=": "in", "-": "out", "−": "out", "0": "box", s: "fit"}
const PAN_KEYS = {ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down"}

export function render({model}) {
  const send = (what) => model.send_msg(what)
  const buttons = ZOOMS.map(([act, title]) => makeButton({className: act, title, ariaLabel: title,
    innerHTML: `<svg viewBox="0 0 22 22" aria-hidden="true"><path fill-rule="evenodd" d="${ICONS[act]}"/></svg>`}, () => send(act)))
  const zooms = make("div", {className: "zooms", role: "group", ariaLabel: "Zoom"}, ...buttons)
  const [show, panel] = makePopover({className: "show", textContent: "Show", title: "What the arena shows"},
    {className: "panel", ariaLabel: "What the arena shows"})
  const draw = () => {
    zooms.hidden = !model.zooms
    show.hidden = model.switches.length === 0
    buttons[3].disabled = !model.zoomed
    panel.replaceChildren(...model.switches.map(([name, title]) => make("label", {},
      make("input", {type: "checkbox", name, checked: model.active.includes(name), onchange: () => send(name)}), title)))
  }
  const mark = () => { for (const box of panel.querySelectorAll("input")) { box.checked = model.active.includes(box.name) } }
  for (const name of ["switches", "zooms", "zoomed"]) { model.on(name, draw) }
  model.on("active", mark)
  listen(model, window, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !model.zooms || isTaken(event.key, event.composedPath()[0])) { return }
    const act = event.shiftKey && PAN_KEYS[event.key] || ZOOM_KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act || (act === "box" && !model.zoomed)) { return }
    send(act)
    event.preventDefault()
  })
  draw()
  return make("div", {className: "row"}, zooms, show, panel)
}
