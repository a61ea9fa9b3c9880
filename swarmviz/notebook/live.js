
// ---- a run that goes on: this page asks the notebook for the pictures that follow --------------------------------------

const token = Math.random().toString(36).slice(2) // of this view: another one of the same run has answers of its own
let asked = 0, waiting = false, following = null, wish = null, ended = false

function ask(message) { // one at a time; of what is wished for meanwhile the last counts
  if (waiting) { if (message.do !== "more") { wish = message; drop(following) } return }
  waiting = message
  parent.postMessage({...message, id: `${token} ${++asked}`}, "*")
}
function drop(piece) { // what nobody will see, but for an image of the landscape, which comes once
  following = null
  if (piece?.header.arrays?.background0) { adopt(piece.header, piece.block, piece.header.live.first) }
}
function adopt(header, block, frame) {
  const image = Boolean(header.arrays.background0), kinds = JSON.stringify([run.kind, run.roles])
  const kept = image ? {} : {background0: arrays.background0}
  take(header)
  arrays = kept
  spread(block)
  if (image) { images = new Map() }
  ended = run.live.ended
  document.querySelector("h1").textContent = run.title
  element("scrub").max = run.live.furthest
  element("curve").hidden = !run.curve
  if (kinds !== JSON.stringify([run.kind, run.roles])) { paintTheme() }
  showSliders()
  show(frame)
}
addEventListener("message", ({source, data}) => {
  if (source !== parent || data?.id !== `${token} ${asked}` || !waiting) { return }
  const done = waiting
  waiting = false
  if (data.header.error) {
    play(false)
    element("notes").textContent = data.header.error
  } else if (wish === null && done.do === "more") {
    following = data
    if (!playing && done.one) { goOn() }
  } else if (wish === null) {
    drop(following)
    adopt(data.header, data.block, data.header.live.first)
  } else {
    drop(data)
  }
  const next = wish
  wish = null
  if (next) { ask(next.do === "set" ? {...next, k: run.k[at]} : next) } else if (playing && !following) { ask({do: "more"}) }
})
function goOn() { // to the pictures that follow, if they are there
  if (!following) { return }
  const {header, block} = following
  following = null
  adopt(header, block, Math.min(header.live.first, header.k.length - 1))
  if (ended) { play(false) } else if (playing) { ask({do: "more"}) }
}
atTheEnd = () => { if (following) { goOn() } else if (!ended) { ask({do: "more"}) } else { play(false) } }

const playOn = play
play = (on) => {
  if (playing === on) { return }
  playOn(on)
  if (on && !following) { ask({do: "more"}) }
  if (!on && !ended) { drop(following); ask({do: "goto", k: run.k[at]}) } // the run stands where it is seen to stand
}
const goTo = (k) => { play(false); ask({do: "goto", k: Math.min(Math.max(Math.round(k), 0), run.live.furthest)}) }
KEYS.ArrowLeft = () => goTo(run.k[at] - 1)
KEYS.ArrowRight = () => { play(false); if (run.k[at] < run.live.furthest) { goTo(run.k[at] + 1) } else { ask({do: "more", one: true}) } }
KEYS.Home = () => goTo(0)
KEYS.End = () => goTo(run.live.furthest)
for (const [id, act] of [["back", "ArrowLeft"], ["step", "ArrowRight"]]) {
  const old = element(id), button = old.cloneNode(true)
  old.replaceWith(button)
  button.addEventListener("click", () => KEYS[act]())
}
{
  const old = element("scrub"), slider = old.cloneNode(true)
  old.replaceWith(slider)
  slider.setAttribute("aria-label", "Step")
  slider.addEventListener("input", () => goTo(Number(slider.value)))
}
document.querySelector("footer").hidden = true

// ---- parameters ------------------------------------------------------------------------------------------------------

const sliders = document.createElement("div")
sliders.className = "sliders"
sliders.setAttribute("role", "group")
sliders.setAttribute("aria-label", "Parameters")
document.querySelector(".controls").after(sliders)
const sheet_ = document.createElement("style")
sheet_.textContent = `.sliders { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 4px 20px; font-size: 13px; }
.sliders label { display: grid; grid-template-columns: 110px 1fr 64px; gap: 8px; align-items: center; }
.sliders span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sliders input { min-width: 0; height: 24px; margin: 0; accent-color: var(--accent); }
.sliders output { min-width: 0; }`
document.head.append(sheet_)
const STEPS = 1000
const valueAt = ({low, high, log, whole}, place) => {
  const share = place / STEPS, raw = log ? low * (high / low) ** share : low + (high - low) * share
  return whole ? Math.round(raw) : Number(raw.toPrecision(3))
}
const placeOf = ({low, high, log}, value) => Math.round(STEPS * (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)))
let rows = ""
function showSliders() {
  const names = run.live.sliders.map(({name}) => name).join(" ")
  if (names !== rows) {
    rows = names
    sliders.replaceChildren(...run.live.sliders.map((slider) => {
      const row = document.createElement("label"), words = document.createElement("span"), input = document.createElement("input"), value = document.createElement("output")
      words.textContent = `${slider.symbol} ${slider.label}`
      words.title = words.textContent
      Object.assign(input, {type: "range", min: 0, max: STEPS, step: 1})
      input.addEventListener("input", () => {
        value.textContent = shown(valueAt(slider, Number(input.value)))
        input.setAttribute("aria-valuetext", value.textContent)
        ask({do: "set", name: slider.name, value: valueAt(slider, Number(input.value)), k: run.k[at]})
      })
      row.append(words, input, value)
      return row
    }))
  }
  run.live.sliders.forEach((slider, i) => {
    const [, input, value] = sliders.children[i].children
    if (input.matches(":active")) { return }
    input.value = placeOf(slider, slider.value)
    value.textContent = shown(slider.value)
    input.setAttribute("aria-valuetext", value.textContent)
  })
}
showSliders()
stands = () => !waiting && !playing
playOn(false)
ready.then(() => ask({do: "now"})) // the notebook may have been loaded again, and the run have gone on since the page was made
