// A second swarm beside the first: the server is told what was pressed and answers with the number of panes and the active one.

import {make, makeButton, listen} from "./dom.js"

export function render({model}) {
  const row = make("div", {className: "compare", role: "group", ariaLabel: "Compare two swarms"})
  const button = (act, value, textContent, title, props = {}) =>
    makeButton({textContent, title, className: act, ...props}, () => model.send_msg({act, value}))
  const tab = (name, place) => button("show", place, name, `The controls and curves of swarm ${name}`,
    {className: "show tab", ariaPressed: String(place === model.active)})
  const list = make("details", {className: "differences"})
  const cell = (tag, text, place) => {
    const node = make(tag, {textContent: text})
    if (place != null) { node.style.borderColor = model.colours[place] ?? "transparent" }
    return node
  }
  const tell = () => {
    list.hidden = model.panes === 1
    const count = model.differences.length
    const head = make("tr", {}, cell("th", ""), cell("th", "A", 0), cell("th", "B", 1))
    const rows = model.differences.flatMap(([symbol, a, b, meaning]) => [
      make("tr", {}, cell("th", symbol), cell("td", a, 0), cell("td", b, 1)),
      make("tr", {className: "meaning"}, make("td", {colSpan: 3, textContent: meaning}))])
    const words = count === 0 ? "No differences so far" : count === 1 ? "1 difference" : `${count} differences`
    list.replaceChildren(make("summary", {textContent: words}), ...(count ? [make("table", {}, head, ...rows)] : []))
  }
  const draw = () => {
    const single = [button("start", null, "Compare with a second swarm", "A second swarm with the same start and the same noise, step by step beside the first")]
    const pair = () => [...["A", "B"].map(tab), button("swap", null, "Swap", "Exchange A and B"), button("copy", null, "A → B", "Make B what A is now"),
      button("end", null, "End", "Go on with the chosen swarm alone")]
    row.replaceChildren(...(model.panes === 1 ? single : pair()))
    for (const [place, node] of row.querySelectorAll(".tab").entries()) { node.style.borderBottomColor = model.colours[place] ?? "" }
    tell()
  }
  model.on("differences", tell)
  for (const name of ["panes", "active", "colours"]) { model.on(name, draw) }
  const both = make("div", {}, row, list)
  listen(model, document, "swarmviz-projector", ({detail}) => { both.hidden = detail.on })
  both.hidden = document.documentElement.classList.contains("projector")
  draw()
  return both
}
