// One agent's next step: its terms with their numbers, the same as arrows at a scale of their own, and the lines of the equations for it.

import {make, makeButton, grouped, listen} from "./dom.js"

const SVG = "http://www.w3.org/2000/svg"
const WIDTH = 280, HEIGHT = 84, EDGE = 14, ROW = 16, TIP = 7 // pixels of the picture

const draw = (tag, attributes) => {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) { node.setAttribute(name, value) }
  return node
}

// Nothing is to be pressed here, and what describes a symbol is on another card.
const still = (part) => {
  for (const symbol of part.querySelectorAll("[tabindex]")) {
    for (const name of ["tabindex", "aria-describedby"]) { symbol.removeAttribute(name) }
  }
}

export function render({model}) {
  const choose = (choice) => model.send_msg({choose: choice})
  const title = make("h2"), when = make("span", {className: "when"}), trouble = make("p", {className: "trouble"})
  title.setAttribute("aria-live", "polite")
  const close = makeButton({className: "close", textContent: "✕", title: "Close (Esc)", ariaLabel: "Close the card of the agent"}, () => choose(null))
  const head = make("header", {}, make("div", {}, title, when),
    makeButton({textContent: "‹", title: "Previous agent (⇧A)", ariaLabel: "Previous agent"}, () => choose("previous")),
    makeButton({textContent: "›", title: "Next agent (A)", ariaLabel: "Next agent"}, () => choose("next")), close)
  const picture = draw("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true"}) // the list says the same
  const terms = make("ol", {className: "terms"}), goes = make("b", {className: "number"})
  const sum = make("p", {className: "sum"}, make("span", {textContent: "where it goes: the sum"}), goes)
  const lines = make("ol"), equations = make("details", {}, make("summary", {textContent: "The lines of the equations"}), lines)
  const root = make("section", {className: "card", ariaLabel: "One agent's step"}, head, trouble, picture, terms, sum, equations)

  const write = (node, text) => { if (node.textContent !== text) { node.textContent = text } }
  const colour = (way) => model.colours[way % model.colours.length]
  const showTerms = () => {
    terms.replaceChildren(...model.terms.map(({html, meaning, way}) => {
      const sign = make("div", {className: "sign"}), key = make("i", {hidden: way < 0})
      if (way >= 0) { key.style.background = colour(way) }
      sign.append(key)
      sign.insertAdjacentHTML("beforeend", html) // written by mathml.py, which escapes texts
      still(sign)
      return make("li", {}, sign, make("p", {}, make("span", {textContent: meaning}), make("b", {className: "number"})))
    }))
    showNumbers()
    showNow()
  }
  const showNow = () => { // the term that is being shown of all agents
    Array.from(terms.children).forEach((row, i) => row.classList.toggle("now", i === model.now))
    const row = terms.children[model.now]
    if (!row) { return }
    const [above, below] = [row.offsetTop - head.offsetHeight, row.offsetTop + row.offsetHeight - root.clientHeight]
    root.scrollTop = Math.min(Math.max(root.scrollTop, below), above) // of the card only: the board of a phone stays where it is
  }
  const showNumbers = () => {
    model.numbers.forEach(({value, signs}, i) => {
      const row = terms.children[i]
      if (!row) { return }
      write(row.querySelector(".number"), value)
      for (const node of row.querySelectorAll("[data-value]")) { write(node, signs[node.dataset.value] ?? "\u2007") }
    })
    write(goes, model.goes)
  }
  const showWays = () => {
    const flat = model.ways.every(([, y0, , y1]) => y0 === 0 && y1 === 0) // along one line: each a row lower
    const ways = flat ? model.ways.map(([x0, , x1], i) => [x0, -i, x1, -i]) : model.ways
    const across = ways.flatMap(([x0, , x1]) => [x0, x1]), up = ways.flatMap(([, y0, , y1]) => [y0, y1])
    const ends = (values) => [Math.min(...values), Math.max(...values)]
    const [left, right] = ends(across), [low, high] = ends(up)
    const wide = (WIDTH - 2 * EDGE) / (right - left || 1), tall = flat ? ROW : (HEIGHT - 2 * EDGE) / (high - low || 1)
    const unit = flat ? [wide, ROW] : [Math.min(wide, tall), Math.min(wide, tall)]
    const place = (x, y) => [WIDTH / 2 + unit[0] * (x - (left + right) / 2), HEIGHT / 2 - unit[1] * (y - (low + high) / 2)]
    const nodes = []
    ways.forEach(([x0, y0, x1, y1], way) => {
      const [a, b] = [place(x0, y0), place(x1, y1)], length = Math.hypot(b[0] - a[0], b[1] - a[1])
      if (!(length > 0.5)) { return }
      const [ex, ey] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length], tip = Math.min(TIP, length)
      const base = [b[0] - tip * ex, b[1] - tip * ey], half = tip / 2
      nodes.push(draw("line", {x1: a[0], y1: a[1], x2: base[0], y2: base[1], stroke: colour(way), "stroke-width": 2.5}))
      nodes.push(draw("polygon", {fill: colour(way), points: `${b} ${base[0] - half * ey},${base[1] + half * ex} ${base[0] + half * ey},${base[1] - half * ex}`}))
    })
    if (nodes.length) {
      const [cx, cy] = place(ways[0][0], ways[0][1])
      nodes.push(draw("circle", {cx, cy, r: 4, class: "start"}))
    }
    picture.replaceChildren(...nodes)
    picture.toggleAttribute("hidden", nodes.length === 0)
  }
  const showLines = () => {
    lines.replaceChildren(...model.lines.map(({about, source, html}) => {
      const node = make("li", {}, make("header", {}, make("span", {textContent: about}), make("cite", {textContent: source})))
      node.insertAdjacentHTML("beforeend", html) // as above
      still(node)
      return node
    }))
    equations.hidden = model.lines.length === 0
    showValues()
  }
  const showValues = () => {
    for (const node of lines.querySelectorAll("[data-value]")) { write(node, model.values[node.dataset.value]?.[0] || "\u2007") }
  }
  const showHead = () => {
    write(title, `Agent ${grouped(model.agent)}`)
    write(when, ` from step ${grouped(model.step)} to ${grouped(model.step + 1)}`)
    write(trouble, model.trouble)
    trouble.hidden = !model.trouble
    sum.hidden = Boolean(model.trouble)
  }

  listen(model, window, "keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && root.checkVisibility()) { choose(null) }
  })
  for (const name of ["agent", "step", "trouble"]) { model.on(name, showHead) }
  for (const name of ["terms", "colours"]) { model.on(name, showTerms) }
  for (const name of ["numbers", "goes"]) { model.on(name, showNumbers) }
  for (const name of ["ways", "colours"]) { model.on(name, showWays) }
  model.on("now", showNow)
  model.on("lines", showLines)
  model.on("values", showValues)
  showHead()
  showTerms()
  showWays()
  showLines()
  return root
}
