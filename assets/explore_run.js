// How many rows of a table are chosen, and the run that was tapped: what it is, and the links to it. A tap opens the first one in a tab of
// its own, always the same; a browser that holds new tabs back leaves the link.

import {make, makeButton} from "./dom.js"

const TAB = "swarmviz run"

export function render({model}) {
  const chosen = make("span", {className: "chosen"})
  const clear = makeButton({className: "clear", textContent: "Choose all"}, () => model.send_msg({act: "clear"}))
  const run = make("span", {className: "run"}), links = make("span", {className: "links"}), told = make("p")
  const told_run = make("div", {className: "line"}, run, links)
  chosen.setAttribute("aria-live", "polite")
  const draw = () => {
    chosen.textContent = model.chosen
    clear.hidden = !model.some
    run.textContent = model.run
    told_run.hidden = model.run === ""
    links.replaceChildren(...model.links.map(([textContent, href]) => make("a", {textContent, href, target: TAB})))
    told.textContent = model.told
    told.hidden = model.told === ""
  }
  for (const name of ["chosen", "some", "run", "told", "links"]) { model.on(name, draw) }
  model.on("opened", () => setTimeout(() => { if (model.links.length) { window.open(model.links[0][1], TAB) } }))
  draw()
  return make("div", {className: "card"}, make("div", {className: "line"}, chosen, clear), told_run, told)
}
