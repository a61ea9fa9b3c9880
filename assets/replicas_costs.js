// What the replicas have spent: a row for each target, the distribution of their runtimes, and what is said of those of a swarm beside.

import {make} from "./dom.js"
import {draw, HEIGHT, tick, WIDTH} from "./replicas_errors.js"

const point = ([x, y]) => [x * WIDTH, HEIGHT * (1 - y)]
// A staircase: the share stands until the next replica has reached a target.
const stairs = (points) => points.map(point).map(([x, y], i, all) => i === 0 ? `M${x} ${y}` : `L${x} ${all[i - 1][1]}L${x} ${y}`).join("")
const picture = ({points, ticks}) => [
  draw("path", {d: stairs(points), class: "ecdf"}),
  ...[[0, "100%"], [HEIGHT, "0%"]].map(([y, text]) => draw("text", {x: WIDTH + 4, y: y + 4}, text)),
  draw("line", {x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT, class: "tick"}), ...ticks.map(tick)]

export const makeCosts = () => {
  const about = make("p", {className: "soft"}), body = make("tbody")
  const head = make("thead", {}, make("tr", {}, ...["F − F*", "reached", "expected"].map((textContent) => make("th", {textContent, scope: "col"}))))
  const svg = draw("svg", {viewBox: `0 -8 ${WIDTH + 34} ${HEIGHT + 28}`, role: "img", class: "runtimes"})
  const caption = make("p", {className: "soft", textContent: "Share of pairs of replica and target reached, over the evaluations of F."})
  const figure = make("figure", {}, svg, caption)
  const against = make("ul", {className: "against"})
  const node = make("details", {className: "costs"}, make("summary", {textContent: "What it costs"}), about, make("table", {}, head, body), figure, against)
  const show = ({costs, against: said}) => {
    node.hidden = costs == null
    if (costs == null) { return }
    about.textContent = costs.about
    body.replaceChildren(...costs.rows.map((row) => make("tr", {}, ...row.map((textContent) => make("td", {textContent})))))
    figure.hidden = costs.curve == null
    if (costs.curve != null) {
      svg.replaceChildren(...picture(costs.curve))
      svg.setAttribute("aria-label", costs.curve.text)
    }
    against.replaceChildren(...said.map((textContent) => make("li", {textContent})))
  }
  return {node, show}
}
