// For somebody who has just arrived: one sentence in the page's head, over no picture, and a swarm that begins anew by itself, until
// something is touched. To point, to scroll and to hold a modifier key is to look. A press on the sentence leads to the slider that it names,
// also where the choices are behind a button (drawer.js, form_hand.js). How it looks is said in page.css.

import {make, makeButton} from "./dom.js"

const TOUCHES = ["pointerdown", "keydown", "input", "change", "drop"]
const LOOKING_KEYS = ["Shift", "Control", "Alt", "Meta", "AltGraph", "Tab", "CapsLock"]
const TRIES = /^Drag (.+)\.$/ // a slider, which is not in sight where the choices are behind a button

const worded = (text) => {
  const span = (textContent, className = "") => make("span", {textContent, className})
  const symbol = TRIES.exec(text)?.[1]
  return symbol ? [span(text, "near"), span(`Press to change ${symbol}.`, "far")] : [span(text)]
}

export const makeArrival = (model, send) => {
  let touched = false
  const sentence = makeButton({}, () => {
    window.swarmviz_sought = true
    document.dispatchEvent(new CustomEvent("swarmviz-try"))
    leave()
  })
  const node = make("div", {className: "swarmviz-invitation"})
  node.setAttribute("role", "status")
  const show = () => {
    if (touched) { return }
    const sentences = model.invitation.split(/(?<=\.) /) // a line may end between two, and within where there is little room
    sentence.replaceChildren(...sentences.flatMap((text) => [...worded(text), " "]))
    node.replaceChildren(...(model.invitation ? [sentence] : []))
    node.classList.toggle("dark", model.dark)
  }
  const leave = () => {
    if (touched) { return }
    touched = true
    node.replaceChildren() // the server follows
    send("touched")
  }
  const touch = (event) => {
    if (event.type === "keydown" && LOOKING_KEYS.includes(event.key)) { return }
    if (event.composedPath().includes(sentence)) { return } // its press is yet to come
    leave()
  }
  for (const type of TOUCHES) {
    document.addEventListener(type, touch, true)
    model.on("remove", () => document.removeEventListener(type, touch, true))
  }
  model.on("invitation", show)
  model.on("dark", show)
  model.on("remove", () => node.remove())
  document.body.prepend(node)
  show()
  // Where motion is not minded, and the page is not shown inside another, a finished run makes room for the next.
  const tell = () => { if (!touched && window.top === window && !matchMedia("(prefers-reduced-motion: reduce)").matches) { send("unattended") } }
  return {tell}
}
