// What describes a row: of the one on which the pointer rests, or whose editor has the focus of the keyboard; beside the form, over the page, so
// that nothing moves and no row is covered where there is room. It goes when a slider is held or moved, and with the Escape key.

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
    const beside = root.getBoundingClientRect().right + GAP_PX // where there is room, so that no row is covered
    const below = at.bottom + GAP_PX, above = at.top - GAP_PX - own.height, fits = beside + own.width + GAP_PX < innerWidth
    const left = fits ? beside : Math.max(8, Math.min(at.left, innerWidth - own.width - 8))
    const top = fits ? Math.max(8, Math.min(at.top, innerHeight - own.height - 8)) : below + own.height > innerHeight && above > 0 ? above : below
    Object.assign(node.style, {left: `${left}px`, top: `${top}px`})
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
