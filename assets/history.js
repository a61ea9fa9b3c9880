// The runs of this visit as a table: the present one first, then those that it replaced, in the order of the column that was pressed.

import {keepFocus, make, makeButton, grouped, short} from "./dom.js"

const minus = (text) => text.replaceAll("-", "−")
const numberOf = (value) => (value == null ? ["–", null] : [minus(short(value)), value])
const FIXED = [ // after the columns of what differs: key, title, and of a row [what is shown, what it is sorted by]
  {key: "step", label: "k", title: "Step to which it has run", of: (row) => [grouped(row.step), row.step]},
  {key: "evaluations", label: "evals", title: "Evaluations of F spent up to that step", of: (row) => row.evaluations == null ? ["–", null] : [grouped(row.evaluations), row.evaluations]},
  {key: "best", label: "best F", title: "Lowest value met so far", of: (row) => numberOf(row.best)},
  {key: "distance", label: "distance", title: "Distance of the swarm's answer from the nearest global minimiser, in half widths of the box", of: (row) => numberOf(row.error)},
  {key: "found", label: "success", title: "Whether it has found a global minimiser", about: (row) => row.found == null ? "No minimiser is known" : `Found: ${row.criterion}`,
    of: (row) => row.found == null ? ["–", null] : [row.found ? "found" : "not found", row.found ? 0 : 1]},
  {key: "seed", label: "seed", title: "Seed", of: (row) => [String(row.seed), row.seed]},
]
const LEADING = [
  {key: "pinned", label: "★", title: "Pinned runs are never dropped", of: (row) => ["", row.pinned ? 0 : 1]},
  {key: "number", label: "run", title: "In the order in which they were replaced", of: (row) => [String(row.number), row.number]},
]
const ACTIONS = [
  {act: "open", text: "Open", title: (row) => row.exact ? `Reopen it at step ${grouped(row.step)}` : "Reopen it from step 0: it is too long to be replayed"},
  {act: "compare", text: "Compare with now", title: () => "Put it beside the present run"},
  {act: "overlay", text: "Overlay", title: (row) => row.overlaid ? "Take its curves away" : "Draw its curves behind the present ones", pressed: (row) => row.overlaid},
  {act: "delete", text: "Delete", title: () => "Forget this run"},
]

// Numbers first, then texts; what has no value is last in both directions.
const compare = (a, b, down) => {
  const nothing = (value) => value == null || value === ""
  if (nothing(a) || nothing(b)) { return nothing(a) - nothing(b) }
  const order = typeof a === typeof b ? (typeof a === "number" ? a - b : a.localeCompare(b)) : typeof a === "number" ? -1 : 1
  return down ? -order : order
}

export function render({model}) {
  let sorted = {key: "number", down: true}, order = [] // the numbers of the rows as they stand
  const clear = makeButton({className: "clear", textContent: "Clear", title: "Forget the past runs that are not pinned"}, () => model.send_msg({act: "clear"}))
  const same = make("p", {className: "same"}), told = make("p", {className: "told", role: "status"})
  const table = make("table", {}), scroller = make("div", {className: "scroller scrolled-across", tabIndex: 0, role: "region", ariaLabel: "Table of the runs"}, table)
  const empty = make("p", {className: "empty", textContent: "A run that you reset or replace is kept here, to be opened again at the last step to which it had run."})
  const root = make("section", {className: "history", ariaLabel: "Runs of this visit"},
    make("header", {}, make("h2", {textContent: "Runs of this visit"}), clear), same, scroller, told, empty)

  const columns = () => [...LEADING,
    ...model.columns.map(([label, title], i) => ({key: `cell ${i} ${label}`, label, title: title || label, of: (row) => row.cells[i] ?? ["", null]})), ...FIXED]
  const head = (column) => {
    const mine = column.key === sorted.key
    const button = makeButton({title: column.title, ariaLabel: column.key === "pinned" ? "pinned" : column.label}, () => {
      sorted = {key: column.key, down: mine && !sorted.down}
      draw()
    }, column.label)
    button.dataset.focus = `head ${column.key}`
    return make("th", {scope: "col", className: mine ? (sorted.down ? "down" : "up") : "", ariaSort: mine ? (sorted.down ? "descending" : "ascending") : "none"}, button)
  }
  const button = (row, act, text, props) => {
    const node = makeButton({textContent: text, className: act, ...props}, () => model.send_msg({act, number: row.number}))
    node.dataset.focus = `${row.number} ${act}`
    return node
  }
  const noteOf = (row) => [...row.beside, row.changed, row.note].filter(Boolean)
  const cell = (row, column) => make("td", {textContent: column.of(row)[0], title: column.about?.(row) ?? column.of(row)[0], className: `${column.key} ${column.key === "found" && row.found ? "yes" : ""}`})
  const body = (row, shown) => {
    const live = row.number == null, name = live ? "now" : `run ${row.number}`
    const pin = live ? null : button(row, "pin", row.pinned ? "★" : "☆", {title: row.pinned ? "Unpin: it may be dropped again" : "Pin: it is never dropped", ariaLabel: `Pin ${name}`, ariaPressed: String(row.pinned)})
    const cells = [make("td", {className: "star"}, pin), make("th", {scope: "row", textContent: live ? "now" : String(row.number)}), ...shown.slice(2).map((column) => cell(row, column))]
    const notes = noteOf(row).map((textContent) => make("span", {className: row.note === textContent ? "note bad" : "note", textContent}))
    const actions = live ? [] : ACTIONS.map(({act, text, title, pressed}) =>
      button(row, act, text, {title: title(row), ariaLabel: `${text}: ${name}`, ...(pressed ? {ariaPressed: String(pressed(row))} : {})}))
    const below = notes.length + actions.length ? [make("tr", {className: "below"}, make("td", {colSpan: shown.length}, make("div", {}, ...actions, ...notes)))] : []
    return make("tbody", {className: live ? "run live" : "run"}, make("tr", {}, ...cells), ...below)
  }
  const drawLive = () => {
    const old = table.querySelector("tbody.live")
    old == null ? drawSoon() : old.replaceWith(body(model.live, columns()))
  }
  const draw = () => {
    const shown = columns(), by = shown.find(({key}) => key === sorted.key) ?? shown[1]
    const rows = [...model.rows].sort((a, b) => compare(by.of(a)[1], by.of(b)[1], sorted.down) || b.number - a.number)
    const live = model.live.title == null ? [] : [model.live]
    const before = order
    order = rows.map(({number}) => number)
    const held = root.getRootNode().activeElement?.dataset?.focus ?? "", [gone, act] = held.split(" "), place = before.indexOf(Number(gone))
    // where a row is gone that had the focus, the one that takes its place has it, or else the one above
    const beside = () => [...before.slice(place + 1), ...before.slice(0, Math.max(place, 0)).reverse()]
      .map((number) => table.querySelector(`[data-focus="${number} ${act}"]`)).find(Boolean)
    keepFocus(root, () => {
      table.replaceChildren(make("thead", {}, make("tr", {}, ...shown.map(head))), ...[...live, ...rows].map((row) => body(row, shown)))
      same.textContent = model.same
      told.textContent = model.told
      told.hidden = !model.told
      clear.hidden = model.rows.length === 0
      empty.hidden = model.rows.length > 0
    }, () => (place >= 0 && beside()) || table.querySelector("[data-focus]"))
  }
  let due = false // several properties change at once
  const drawSoon = () => {
    if (due) { return }
    due = true
    queueMicrotask(() => {
      due = false
      draw()
    })
  }
  model.on("live", drawLive)
  for (const name of ["rows", "columns", "same", "told"]) { model.on(name, drawSoon) }
  draw()
  return root
}
