// How often to draw, when to pause, and whether an edit starts a swarm again. The boxes show what the server understood, but no answer to an older entry.

import {make, makeBox, makeButton} from "./dom.js"
import {icon} from "./bar_transport.js"
import {makePauseWhen} from "./bar_pause.js"

const MAX_ANSWER_MS = 5000 // after that a message was lost
const STOPS = [["never", "never"], ["k", "at step"], ["t", "at time"], ["evaluations", "after evaluations"], ["stall", "when stalled for"]]

// `onShow()` is called whenever what the boxes show may have changed.
export const makeSettings = (model, send, onShow) => {
  let asked = model.answered, askedAt = 0
  const enter = (act, value) => {
    asked += 1
    askedAt = performance.now()
    send(act, value)
    onShow()
  }
  const isAnswered = () => {
    if (performance.now() - askedAt > MAX_ANSWER_MS) { asked = model.answered }
    return model.answered >= asked
  }

  const drawEvery = makeBox({inputMode: "numeric", value: "1", ariaLabel: "Draw every so many steps", title: "Draw every so many steps"},
    (text) => enter("draw", text))
  const showDraw = () => {
    if (!isAnswered()) { return }
    drawEvery.write(String(model.draw))
    onShow()
  }

  const stopKind = make("select", {ariaLabel: "Pause", title: "When to pause by itself"},
    ...STOPS.map(([value, textContent]) => make("option", {value, textContent})))
  const enterStop = () => {
    stopAt.box.hidden = stopKind.value === "never"
    enter("stop", [stopKind.value, stopAt.box.value])
  }
  const stopAt = makeBox({inputMode: "decimal", ariaLabel: "Pause at", value: "1000", hidden: true}, enterStop)
  stopKind.addEventListener("change", enterStop)
  const showStop = () => {
    if (!isAnswered()) { return }
    const [kind, at] = model.stop
    stopKind.value = kind
    stopAt.box.hidden = kind === "never"
    if (at != null) { stopAt.write(at) }
    onShow()
  }

  const when = makePauseWhen(model, send, () => {
    stopKind.firstChild.textContent = model.pause_when.length ? "only" : "never"
    onShow()
  })

  const again = makeButton({className: "again", innerHTML: icon("again")}, () => send("again", !model.again),
    make("span", {textContent: "Start again"}))
  const showAgain = () => {
    again.setAttribute("aria-pressed", String(model.again))
    again.title = again.ariaLabel = "Start again when the swarm has drawn together and something is edited"
    onShow()
  }

  const changed = () => [drawEvery.box.value === "1" ? "" : `draws every ${drawEvery.box.value} steps`,
    stopKind.value === "never" ? "" : `pauses ${stopKind.selectedOptions[0].textContent} ${stopAt.box.value}`,
    when.changed() && `pauses when ${when.changed()}`, model.again ? "" : "does not start again"].filter(Boolean).join(", ")
  const show = () => {
    showDraw()
    showStop()
    when.show()
    showAgain()
  }
  model.on("again", showAgain)
  model.on("draw", showDraw)
  model.on("stop", showStop)
  model.on("answered", show)
  return {
    draw: make("label", {className: "draw"}, make("span", {textContent: "Draw every"}), drawEvery.box, make("span", {textContent: "steps"})),
    stop: make("div", {className: "stop", role: "group", ariaLabel: "Pause"},
      make("label", {}, make("span", {textContent: "Pause"}), stopKind, stopAt.box), when.button),
    pauses: when.panel,
    isOpen: when.isOpen,
    again,
    focus: () => drawEvery.box.focus(),
    changed, // in words; empty when all is as usual
    show,
  }
}
