// The parameters in hand: the two with a slider that were touched last, else those of the dynamics that are tried first, as the page says to
// somebody who has just arrived. Under a projector no others are seen.

import {listen} from "./dom.js"

const HELD = 2

// `rowsOf()`: the elements of the rows in their order. What is returned chooses anew, for a form that was built or shown anew.
export const holdRows = (model, root, rowsOf) => {
  let touched = [], on = document.documentElement.classList.contains("projector"), opened = []
  const choose = () => {
    root.classList.toggle("hand", on)
    if (!on) { return }
    const rows = rowsOf().filter((row) => !row.hidden && row.querySelector("input[type=range]"))
    const dynamics = rows.filter(({dataset}) => dataset.name.startsWith("dynamics.")).sort((a, b) => a.dataset.turn - b.dataset.turn)
    const known = touched.map((name) => rows.find(({dataset}) => dataset.name === name)).filter((row) => row != null)
    const held = [...new Set([...known, ...dynamics, ...rows])].slice(0, HELD)
    for (const row of rowsOf()) { row.classList.toggle("held", held.includes(row)) }
    for (const details of root.querySelectorAll("details")) {
      const holds = held.some((row) => details.contains(row))
      details.classList.toggle("holding", holds)
      if (holds && !details.open) {
        details.open = true
        opened.push(details)
      }
    }
  }
  root.addEventListener("input", ({target}) => { // what is dragged stays where it is
    const name = target.closest(".row")?.dataset.name
    if (name && (!on || !touched.includes(name))) { touched = [name, ...touched.filter((other) => other !== name)].slice(0, HELD) }
  })
  listen(model, document, "swarmviz-projector", ({detail}) => {
    on = detail.on
    choose()
    if (!on) { for (const details of opened.splice(0)) { details.open = false } }
  })
  return choose
}
