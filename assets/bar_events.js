// What happened in the run: marks under the scrubber, each of which leads to its step. Their colour says the kind, and so do their words.
// They are there for the pointer, and no buttons: a keyboard would have to walk through hundreds of them, and has the scrubber.

import {make, grouped} from "./dom.js"

const PLACE_EVERY_MS = 250 // while the swarm plays, and the rail grows with each picture: to move hundreds of marks costs as much as to paint the swarm

// `end()` is the last step of the rail; `go(step)` goes there.
export const makeEventMarks = (model, end, go) => {
  const node = make("div", {className: "events"})
  node.setAttribute("aria-hidden", "true")
  let placed = -Infinity, coming = null // when they got their places, and the timer that gives them others
  const put = () => {
    clearTimeout(coming)
    coming = null
    placed = performance.now()
    const last = end()
    for (const mark of node.children) { mark.style.setProperty("--at", Number(mark.dataset.step) / last) }
  }
  const place = () => {
    if (node.childElementCount === 0 || coming !== null) { return }
    const left = placed + PLACE_EVERY_MS - performance.now()
    if (left > 0 && model.playing) { coming = setTimeout(put, left) } else { put() }
  }
  const known = new Map() // the marks there are: those that stay are not made again, which would be another layout of all
  const show = () => {
    const wanted = new Set()
    for (const {name, title, meaning, steps} of model.events) {
      for (const step of steps) {
        const key = `${name} ${step}`, said = `${title} at step ${grouped(step)}: ${meaning}`
        wanted.add(key)
        const mark = known.get(key) ?? make("i", {className: `event ${name}`})
        if (mark.title !== said) { mark.title = said }
        if (known.has(key)) { continue }
        mark.dataset.step = step
        known.set(key, mark)
        node.append(mark)
      }
    }
    for (const [key, mark] of known) {
      if (wanted.has(key)) { continue }
      mark.remove()
      known.delete(key)
    }
    put()
  }
  node.addEventListener("click", ({target}) => {
    if (target.dataset.step != null) { go(Number(target.dataset.step)) }
  })
  model.on("events", show)
  model.on("remove", () => clearTimeout(coming))
  show()
  return {node, place}
}
