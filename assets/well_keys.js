// The wells of a landscape by keyboard: V chooses one; the element that then has the focus takes the keys that move, add and remove it.

import {make, listen} from "./dom.js"
import {isTaken} from "./keys.js"

const WAYS = {ArrowLeft: "left", ArrowRight: "right", ArrowDown: "down", ArrowUp: "up"}
const ACTS = {"+": "add", Insert: "add", Delete: "remove", Backspace: "remove", PageDown: "next", PageUp: "previous"}

export function render({model}) {
  const send = (act, more = {}) => model.send_msg({act, ...more})
  const node = make("div", {className: "well", tabIndex: 0, role: "application",
    title: "Arrow keys move the well (⇧: ten times as far), V goes to the next one, + adds one, Delete removes it, Esc leaves it"})
  node.dataset.keys = [...Object.keys(WAYS), ...Object.keys(ACTS), "Home", "End"].join(" ")
  const show = () => {
    node.textContent = model.chosen < 0 ? `${model.wells} well${model.wells === 1 ? "" : "s"}` : `well ${model.chosen + 1} of ${model.wells}`
    node.ariaLabel = `${node.textContent[0].toUpperCase()}${node.textContent.slice(1)}, keyboard: V`
    node.classList.toggle("chosen", model.chosen >= 0)
  }
  let moves = false // a key that moves the well is held
  const drop = () => {
    if (moves) { send("drop") }
    moves = false
  }
  node.addEventListener("keydown", (event) => {
    const {key, shiftKey} = event
    if (event.ctrlKey || event.metaKey || event.altKey) { return }
    if (key === "Escape") {
      event.preventDefault()
      return node.blur()
    }
    if (model.chosen < 0 && (key in WAYS || key in ACTS)) { send("next") } // what is changed is first told
    else if (key in WAYS) {
      moves = true
      send("move", {way: WAYS[key], coarse: shiftKey})
    } else if (key in ACTS) {
      if (event.repeat && ACTS[key] !== "next" && ACTS[key] !== "previous") { return }
      send(ACTS[key])
    } else { return }
    event.preventDefault()
  })
  node.addEventListener("keyup", ({key}) => { if (key in WAYS) { drop() } })
  node.addEventListener("blur", () => {
    drop()
    if (model.chosen >= 0) { send("leave") }
  })
  listen(model, window, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== "v" || !model.wells || isTaken(event.key, event.composedPath()[0])) { return }
    node.focus()
    send(event.shiftKey ? "previous" : "next")
    event.preventDefault()
  })
  model.on("said", () => document.dispatchEvent(new CustomEvent("swarmviz-say", {detail: model.said.text})))
  for (const name of ["wells", "chosen"]) { model.on(name, show) }
  show()
  return node
}
