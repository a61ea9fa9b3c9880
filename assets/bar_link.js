// The link to this moment: on the clipboard when it is asked for, and in the address bar as the run goes on.

import {make, listen} from "./dom.js"
import {withForm} from "./embed.js"
import {makeIconButton} from "./bar_transport.js"

const LINK_EVERY_MS = 500

export const makeLink = (model, say, copy) => {
  const field = make("input", {type: "text", readOnly: true, ariaLabel: "Link to this moment"})
  const dialog = make("dialog", {className: "by-hand", ariaLabel: "Link to this moment"}, make("h2", {textContent: "Link to this moment"}),
    make("p", {textContent: "Copy it with Ctrl+C (⌘C)."}), field, make("button", {type: "button", className: "inline", textContent: "Close", onclick: () => dialog.close()}))
  keepAddress(model)
  model.on("copied", async () => {
    const {link, note} = model.copied
    if (link == null) { return }
    const address = new URL(link, location.href).href
    try {
      await navigator.clipboard.writeText(address)
      say(note ? `Link copied. ${note}` : "Link copied.", note ? "warning" : "info")
    } catch { // no https, or no permission: a selected field
      field.value = address
      if (!dialog.open) { dialog.showModal() }
      field.focus()
      field.select()
      if (note) { say(note, "warning") }
    }
  })
  return {dialog, button: makeIconButton("copy", "Copy link", "Copy the link to this moment (C)", copy), isOpen: () => dialog.open}
}

// Browsers forbid more than a few changes of the address a second: the first is made at once, then at most one in LINK_EVERY_MS, and the last
// for certain.
const keepAddress = (model) => {
  let written = -Infinity, timer = 0
  const write = () => {
    if (!timer) { return }
    clearTimeout(timer)
    timer = 0
    written = performance.now()
    if (document.querySelector(".swarmviz-connection")?.style.display === "flex") { return } // the address is that of the last picture
    history.replaceState(history.state, "", withForm(model.link || location.pathname))
  }
  const writeSoon = () => {
    if (model.link != null && !timer) { timer = setTimeout(write, Math.max(0, written + LINK_EVERY_MS - performance.now())) }
  }
  model.on("link", writeSoon)
  listen(model, window, "popstate", () => { if (model.link) { writeSoon() } }) // the entry that is shown again has the link of its own time
  model.on("remove", () => clearTimeout(timer))
  listen(model, window, "pagehide", write) // a page that is left or loaded again is left with its newest link
}
