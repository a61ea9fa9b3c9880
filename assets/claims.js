// The claims about the run: a lamp for each, one for each of its hypotheses, what is measured, and whether its curve is drawn.

import {make, makeButton, grouped} from "./dom.js"

const STATES = {holds: "every hypothesis holds", fails: "a hypothesis fails", open: "a hypothesis cannot be checked"}
const OF_ONE = {holds: "holds", fails: "fails", open: "cannot be checked"}
const SIGNS = {holds: "✓", fails: "✕", open: "?"} // a shape beside the colour
const OUTCOMES = {agrees: "✓", differs: "✕", open: "?"}

// A text with its symbols as they are set: what follows an underscore is an index, η_β and ρ_min.
const set = (tag, text, attributes = {}) => make(tag, attributes,
  ...text.split(/_([a-z]+|[A-Z]|\d+|\p{Script=Greek})/u).map((part, i) => i % 2 === 1 ? make("sub", {textContent: part}) : part))
const lamp = (state, title) => make("i", {className: `lamp ${state}`, textContent: SIGNS[state], title, ariaHidden: "true"})
const spoken = (textContent) => make("span", {className: "spoken", textContent})

const hypothesisOf = ({words, state, detail, since}) => {
  const when = state === "fails" && since ? ` since step ${grouped(since)}` : ""
  return make("li", {className: state, title: `${OF_ONE[state]}${when}: ${detail}`}, lamp(state, ""), spoken(`${OF_ONE[state]}${when}: `),
    set("span", words), set("small", `${detail}${when}`))
}

const contentOf = (claim, draw) => {
  const head = make("header", {}, lamp(claim.state, STATES[claim.state]), make("b", {textContent: claim.source}),
    claim.exact ? make("em", {textContent: "exact", title: "Holds exactly for the simulated scheme, at any number of agents"}) : null)
  if (claim.curve) {
    const pressed = String(claim.drawn)
    head.append(makeButton({className: "draw", textContent: "line", ariaPressed: pressed, ariaLabel: `Draw the line of ${claim.source}`,
      title: `${claim.drawn ? "Hide" : "Draw"} “${claim.label}” among the curves`}, () => draw(claim.name, !claim.drawn)))
  }
  const verdict = claim.verdict
  return [head, set("p", claim.statement),
    claim.hypotheses.length ? make("ul", {ariaLabel: "Hypotheses"}, ...claim.hypotheses.map(hypothesisOf)) : null,
    claim.this_run ? make("p", {className: "measured"}, make("span", {textContent: "This run: "}), set("span", claim.this_run)) : null,
    verdict ? make("p", {className: `measured verdict ${verdict.outcome}`}, make("i", {textContent: OUTCOMES[verdict.outcome], ariaHidden: "true"}),
      make("span", {textContent: ` ${verdict.runs} replicas: `}), set("span", verdict.words)) : null,
    claim.note ? make("p", {className: "soft", textContent: claim.note}) : null,
    claim.remark ? set("p", claim.remark, {className: "remark"}) : null].filter((part) => part != null)
}

export function render({model}) {
  const list = make("div", {className: "list"}), empty = make("p", {className: "soft"}), step = make("p", {className: "soft"})
  const all = make("input", {type: "checkbox", onchange: () => root.classList.toggle("numbers", all.checked)})
  const numbers = make("label", {title: "The number that decided about every hypothesis, not only about those that fail"}, all, "numbers")
  const root = make("section", {className: "claims", ariaLabel: "Claims"},
    make("header", {}, make("h2", {textContent: "Claims"}), numbers), step, list, empty)
  const draw = (name, on) => model.send_msg({act: "draw", name, on})
  const shown = new Map() // name → what is shown of it, so that what did not change stays, with its focus

  const showStep = () => { step.textContent = model.of_step; step.hidden = model.of_step === "" }
  let found = 0 // the last claim that was sought and brought in sight
  const bring = () => {
    const {source, count} = model.sought
    const claim = count && count !== found && root.checkVisibility() && model.claims.find((each) => each.source === source)
    if (!claim) { return }
    found = count
    const {node} = shown.get(claim.name)
    node.tabIndex = -1
    node.focus({preventScroll: true})
    node.scrollIntoView({block: "start"})
  }
  const show = () => {
    const names = new Set(model.claims.map((claim) => claim.name))
    for (const [name, {node}] of shown) { if (!names.has(name)) { node.remove(); shown.delete(name) } }
    for (const claim of model.claims) {
      const text = JSON.stringify(claim), before = shown.get(claim.name)
      const node = before ? before.node : make("article", {})
      if (!before) { list.append(node) }
      if (!before || before.text !== text) {
        const focused = node.contains(root.getRootNode().activeElement)
        node.className = claim.state
        node.replaceChildren(...contentOf(claim, draw))
        if (focused) { node.querySelector("button")?.focus() }
        shown.set(claim.name, {node, text})
      }
    }
    empty.textContent = model.remark
    empty.hidden = model.claims.length > 0
    bring()
  }
  const watch = new IntersectionObserver((entries) => {
    model.send_msg({act: "seen", on: entries.at(-1).isIntersecting})
    bring()
  })
  watch.observe(root)
  model.on("remove", () => watch.disconnect())
  model.on("claims", show)
  model.on("of_step", showStep)
  model.on("sought", bring)
  show()
  showStep()
  return root
}
