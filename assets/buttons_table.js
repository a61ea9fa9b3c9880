// The numbers of a plot as a table, which opens at the press of a button: as they were then, so that who reads them is not overtaken.

import {grouped, make, makePopover} from "./dom.js"

const GRID = '<svg viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d="M1 2h14v12H1zm1.500 4v2.500h3V6zm4.500 0v2.500h6.500V6zm-4.500 4v2.500h3V10zm4.500 0v2.500h6.500V10z"/></svg>'
const KEYS = "ArrowLeft ArrowRight ArrowUp ArrowDown" // scroll it (keys.js)

export const makeTable = (model, ask) => {
  const [open, panel, place] = makePopover({className: "switch grid", innerHTML: GRID, title: "The numbers of this chart as a table", ariaLabel: "Table"},
    {className: "numbers", ariaLabel: "Table"})
  const page = make("div", {className: "page scrolled-down", tabIndex: 0, ariaLabel: "Numbers"})
  page.setAttribute("role", "region")
  page.dataset.keys = KEYS
  panel.append(page)
  const cell = (tag, scope, textContent, title = "") => {
    const node = make(tag, {textContent, title})
    if (scope) { node.scope = scope }
    return node
  }
  const tableOf = ({title, columns, heads, rows, told}, step) => make("table", {}, make("caption", {}, make("b", {textContent: title}), ` at step ${grouped(step)}`,
    make("small", {textContent: told})),
    make("thead", {}, make("tr", {}, ...columns.map(([label, meaning]) => cell("th", "col", label, meaning)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((text, i) => cell(i < heads ? "th" : "td", i < heads ? "row" : "", text))))))
  const show = () => {
    const {tables = [], step} = model.table
    page.replaceChildren(...tables.map((table) => tableOf(table, step)))
    if (tables.length === 0) { page.textContent = "There are no numbers yet." }
    page.ariaBusy = "false"
    if (panel.matches(":popover-open")) { place() }
  }
  panel.addEventListener("beforetoggle", ({newState}) => {
    if (newState !== "open") { return page.replaceChildren() }
    page.ariaBusy = "true"
    ask()
  })
  model.on("table", show)
  const offer = () => { open.hidden = !model.has_table }
  model.on("has_table", offer)
  offer()
  return [open, panel]
}
