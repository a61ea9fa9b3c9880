// Was it luck? The number of replicas, what they say in a sentence, their share of successes with its interval, their progress, what counts
// as found, their errors as bars, and a way to see one of them.

const SPOKEN_EVERY = 5000 // ms: a screen reader hears of a run now and then, not five times a second
const SVG = "http://www.w3.org/2000/svg"
const WIDTH = 300, HEIGHT = 64, DIGITS = 2 // of the picture of the errors; of a tolerance that a slider chooses

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children)
  return node
}
const draw = (tag, attributes, ...children) => {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) { node.setAttribute(name, value) }
  node.append(...children)
  return node
}
const percent = (share) => `${(100 * share).toFixed(2)}%`

// Bars over a logarithmic axis; those left of the mark have found the minimum.
const picture = ({bars, mark, ticks, most}) => {
  const rects = bars.map(([left, right, count, found]) => {
    const height = Math.max(2, HEIGHT * count / most)
    return draw("rect", {x: left * WIDTH + 0.5, width: Math.max(1, (right - left) * WIDTH - 1), y: HEIGHT - height, height, class: found ? "yes" : "no"})
  })
  const words = ticks.map(([place, text]) => {
    const anchor = place < 0.08 ? "start" : place > 0.92 ? "end" : "middle"
    const word = draw("text", {x: place * WIDTH, y: HEIGHT + 16, "text-anchor": anchor})
    word.textContent = text
    return draw("g", {}, draw("line", {x1: place * WIDTH, x2: place * WIDTH, y1: HEIGHT, y2: HEIGHT + 4, class: "tick"}), word)
  })
  const x = mark * WIDTH
  return [...rects, draw("line", {x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT, class: "tick"}), ...words,
    draw("line", {x1: x, x2: x, y1: -6, y2: HEIGHT + 4, class: "mark"})]
}

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

  const box = make("input", {type: "text", inputMode: "decimal", className: "box", ariaLabel: "Found within, in half widths of the box"})
  const slider = make("input", {type: "range", min: -4, max: 0.3, step: 0.01, ariaLabel: "Found within, in half widths of the box, logarithmic"})
  const usual = make("button", {type: "button", className: "usual"})
  const criterion = make("p", {className: "soft criterion"}), complaint = make("p", {className: "remarks complaint"})
  complaint.setAttribute("role", "alert")
  const within = make("div", {className: "within"}, make("span", {textContent: "Found within"}), slider, box, usual)
  let wanted = null, frame = 0
  const send = (value) => { // one message per animation frame
    wanted = value
    if (!frame) { frame = requestAnimationFrame(() => { frame = 0; model.send_msg({act: "tolerance", value: wanted}) }) }
  }
  slider.addEventListener("input", () => {
    const value = Number((10 ** Number(slider.value)).toPrecision(DIGITS))
    box.value = String(value)
    slider.setAttribute("aria-valuetext", box.value)
    send(value)
  })
  box.addEventListener("change", () => {
    const text = box.value.trim().replace(",", ".")
    send(text === "" ? null : Number.isFinite(Number(text)) ? Number(text) : text.slice(0, 40))
  })
  usual.addEventListener("click", () => { send(null); box.blur() })

  const svg = draw("svg", {viewBox: `0 -8 ${WIDTH} ${HEIGHT + 28}`, role: "img", class: "errors"})
  const caption = make("p", {className: "soft", textContent: "Errors of the replicas in half widths of the box; the line marks what counts as found."})
  const errors = make("figure", {}, svg, caption)
  const show = (found, text) => {
    const button = make("button", {type: "button", textContent: text, title: "Opens the run with that seed at the same step; the present run is kept under Runs"})
    button.addEventListener("click", (event) => {
      if (event.detail > 0) { button.blur() } // so that Space goes on meaning play and pause
      model.send_msg({act: "show", found})
    })
    return button
  }
  const failed = show(false, "Show one that failed"), succeeded = show(true, "Show one that succeeded")
  const examples = make("div", {className: "examples"}, failed, succeeded)

  const words = make("details", {}, make("summary", {textContent: "What is counted"}), make("p", {className: "soft", textContent: model.definition}))
  const card = make("section", {className: "luck", ariaLabel: "Luck"},
    make("header", {}, make("h3", {textContent: "Luck"}), make("label", {}, make("span", {textContent: "Replicas"}), number)),
    headline, spoken, scale, ends, work, within, criterion, complaint, errors, examples, remarks, seeds, words)

  let spokenAt = 0, waiting = null
  const speak = () => {
    waiting = null
    spokenAt = performance.now()
    if (spoken.textContent !== model.state.headline) { spoken.textContent = model.state.headline }
  }
  const showWithin = (state) => {
    within.hidden = state.within == null
    criterion.textContent = state.criterion
    complaint.textContent = state.complaint
    if (within.hidden) { return }
    const focused = card.getRootNode().activeElement
    if (focused !== box || !state.complaint) { box.value = String(state.within) }
    if (focused !== slider) { slider.value = Math.log10(state.within) }
    slider.setAttribute("aria-valuetext", String(state.within))
    box.setAttribute("aria-invalid", state.complaint ? "true" : "false")
    usual.textContent = `usual: ${state.usual}`
    usual.disabled = state.within === state.usual
  }
  const update = () => {
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
    showWithin(state)
    errors.hidden = state.errors == null
    if (!errors.hidden) {
      svg.replaceChildren(...picture(state.errors))
      svg.setAttribute("aria-label", state.errors.text)
    }
    examples.hidden = !judged
    failed.disabled = !state.failed
    succeeded.disabled = !state.succeeded
    remarks.textContent = state.remarks
    seeds.textContent = state.seeds
    if (waiting == null && model.count) { waiting = setTimeout(speak, Math.max(0, spokenAt + SPOKEN_EVERY - performance.now())) }
  }
  model.on("state", update)
  model.on("count", update)
  model.on("remove", () => { clearTimeout(waiting); cancelAnimationFrame(frame) })
  update()
  return card
}
