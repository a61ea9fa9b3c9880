// A second swarm beside the first: the server is told what was pressed and answers with the number of panes and the active one.

import {make, makeButton, listen} from "./dom.js"

export function render({model}) {
  const row = make("div", {className: "compare", role: "group", ariaLabel: "Compare two swarms"})
  const button = (act, value, textContent, title, props = {}) =>
    makeButton({textContent, title, className: act, ...props}, () => model.send_msg({act, value}))
  const tab = (name, place) => button("show", place, name, `The controls and curves of swarm ${name}`,
    {className: "show tab", ariaPressed: String(place === model.active)})
  const draw = () => {
    const single = [button("start", null, "Compare with a second swarm", "A second swarm with the same start and the same noise, step by step beside the first")]
    const pair = () => [...["A", "B"].map(tab), button("swap", null, "Swap", "Exchange A and B"), button("copy", null, "A → B", "Make B what A is now"),
      button("end", null, "End", "Go on with the chosen swarm alone")]
    row.replaceChildren(...(model.panes === 1 ? single : pair()))
  }
  for (const name of ["panes", "active"]) { model.on(name, draw) }
  listen(model, document, "swarmviz-projector", ({detail}) => { row.hidden = detail.on })
  row.hidden = document.documentElement.classList.contains("projector")
  draw()
  return row
}
