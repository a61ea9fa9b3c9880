// What describes a row: beside the pointer that rests on it and the editor that has the focus of the keyboard, over the page, so that
// nothing moves. It hides nothing that is being used: it goes when a slider is held, and with the Escape key.

import {make, listen} from "./dom.js"

const REST_MS = 450 // for which a pointer rests before it is told anything
const GAP_PX = 6

// `textOf(row)`: what there is to say of the row, "" for nothing.
export const makeTip = (model, root, textOf) => {
  const node = make("div", {className: "tip", popover: "manual"})
  node.setAttribute("aria-hidden", "true") // an editor names its description itself
  let timer = 0
  const hide = () => {
    clearTimeout(timer)
    if (node.matches(":popover-open")) { node.hidePopover() }
  }
  const show = (row) => {
    hide()
    const text = row && textOf(row)
    if (!text || !row.isConnected || !node.showPopover) { return }
    node.textContent = text
    node.showPopover()
    const at = row.getBoundingClientRect(), own = node.getBoundingClientRect()
    const below = at.bottom + GAP_PX, above = at.top - GAP_PX - own.height
    node.style.left = `${Math.max(8, Math.min(at.left, innerWidth - own.width - 8))}px`
    node.style.top = `${below + own.height > innerHeight && above > 0 ? above : below}px`
  }
  const rowOf = (target) => target.closest?.(".row")
  root.addEventListener("pointerover", ({target, pointerType, buttons}) => {
    hide()
    const row = rowOf(target)
    if (row && pointerType === "mouse" && !buttons) { timer = setTimeout(() => show(row), REST_MS) }
  })
  root.addEventListener("pointerleave", hide)
  root.addEventListener("pointerdown", hide, true)
  root.addEventListener("input", hide)
  root.addEventListener("click", ({target}) => { if (target.closest?.(".label")) { show(rowOf(target)) } }) // a finger rests on nothing
  root.addEventListener("focusin", ({target}) => { if (target.matches(":focus-visible")) { show(rowOf(target)) } })
  root.addEventListener("focusout", hide)
  listen(model, document, "keydown", ({key}) => { if (key === "Escape") { hide() } })
  root.addEventListener("wheel", hide, {passive: true})
  return node
}
