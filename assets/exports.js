// The panel of exports: buttons by group, the fields of a film, progress, errors, and the Python lines. Files arrive as messages.

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children)
  return node
}
const NAMES = {start: ["from", "0", "First step"], stop: ["to", "now", "Last step; empty: the present one"],
  every: ["every", "auto", "Steps from one picture to the next; empty: so that there are about 300"]}

export function render({model}) {
  const buttons = [], fields = {}, pictures = {}
  const button = (text, label, press, name = "") => {
    const node = make("button", {type: "button", textContent: text, ariaLabel: label, title: label, className: name})
    node.addEventListener("click", (event) => {
      if (event.detail > 0) { node.blur() } // so that Space goes on meaning play and pause
      press()
    })
    return node
  }
  const order = (what, film) => model.send_msg({act: "make", what, ...(film ? Object.fromEntries(Object.entries(fields).map(([name, box]) => [name, box.value])) : {})})
  const maker = ([what, text, label], film) => {
    const node = button(text, label, () => order(what, film))
    node.dataset.what = what
    buttons.push(node)
    return node
  }
  const field = (name) => {
    const [label, placeholder, title] = NAMES[name]
    fields[name] = make("input", {type: "text", inputMode: "numeric", placeholder, title, ariaLabel: title, autocomplete: "off"})
    fields[name].dataset.field = name
    return make("label", {title}, make("span", {textContent: label}), fields[name])
  }
  const group = ({name, title, rows}) => {
    const film = name === "film", box = make("fieldset", {className: name}, make("legend", {textContent: title}))
    if (film) { box.append(make("div", {className: "fields"}, ...Object.keys(NAMES).map(field))) }
    for (const [label, offered, view] of rows) {
      const row = make("div", {className: "row"}, ...(label ? [make("span", {className: "label", textContent: label})] : []), ...offered.map((one) => maker(one, film)))
      if (view) { pictures[view] = row }
      box.append(row)
    }
    return box
  }

  const pre = make("pre", {tabIndex: 0, ariaLabel: "Python lines", hidden: true})
  const copy = button("Copy", "Copy the Python lines", async () => {
    try {
      await navigator.clipboard.writeText(model.lines)
    } catch { // an address without https has no clipboard
      const range = document.createRange(), selected = pre.getRootNode().getSelection?.() ?? getSelection()
      range.selectNodeContents(pre)
      selected.removeAllRanges()
      selected.addRange(range)
      document.execCommand("copy")
    }
    copy.textContent = "Copied"
    setTimeout(() => { copy.textContent = "Copy" }, 1500)
  }, "copy")
  const show = button("Show", "Show the Python lines that live this run again", () => model.send_msg({act: "show"}))
  show.dataset.what = "lines"
  const py = maker(["lines.py", ".py", "Python lines as a file"], false)
  buttons.push(show)
  const script = make("fieldset", {className: "script"}, make("legend", {textContent: "Python lines"}), make("div", {className: "row"}, show, py, copy), pre)

  const bar = make("progress", {max: 1, ariaLabel: "Progress"}), cancel = button("Cancel", "Cancel the export", () => model.send_msg({act: "cancel"}), "cancel")
  const words = make("span", {className: "words", role: "status"})
  const state = make("div", {className: "state"}, bar, words, cancel)
  const panel = make("section", {className: "exports", ariaLabel: "Export"}, make("h3", {textContent: "Export"}), ...model.offer.map(group), script, state)

  const tell = () => {
    const working = model.busy !== ""
    for (const node of buttons) { node.disabled = working }
    bar.hidden = cancel.hidden = !working
    if (model.share >= 0) { bar.value = model.share } else { bar.removeAttribute("value") }
    const {text = "", level = "info"} = model.message ?? {}
    words.textContent = working ? (model.share >= 0 ? `${Math.round(100 * model.share)} %` : "Living the run again…") : text
    words.className = `words ${working ? "info" : level}`
    panel.setAttribute("aria-busy", String(working))
  }
  const fit = () => { // only what fits the run that is seen
    for (const [view, row] of Object.entries(pictures)) { row.hidden = !model.views.includes(view) }
  }
  const tellLines = () => {
    pre.textContent = model.lines
    pre.hidden = copy.hidden = model.lines === ""
  }
  model.on("msg:custom", (event) => {
    const {name, type, data} = (event.data?.file ?? event.file) // Panel hands over the message itself or an event with it
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), address = URL.createObjectURL(new Blob([bytes], {type}))
    const link = make("a", {href: address, download: name, hidden: true})
    document.body.append(link)
    link.click()
    link.remove()
    setTimeout(() => URL.revokeObjectURL(address), 60000)
  })
  for (const name of ["busy", "share", "message"]) { model.on(name, tell) }
  model.on("lines", tellLines)
  model.on("views", fit)
  fit()
  tell()
  tellLines()
  return panel
}
