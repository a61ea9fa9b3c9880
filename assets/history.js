// The runs of this visit: the present one first, then those that it replaced. A row is a button that reopens its run.

import {make, makeButton, grouped, short} from "./dom.js"

const minus = (text) => text.replaceAll("-", "−")
const ownOf = (row) => [...row.differs, ...row.beside, row.changed].filter(Boolean) // what tells it from the others

const numbersOf = (row) => {
  const number = (label, value, title) => make("span", {title}, `${label} `, make("b", {textContent: minus(value)}))
  return make("span", {className: "numbers"},
    number("k", grouped(row.step), "Step to which it has run"), number("best F", short(row.best), "Lowest value met so far"),
    row.error == null ? null : number("error", short(row.error), "Distance of the swarm's answer from the nearest global minimiser, in half widths of the box"),
    row.found == null ? null : make("span", {className: "found", textContent: row.found ? "found" : "not found", title: `Found: ${row.criterion}`}),
    row.note ? make("em", {textContent: row.note}) : null)
}
const contentOf = (row, mark = null) => [make("span", {className: "title"}, make("b", {textContent: row.title}), mark),
  make("span", {className: "about", textContent: row.about}),
  ownOf(row).length ? make("span", {className: "differs"}, ...ownOf(row).map((textContent) => make("span", {textContent}))) : null,
  numbersOf(row)].filter((part) => part != null)

export function render({model}) {
  const clear = make("button", {type: "button", className: "clear", textContent: "Clear", title: "Forget the past runs",
    onclick: () => model.send_msg({act: "clear"})})
  const live = make("div", {className: "run live"})
  const list = make("ol", {ariaLabel: "Past runs, the newest first"})
  const empty = make("p", {className: "empty", textContent: "A run that you reset or replace is kept here, to be opened again at the last step to which it had run."})
  const root = make("section", {className: "history", ariaLabel: "Runs of this visit"},
    make("header", {}, make("h3", {textContent: "Runs of this visit"}), clear), live, list, empty)

  const past = (row) => {
    const where = row.exact ? `at step ${grouped(row.step)}` : "from step 0: it is too long to be replayed"
    const about = [row.title, row.about, ...ownOf(row)].join(", ")
    const ariaLabel = `Reopen ${about}, ${where}${row.note ? `, ${row.note}` : ""}, best value ${short(row.best)}`
    return make("li", {}, makeButton({className: "run", title: `Reopen ${where}`, ariaLabel},
      () => model.send_msg({act: "open", number: row.number}), ...contentOf(row)))
  }
  const showLive = () => {
    live.hidden = model.live.title == null
    if (!live.hidden) { live.replaceChildren(...contentOf(model.live, make("small", {textContent: "now"}))) }
  }
  const showRows = () => {
    const focused = root.getRootNode().activeElement?.closest?.("li") != null
    list.replaceChildren(...model.rows.map(past))
    clear.hidden = model.rows.length === 0
    empty.hidden = model.rows.length > 0
    if (focused) { list.querySelector("button")?.focus() } // the keyboard stays in the list
  }
  model.on("live", showLive)
  model.on("rows", showRows)
  showLive()
  showRows()
  return root
}
