// A figure: its charts, drawn by BokehJS of what the server hands out as JSON, its printed values, and the request that computes it again.

const $ = (id) => document.getElementById(id)
const charts = $("charts"), comparison = $("comparison"), about = $("about"), form = $("again")
const dark = JSON.parse($("dark").textContent) // colour of the light theme → of the dark one
let shown = null // the result that is seen, to be drawn anew in the other theme
let drawing = 0

const themed = (item) => {
  if (!document.documentElement.classList.contains("dark")) { return item }
  return JSON.parse(JSON.stringify(item).replace(/"(#[0-9a-f]{6})"/gi, (whole, colour) => `"${dark[colour.toLowerCase()] ?? colour}"`))
}

const cell = (tag, text, far) => {
  const node = document.createElement(tag)
  node.textContent = text
  node.classList.toggle("far", far)
  return node
}

const makeTable = ({title, table}) => {
  const node = document.createElement("table")
  node.createCaption().textContent = title
  const row = (into, cells) => into.insertRow().append(...cells)
  row(node.createTHead(), table.head.map((text) => cell("th", text, false)))
  const body = node.createTBody()
  for (const [[name], ...rest] of table.rows) { row(body, [cell("th", name, false), ...rest.map(([text, colour]) => cell("td", text, colour === "#f6d5b8"))]) }
  const note = cell("p", table.note, false)
  note.className = "note"
  return [node, note]
}

const draw = async () => {
  const mine = ++drawing, old = [...charts.children]
  charts.setAttribute("aria-busy", "true")
  const nodes = shown.panels.map((panel) => {
    const node = document.createElement("div")
    node.className = panel.table ? "panel wide" : "panel"
    node.setAttribute("role", "figure")
    node.setAttribute("aria-label", panel.title || document.querySelector("h1").textContent)
    if (panel.table) { node.append(...makeTable(panel)) }
    return node
  })
  for (const view of Object.values(Bokeh.index.roots ?? [])) { view.model.document?.clear() }
  for (const node of old) { node.remove() }
  let row = null
  for (const [i, node] of nodes.entries()) {
    if (shown.panels[i].starts) { charts.append(row = Object.assign(document.createElement("div"), {className: "row"})) }
    row.append(node)
  }
  for (const [i, {item}] of shown.panels.entries()) {
    if (mine !== drawing) { return }
    if (item) { await Bokeh.embed.embed_item(themed(item), nodes[i]) }
  }
  charts.setAttribute("aria-busy", "false")
}

const show = (result) => {
  shown = result
  comparison.textContent = result.comparison || "The paper prints no numbers for it."
  return draw()
}

const say = (text, bad = false) => {
  const said = $("said") ?? about
  said.textContent = text
  said.classList.toggle("bad", bad)
}

const open = async () => {
  const answer = await fetch(`results/${location.pathname.split("/").at(-1)}`)
  if (answer.ok) { await show(await answer.json()) } else { charts.setAttribute("aria-busy", "false"); say((await answer.text()).trim(), true) }
}

// ---- computed again: lines of JSON until the last, or until the connection is closed by the stop button

const lines = async function* (body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ""
  for (;;) {
    const {value, done} = await reader.read()
    if (done) { return }
    const found = (text + value).split("\n")
    text = found.pop()
    for (const line of found) { yield JSON.parse(line) }
  }
}

const compute = async () => {
  const runs = $("runs").valueAsNumber, abort = new AbortController(), progress = $("progress"), stop = $("stop")
  const busy = (on) => {
    form.querySelector("[type=submit]").disabled = on
    stop.hidden = progress.hidden = !on
  }
  stop.onclick = () => abort.abort()
  busy(true)
  progress.removeAttribute("value")
  say("")
  try {
    const answer = await fetch(`again/${form.dataset.key}`, {method: "POST", body: JSON.stringify({runs}), signal: abort.signal})
    if (!answer.ok) { say((await answer.text()).trim(), true); return }
    for await (const line of lines(answer.body)) {
      if (line.trouble) { say(line.trouble, true) }
      if (line.total) {
        progress.max = line.total
        progress.value = line.done
        say(`${line.done.toLocaleString("en-GB")} of ${line.total.toLocaleString("en-GB")} runs`)
      }
      if (line.result) {
        await show(line.result)
        about.textContent = `Computed here, just now, with ${runs.toLocaleString("en-GB")} run${runs === 1 ? "" : "s"} of each cell.`
        $("asked").textContent = runs
        say("Done.")
      }
    }
  } catch (error) {
    if (error.name === "AbortError") { say("Stopped.") } else { say("The connection to the server is lost.", true) }
  } finally { busy(false) }
}

form?.addEventListener("submit", (event) => {
  event.preventDefault()
  compute()
})
addEventListener("swarmviz:theme", () => { if (shown) { draw() } })
open()
