// One form of labelled rows, built from model.spec; what they show is model.shown, all of it, and the server owns it.
// A slider and a number box share a row: the slider spans the usual range, the box takes any allowed value. The box writes what the server
// understood; only under a moving thumb it is written here.

const SLIDER_STEPS = 400
const PATIENCE = 5000 // milliseconds for an answer

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children.filter((c) => c != null))
  return node
}

const shown = (value) => {
  if (typeof value !== "number") { return value ?? "" }
  if (Number.isInteger(value) && Math.abs(value) < 1e15) { return String(value) }
  return String(Number(value.toPrecision(6)))
}

// position of a slider 0…SLIDER_STEPS ↔ value, linear or logarithmic
const scale = ({low, high, log, whole}) => ({
  to(position) {
    const p = position / SLIDER_STEPS
    const raw = log ? low * Math.pow(high / low, p) : low + (high - low) * p
    if (whole) { return Math.round(raw) }
    if (p === 0 || p === 1) { return raw }
    const digits = log ? 3 : Math.max(1, 3 - Math.floor(Math.log10((high - low) / Math.max(Math.abs(raw), 1e-300))))
    return Number(raw.toPrecision(Math.min(digits, 6)))
  },
  from(value) {
    const p = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
    return Math.round(SLIDER_STEPS * Math.min(1, Math.max(0, Number.isFinite(p) ? p : 0)))
  },
})

export function render({model}) {
  const root = make("form", {className: "sheet", onsubmit: (event) => event.preventDefault()})
  const rows = new Map()
  const pending = new Map()
  const opened = new Map()
  const sent = new Map() // row → number of the last message about it and when it went; an answer to an older one is not shown
  let count = 0, held = false
  const waits = (name, look) => { // not for ever: a message may get lost
    const last = sent.get(name)
    return last != null && (look?.stamp ?? 0) < last.stamp && performance.now() - last.at < PATIENCE
  }

  // the first message goes at once, then at most one per row and screen refresh; a release is never dropped
  let resting = false
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

  // a text field shows what it is told, but not into the words of somebody who is typing
  const written = (box, row) => {
    let typing = false
    box.addEventListener("input", () => { typing = true })
    box.addEventListener("blur", () => { typing = false })
    box.addEventListener("change", () => {
      typing = false
      send(row.name, box.value, true)
    })
    return (text) => { if (!typing && box.value !== text) { box.value = text } }
  }

  const editors = {
    number(row, aria) {
      const box = make("input", {type: "text", inputMode: "decimal", autocomplete: "off", ...aria})
      const write = written(box, row)
      if (!row.slider) { return {nodes: [box], set: ({text}) => write(text ?? "")} }
      const map = scale(row.slider)
      const slider = make("input", {type: "range", min: 0, max: SLIDER_STEPS, step: 1, ...aria})
      const fill = () => slider.style.setProperty("--fill", `${(100 * slider.value) / SLIDER_STEPS}%`)
      slider.addEventListener("input", () => {
        box.value = shown(map.to(slider.value))
        fill()
        send(row.name, map.to(slider.value), false)
      })
      slider.addEventListener("change", () => send(row.name, map.to(slider.value), true))
      const set = ({value, text}) => {
        write(text ?? "")
        if (map.to(slider.value) !== value) { slider.value = map.from(value) } // several places of the thumb may mean one value
        fill()
      }
      return {nodes: [slider, box], set}
    },
    text(row, aria) {
      const box = make("input", {type: "text", autocomplete: "off", placeholder: row.placeholder, ...aria})
      const write = written(box, row)
      return {nodes: [box], set: ({value}) => write(value)}
    },
    choice(row, aria) {
      const options = row.options.map(([value, text]) => make("option", {value, textContent: text}))
      const menu = make("select", {...aria}, ...options)
      menu.addEventListener("change", () => {
        send(row.name, menu.value, true)
        showBusy()
      })
      return {nodes: [menu], set: ({value}) => { menu.value = value }}
    },
    switch(row, aria) {
      const box = make("input", {type: "checkbox", role: "switch", ...aria})
      box.addEventListener("change", () => send(row.name, box.checked, true))
      return {nodes: [box], set: ({value}) => { box.checked = value }}
    },
    note() {
      const text = make("p", {className: "note"})
      return {nodes: [text], set: ({value}) => { if (text.textContent !== value) { text.textContent = value } }}
    },
    formula() {
      const text = make("output")
      let last = null
      return {nodes: [text], set: ({value}) => { if (value !== last) { text.innerHTML = last = value } }}
    },
    present() { // changes a few times per second: not to be read aloud each time
      const text = make("span")
      return {nodes: [text], set: ({value}) => { if (text.textContent !== value) { text.textContent = value } }}
    },
  }

  const add = (row) => {
    const error = make("p", {className: "error", role: "alert"})
    const aria = {ariaLabel: row.label ? `${row.symbol} ${row.label}`.trim() : row.symbol, title: row.doc}
    const {nodes, set} = editors[row.kind](row, aria)
    const label = make("div", {className: "label", title: row.doc},
      row.symbol ? make("b", {textContent: row.symbol}) : null, make("span", {textContent: row.label}))
    const node = make("div", {className: `row ${row.kind} ${row.nested ? "nested" : ""} ${row.inline ? "inline" : ""}`}, label,
      make("div", {className: "editor"}, ...nodes), error)
    node.dataset.name = row.name
    if (row.inline) { label.replaceChildren() }
    const show = (look) => {
      if (waits(row.name, look)) { return }
      set(look)
      const kept = held && row.kind === "note" && !node.hidden // a slider must not jump away under the pointer that holds it
      node.hidden = !!look.hidden && !kept
      node.style.visibility = kept && look.hidden ? "hidden" : ""
      error.textContent = look.error ?? ""
      node.classList.toggle("bad", !!look.error)
      nodes.forEach((n) => n.setAttribute("aria-invalid", look.error ? "true" : "false"))
    }
    rows.set(row.name, {show, heading: !!row.heading})
    return node
  }

  const build = () => {
    rows.clear()
    for (const name of sent.keys()) { if (!(name in model.shown)) { sent.delete(name) } }
    root.replaceChildren(...model.spec.map((section) => {
      const nodes = []
      for (const row of section.rows) {
        const node = add(row)
        if (row.inline) { nodes.push(make("div", {className: "pair-row"}, nodes.pop(), node)) } else { nodes.push(node) }
      }
      const note = section.note ? make("small", {textContent: section.note}) : null
      if (!section.title) { return make("section", {}, ...nodes) }
      const details = make("details", {open: opened.get(section.title) ?? section.open},
        make("summary", {}, make("span", {textContent: section.title}), note), ...nodes)
      details.addEventListener("toggle", () => opened.set(section.title, details.open))
      return details
    }))
    showRows()
  }

  const tidy = () => { // a heading without anything under it
    for (const group of root.querySelectorAll("details")) { group.hidden = !group.querySelector(".row:not([hidden])") }
  }
  const lookOf = (name) => {
    const aside = [model.long, model.present].find((values) => name in values)
    return aside ? {...model.shown[name], value: aside[name]} : model.shown[name]
  }
  const showRows = () => {
    for (const [name, {show}] of rows) { if (name in model.shown) { show(lookOf(name)) } }
    tidy()
    showBusy()
  }
  const showBusy = () => { // from the moment of the choice until the server has nothing left to prepare
    root.ariaBusy = String(model.busy || [...rows].some(([name, {heading}]) => heading && waits(name, model.shown[name])))
  }
  model.on("spec", build)
  model.on("shown", showRows)
  model.on("long", showRows)
  model.on("present", () => { for (const name in model.present) { rows.get(name)?.show(lookOf(name)) } })
  root.addEventListener("pointerdown", ({target}) => { held = target.type === "range" })
  for (const event of ["pointerup", "pointercancel", "lostpointercapture"]) {
    root.addEventListener(event, () => {
      held = false
      showRows()
    }, true)
  }
  model.on("busy", showBusy)
  build()
  return root
}
