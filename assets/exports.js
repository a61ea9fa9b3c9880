// The panel of exports: buttons by group, the fields of a film, progress, errors, and the Python lines. Files arrive as messages.

import {make, makeButton, saveFile} from "./dom.js"
import {makeFrameLines} from "./exports_frame.js"

const FIELDS = {start: ["from", "0", "First step"], stop: ["to", "now", "Last step; empty: the present one"],
  every: ["every", "auto", "Steps from one picture to the next; empty: so that there are about 300"]}
const COPIED_MS = 1500 // for which the button says so

const labelled = (textContent, label, className, press) => makeButton({textContent, ariaLabel: label, title: label, className}, press)

const copyText = async (text, shownIn) => {
  try {
    await navigator.clipboard.writeText(text)
  } catch { // an address without https has no clipboard
    const range = document.createRange(), selected = shownIn.getRootNode().getSelection?.() ?? getSelection()
    range.selectNodeContents(shownIn)
    selected.removeAllRanges()
    selected.addRange(range)
    document.execCommand("copy")
  }
}

const sayCopied = (button) => {
  const words = button.textContent === "Copied" ? null : button.textContent
  if (words === null) { return }
  button.textContent = "Copied"
  setTimeout(() => { button.textContent = words }, COPIED_MS)
}

export function render({model}) {
  const makers = [], fields = {}, pictures = {}
  const order = (what, film) =>
    model.send_msg({act: "make", what, ...(film ? Object.fromEntries(Object.entries(fields).map(([name, box]) => [name, box.value])) : {})})
  const maker = ([what, text, label], film) => {
    const node = labelled(text, label, "", () => order(what, film))
    node.dataset.what = what
    makers.push(node)
    return node
  }
  const field = (name) => {
    const [label, placeholder, title] = FIELDS[name]
    fields[name] = make("input", {type: "text", inputMode: "numeric", placeholder, title, ariaLabel: title, autocomplete: "off"})
    fields[name].dataset.field = name
    fields[name].addEventListener("input", () => { if (model.message?.level === "error") { words.textContent = "" } }) // what it was about is being mended
    return make("label", {title}, make("span", {textContent: label}), fields[name])
  }
  const group = ({name, title, note, rows}) => {
    const film = name === "film"
    return make("fieldset", {className: name}, make("legend", {textContent: title}),
      note ? make("p", {className: "note", textContent: note}) : null,
      film ? make("div", {className: "fields"}, ...Object.keys(FIELDS).map(field)) : null,
      ...rows.map(([label, offered, view]) => {
        const row = make("div", {className: "row"}, label ? make("span", {className: "label", textContent: label}) : null, ...offered.map((one) => maker(one, film)))
        if (view) { (pictures[view] ??= []).push(row) }
        return row
      }))
  }

  const lines = make("pre", {tabIndex: 0, ariaLabel: "Python lines", hidden: true})
  const copy = labelled("Copy", "Copy the Python lines", "copy", async () => {
    await copyText(model.lines, lines)
    sayCopied(copy)
  })
  const show = labelled("Show", "Show the Python lines that live this run again", "", () => model.send_msg({act: "show"}))
  show.dataset.what = "lines"
  makers.push(show)
  const script = make("fieldset", {className: "script"}, make("legend", {textContent: "Python lines"}),
    make("div", {className: "row"}, show, maker(["lines.py", ".py", "Python lines as a file"], false), copy), lines)

  const progress = make("progress", {max: 1, ariaLabel: "Progress"})
  const cancel = labelled("Cancel", "Cancel the export", "cancel", () => model.send_msg({act: "cancel"}))
  const words = make("span", {className: "words", role: "status"})
  const lost = make("p", {className: "note lost", role: "status"})
  const panel = make("section", {className: "exports", ariaLabel: "Export"}, make("h2", {textContent: "Export"}), lost,
    ...model.offer.map(group), script, makeFrameLines(labelled, copyText, sayCopied), make("div", {className: "state"}, progress, words, cancel))

  let held = null // the button that the keyboard has pressed: while it is disabled, nothing can have the focus in its place
  const showState = () => {
    const working = model.busy !== "", focused = panel.getRootNode().activeElement
    if (working) { held = makers.find((node) => node === focused) ?? held }
    for (const node of makers) { node.disabled = working }
    if (!working) {
      if (held?.checkVisibility() && document.activeElement === document.body) { held.focus({preventScroll: true}) }
      held = null
    }
    progress.hidden = cancel.hidden = !working
    if (model.share >= 0) { progress.value = model.share } else { progress.removeAttribute("value") }
    const {text = "", level = "info"} = model.message ?? {}
    words.textContent = working ? (model.share >= 0 ? `${Math.round(100 * model.share)} %` : "Living the run again…") : text
    words.className = `words ${working ? "info" : level}`
    panel.setAttribute("aria-busy", String(working))
  }
  const showViews = () => { // only what fits the run that is seen
    for (const [view, rows] of Object.entries(pictures)) {
      for (const row of rows) { row.hidden = !model.views.includes(view) }
    }
  }
  const showLost = () => {
    lost.textContent = model.lost
    lost.hidden = model.lost === ""
  }
  const showLines = () => {
    lines.textContent = model.lines
    lines.hidden = copy.hidden = model.lines === ""
  }
  model.on("msg:custom", (event) => saveFile(event.data?.file ?? event.file)) // Panel hands over the message itself or an event with it
  for (const name of ["busy", "share", "message"]) { model.on(name, showState) }
  model.on("lines", showLines)
  model.on("lost", showLost)
  model.on("views", showViews)
  showViews()
  showState()
  showLost()
  showLines()
  return panel
}
