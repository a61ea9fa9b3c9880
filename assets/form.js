// One form of labelled rows, built from model.spec; what they show is model.shown, all of it, and the server owns it.
// Each kind of row has its editor in form_editors.js. A box writes what the server understood; only under a moving thumb it is written here.

import {keepFocus, make} from "./dom.js"
import {EDITORS} from "./form_editors.js"
import {makeUploads} from "./form_upload.js"
import {makeTip} from "./form_tip.js"
import {shareHighlight} from "./form_highlight.js"
import {holdRows} from "./form_hand.js"

const LEAST_WORD = 3 // letters of a symbol that is a word of its label, and no sign
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

// A symbol as it is set: what follows an underscore is an index.
const symbolNode = (symbol) => {
  const [base, index] = symbol.split("_")
  return make("b", {}, base, index ? make("sub", {textContent: index}) : null)
}

// A row: its label, its editor, the error beside it and its description, which is read aloud and seen in the tip.
const makeRow = (row, outbox, uploads, onChoice) => {
  const isWord = row.symbol?.length >= LEAST_WORD && row.label?.toLowerCase().split(" ").includes(row.symbol.toLowerCase()) // such as "seed": once is enough
  const named = row.symbol && !isWord ? `${row.symbol} ${row.label ?? ""}`.trim() : row.label ?? ""
  const id = `about-${row.name}`, error = make("p", {className: "error", role: "alert", id: `error-${row.name}`})
  const about = make("span", {id, hidden: true, textContent: row.doc ?? ""})
  const send = (value, final) => {
    outbox.send(row.name, value, final)
    if (row.kind === "choice") { onChoice() }
  }
  const {nodes, set, draw} = EDITORS[row.kind](row, {ariaLabel: row.inline ? `${named}: schedule` : named}, send, uploads)
  const label = make("div", {className: "label"},
    ...(row.inline ? [] : [row.symbol && !isWord ? symbolNode(row.symbol) : null, make("span", {textContent: row.label})]))
  const node = make("div", {className: `row ${row.kind} ${row.nested ? "nested" : ""} ${row.inline ? "inline" : ""}`}, label,
    make("div", {className: "editor"}, ...nodes), error, about)
  node.dataset.name = row.name
  node.dataset.turn = row.turn ?? 0
  if (row.parameter) { node.dataset.parameter = row.parameter }
  for (const part of nodes) { if (row.doc) { part.setAttribute("aria-describedby", `${id} ${error.id}`) } }
  let differs = false
  const show = (state) => {
    if (outbox.awaits(row.name, state)) { return }
    set(state)
    node.hidden = !!state.hidden
    error.textContent = state.error ?? ""
    node.classList.toggle("bad", !!state.error)
    differs = !state.hidden && row.usual != null && state.value !== row.usual
    for (const part of nodes) { part.setAttribute("aria-invalid", state.error ? "true" : "false") }
  }
  const drawCurve = (curve, state) => { if (curve) { draw?.(curve, outbox.awaits(row.name, state)) } }
  return {node, show, drawCurve, heading: !!row.heading, told: () => (differs ? isWord ? row.label : row.symbol : "")}
}

// A section; with a title it can be closed, and stays so when the form is built anew. A closed one tells what in it is not as usual.
const makeSection = ({title, note, open}, rows, nodes, opened) => {
  if (!title) { return {node: make("section", {}, ...nodes), show: () => {}} }
  const small = make("small", {textContent: note ?? ""})
  const details = make("details", {open: opened.get(title) ?? open}, make("summary", {}, make("span", {textContent: title}), small), ...nodes)
  details.addEventListener("toggle", () => {
    opened.set(title, details.open)
    show()
  })
  const show = () => {
    details.hidden = !nodes.some((node) => node.matches(".row:not([hidden])") || node.querySelector(".row:not([hidden])"))
    const changed = rows.map((row) => row.told()).filter(Boolean)
    if (!note) { small.textContent = changed.length && !details.open ? `set: ${changed.join(", ")}` : "" }
    if (rows.some(({node}) => node.classList.contains("bad"))) { details.open = true } // an error is to be seen
  }
  return {node: details, show}
}

export function render({model}) {
  const root = make("form", {className: "sheet", onsubmit: (event) => event.preventDefault()})
  const outbox = makeOutbox(model), uploads = makeUploads(model)
  const rows = new Map(), opened = new Map()
  let sections = []
  const aboutOf = (row) => (row.matches(".curve:hover, .drawing:hover") ? "" : row.querySelector(":scope > [id^=about-]")?.textContent ?? "") // a hand rests there
  const tip = makeTip(model, root, aboutOf)

  const hold = holdRows(model, root, () => [...rows.values()].map(({node}) => node))
  const build = () => {
    rows.clear()
    outbox.forget()
    sections = model.spec.map((section) => {
      const nodes = [], own = []
      for (const spec of section.rows) {
        const row = makeRow(spec, outbox, uploads, showBusy)
        rows.set(spec.name, row)
        own.push(row)
        nodes.push(spec.inline ? make("div", {className: "pair-row"}, nodes.pop(), row.node) : row.node)
      }
      return makeSection(section, own, nodes, opened)
    })
    keepFocus(root, () => {
      root.replaceChildren(...sections.map(({node}) => node), tip)
      showRows()
    })
  }
  const stateOf = (name) => {
    const aside = [model.long, model.present].find((values) => name in values)
    return aside ? {...model.shown[name], value: aside[name]} : model.shown[name]
  }
  const showRows = () => {
    for (const [name, {show}] of rows) { if (name in model.shown) { show(stateOf(name)) } }
    drawCurves()
    for (const {show} of sections) { show() }
    hold()
    showBusy()
  }
  const drawCurves = () => { for (const name in model.curves) { rows.get(name)?.drawCurve(model.curves[name], model.shown[name]) } }
  const showBusy = () => { // from the moment of the choice until the server has nothing left to prepare
    root.ariaBusy = String(model.busy || [...rows].some(([name, {heading}]) => heading && outbox.awaits(name, model.shown[name])))
  }
  shareHighlight(model, root)
  model.on("spec", build)
  model.on("shown", showRows)
  model.on("long", showRows)
  model.on("curves", drawCurves)
  model.on("present", () => { for (const name in model.present) { rows.get(name)?.show(stateOf(name)) } })
  model.on("busy", showBusy)
  build()
  return root
}
