// The equations that hold for the run: each line with its source, the present values under the symbols, and what every symbol means. A symbol
// that is pointed at is marked wherever it stands, with the row of its parameter (by an event of the document, as the form does) and with
// what shows it in the arena.

import {make, listen} from "./dom.js"
import {markInArena} from "./arena_marks.js"

const HIGHLIGHTED = "swarmviz-highlight" // event of the document, {parameter: name or null, from: who says so}
const INVITATION = "Point at a symbol: its control, its mark in the arena and its value show."

// The row of the form that edits a parameter, through the shadow roots of the page; null when there is none.
const rowOf = (parameter, within = document) => {
  const row = within.querySelector(`.row[data-parameter="${CSS.escape(parameter)}"]`)
  if (row) { return row }
  for (const {shadowRoot} of within.querySelectorAll("*")) {
    const found = shadowRoot && rowOf(parameter, shadowRoot)
    if (found) { return found }
  }
  return null
}
const reveal = (parameter, keys) => {
  const row = rowOf(parameter)
  for (let fold = row?.closest("details"); fold; fold = fold.parentElement?.closest("details")) { fold.open = true }
  row?.scrollIntoView({block: "nearest"})
  if (keys) { row?.querySelector("input[type=range], select, input, button")?.focus() } // a pointer sees where it is
}

export function render({model}) {
  const title = make("h2"), about = make("p"), told = make("p", {className: "told"}), list = make("ol", {className: "lines"})
  const table = make("table", {className: "signs"}), landscape = make("div", {className: "landscape"})
  told.setAttribute("aria-hidden", "true") // the same is the description of the symbol
  const root = make("section", {className: "card", ariaLabel: "Equations"}, title, about, told, list, make("h3", {textContent: "Symbols"}), table, landscape)
  const known = new Map() // name → what there is to say about the symbol
  let lit = null, held = false // the symbol that is pointed at; whether by a tap, which no pointer leaves

  const light = (names) => {
    for (const node of root.querySelectorAll("[data-sign]")) { node.classList.toggle("lit", names.includes(node.dataset.sign)) }
    const marked = names.map((name) => known.get(name)?.mark).find(Boolean)
    markInArena(marked ?? null)
    tell(names[0])
  }
  const tell = (name) => {
    const sign = known.get(name)
    told.replaceChildren()
    if (!sign) { told.textContent = INVITATION; return }
    const symbol = make("b")
    symbol.innerHTML = sign.html
    const value = model.values[name]?.[1]
    told.append(symbol, value ? ` = ${value}. ` : " ", sign.meaning)
  }
  const point = (name) => {
    if (name === lit) { return }
    lit = name
    light(name == null ? [] : [name])
    document.dispatchEvent(new CustomEvent(HIGHLIGHTED, {detail: {parameter: known.get(name)?.parameter || null, from: "equation"}}))
  }
  const signAt = (target) => { // the value under a symbol is a part of it
    const {sign, value} = target?.closest?.("[data-sign], [data-value]")?.dataset ?? {}
    return sign ?? value ?? null
  }

  root.addEventListener("pointerover", ({target, pointerType}) => { if (pointerType !== "touch") { held = false; point(signAt(target)) } })
  root.addEventListener("pointerleave", ({pointerType}) => { if (pointerType !== "touch" && !held) { point(null) } })
  root.addEventListener("focusin", ({target}) => point(signAt(target)))
  root.addEventListener("focusout", ({relatedTarget}) => {
    showNames()
    if (!held) { point(signAt(relatedTarget)) }
  })
  const choose = (target, keys = false) => {
    const name = signAt(target), parameter = known.get(name)?.parameter
    held = name != null
    point(name)
    if (parameter) { reveal(parameter, keys) }
  }
  root.addEventListener("click", ({target}) => choose(target))
  root.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || (event.key === " " && event.target.role === "button")) && signAt(event.target)) {
      event.preventDefault() // a space would scroll
      choose(event.target, true)
    }
    if (event.key !== "Escape" || (lit == null && !held)) { return }
    event.preventDefault() // the next one closes the panel
    held = false
    point(null)
  })
  listen(model, document, HIGHLIGHTED, ({detail}) => {
    if (detail?.from === "equation") { return }
    held = false
    lit = null
    light(detail?.parameter ? [...known.values()].filter(({parameter}) => parameter === detail.parameter).map(({name}) => name) : [])
  })

  const showLines = () => {
    title.textContent = model.title
    about.textContent = model.about
    list.replaceChildren(...model.lines.map((line) => {
      const label = make("span", {textContent: line.about})
      if (line.follows) {
        label.dataset.sign = line.follows
        Object.assign(label, {tabIndex: 0, role: "button"})
        label.dataset.about = line.about
        label.setAttribute("aria-describedby", `about-${line.follows}`)
      }
      const node = make("li", {}, make("header", {}, label, make("cite", {textContent: line.source})))
      node.insertAdjacentHTML("beforeend", line.html) // written by mathml.py, which escapes texts
      return node
    }))
    showValues()
  }
  const showSigns = () => {
    known.clear()
    for (const sign of model.signs) { known.set(sign.name, sign) }
    table.replaceChildren(...model.signs.map((sign) => {
      const symbol = make("td"), value = make("b", {className: "now"})
      symbol.innerHTML = sign.html
      value.dataset.long = sign.name
      const meaning = make("span", {id: `about-${sign.name}`}, sign.meaning, sign.reason ? make("small", {textContent: ` Not in these lines: ${sign.reason}.`}) : null)
      const row = make("tr", {}, symbol, make("td", {}, value, meaning))
      row.dataset.sign = sign.name
      return row
    }))
    showValues()
    tell(lit)
  }
  const write = (node, text) => { if (node.textContent !== text) { node.textContent = text } }
  const showNames = () => { // what a screen reader calls the symbols; a name that changes under the focus is read again and again
    for (const node of root.querySelectorAll("[data-sign][tabindex]:not(:focus)")) {
      const {dataset: {sign: name, about}} = node, sign = known.get(name)
      const words = [about, sign?.said, model.values[name]?.[1], sign?.leads].filter(Boolean).join(", ")
      if (node.ariaLabel !== words) { node.ariaLabel = words }
    }
  }
  const showValues = () => {
    for (const node of root.querySelectorAll("[data-value]")) { write(node, model.values[node.dataset.value]?.[0] || "\u2007") }
    for (const node of root.querySelectorAll("[data-long]")) { write(node, model.values[node.dataset.long]?.[1] ?? "") }
    showNames()
    if (lit != null) { tell(lit) }
  }
  const showLandscape = () => { landscape.innerHTML = model.landscape } // of equation.py, which escapes texts

  const watch = new IntersectionObserver((entries) => model.send_msg({seen: entries.at(-1).isIntersecting}))
  watch.observe(root)
  model.on("remove", () => {
    watch.disconnect()
    markInArena(null)
  })
  for (const name of ["title", "about", "lines"]) { model.on(name, showLines) }
  model.on("signs", showSigns)
  model.on("values", showValues)
  model.on("landscape", showLandscape)
  showSigns()
  showLines()
  showLandscape()
  return root
}
