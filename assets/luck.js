// Was it luck? The number of replicas, what they say in a sentence, their share of successes with its interval, and their progress.

const SPOKEN_EVERY = 5000 // ms: a screen reader hears of a run now and then, not five times a second

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children)
  return node
}
const percent = (share) => `${(100 * share).toFixed(2)}%`

export function render({model}) {
  const number = make("select", {ariaLabel: "Number of replicas"}, ...model.numbers.map((n) => make("option", {value: n, textContent: n || "off"})))
  number.addEventListener("change", () => { model.send_msg(Number(number.value)); number.blur() })
  const headline = make("p", {className: "headline"}), spoken = make("p", {className: "spoken"})
  spoken.setAttribute("aria-live", "polite")
  const interval = make("i", {className: "interval"}), share = make("b", {className: "share"})
  const scale = make("div", {className: "scale", title: "Share of the replicas that have found the minimum, with its 95% interval"}, interval, share)
  const ends = make("div", {className: "ends"}, make("span", {textContent: "0%"}), make("span", {textContent: "100%"}))
  scale.setAttribute("role", "img")
  const progress = make("progress", {max: 1, ariaLabel: "Progress of the replicas"}), doing = make("span", {className: "doing"})
  const work = make("div", {className: "work"}, progress, doing)
  const remarks = make("p", {className: "remarks"}), seeds = make("p", {className: "soft"})
  const words = make("details", {}, make("summary", {textContent: "What is counted"}), make("p", {className: "soft", textContent: model.definition}))
  const card = make("section", {className: "luck", ariaLabel: "Luck"},
    make("header", {}, make("h3", {textContent: "Luck"}), make("label", {}, make("span", {textContent: "Replicas"}), number)),
    headline, spoken, scale, ends, work, remarks, seeds, words)

  let spokenAt = 0, waiting = null
  const speak = () => {
    waiting = null
    spokenAt = performance.now()
    if (spoken.textContent !== model.state.headline) { spoken.textContent = model.state.headline }
  }
  const show = () => {
    const state = model.state, judged = state.share != null
    number.value = model.count
    headline.textContent = state.headline
    headline.setAttribute("aria-hidden", "true") // the same words are spoken, less often
    scale.hidden = ends.hidden = !model.count
    share.hidden = interval.hidden = !judged
    if (judged) {
      const [low, high] = state.interval
      Object.assign(interval.style, {left: percent(low), width: percent(high - low)})
      share.style.left = percent(state.share)
    }
    scale.setAttribute("aria-label", judged ? state.headline : "not known")
    work.hidden = state.progress == null
    if (!work.hidden) { progress.value = state.progress }
    doing.textContent = state.doing
    remarks.textContent = state.remarks
    seeds.textContent = state.seeds
    if (waiting == null && model.count) { waiting = setTimeout(speak, Math.max(0, spokenAt + SPOKEN_EVERY - performance.now())) }
  }
  model.on("state", show)
  model.on("count", show)
  model.on("remove", () => clearTimeout(waiting))
  show()
  return card
}
