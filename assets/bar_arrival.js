// For somebody who has just arrived: one sentence in the page's head, over no picture, and a swarm that begins anew by itself, until
// something is touched. To point, to scroll and to hold a modifier key is to look.

import {make, listen} from "./dom.js"

const TOUCHES = ["pointerdown", "keydown", "input", "change", "drop"]
const LOOKING_KEYS = ["Shift", "Control", "Alt", "Meta", "AltGraph", "Tab", "CapsLock"]

const STYLE = `position: fixed; z-index: 1250; top: 0; right: 160px; left: 240px; height: var(--sv-head); display: flex; align-items: center; justify-content: center;
  pointer-events: none; text-align: center; color: #fff; font: 400 18px/1.25 Roboto, 'Liberation Sans', Arial, sans-serif;`
const HEADS = {false: "#123f5c", true: "#26343f"} // colour of the page's head by whether it is dark
const NARROW_STYLE = "right: 132px; left: 108px; font-size: 13px;" // in place of the name, which the frame of the page has said

export const makeArrival = (model, send) => {
  const node = make("div", {className: "swarmviz-invitation"})
  node.setAttribute("role", "status")
  const narrow = matchMedia("(max-width: 700px)")
  let touched = false
  const show = () => {
    if (touched) { return }
    const sentences = model.invitation.split(/(?<=\.) /) // a line may end between two, and within where there is little room
    node.replaceChildren(make("span", {}, ...sentences.flatMap((text) => [make("span", {textContent: text}), " "])))
    for (const part of node.firstChild.children) { part.style.whiteSpace = narrow.matches ? "normal" : "nowrap" }
    node.style.cssText = STYLE + (narrow.matches && model.invitation ? `${NARROW_STYLE} background: ${HEADS[model.dark]};` : "")
  }
  const touch = ({type, key}) => {
    if (touched || (type === "keydown" && LOOKING_KEYS.includes(key))) { return }
    touched = true
    node.replaceChildren() // the server follows
    node.style.background = "none"
    send("touched")
  }
  for (const type of TOUCHES) {
    document.addEventListener(type, touch, true)
    model.on("remove", () => document.removeEventListener(type, touch, true))
  }
  listen(model, narrow, "change", show)
  model.on("invitation", show)
  model.on("dark", show)
  model.on("remove", () => node.remove())
  document.body.append(node)
  show()
  // Where motion is not minded, and the page is not shown inside another, a finished run makes room for the next.
  const tell = () => { if (!touched && window.top === window && !matchMedia("(prefers-reduced-motion: reduce)").matches) { send("unattended") } }
  return {tell}
}
