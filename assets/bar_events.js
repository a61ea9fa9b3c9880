// What happened in the run: marks under the scrubber, each of which leads to its step. Their colour says the kind, and so do their words.

import {make, grouped} from "./dom.js"

// `end()` is the last step of the rail; `go(step)` goes there.
export const makeEventMarks = (model, end, go) => {
  const node = make("div", {className: "events", role: "group", ariaLabel: "Events of the run"})
  const place = () => {
    for (const mark of node.children) { mark.style.setProperty("--at", Number(mark.dataset.step) / end()) }
  }
  const show = () => {
    node.replaceChildren(...model.events.flatMap(({name, title, meaning, steps}) => steps.map((step) => {
      const words = `${title} at step ${grouped(step)}`
      const mark = make("button", {type: "button", className: `event ${name}`, title: `${words}: ${meaning}`, ariaLabel: words, tabIndex: -1})
      mark.dataset.step = step
      return mark
    })))
    place()
  }
  node.addEventListener("click", ({target}) => {
    if (target.dataset.step != null) {
      target.blur()
      go(Number(target.dataset.step))
    }
  })
  model.on("events", show)
  show()
  return {node, place}
}
