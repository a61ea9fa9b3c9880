// What happened in the run: marks under the scrubber, each of which leads to its step. Their colour says the kind, and so do their words.
// They are there for the pointer, and no buttons: a keyboard would have to walk through hundreds of them, and has the scrubber.

import {make, grouped} from "./dom.js"

// `end()` is the last step of the rail; `go(step)` goes there.
export const makeEventMarks = (model, end, go) => {
  const node = make("div", {className: "events"})
  node.setAttribute("aria-hidden", "true")
  const place = () => {
    for (const mark of node.children) { mark.style.setProperty("--at", Number(mark.dataset.step) / end()) }
  }
  const show = () => {
    node.replaceChildren(...model.events.flatMap(({name, title, meaning, steps}) => steps.map((step) => {
      const mark = make("i", {className: `event ${name}`, title: `${title} at step ${grouped(step)}: ${meaning}`})
      mark.dataset.step = step
      return mark
    })))
    place()
  }
  node.addEventListener("click", ({target}) => {
    if (target.dataset.step != null) { go(Number(target.dataset.step)) }
  })
  model.on("events", show)
  show()
  return {node, place}
}
