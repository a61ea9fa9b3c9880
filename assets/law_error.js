// Error against N: a button, the step, the curves of √N times the error with their bars, and what is left out or wrong.

import {make, makeButton, makeBox} from "./dom.js"

const SVG_SPACE = "http://www.w3.org/2000/svg"
const CHART_WIDTH = 300, CHART_HEIGHT = 110, LEFT = 4

const svgNode = (tag, attributes, ...children) => {
  const node = document.createElementNS(SVG_SPACE, tag)
  for (const [name, value] of Object.entries(attributes)) { node.setAttribute(name, value) }
  node.append(...children)
  return node
}
const across = (share) => LEFT + share * (CHART_WIDTH - 2 * LEFT)
const down = (share) => CHART_HEIGHT * (1 - share)
const line = (places, className) => svgNode("polyline", {points: places.map(([x, y]) => `${across(x)},${down(y)}`).join(" "), class: className})

const drawMark = ({x, y, low, high, hollow, text}) => svgNode("g", {class: hollow ? "mark hollow" : "mark"}, svgNode("title", {}, text),
  svgNode("line", {x1: across(x), x2: across(x), y1: down(low), y2: down(high)}), svgNode("circle", {cx: across(x), cy: down(y), r: 4}))

const drawTick = ([x, label]) => svgNode("g", {}, svgNode("line", {x1: across(x), x2: across(x), y1: CHART_HEIGHT, y2: CHART_HEIGHT + 4, class: "axis"}),
  svgNode("text", {x: across(x), y: CHART_HEIGHT + 17, "text-anchor": x < 0.05 ? "start" : x > 0.95 ? "end" : "middle"}, label))

const drawChart = ({label, top, marks, dashed, dotted, ticks}) => {
  const svg = svgNode("svg", {viewBox: `0 -4 ${CHART_WIDTH} ${CHART_HEIGHT + 26}`, role: "img", "aria-label": marks.map((mark) => mark.text).join("; ")},
    svgNode("line", {x1: 0, x2: CHART_WIDTH, y1: CHART_HEIGHT, y2: CHART_HEIGHT, class: "axis"}), ...ticks.map(drawTick),
    ...(dashed ? [line(dashed, "dashed")] : []), ...(dotted.length ? [line(dotted, "dotted")] : []), line(marks.map(({x, y}) => [x, y]), "measured"), ...marks.map(drawMark))
  const caption = make("figcaption", {}, make("span", {textContent: `${label} over N, from 0 to ${top}`}), make("span", {textContent: [dashed && "dashed: independent draws", dotted.length && "dotted: linear noise"].filter(Boolean).join(" · ")}))
  return make("figure", {}, caption, svg)
}

export function render({model}) {
  const step = makeBox({ariaLabel: "Step of the error against N", placeholder: "visible", inputMode: "numeric", size: 7}, () => {})
  const kept = make("option", {value: "product"}), alone = make("option", {value: "fixed"})
  const product = make("select", {ariaLabel: "What stays as N grows"}, kept, alone)
  const masses = make("label", {}, make("span", {textContent: "As N grows"}), product)
  const begin = makeButton({}, () => {
    if (model.state.running) { return model.send_msg({act: "stop"}) }
    const text = step.box.value.replaceAll(/[\s,]/g, "")
    model.send_msg({act: "start", step: text === "" ? null : /^\d+$/.test(text) ? Number(text) : text, product: product.value === "product"})
  })
  const progress = make("progress", {max: 1, ariaLabel: "Progress of the error against N"})
  const about = make("p", {className: "soft about"}), remarks = make("p", {className: "remarks", role: "status"}), charts = make("div", {className: "charts"})
  const defined = make("p", {className: "soft"})
  const definition = make("details", {}, make("summary", {textContent: "What is compared"}), defined)
  const define = () => { defined.textContent = model.definition }
  let drawn = ""
  const show = () => {
    const {state} = model
    masses.hidden = !state.product
    kept.textContent = `N${state.product} stays`
    alone.textContent = `${state.product} stays`
    begin.disabled = state.refused && !state.running
    begin.textContent = state.running ? "Stop" : "Compute"
    progress.hidden = state.progress == null
    if (!progress.hidden) { progress.value = state.progress }
    about.textContent = state.about
    remarks.textContent = state.remarks
    const now = JSON.stringify(state.charts)
    if (now !== drawn) { charts.replaceChildren(...state.charts.map(drawChart)) }
    drawn = now
  }
  model.on("state", show)
  model.on("definition", define)
  define()
  show()
  return make("section", {className: "law-error", ariaLabel: "Error against N"},
    make("header", {}, make("h2", {textContent: "Error against N"}), begin), make("p", {textContent: model.question}),
    make("div", {className: "asked"}, make("label", {}, make("span", {textContent: "Step"}), step.box), masses),
    progress, charts, about, remarks, definition)
}
