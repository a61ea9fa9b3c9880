// The transport bar. Its parts, by subject, are made in bar_*.js; here they are put together. The server is told what was pressed.

import "./connection.js"
import {make, listen} from "./dom.js"
import {makeTransport} from "./bar_transport.js"
import {makeSpeed} from "./bar_speed.js"
import {makeSettings} from "./bar_settings.js"
import {makeReadout} from "./bar_readout.js"
import {makeBanner} from "./bar_banner.js"
import {makeLink} from "./bar_link.js"
import {makeCode} from "./bar_code.js"
import {makeFullScreen} from "./bar_full_screen.js"
import {makeProjector} from "./bar_projector.js"
import {makeHelp, listenToKeys} from "./bar_keyboard.js"
import {makeMore} from "./bar_more.js"
import {makeSpoken} from "./bar_spoken.js"
import {makeArrival} from "./bar_arrival.js"
import {makeSkip} from "./bar_skip.js"
import {makeTheme} from "./bar_theme.js"
import {listenForAgents} from "./bar_agent.js"
import {nameFrame} from "./frame_names.js"
import {listenToFrame} from "./embed.js"

export function render({model}) {
  watchConnection(model)
  const send = (act, value = null) => model.send_msg({act, value})
  const transport = makeTransport(model, send)
  const speed = makeSpeed(model, send)
  const readout = makeReadout(model, send, transport.isPlaying)
  readout.line.prepend(transport.undo) // there is room for it
  const banner = makeBanner(model, send)
  const link = makeLink(model, banner.say, () => transport.press("copy"))
  const code = makeCode(model, send, banner.say, () => more.close())
  const help = makeHelp()
  const full = makeFullScreen(model, () => more.close())
  const projector = makeProjector(model, send, () => more.close())
  const theme = makeTheme(model, send, () => more.close())
  const settings = makeSettings(model, send, () => more.mark(settings.changed()))
  const more = makeMore(model, settings, make("div", {className: "tools"}, settings.again, projector.button, code.button, full.button, theme.button, help.button), () => help.isOpen() || link.isOpen() || code.isOpen() || settings.isOpen())
  const bar = make("div", {className: "strip"}, banner.node, readout.row, transport.node, speed.node, more.panel, readout.rates,
    make("div", {className: "corner"}, link.button, more.button), help.dialog, link.dialog, code.dialog, makeSpoken(model))
  more.watch(bar)
  settings.show()
  listenToKeys(model, {press: transport.press, toggleFull: full.toggle, toggleProjector: projector.toggle, toggleCode: code.toggle, toggleTheme: theme.toggle, toggleHelp: help.toggle})

  listenForAgents(model, send)

  const arrival = makeArrival(model, send)
  makeSkip(model, () => bar.querySelector("button.play"))
  const small = matchMedia("(max-width: 700px), (max-height: 500px)") // a phone, upright or on its side
  listen(model, small, "change", () => { if (small.matches) { send("narrow") } })
  let frame = {isSeen: () => true}
  const tellHidden = () => send("hidden", document.hidden || !frame.isSeen())
  listen(model, document, "visibilitychange", tellHidden)
  setTimeout(() => { // once the page is connected
    nameFrame(model)
    frame = listenToFrame(model, send, bar)
    theme.ask()
    projector.begin()
    arrival.tell()
    if (document.hidden) { tellHidden() }
    if (small.matches) { send("narrow") }
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { send("calm") }
  })
  return bar
}
