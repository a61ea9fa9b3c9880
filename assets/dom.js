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

// A panel that the press of a button opens under it, and the next press anywhere else closes; its first switch has the focus. The third of
// what is returned puts it into its place again, after its content has changed.
export const makePopover = (buttonProps, panelProps) => {
  const panel = make("div", {role: "group", ...panelProps})
  panel.popover = "auto"
  const button = make("button", {type: "button", popoverTargetElement: panel, ...buttonProps})
  const place = () => {
    const {right, bottom} = button.getBoundingClientRect()
    const top = Math.max(8, Math.min(bottom + 4, innerHeight - 8 - panel.offsetHeight))
    Object.assign(panel.style, {top: `${top}px`, left: `${Math.max(8, right - panel.offsetWidth)}px`})
  }
  panel.addEventListener("toggle", ({newState}) => {
    if (newState !== "open") { return }
    place()
    panel.querySelector("input, [tabindex]")?.focus()
  })
  return [button, panel, place]
}

// The part of a slider's rail left of its thumb has the accent's colour.
export const fillRail = (slider) => slider.style.setProperty("--fill", `${(100 * slider.value) / Math.max(1, slider.max)}%`)

// A text box that the server writes, but not while somebody types in it; `enter(text)` is called when the entry is complete.
export const makeBox = (props, enter) => {
  const box = make("input", {type: "text", ...props})
  let typing = false
  box.addEventListener("input", () => { typing = true })
  box.addEventListener("blur", () => { typing = false })
  box.addEventListener("change", () => {
    typing = false
    enter(box.value)
  })
  const write = (text) => { if (!typing && box.value !== text) { box.value = text } }
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
