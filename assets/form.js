// One form of labelled rows, built from model.spec; the server owns the values and answers with patches.
// A slider and a number box share a row: the slider spans the usual range, the box takes any allowed value.

const SLIDER_STEPS = 400

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

  // the first message goes at once, then at most one per row and screen refresh; a release is never dropped
  let resting = false
  const send = (name, value, final) => {
    pending.set(name, {name, value, final: final || !!pending.get(name)?.final})
    if (!resting) { flush() }
  }
  const flush = () => {
    resting = pending.size > 0
    for (const message of pending.values()) { model.send_msg(message) }
    pending.clear()
    if (resting) { requestAnimationFrame(flush) }
  }

  const editors = {
    number(row, aria) {
      const box = make("input", {type: "text", inputMode: "decimal", autocomplete: "off", value: shown(row.value), ...aria})
      const nodes = [box]
      let set = (value) => { box.value = shown(value) }
      if (row.slider) {
        const map = scale(row.slider)
        const slider = make("input", {type: "range", min: 0, max: SLIDER_STEPS, step: 1, value: map.from(row.value), ...aria})
        const fill = () => slider.style.setProperty("--fill", `${(100 * slider.value) / SLIDER_STEPS}%`)
        slider.addEventListener("input", () => {
          box.value = shown(map.to(slider.value))
          fill()
          send(row.name, map.to(slider.value), false)
        })
        slider.addEventListener("change", () => send(row.name, map.to(slider.value), true))
        set = (value) => { box.value = shown(value); slider.value = map.from(value); fill() }
        box.addEventListener("change", () => { slider.value = map.from(Number(box.value)); fill() })
        fill()
        nodes.unshift(slider)
      }
      box.addEventListener("change", () => send(row.name, box.value, true))
      return {nodes, set}
    },
    text(row, aria) {
      const box = make("input", {type: "text", autocomplete: "off", value: row.value, placeholder: row.placeholder, ...aria})
      box.addEventListener("change", () => send(row.name, box.value, true))
      return {nodes: [box], set: (value) => { box.value = value }}
    },
    choice(row, aria) {
      const options = row.options.map(([value, text]) => make("option", {value, textContent: text}))
      const menu = make("select", {...aria}, ...options)
      menu.value = row.value
      menu.addEventListener("change", () => {
        if (row.heading) { root.ariaBusy = "true" } // until the server answers with another form
        send(row.name, menu.value, true)
      })
      return {nodes: [menu], set: (value) => { menu.value = value }}
    },
    switch(row, aria) {
      const box = make("input", {type: "checkbox", role: "switch", checked: row.value, ...aria})
      box.addEventListener("change", () => send(row.name, box.checked, true))
      return {nodes: [box], set: (value) => { box.checked = value }}
    },
    note(row) {
      const text = make("p", {className: "note", textContent: row.value})
      return {nodes: [text], set: (value) => { text.textContent = value }}
    },
    formula(row) {
      const text = make("output", {innerHTML: row.value})
      return {nodes: [text], set: (value) => { text.innerHTML = value }}
    },
    present(row) { // changes a few times per second: not to be read aloud each time
      const text = make("span", {textContent: row.value})
      return {nodes: [text], set: (value) => { if (text.textContent !== value) { text.textContent = value } }}
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
    const update = (patch) => {
      if ("value" in patch) { set(patch.value) }
      if ("hidden" in patch) { node.hidden = patch.hidden }
      if ("error" in patch) {
        error.textContent = patch.error ?? ""
        node.classList.toggle("bad", !!patch.error)
        nodes.forEach((n) => n.setAttribute("aria-invalid", patch.error ? "true" : "false"))
      }
      if ("pending" in patch) { node.classList.toggle("pending", patch.pending) }
    }
    update({hidden: !!row.hidden, error: row.error ?? "", pending: !!row.pending})
    rows.set(row.name, update)
    return node
  }

  const build = () => {
    rows.clear()
    root.ariaBusy = "false"
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
    tidy()
    tell()
  }

  const tell = () => { for (const [name, value] of Object.entries(model.present)) { rows.get(name)?.({value}) } }
  const tidy = () => { // a heading without anything under it
    for (const group of root.querySelectorAll("details")) { group.hidden = !group.querySelector(".row:not([hidden])") }
  }
  model.on("spec", build)
  model.on("present", tell)
  model.on("patch", () => {
    for (const [name, patch] of Object.entries(model.patch)) { rows.get(name)?.(patch) }
    tidy()
  })
  build()
  return root
}
