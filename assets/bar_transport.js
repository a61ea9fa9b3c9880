// Play and pause, one step, reset, new seed; and the icons of the bar.

import {make, makeButton} from "./dom.js"

const ICONS = {
  play: "M8 5v14l11-7z", pause: "M6 5h4v14H6zm8 0h4v14h-4z", step: "M6 5l9 7-9 7zM16 5h3v14h-3z",
  back: "M18 5l-9 7 9 7zM5 5h3v14H5z",
  undo: "M12.5 8c-2.6 0-5 1-6.900 2.600L2 7v9h9l-3.600-3.600A8 8 0 0 1 20.100 16l2.400-.8A10.500 10.500 0 0 0 12.500 8z",
  redo: "M18.400 10.600A10.500 10.500 0 0 0 1.500 15.200l2.400.8a8 8 0 0 1 12.700-3.600L13 16h9V7z",
  reset: "M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
  again: "M12 4V1L8 5l4 4V6c3.3 0 6 2.7 6 6 0 1-.25 2-.7 2.8l1.46 1.46A8 8 0 0 0 12 4zm0 14c-3.3 0-6-2.7-6-6 0-1 .25-2 .7-2.8L5.24 7.74A8 8 0 0 0 12 20v3l4-4-4-4z",
  more: "M6 10.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zm6 0a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zm6 0a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  full: "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z",
  fit: "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4zM10 10h4v4h-4z",
  slow: "M3 5v14l7-7zM12 5h2.500v14H12zm4.500 0H18v14h-1.500zm3 0h1v14h-1z",
  projector: "M3 3h18v2h-1v10h-7v2.2l3.600 3.600-1.400 1.400L12 20l-2.200 2.200-1.400-1.400 2.600-2.600V15H4V5H3zm3 2v8h12V5z",
  qr: "M3 3h8v8H3zm2 2v4h4V5zm8-2h8v8h-8zm2 2v4h4V5zM3 13h8v8H3zm2 2v4h4v-4zm8-2h3v3h-3zm5 0h3v3h-3zm-2.500 2.500h3v3h-3zM13 18h3v3h-3zm5 0h3v3h-3z",
  theme: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 0 1 0 16z",
  copy: "M10.6 13.4a1 1 0 0 1 0 1.4 1 1 0 0 1-1.4 0 5 5 0 0 1 0-7.1l3.5-3.5a5 5 0 0 1 7.1 7.1l-1.5 1.5a6.8 6.8 0 0 0-.4-2.4l.5-.5a3 3 0 1 0-4.3-4.3l-3.5 3.5a3 3 0 0 0 0 4.3zm2.8-4.2a1 1 0 0 1 1.4 0 5 5 0 0 1 0 7.1l-3.5 3.5a5 5 0 0 1-7.1-7.1l1.5-1.5c0 .8.1 1.6.4 2.4l-.5.5a3 3 0 1 0 4.3 4.3l3.5-3.5a3 3 0 0 0 0-4.3 1 1 0 0 1 0-1.4z",
  seed: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm3 3.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm8 8a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm-4-4a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
}

export const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path fill-rule="evenodd" d="${ICONS[name]}"/></svg>`

export const makeIconButton = (act, text, title, press) =>
  makeButton({className: act, title, ariaLabel: title, innerHTML: icon(act)}, press, make("span", {textContent: text}))

export const makeTransport = (model, send) => {
  let playing = model.playing
  const press = (act) => {
    if (act !== "play") { return send(act) }
    playing = !playing // the picture of the button answers at once; the server follows
    showPlaying()
    send(playing ? "play" : "pause")
  }
  const button = (act, text, title) => makeIconButton(act, text, title, () => press(act))
  const play = button("play", "Pause", "Pause (Space)"), reset = button("reset", "Reset", "Reset with the same seed (R)")
  const slow = button("slow", "Slow step", "Slow step: the terms of all agents, one after the other (W)")
  const showSlow = () => slow.setAttribute("aria-pressed", String(model.slow === "walking"))
  const undo = button("undo", "Undo", "Undo the last edit or choice (Ctrl+Z)"), redo = button("redo", "Redo", "Do again what was undone (Ctrl+Shift+Z)")
  const node = make("div", {className: "buttons", role: "group", ariaLabel: "Transport"}, button("back", "Back", "One step back (←)"), play,
    button("step", "Step", "One step (→)"), slow, reset, button("seed", "New seed", "New seed: reset with the next one (N)"))

  const showPlaying = () => {
    play.innerHTML = icon(playing ? "pause" : "play")
    play.append(make("span", {textContent: playing ? "Pause" : "Play"}))
    play.title = play.ariaLabel = playing ? "Pause (Space)" : "Play (Space)"
    play.classList.toggle("on", playing)
  }
  const showPending = () => reset.classList.toggle("wanted", model.pending)
  model.on("playing", () => {
    playing = model.playing
    showPlaying()
  })
  model.on("pending", showPending)
  model.on("slow", showSlow)
  const showUndo = () => { [undo.disabled, redo.disabled] = [!model.can_undo, !model.can_redo] }
  for (const name of ["can_undo", "can_redo"]) { model.on(name, showUndo) }
  showUndo()
  showPlaying()
  showPending()
  showSlow()
  return {node, undo: make("div", {className: "undoing", role: "group", ariaLabel: "Edits"}, undo, redo), press, isPlaying: () => playing}
}
