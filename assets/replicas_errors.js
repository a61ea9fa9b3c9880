// The errors of the replicas as bars over a logarithmic axis; those left of the mark have found the minimum.

import {make} from "./dom.js"

const SVG = "http://www.w3.org/2000/svg"
export const WIDTH = 300
export const HEIGHT = 64

export const draw = (tag, attributes, ...children) => {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) { node.setAttribute(name, value) }
  node.append(...children)
  return node
}
const bar = ([left, right, count, found], most) => {
  const height = Math.max(2, HEIGHT * count / most)
  return draw("rect", {x: left * WIDTH + 0.5, width: Math.max(1, (right - left) * WIDTH - 1), y: HEIGHT - height, height, class: found ? "yes" : "no"})
}
export const tick = ([place, label]) => {
  const x = place * WIDTH, anchor = place < 0.08 ? "start" : place > 0.92 ? "end" : "middle"
  return draw("g", {}, draw("line", {x1: x, x2: x, y1: HEIGHT, y2: HEIGHT + 4, class: "tick"}),
    draw("text", {x, y: HEIGHT + 16, "text-anchor": anchor}, label))
}
const histogram = ({bars, mark, ticks, most}) => {
  const x = mark * WIDTH
  return [...bars.map((one) => bar(one, most)), draw("line", {x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT, class: "tick"}), ...ticks.map(tick),
    draw("line", {x1: x, x2: x, y1: -6, y2: HEIGHT + 4, class: "mark"})]
}

export const makeErrors = () => {
  const svg = draw("svg", {viewBox: `0 -8 ${WIDTH} ${HEIGHT + 28}`, role: "img", class: "errors"})
  const node = make("figure", {}, svg, make("p", {className: "soft", textContent: "Errors of the replicas in half widths of the box; the line marks what counts as found."}))
  const show = (errors) => {
    node.hidden = errors == null
    if (errors == null) { return }
    svg.replaceChildren(...histogram(errors))
    svg.setAttribute("aria-label", errors.text)
  }
  return {node, show}
}
