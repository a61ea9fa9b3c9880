// Was it luck? The number of replicas, what they say in a sentence, their share of successes with its interval, their progress, what counts
// as found (replicas_tolerance.js), their errors as bars (replicas_errors.js), what they have spent (replicas_costs.js), what happened in them
// (replicas_events.js), and a way to see one of them.

import {make, makeButton, makeMenu} from "./dom.js"
import {makeTolerance} from "./replicas_tolerance.js"
import {makeCosts} from "./replicas_costs.js"
import {makeEvents} from "./replicas_events.js"
import {makeErrors} from "./replicas_errors.js"

const SPOKEN_EVERY_MS = 5000 // a screen reader hears of a run now and then, not five times a second

const makeNumber = (model) => {
  return makeMenu({ariaLabel: "Number of replicas"}, (value) => model.send_msg(Number(value)),
    ...model.numbers.map((n) => make("option", {value: n, textContent: n || "off"})))
}

// The sentence, as it is seen and, less often, as it is spoken.
const makeHeadline = (model) => {
  const seen = make("p", {className: "headline", ariaHidden: "true"}), spoken = make("p", {className: "spoken", ariaLive: "polite"})
  let spokenAt = 0, waiting = null
  const speak = () => {
    waiting = null
    spokenAt = performance.now()
    if (spoken.textContent !== model.state.headline) { spoken.textContent = model.state.headline }
  }
  const show = () => {
    seen.textContent = model.state.headline
    if (waiting == null && model.count) { waiting = setTimeout(speak, Math.max(0, spokenAt + SPOKEN_EVERY_MS - performance.now())) }
  }
  model.on("remove", () => clearTimeout(waiting))
  return {nodes: [seen, spoken], show}
}

// The share of successes with its interval, on a scale from 0 to 100%.
const makeShare = () => {
  const percent = (share) => `${(100 * share).toFixed(2)}%`
  const interval = make("i", {className: "interval"}), mark = make("b", {className: "share"})
  const scale = make("div", {className: "scale", role: "img", title: "Share of the replicas that have found the minimum, with its 95% interval"}, interval, mark)
  const ends = make("div", {className: "ends"}, make("span", {textContent: "0%"}), make("span", {textContent: "100%"}))
  const show = ({share, interval: range, headline}, count) => {
    const judged = share != null
    scale.hidden = ends.hidden = !count
    mark.hidden = interval.hidden = !judged
    if (judged) {
      Object.assign(interval.style, {left: percent(range[0]), width: percent(range[1] - range[0])})
      mark.style.left = percent(share)
    }
    scale.ariaLabel = judged ? headline : "not known"
  }
  return {nodes: [scale, ends], show}
}

export function render({model}) {
  const number = makeNumber(model), headline = makeHeadline(model), share = makeShare()
  const progress = make("progress", {max: 1, ariaLabel: "Progress of the replicas"}), doing = make("span", {className: "doing"})
  const work = make("div", {className: "work"}, progress, doing)
  const tolerance = makeTolerance(model), errors = makeErrors(), costs = makeCosts(), events = makeEvents(model)
  const example = (found, textContent) => makeButton({textContent, title: "Opens the run with that seed at the same step; the present run is kept under Runs"},
    () => model.send_msg({act: "show", found}))
  const failed = example(false, "Show one that failed"), succeeded = example(true, "Show one that succeeded")
  const examples = make("div", {className: "examples"}, failed, succeeded)
  const remarks = make("p", {className: "remarks"}), seeds = make("p", {className: "soft"})
  const definition = make("details", {}, make("summary", {textContent: "What is counted"}), make("p", {className: "soft", textContent: model.definition}))

  const show = () => {
    const {state} = model
    number.value = model.count
    headline.show()
    share.show(state, model.count)
    work.hidden = state.progress == null
    if (!work.hidden) { progress.value = state.progress }
    doing.textContent = state.doing
    tolerance.show(state)
    errors.show(state.errors)
    costs.show(state)
    events.show(state)
    examples.hidden = state.share == null
    failed.disabled = !state.failed
    succeeded.disabled = !state.succeeded
    remarks.textContent = state.remarks
    seeds.textContent = state.seeds
  }
  model.on("state", show)
  model.on("count", show)
  show()
  return make("section", {className: "luck", ariaLabel: "Luck"},
    make("header", {}, make("h2", {textContent: "Luck"}), make("label", {}, make("span", {textContent: "Replicas"}), number)),
    ...headline.nodes, ...share.nodes, work, ...tolerance.nodes, errors.node, costs.node, events.node, examples, remarks, seeds, definition)
}
