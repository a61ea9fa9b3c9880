// The lines of a plot, by their whole names: a list that opens at the press of a button, where each can be hidden and shown again.

import {make, makePopover} from "./dom.js"

export const makeLines = (model, toggle) => {
  const [open, panel] = makePopover({className: "switch", textContent: "lines", title: "The lines, to be hidden and shown"},
    {className: "lines", ariaLabel: "Lines"})
  const swatch = (colour, dash) => {
    const node = make("i", {className: "swatch"})
    node.style.background = dash.length === 0 ? colour
      : `repeating-linear-gradient(90deg, ${colour} 0 ${dash[0]}px, transparent ${dash[0]}px ${dash[0] + dash[1]}px)`
    return node
  }
  const draw = () => {
    open.hidden = model.lines.length === 0
    const boxes = [...panel.querySelectorAll("input")], told = model.lines
    if (boxes.length === told.length && boxes.every((box, i) => box.name === told[i][0])) { // the focus stays where it is
      boxes.forEach((box, i) => {
        box.checked = told[i][5]
        box.parentNode.title = told[i][4]
        box.parentNode.lastChild.textContent = told[i][1] // a claim's name has its number, which changes
      })
      panel.querySelectorAll(".swatch").forEach((node, i) => node.replaceWith(swatch(told[i][2], told[i][3])))
      return
    }
    panel.replaceChildren(...told.map(([name, text, colour, dash, title, shown]) => make("label", {title},
      make("input", {type: "checkbox", name, checked: shown, onchange: () => toggle(name)}), swatch(colour, dash), text)))
  }
  model.on("lines", draw)
  draw()
  return [open, panel]
}
