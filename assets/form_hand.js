// The parameters in hand: the two with a slider that were touched last, else those of the dynamics that are tried first, as the page says to
// somebody who has just arrived. Under a projector no others are seen.

import {listen} from "./dom.js"

const HELD = 2
const MAX_FRAMES = 60 // for which it is waited until the choices are there

// `rowsOf()`: the elements of the rows in their order. What is returned chooses anew, for a form that was built or shown anew.
export const holdRows = (model, root, rowsOf) => {
  let touched = [], on = document.documentElement.classList.contains("projector"), opened = []
  const withSlider = () => rowsOf().filter((row) => !row.hidden && row.querySelector("input[type=range]"))
  const triedFirst = (rows) => rows.filter(({dataset}) => dataset.name.startsWith("dynamics.")).sort((a, b) => a.dataset.turn - b.dataset.turn)
  const choose = () => {
    root.classList.toggle("hand", on)
    if (!on) { return }
    const rows = withSlider(), dynamics = triedFirst(rows)
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
  // The slider that the page's first sentence names (bar_arrival.js) has the focus once it is seen: on a phone there is no form before its sheet opens.
  const reach = (frames) => {
    const slider = triedFirst(withSlider())[0]?.querySelector("input[type=range]"), details = slider?.closest("details")
    if (details) { details.open = true }
    if (slider?.checkVisibility({visibilityProperty: true})) { slider.focus() }
    window.swarmviz_sought = slider == null || root.getRootNode().activeElement !== slider
    if (window.swarmviz_sought && frames > 0) { requestAnimationFrame(() => reach(frames - 1)) }
  }
  listen(model, document, "swarmviz-try", () => reach(MAX_FRAMES))
  if (window.swarmviz_sought) { requestAnimationFrame(() => reach(MAX_FRAMES)) }
  listen(model, document, "swarmviz-projector", ({detail}) => {
    on = detail.on
    choose()
    if (!on) { for (const details of opened.splice(0)) { details.open = false } }
  })
  return choose
}
