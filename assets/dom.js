// What the page's components share: elements, buttons, sliders, and numbers as text.

// An element with properties and children; a child that is null is left out.
export const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children.filter((child) => child != null))
  return node
}

// A button. A click of the mouse leaves the focus where Space means play and pause; one of the keyboard keeps it.
export const makeButton = (props, press, ...children) => {
  const node = make("button", {type: "button", ...props}, ...children)
  node.addEventListener("click", (event) => {
    if (event.detail > 0) { node.blur() }
    press(event)
  })
  return node
}

// A menu in the same way: chosen from with the mouse it lets go of the focus, with the keyboard it keeps it, for the next press of an arrow.
export const makeMenu = (props, choose, ...options) => {
  const menu = make("select", props, ...options)
  let pointed = false
  menu.addEventListener("pointerdown", () => { pointed = true })
  menu.addEventListener("keydown", () => { pointed = false })
  menu.addEventListener("change", () => {
    choose(menu.value)
    if (pointed) { menu.blur() }
  })
  return menu
}

// The element that has the focus, through all shadow roots; the page's body where none has it.
export const focused = () => {
  let node = document.activeElement
  while (node?.shadowRoot?.activeElement) { node = node.shadowRoot.activeElement }
  return node
}

const FOCUSABLE = "button, input, select, textarea, summary, a[href], [tabindex]"
const rowAround = (node) => node.closest("[data-name]")?.dataset.name ?? ""
const called = (node) => node.dataset.focus ?? [rowAround(node), node.tagName, node.type ?? "", node.name ?? "", node.ariaLabel || node.textContent].join("|")

// Draws a part of the page anew, and the keyboard stays where it was in it: on what is still there or has the same name, else on `otherwise()`,
// or the first that takes the focus. Else the focus would fall to the page, and the next Tab lead to its first button.
export const keepFocus = (root, draw, otherwise = () => null) => {
  const focus = () => root.getRootNode().activeElement ?? null
  const held = root.contains(focus()) ? focus() : null, name = held && called(held)
  draw()
  if (held == null || focus() === held) { return }
  const takes = (node) => node != null && !node.disabled && node.checkVisibility()
  const there = [...root.querySelectorAll(FOCUSABLE)].filter((node) => node.tabIndex >= 0 && takes(node))
  const found = [held.isConnected && takes(held) ? held : null, there.find((node) => called(node) === name), otherwise(), there[0]].find(takes)
  found?.focus({preventScroll: true})
}

// A panel that the press of a button opens under it; the next press anywhere else closes it, and so does the focus when it goes elsewhere. Its first
// switch has the focus, and Escape gives it back to the button: browsers do that only where neither lies in a shadow root. The third of what
// is returned puts it into its place again, after its content has changed.
export const makePopover = (buttonProps, panelProps) => {
  const panel = make("div", {role: "group", ...panelProps})
  panel.popover = "auto"
  const button = make("button", {type: "button", popoverTargetElement: panel, ...buttonProps})
  const place = () => {
    const {right, bottom} = button.getBoundingClientRect()
    const top = Math.max(8, Math.min(bottom + 4, innerHeight - 8 - panel.offsetHeight))
    Object.assign(panel.style, {top: `${top}px`, left: `${Math.max(8, right - panel.offsetWidth)}px`})
  }
  let escaped = false
  panel.addEventListener("keydown", ({key}) => { escaped = key === "Escape" })
  panel.addEventListener("focusout", ({relatedTarget: to}) => {
    if (to && to !== button && !panel.contains(to) && panel.matches(":popover-open")) { panel.hidePopover() }
  })
  panel.addEventListener("toggle", ({newState}) => {
    if (newState === "open") {
      escaped = false
      place()
      panel.querySelector("input, [tabindex]")?.focus()
    } else if (escaped) { button.focus() }
  })
  return [button, panel, place]
}

// The part of a slider's rail left of its thumb has the accent's colour.
export const fillRail = (slider) => slider.style.setProperty("--fill", `${(100 * slider.value) / Math.max(1, slider.max)}%`)

// A text box that the server writes, but not while somebody types in it; `enter(text)` is called when the entry is complete. Escape takes back
// what is being typed; with nothing to take back it is left to the page.
export const makeBox = (props, enter) => {
  const box = make("input", {type: "text", ...props})
  let typing = false, before = ""
  box.addEventListener("input", () => { typing = true })
  box.addEventListener("focus", () => { before = box.value })
  box.addEventListener("blur", () => { typing = false })
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !typing) { return }
    event.preventDefault()
    typing = false
    box.value = before
    box.select()
  })
  box.addEventListener("change", () => {
    typing = false
    before = box.value
    enter(box.value)
  })
  const write = (text) => {
    before = text
    if (!typing && box.value !== text) { box.value = text }
  }
  return {box, write}
}

// 12345 as "12 345"
export const grouped = (count) => Math.round(count).toLocaleString("en-GB").replaceAll(",", "\u202f")

// Four digits of a number; "–" when there is none.
export const short = (value) => {
  if (value == null) { return "–" }
  if (value === 0) { return "0" }
  return Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}

// A listener that lives as long as the component.
export const listen = (model, target, type, handle) => {
  target.addEventListener(type, handle)
  model.on("remove", () => target.removeEventListener(type, handle))
}

// A file that the server has sent (name, type, data in base64) becomes a download of the browser.
const FILE_MS = 60_000 // for which a file is kept for the browser's download
export const saveFile = ({name, type, data}) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), address = URL.createObjectURL(new Blob([bytes], {type}))
  const link = make("a", {href: address, download: name, hidden: true})
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(address), FILE_MS)
}
