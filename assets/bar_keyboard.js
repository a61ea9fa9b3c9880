// The keys of the page and the list of them.

import {make, listen} from "./dom.js"
import {isTaken} from "./keys.js"

const KEYS = [["Space", "play or pause"], ["→", "one step"], ["←", "one step back, exactly"], ["W", "slow step: the terms of all agents, one after the other; Esc takes them away"],
  ["R", "reset with the same seed"], ["N", "new seed"], ["F", "arena on the whole screen"], ["P", "for a projector: larger type, two sliders; Esc leads back"], ["D", "dark or light theme"],
  ["Ctrl Z", "undo the last edit or choice"], ["Ctrl ⇧ Z", "do it again"],
  ["C", "copy the link to this moment"], ["Q", "QR code of that link"], ["A", "one agent's next step; ⇧ A: the agent before"], ["V", "next well; arrows move it (⇧: further), + adds, Delete removes"], ["T", "tell step, lowest value, dispersion and last event to a screen reader"], ["+ −", "zoom in and out"], ["S", "fit the swarm"], ["0", "the whole box"],
  ["Shift + ← → ↑ ↓", "move the part of the box that is seen"], ["?", "this list"]]
const ACTS = {" ": "play", ArrowRight: "step", ArrowLeft: "back", w: "slow", r: "reset", n: "seed", c: "copy", t: "tell"}
const REPEATED = ["step", "back"] // while the key is held

export const makeHelp = () => {
  const list = make("dl", {}, ...KEYS.flatMap(([key, text]) => [make("dt", {}, make("kbd", {textContent: key})), make("dd", {textContent: text})]))
  const dialog = make("dialog", {ariaLabel: "Keyboard", onclick: () => dialog.close()}, make("h2", {textContent: "Keyboard"}), list)
  const toggle = () => (dialog.open ? dialog.close() : dialog.showModal())
  const button = make("button", {type: "button", className: "ask", title: "Keyboard (?)", ariaLabel: "Keyboard (?)", onclick: toggle},
    make("b", {textContent: "?"}), make("span", {textContent: "Keyboard"}))
  return {button, dialog, toggle, isOpen: () => dialog.open}
}

// Whether it is a field with text of its own to undo, which Escape is for, too.
export const isText = ({tagName, type}) => tagName === "TEXTAREA" || (tagName === "INPUT" && !["range", "checkbox", "button"].includes(type))

export const listenToKeys = (model, {press, toggleFull, toggleProjector, toggleCode, toggleTheme, toggleHelp}) => listen(model, window, "keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.repeat && !isText(event.composedPath()[0])) {
    const key = event.key.toLowerCase(), act = key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : null
    if (act) {
      press(act)
      event.preventDefault()
    }
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.key, event.composedPath()[0])) { return }
  if (event.shiftKey && event.key.startsWith("Arrow")) { return } // moves what the arena shows (arena_options.js)
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key, act = ACTS[key]
  if (act && (!event.repeat || REPEATED.includes(act))) { press(act) }
  else if (key === "f") { toggleFull() }
  else if (key === "p") { if (!event.repeat) { toggleProjector() } }
  else if (key === "q") { if (!event.repeat) { toggleCode() } }
  else if (key === "d") { if (!event.repeat) { toggleTheme() } }
  else if (key === "?") { toggleHelp() }
  else { return }
  event.preventDefault()
})
