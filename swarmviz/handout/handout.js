"use strict"
// A lesson with its runs: the text on one side, on the other the scene of the step, which goes on when its question is answered.
const element = (id) => document.getElementById(id)
const lesson = JSON.parse(element("lesson").textContent), about = JSON.parse(element("metadata").textContent)
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
const narrow = matchMedia("(max-width: 699px)")

@@PLAYER@@
// ---- the scene -------------------------------------------------------------------------------------------------------

let place = 0, chosen = -1, seen = 0, shownSwarm = 0, scene = null, playables = [], sliders = [], numbers = [], parts = [], sheets = []
const step = () => lesson.steps[place]
const lastFrame = () => Math.max(...scene.runs.map(({k}) => k.length)) - 1
const ends = () => frame >= lastFrame()
let frame = 0

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties)
  node.append(...children)
  return node
}
function playableOf(header) { // a run with its arrays, and the images that were drawn of its landscape
  take(header)
  arrays = {}
  spread(block)
  return {header, arrays, images: new Map()}
}
function openScene(index) { // from its first frame
  scene = lesson.scenes[index]
  playables = scene.runs.map((header) => header.playable ??= playableOf(Object.assign(header, {themes: lesson.themes})))
  shownSwarm = Math.min(shownSwarm, playables.length - 1)
  sheets = scene.runs.map(({caption, curve: drawn}) => {
    const arena = make("canvas", {tabIndex: 0}), curve = make("canvas", {hidden: !drawn, ariaLabel: drawn?.meaning ?? ""})
    for (const canvas of [arena, curve]) { canvas.setAttribute("role", "img") }
    return {arena, curve, node: make("figure", {}, arena, make("figcaption", {textContent: caption, hidden: !caption}), curve)}
  })
  element("arenas").replaceChildren(...sheets.map(({node}) => node))
  element("swarms").replaceChildren(...(scene.runs.length > 1 ? scene.runs.map(({caption}, i) => {
    const button = make("button", {type: "button", textContent: caption.slice(0, 1), title: caption})
    button.addEventListener("click", () => { shownSwarm = i; show(frame) })
    return button
  }) : []))
  element("scrub").max = lastFrame()
  tellScene(about.scenes[index])
  turnTo(0)
  paintTheme()
}
function turnTo(i) { // the run of the scene at a place, at the present frame
  take(playables[i].header)
  ;({arrays, images} = playables[i])
  at = Math.min(frame, run.k.length - 1)
}
function show(wanted) {
  frame = Math.min(Math.max(Math.round(wanted), 0), lastFrame())
  const room = innerHeight - (innerHeight > 520 ? 310 : 268)
  const most = narrow.matches ? innerHeight * (sheets.length > 1 ? 0.2 : 0.26) : Math.max(110, room)
  sheets.forEach(({node}, i) => { node.hidden = narrow.matches && i !== shownSwarm })
  ;[...element("swarms").children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === shownSwarm)))
  const notes = new Set()
  sheets.forEach(({node, arena, curve}, i) => {
    turnTo(i)
    if (!node.hidden) {
      drawArena(arena, most)
      if (run.curve) { drawCurve(curve) }
    }
    if (notesText()) { notes.add(notesText()) }
  })
  element("notes").textContent = [...notes].join(" · ")
  turnTo(0)
  element("clock").textContent = clockText()
  element("scrub").value = frame
  element("scrub").setAttribute("aria-valuetext", `step ${run.k[at]}`)
  for (const {node, name} of numbers) { node.textContent = run.numbers[name]?.[at] ?? "–" }
  if (ends() && waits() === "until") { reveal(seen) }
}
function play(on) {
  if (on && waits() === "predict") { return }
  if (on && ends()) { frame = 0 }
  setPlaying(on)
}
function forward(due) {
  show(frame + due)
  if (ends()) { play(false) }
}
function tellScene(runs) { // what the runs of a scene are made of
  document.querySelector("table").replaceChildren()
  addRow("version", `swarmviz ${about.version}`)
  runs.forEach((made, i) => {
    if (runs.length > 1) { addRow("swarm", "ABCD"[i]) }
    addRow("seed", made.seed)
    tellMade(made)
  })
}

// ---- the text --------------------------------------------------------------------------------------------------------

const makePart = {
  text: ({html}) => ({node: make("div", {className: "text", innerHTML: html})}),
  ask: ({html}) => ({node: make("div", {className: "ask"}, make("b", {textContent: "To think about"}), make("p", {innerHTML: html}))}),
  until: () => {
    const node = make("p", {className: "until"})
    node.setAttribute("role", "status")
    return {node, tell: () => { node.textContent = waits() === "until" ? step().waiting : scene.until }}
  },
  remember: ({lines, statements}) => ({node: make("div", {className: "remember"}, make("b", {textContent: "To remember"}),
    ...lines.map((innerHTML) => make("p", {innerHTML})),
    ...statements.map(({source, statement}) => make("p", {className: "statement"}, make("b", {textContent: source}), ` ${statement}`)))}),
  predict: ({html, choices}) => {
    const buttons = choices.map((choice, i) => {
      const button = make("button", {type: "button", className: "choice", innerHTML: choice.html})
      button.addEventListener("click", () => answer(i))
      return button
    })
    const reply = make("p", {className: "reply"})
    reply.setAttribute("role", "status")
    const group = make("div", {}, ...buttons)
    group.setAttribute("role", "group")
    group.setAttribute("aria-label", "Choices")
    const tell = () => {
      const made = choices[chosen]
      buttons.forEach((button, i) => {
        button.setAttribute("aria-pressed", String(i === chosen))
        button.classList.toggle("right", Boolean(made) && choices[i].right)
      })
      const said = made ? `<b>${made.right ? "✓" : "✕"}</b> ${made.reply}` : ""
      if (reply.innerHTML !== said) { reply.innerHTML = said }
      reply.className = made?.right ? "reply right" : "reply"
    }
    return {node: make("div", {className: "predict"}, make("p", {innerHTML: html}), group, reply), tell}
  },
}
function makeSlider({symbol, name, values, scenes, own}) {
  const slider = make("input", {type: "range", min: 0, max: values.length - 1, step: 1, value: Math.max(own, 0), ariaLabel: `${symbol}, ${name}`})
  const output = make("output", {}), found = make("span", {className: "found"})
  found.setAttribute("role", "status")
  const tell = (known) => {
    output.textContent = known ? values[slider.value] : "–"
    found.textContent = known ? lesson.scenes[scenes[slider.value]].found ?? "" : ""
    slider.setAttribute("aria-valuetext", output.textContent)
  }
  slider.addEventListener("input", () => {
    for (const other of sliders) { if (other !== made) { other.reset() } }
    tell(true)
    const again = playing || !calm
    play(false)
    openScene(scenes[slider.value])
    show(0)
    for (const part of parts) { part.tell?.() }
    if (again && waits() !== "predict") { play(true) }
  })
  const made = {node: make("span", {}, make("span", {className: "slider"}, slider, output), found), reset: () => { slider.value = Math.max(own, 0); tell(own >= 0) }}
  made.reset()
  return made
}
const waits = () => step().parts[seen - 1]?.kind
function reveal(from) { // the parts up to the next one, from `from` on, that is waited for
  const next = step().parts.findIndex(({kind}, i) => i >= from && (kind === "predict" || kind === "until"))
  seen = next < 0 ? step().parts.length + 1 : next + 1
  parts.forEach(({node, tell}, i) => { node.hidden = i >= seen; tell?.() })
}
function answer(choice) {
  const first = chosen < 0
  chosen = choice
  if (first) { reveal(seen) }
  for (const part of parts) { part.tell?.() }
  if (first) {
    play(!calm)
    if (ends() && waits() === "until") { reveal(seen) }
  }
}
function openStep(wanted, focused = true) { // a step, from its beginning
  place = Math.min(Math.max(wanted, 0), lesson.steps.length - 1)
  chosen = -1
  play(false)
  const {title, parts: written, slots, scene: first, still, note} = step()
  element("heading").textContent = title
  element("count").textContent = `Step ${place + 1} of ${lesson.steps.length}`
  element("views").textContent = note
  parts = written.map((part) => makePart[part.kind](part))
  element("body").replaceChildren(...parts.map(({node}) => node))
  seen = 0
  openScene(first)
  sliders = []
  numbers = []
  for (const slot of element("body").querySelectorAll("[data-slot]")) {
    const slider = step().sliders[slot.dataset.slot]
    if (slider) {
      sliders.push(makeSlider(slider))
      slot.replaceWith(sliders.at(-1).node)
    } else {
      const node = make("output", {className: "now", textContent: "–"})
      node.setAttribute("aria-live", "off") // it changes many times a second
      numbers.push({node, name: slots[Number(slot.dataset.slot)]})
      slot.replaceWith(node)
    }
  }
  reveal(0)
  show(still ? lastFrame() : 0)
  element("before").disabled = place === 0
  element("next").disabled = place + 1 >= lesson.steps.length
  location.replace(`#step=${place + 1}`)
  document.querySelector("article").scrollTop = 0
  if (focused) { element("heading").focus({preventScroll: true}) }
  if (!still && waits() !== "predict") { play(!calm) }
}

// ---- buttons and keys ------------------------------------------------------------------------------------------------

const KEYS = {" ": () => play(!playing), ArrowLeft: () => { play(false); show(frame - 1) }, ArrowRight: () => { if (waits() !== "predict") { play(false); show(frame + 1) } },
  d: () => element("theme").click()}
function listen() { // once there is something to be shown
  addEventListener("keydown", (event) => {
    const {tagName, id, type} = event.target, act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    const own = tagName === "SELECT" || (event.key === " " && ["BUTTON", "SUMMARY"].includes(tagName)) || (type === "range" && id !== "scrub" && event.key.toLowerCase() !== "d")
    if (!act || event.ctrlKey || event.metaKey || event.altKey || own) { return }
    event.preventDefault()
    act()
  })
  element("play").addEventListener("click", () => play(!playing))
  element("back").addEventListener("click", KEYS.ArrowLeft)
  element("on").addEventListener("click", KEYS.ArrowRight)
  element("scrub").addEventListener("input", () => {
    const wanted = Number(element("scrub").value)
    play(false)
    show(waits() === "predict" ? 0 : wanted)
  })
  element("theme").addEventListener("click", () => { dark = !dark; turnTo(0); paintTheme(); show(frame) })
  element("before").addEventListener("click", () => openStep(place - 1))
  element("reset").addEventListener("click", () => openStep(place))
  element("next").addEventListener("click", () => openStep(place + 1))
  addEventListener("resize", () => show(frame))
  addEventListener("hashchange", () => { if (wantedStep() !== place) { openStep(wantedStep()) } })
}
const wantedStep = () => Math.min(Math.max((Number(/^#step=(\d{1,3})$/.exec(location.hash)?.[1]) || 1) - 1, 0), lesson.steps.length - 1)

let block
element("title").textContent = `${lesson.title} · ${lesson.note}`
unpacked(element("data").textContent).then((bytes) => {
  block = bytes
  window.swarmviz = {lesson, about, openStep, show, play, get frame() { return frame }, get playing() { return playing }, get step() { return place }, get scene() { return scene }}
  openStep(wantedStep(), false)
  listen()
}, (error) => { element("notes").textContent = `This browser cannot unpack the runs (${error.message}).` })
