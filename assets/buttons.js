// A row of small buttons: one of several choices, then switches. The server is told what was pressed and answers with the new state.

import {makeLines} from "./buttons_lines.js"
import {makeTable} from "./buttons_table.js"
import {keepFocus, make, makeButton, makeMenu, listen} from "./dom.js"

const MOST_BUTTONS = 5 // more choices become a menu, and so do those for which there is no room

export function render({model}) {
  const row = make("div", {className: "chips"})
  const button = (role, isOn) => ([name, textContent, title]) =>
    makeButton({textContent, title, className: role, ariaPressed: String(isOn(name))}, () => model.send_msg(name))
  const menu = () => makeMenu({ariaLabel: model.label}, (value) => model.send_msg(value),
    ...model.choices.map(([value, textContent, title]) => make("option", {value, textContent, title, selected: value === model.value})))
  const choices = (roomy) => {
    if (model.choices.length > MOST_BUTTONS || !roomy) { return [menu()] }
    if (model.choices.length > 1) { return model.choices.map(button("choice", (name) => name === model.value)) }
    return [make("span", {textContent: model.choices[0]?.[1] ?? ""})]
  }

  let needed = 0 // pixels that the buttons take; 0 until they were once seen to take too many
  const fits = () => needed === 0 || row.clientWidth === 0 || needed <= row.clientWidth
  let roomy = true // whether there was room when the row was last drawn
  const lines = makeLines(model, (tip) => model.send_msg(["line", tip]))
  const table = makeTable(model, () => model.send_msg(["table"]))
  const draw = () => {
    roomy = fits()
    const nodes = [...choices(roomy), make("i"), ...lines, ...table, ...model.switches.map(button("switch", (name) => model.active.includes(name)))]
    keepFocus(row, () => row.replaceChildren(...nodes))
  }
  const overflows = () => row.scrollWidth > row.clientWidth && row.clientWidth > 0 && !row.querySelector("select")
  const measure = () => {
    if (overflows()) { needed = row.scrollWidth }
    if (fits() !== roomy) { draw() }
    if (overflows()) { // they take more than when they were measured
      needed = row.scrollWidth
      draw()
    }
    const narrower = ["tight", "cramped", "short"] // the menu is cut last
    row.classList.remove(...narrower)
    for (const less of narrower) { row.classList.toggle(less, row.scrollWidth > row.clientWidth) } // not even a menu leaves enough
  }
  for (const name of ["choices", "value", "switches", "active"]) {
    model.on(name, () => {
      if (name === "choices") { needed = 0 }
      draw()
      measure()
    })
  }
  new ResizeObserver(measure).observe(row)
  listen(model, document, "swarmviz-projector", () => { // type has another size
    needed = 0
    draw()
    measure()
  })
  draw()
  return row
}
