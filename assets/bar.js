// The transport bar: buttons, speed, stop, read-out, messages and the keyboard. The server is told what was pressed.

const SPEED_STEPS = 200
const LINK_EVERY = 500 // milliseconds
const PATIENCE = 5000 // milliseconds for an answer
const KEYS = [["Space", "play or pause"], ["→", "one step"], ["←", "one step back, exactly"],
  ["R", "reset with the same seed"], ["N", "new seed"], ["F", "arena on the whole screen"],
  ["C", "copy the link to this moment"], ["?", "this list"]]
const ICONS = {
  play: "M8 5v14l11-7z", pause: "M6 5h4v14H6zm8 0h4v14h-4z", step: "M6 5l9 7-9 7zM16 5h3v14h-3z",
  back: "M18 5l-9 7 9 7zM5 5h3v14H5z",
  reset: "M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
  more: "M6 10.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zm6 0a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zm6 0a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  full: "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z",
  copy: "M10.6 13.4a1 1 0 0 1 0 1.4 1 1 0 0 1-1.4 0 5 5 0 0 1 0-7.1l3.5-3.5a5 5 0 0 1 7.1 7.1l-1.5 1.5a6.8 6.8 0 0 0-.4-2.4l.5-.5a3 3 0 1 0-4.3-4.3l-3.5 3.5a3 3 0 0 0 0 4.3zm2.8-4.2a1 1 0 0 1 1.4 0 5 5 0 0 1 0 7.1l-3.5 3.5a5 5 0 0 1-7.1-7.1l1.5-1.5c0 .8.1 1.6.4 2.4l-.5.5a3 3 0 1 0 4.3 4.3l3.5-3.5a3 3 0 0 0 0-4.3 1 1 0 0 1 0-1.4z",
  seed: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm3 3.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm8 8a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm-4-4a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
}

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children)
  return node
}
const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path fill-rule="evenodd" d="${ICONS[name]}"/></svg>`
const grouped = (k) => Math.round(k).toLocaleString("en-GB").replaceAll(",", "\u202f")
const short = (v) => (v === 0 ? "0" : Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3 ? v.toExponential(2) : String(Number(v.toPrecision(4))))
const clock = (t) => (t === 0 ? "0" : Math.abs(t) < 1e-3 || Math.abs(t) >= 1e6 ? t.toExponential(2) : t.toFixed(t < 10 ? 3 : 2))

export function render({model}) {
  watchConnection(model) // connection.js
  let playing = model.playing
  const send = (act, value = null) => model.send_msg({act, value})
  const button = (act, text, title, extra = "") => {
    const node = make("button", {type: "button", className: `${act} ${extra}`, title, ariaLabel: title, innerHTML: icon(act)})
    node.append(make("span", {textContent: text}))
    node.addEventListener("click", (event) => {
      if (event.detail > 0) { node.blur() } // so that Space goes on meaning play and pause
      press(act)
    })
    return node
  }
  const press = (act) => {
    if (act === "play") {
      playing = !playing // the picture of the button answers at once; the server follows
      showPlaying()
      send(playing ? "play" : "pause")
    } else { send(act) }
  }

  // What is typed into a box: it shows what the server understood, but no answer to an older entry, and nothing while somebody is typing.
  let asked = model.answered, askedAt = 0
  const typing = new Set()
  const enter = (act, value) => {
    asked += 1
    askedAt = performance.now()
    send(act, value)
  }
  const settled = () => {
    if (performance.now() - askedAt > PATIENCE) { asked = model.answered } // a message got lost
    return model.answered >= asked
  }
  const entry = (box, tell) => {
    box.addEventListener("input", () => typing.add(box))
    box.addEventListener("blur", () => typing.delete(box))
    box.addEventListener("change", () => {
      typing.delete(box)
      tell()
    })
  }
  const write = (box, value) => { if (!typing.has(box)) { box.value = value } }

  const play = button("play", "Pause", "Pause (Space)")
  const reset = button("reset", "Reset", "Reset with the same seed (R)")
  const buttons = make("div", {className: "buttons", role: "group", ariaLabel: "Transport"}, button("back", "Back", "One step back (←)"), play,
    button("step", "Step", "One step (→)"), reset, button("seed", "New seed", "Reset with a new seed (N)"))

  const slider = make("input", {type: "range", min: 0, max: SPEED_STEPS, step: 1, ariaLabel: "Speed, steps per second",
    title: "Steps per second; at the right end as fast as it goes"})
  const rate = make("output", {className: "rate"})
  const fastest = (position) => Number(position) >= SPEED_STEPS
  const speedAt = (position) => (fastest(position) ? null : Math.round(Math.pow(model.most, position / (SPEED_STEPS - 1))))
  const showSpeed = () => {
    if (speedAt(slider.value) === model.speed) { return tellSpeed(model.speed) } // several places of the thumb mean one speed
    slider.value = model.speed == null ? SPEED_STEPS : Math.round((SPEED_STEPS - 1) * Math.log(model.speed) / Math.log(model.most))
    tellSpeed(model.speed)
  }
  const tellSpeed = (speed) => {
    rate.textContent = speed == null ? "fastest" : `${grouped(speed)}/s`
    slider.style.setProperty("--fill", `${(100 * slider.value) / SPEED_STEPS}%`)
  }
  slider.addEventListener("input", () => { tellSpeed(speedAt(slider.value)); send("speed", speedAt(slider.value)) })

  const stopKind = make("select", {ariaLabel: "Stop", title: "When to stop by itself"},
    ...[["never", "never"], ["k", "at step"], ["t", "at time"], ["stall", "when stalled for"]].map(([value, textContent]) => make("option", {value, textContent})))
  const stopAt = make("input", {type: "text", inputMode: "decimal", ariaLabel: "Stop at", value: "1000", hidden: true})
  const showStop = () => {
    if (!settled()) { return }
    const [kind, at] = model.stop
    stopKind.value = kind
    stopAt.hidden = kind === "never"
    if (at != null) { write(stopAt, at) }
    showMore()
  }
  const tellStop = () => {
    stopAt.hidden = stopKind.value === "never"
    enter("stop", [stopKind.value, stopAt.value])
    showMore()
  }
  stopKind.addEventListener("change", tellStop)
  entry(stopAt, tellStop)

  const drawEvery = make("input", {type: "text", inputMode: "numeric", value: "1", ariaLabel: "Draw every so many steps", title: "Draw every so many steps"})
  entry(drawEvery, () => {
    enter("draw", drawEvery.value)
    showMore()
  })

  // the whole run under one's thumb; the server goes to the step exactly
  const scrub = make("input", {type: "range", className: "scrub", min: 0, max: 1, step: 1, value: 0, ariaLabel: "Step of the run", title: "Any step of the run so far"})
  const fillScrub = () => scrub.style.setProperty("--fill", `${(100 * scrub.value) / Math.max(1, scrub.max)}%`)
  let scrubbing = false
  scrub.addEventListener("input", () => { scrubbing = true; fillScrub(); send("goto", Number(scrub.value)) })
  scrub.addEventListener("change", () => { scrubbing = false })

  const readout = Object.fromEntries(["k", "t", "steps", "frames"].map((name) => [name, make("b", {className: name, textContent: "–"})]))
  const line = make("div", {className: "line"}, scrub, make("div", {className: "readout"},
    make("span", {title: "Step"}, "k ", readout.k), make("span", {title: "Time"}, "t ", readout.t)))
  const rated = make("div", {className: "rates"},
    make("span", {title: "Steps per second"}, readout.steps, " steps/s"),
    make("span", {title: "Painted pictures per second"}, readout.frames, " frames/s"))

  const words = make("span", {})
  const resetNow = make("button", {type: "button", className: "inline", textContent: "Reset"})
  resetNow.addEventListener("click", () => send("reset"))
  const close = make("button", {type: "button", className: "inline close", textContent: "✕", ariaLabel: "Dismiss"})
  const banner = make("div", {className: "banner", role: "alert", hidden: true}, words, resetNow, close)
  close.addEventListener("click", () => { banner.hidden = true })

  const list = make("dl", {}, ...KEYS.flatMap(([key, text]) => [make("dt", {}, make("kbd", {textContent: key})), make("dd", {textContent: text})]))
  const help = make("dialog", {ariaLabel: "Keyboard"}, make("h2", {textContent: "Keyboard"}), list)
  help.addEventListener("click", () => help.close())
  const ask = make("button", {type: "button", className: "ask", title: "Keyboard (?)", ariaLabel: "Keyboard (?)"}, make("b", {textContent: "?"}), make("span", {textContent: "Keyboard"}))
  const toggleHelp = () => (help.open ? help.close() : help.showModal())
  ask.addEventListener("click", toggleHelp)
  const copy = button("copy", "Copy link", "Copy the link to this moment (C)")
  const field = make("input", {type: "text", readOnly: true, ariaLabel: "Link to this moment"})
  const byHand = make("dialog", {className: "by-hand", ariaLabel: "Link to this moment"}, make("h2", {textContent: "Link to this moment"}),
    make("p", {textContent: "Copy it with Ctrl+C (⌘C)."}), field, make("button", {type: "button", className: "inline", textContent: "Close", onclick: () => byHand.close()}))

  // the element of the page that holds the arenas, looked for outwards from here
  const stage = () => {
    for (let root = bar.getRootNode(); root?.host; root = root.host.getRootNode()) {
      const found = root.querySelector?.(".stage") ?? root.host.getRootNode().querySelector(".stage")
      if (found) { return found }
    }
    return null
  }
  const toggleFull = () => { document.fullscreenElement ? document.exitFullscreen() : stage()?.requestFullscreen?.() }
  const full = make("button", {type: "button", className: "full", innerHTML: icon("full"), title: "Arena on the whole screen (F)", ariaLabel: "Arena on the whole screen (F)"})
  full.append(make("span", {textContent: "Whole screen"}))
  full.addEventListener("click", (event) => {
    if (event.detail > 0) { full.blur() }
    openMore(false)
    toggleFull()
  })

  // What a narrow bar has no room for: the style sheet makes a panel of it that "…" opens; in a wide bar it lies in the strip.
  const panel = make("div", {className: "panel", id: "more", role: "group", ariaLabel: "More"},
    make("label", {className: "draw"}, make("span", {textContent: "Draw every"}), drawEvery, make("span", {textContent: "steps"})),
    make("label", {className: "stop"}, make("span", {textContent: "Stop"}), stopKind, stopAt), make("div", {className: "tools"}, full, ask))
  const more = make("button", {type: "button", className: "more", innerHTML: icon("more")})
  more.setAttribute("aria-controls", "more")
  const openMore = (open) => {
    panel.classList.toggle("open", open)
    more.setAttribute("aria-expanded", String(open))
  }
  const isOpen = () => panel.classList.contains("open")
  more.addEventListener("click", (event) => {
    openMore(!isOpen())
    if (isOpen() && event.detail === 0) { drawEvery.focus() } // by the keyboard; a finger would call up a keyboard on the screen
  })
  const showMore = () => { // a dot where something in it is not as usual
    const told = [drawEvery.value === "1" ? "" : `draws every ${drawEvery.value} steps`,
      stopKind.value === "never" ? "" : `stops ${stopKind.selectedOptions[0].textContent} ${stopAt.value}`].filter(Boolean).join(", ")
    more.classList.toggle("set", told !== "")
    more.title = more.ariaLabel = `More: draw every, stop${told && ` (${told})`}`
  }
  const bar = make("div", {className: "strip"}, banner, line, buttons,
    make("label", {className: "speed"}, make("span", {textContent: "Speed"}), slider, rate), panel, rated,
    make("div", {className: "corner"}, copy, more), help, byHand)
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && !help.open && !byHand.open) {
      openMore(false)
      more.focus()
      event.stopPropagation()
    }
  })
  for (const left of [panel, more]) {
    left.addEventListener("focusout", ({relatedTarget: to}) => { if (to && to !== more && !panel.contains(to)) { openMore(false) } })
  }
  const onPress = (event) => { if (isOpen() && !event.composedPath().some((node) => node === panel || node === more)) { openMore(false) } }
  document.addEventListener("pointerdown", onPress)
  openMore(false)

  const showDraw = () => {
    if (!settled()) { return }
    write(drawEvery, String(model.draw))
    showMore()
  }
  const showPlaying = () => {
    play.innerHTML = icon(playing ? "pause" : "play")
    play.append(make("span", {textContent: playing ? "Pause" : "Play"}))
    play.title = play.ariaLabel = playing ? "Pause (Space)" : "Play (Space)"
    play.classList.toggle("on", playing)
  }
  // the clipboard: the browser's own way, else (no https, no permission) a selected field
  const takeLink = async () => {
    const {link, note} = model.copied
    if (link == null) { return }
    const address = new URL(link, location.href).href
    try {
      await navigator.clipboard.writeText(address)
      say(note ? `Link copied. ${note}` : "Link copied.", note ? "warning" : "info")
    } catch {
      field.value = address
      if (!byHand.open) { byHand.showModal() }
      field.focus()
      field.select()
      if (note) { say(note, "warning") }
    }
  }
  const showMessage = () => say(model.message.text, model.message.level, model.message.reset)
  const say = (text, level, offer = false) => {
    banner.hidden = !text
    banner.className = `banner ${level ?? "info"}`
    words.textContent = text ?? ""
    resetNow.hidden = !offer
  }
  const showPending = () => reset.classList.toggle("wanted", model.pending)
  // Browsers forbid more than a few changes of the address a second: the first at once, then at most one in LINK_EVERY, the last for certain.
  let linkedAt = -Infinity, linking = 0
  const showLink = () => {
    if (model.link == null || linking) { return }
    linking = setTimeout(writeLink, Math.max(0, linkedAt + LINK_EVERY - performance.now()))
  }
  const writeLink = () => {
    if (!linking) { return }
    clearTimeout(linking)
    linking = 0
    linkedAt = performance.now()
    if (document.querySelector(".swarmviz-connection")?.style.display === "flex") { return } // the address is that of the last picture
    history.replaceState(null, "", model.link || location.pathname)
  }

  // the read-out: what was painted in the last second
  let seen = []
  const onFrame = ({detail: {k, t, furthest}}) => {
    if (!scrubbing) {
      scrub.max = Math.max(1, furthest)
      scrub.value = k
      scrub.setAttribute("aria-valuetext", `step ${k} of ${furthest}`)
      fillScrub()
    }
    const now = performance.now()
    seen.push([now, k])
    while (seen.length > 2 && now - seen[0][0] > 1000) { seen.shift() }
    readout.k.textContent = grouped(k)
    readout.t.textContent = clock(t)
  }
  const rates = () => {
    const now = performance.now(), recent = seen.filter(([at]) => now - at < 1200)
    const span = recent.length > 1 ? (recent.at(-1)[0] - recent[0][0]) / 1000 : 0
    const quiet = !playing || span === 0
    readout.frames.textContent = quiet ? "0" : ((recent.length - 1) / span).toFixed(0)
    readout.steps.textContent = quiet ? "0" : short(Math.max(0, Math.round((recent.at(-1)[1] - recent[0][1]) / span)))
  }
  const ticking = setInterval(rates, 500)

  const onKey = (event) => {
    const target = event.composedPath()[0]
    const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName) && target.type !== "checkbox"
    const pressing = event.key === " " && ["BUTTON", "SUMMARY", "A"].includes(target.tagName) || target.type === "checkbox" && event.key === " "
    if (event.ctrlKey || event.metaKey || event.altKey || (typing && !(target.type === "range" && event.key === " ")) || pressing) { return }
    const act = {" ": "play", ArrowRight: "step", ArrowLeft: "back", r: "reset", R: "reset", n: "seed", N: "seed", c: "copy", C: "copy"}[event.key]
    if (act && !(act !== "step" && act !== "back" && event.repeat)) { press(act) } else if (event.key === "f" || event.key === "F") { toggleFull() } else if (event.key === "?") { toggleHelp() } else { return }
    event.preventDefault()
  }
  const onVisible = () => send("hidden", document.hidden)
  window.addEventListener("swarmviz:frame", onFrame)
  window.addEventListener("keydown", onKey)
  document.addEventListener("visibilitychange", onVisible)
  window.addEventListener("pagehide", writeLink) // a page that is left or loaded again is left with its newest link
  model.on("remove", () => {
    clearTimeout(linking)
    window.removeEventListener("pagehide", writeLink)
    clearInterval(ticking)
    window.removeEventListener("swarmviz:frame", onFrame)
    window.removeEventListener("keydown", onKey)
    document.removeEventListener("visibilitychange", onVisible)
    document.removeEventListener("pointerdown", onPress)
  })
  model.on("playing", () => { playing = model.playing; showPlaying() })
  model.on("message", showMessage)
  model.on("pending", showPending)
  model.on("draw", showDraw)
  model.on("speed", showSpeed)
  model.on("link", showLink)
  model.on("copied", takeLink)
  model.on("stop", showStop)
  model.on("answered", () => { showDraw(); showStop() })
  for (const show of [showPlaying, showMessage, showPending, showDraw, showSpeed, showStop]) { show() }
  setTimeout(() => { // once the page is connected
    if (document.hidden) { onVisible() }
    if (matchMedia("(max-width: 700px)").matches) { send("narrow") }
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { send("calm") }
  })
  return bar
}
