// One form of labelled rows, built from model.spec; what they show is model.shown, all of it, and the server owns it.
// Each kind of row has its editor in form_editors.js. A box writes what the server understood; only under a moving thumb it is written here.

import {make} from "./dom.js"
import {EDITORS} from "./form_editors.js"

const MAX_ANSWER_MS = 5000 // after that a message was lost

// Messages about rows. The first goes at once, then at most one per row and screen refresh; a release is never dropped.
const makeOutbox = (model) => {
  const sent = new Map() // row → number of the last message about it and when it went
  const pending = new Map()
  let count = 0, resting = false
  const send = (name, value, final) => {
    sent.set(name, {stamp: ++count, at: performance.now()})
    pending.set(name, {name, value, final: final || !!pending.get(name)?.final, stamp: count})
    if (!resting) { flush() }
  }
  const flush = () => {
    resting = pending.size > 0
    for (const message of pending.values()) { model.send_msg(message) }
    pending.clear()
    if (resting) { requestAnimationFrame(flush) }
  }
  // Whether an answer to the last message about a row is yet to come: one to an older message is not shown.
  const awaits = (name, state) => {
    const last = sent.get(name)
    return last != null && (state?.stamp ?? 0) < last.stamp && performance.now() - last.at < MAX_ANSWER_MS
  }
  const forget = () => { for (const name of sent.keys()) { if (!(name in model.shown)) { sent.delete(name) } } }
  return {send, awaits, forget}
}

// A row: its label, its editor and the error beside it.
const makeRow = (row, outbox, isHeld, onChoice) => {
  const error = make("p", {className: "error", role: "alert"})
  const aria = {ariaLabel: row.label ? `${row.symbol} ${row.label}`.trim() : row.symbol, title: row.doc}
  const send = (value, final) => {
    outbox.send(row.name, value, final)
    if (row.kind === "choice") { onChoice() }
  }
  const {nodes, set} = EDITORS[row.kind](row, aria, send)
  const label = make("div", {className: "label", title: row.doc},
    ...(row.inline ? [] : [row.symbol ? make("b", {textContent: row.symbol}) : null, make("span", {textContent: row.label})]))
  const node = make("div", {className: `row ${row.kind} ${row.nested ? "nested" : ""} ${row.inline ? "inline" : ""}`}, label,
    make("div", {className: "editor"}, ...nodes), error)
  node.dataset.name = row.name
  const show = (state) => {
    if (outbox.awaits(row.name, state)) { return }
    set(state)
    const kept = isHeld() && row.kind === "note" && !node.hidden // a slider must not jump away under the pointer that holds it
    node.hidden = !!state.hidden && !kept
    node.style.visibility = kept && state.hidden ? "hidden" : ""
    error.textContent = state.error ?? ""
    node.classList.toggle("bad", !!state.error)
    for (const part of nodes) { part.setAttribute("aria-invalid", state.error ? "true" : "false") }
  }
  return {node, show, heading: !!row.heading}
}

// A section; with a title it can be closed, and stays so when the form is built anew.
const makeSection = ({title, note, open}, nodes, opened) => {
  if (!title) { return make("section", {}, ...nodes) }
  const summary = make("summary", {}, make("span", {textContent: title}), note ? make("small", {textContent: note}) : null)
  const details = make("details", {open: opened.get(title) ?? open}, summary, ...nodes)
  details.addEventListener("toggle", () => opened.set(title, details.open))
  return details
}

export function render({model}) {
  const root = make("form", {className: "sheet", onsubmit: (event) => event.preventDefault()})
  const outbox = makeOutbox(model)
  const rows = new Map(), opened = new Map()
  let held = false // whether a slider is held

  const build = () => {
    rows.clear()
    outbox.forget()
    root.replaceChildren(...model.spec.map((section) => {
      const nodes = []
      for (const spec of section.rows) {
        const row = makeRow(spec, outbox, () => held, showBusy)
        rows.set(spec.name, row)
        nodes.push(spec.inline ? make("div", {className: "pair-row"}, nodes.pop(), row.node) : row.node)
      }
      return makeSection(section, nodes, opened)
    }))
    showRows()
  }
  const stateOf = (name) => {
    const aside = [model.long, model.present].find((values) => name in values)
    return aside ? {...model.shown[name], value: aside[name]} : model.shown[name]
  }
  const showRows = () => {
    for (const [name, {show}] of rows) { if (name in model.shown) { show(stateOf(name)) } }
    for (const group of root.querySelectorAll("details")) { group.hidden = !group.querySelector(".row:not([hidden])") }
    showBusy()
  }
  const showBusy = () => { // from the moment of the choice until the server has nothing left to prepare
    root.ariaBusy = String(model.busy || [...rows].some(([name, {heading}]) => heading && outbox.awaits(name, model.shown[name])))
  }
  root.addEventListener("pointerdown", ({target}) => { held = target.type === "range" })
  for (const event of ["pointerup", "pointercancel", "lostpointercapture"]) {
    root.addEventListener(event, () => {
      held = false
      showRows()
    }, true)
  }
  model.on("spec", build)
  model.on("shown", showRows)
  model.on("long", showRows)
  model.on("present", () => { for (const name in model.present) { rows.get(name)?.show(stateOf(name)) } })
  model.on("busy", showBusy)
  build()
  return root
}
