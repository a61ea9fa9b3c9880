// Other swarms beside the first: the server is told what was pressed and answers with the number of panes and the active one. It is told,
// too, whether the window has room for more than two, which then are offered.

import {keepFocus, make, makeButton, listen} from "./dom.js"

const NAMES = ["A", "B", "C", "D"]
const WIDE = "(min-width: 1200px)"
const NARROW = "A third and a fourth swarm are offered in a window of at least 1200 pixels: in this one their arenas would be too small."

export function render({model}) {
  const row = make("div", {className: "compare", role: "group", ariaLabel: "Compare swarms"})
  const wide = window.matchMedia(WIDE)
  const button = (act, value, textContent, title, props = {}) =>
    makeButton({textContent, title, className: act, ...props}, () => model.send_msg({act, value}))
  const tab = (name, place) => button("show", place, name, `The controls and curves of swarm ${name}`,
    {className: "show tab", ariaPressed: String(place === model.active)})
  const line = (...nodes) => make("div", {className: "line"}, ...nodes)
  const list = make("details", {className: "differences"})
  const cell = (tag, text, place) => {
    const node = make(tag, {textContent: text})
    if (place != null) { node.style.borderColor = model.colours[place] ?? "transparent" }
    return node
  }
  const tell = () => {
    list.hidden = model.panes === 1
    list.classList.toggle("many", model.panes > 2)
    const count = model.differences.length
    const head = make("tr", {}, cell("th", ""), ...NAMES.slice(0, model.panes).map((name, place) => cell("th", name, place)))
    const rows = model.differences.flatMap(([symbol, values, meaning]) => [
      make("tr", {}, cell("th", symbol), ...values.map((value, place) => cell("td", value, place))),
      make("tr", {className: "meaning"}, make("td", {colSpan: 1 + values.length, textContent: meaning}))])
    const words = count === 0 ? "No differences so far" : count === 1 ? "1 difference" : `${count} differences`
    list.replaceChildren(make("summary", {textContent: words}), ...(count ? [make("table", {}, head, ...rows)] : []))
  }
  const single = () => [button("start", null, "Compare with a second swarm", "A second swarm with the same start and the same noise, step by step beside the first")]
  const several = () => {
    const names = NAMES.slice(0, model.panes), own = names[model.active]
    const others = names.map((name, place) => [name, place]).filter(([, place]) => place !== model.active)
    const add = wide.matches && model.panes < NAMES.length
      ? [button("start", null, "+ Compare", `One more swarm beside these, which begins as ${own} is now`)] : []
    const remove = button("remove", null, `Remove ${own}`, `Go on without ${own}`)
    const end = button("end", null, "End", `Go on with ${own} alone`)
    const swaps = ([name, place], text) => button("swap", place, text, `Exchange ${own} and ${name}`)
    const copies = ([name, place], text) => button("copy", place, text, `Make ${own} what ${name} is now`)
    const both = model.panes === 2
    return [
      line(...names.map(tab), ...add),
      ...(both ? [line(swaps(others[0], "Swap"), copies(others[0], `${others[0][0]} → ${own}`), remove, end)] : [
        line(make("span", {textContent: `Swap ${own} with`}), ...others.map((other) => swaps(other, other[0]))),
        line(make("span", {textContent: `Make ${own} like`}), ...others.map((other) => copies(other, other[0]))),
        line(remove, end)]),
      ...(wide.matches ? [] : [make("p", {textContent: NARROW})])]
  }
  const draw = () => {
    keepFocus(row, () => {
      row.replaceChildren(...(model.panes === 1 ? single() : several()))
      for (const [place, node] of row.querySelectorAll(".tab").entries()) { node.style.borderBottomColor = model.colours[place] ?? "" }
    }, () => row.querySelector(".tab[aria-pressed=true]"))
    tell()
  }
  const tellRoom = () => {
    model.send_msg({act: "wide", value: wide.matches})
    draw()
  }
  model.on("differences", tell)
  for (const name of ["panes", "active", "colours"]) { model.on(name, draw) }
  listen(model, wide, "change", tellRoom)
  const both = make("div", {}, row, list)
  listen(model, document, "swarmviz-projector", ({detail}) => { both.hidden = detail.on })
  both.hidden = document.documentElement.classList.contains("projector")
  tellRoom()
  return both
}
