// The list of lessons, and the one that is read: its step with sliders and numbers in the text, questions, and the way through it.

import {make, makeButton, fillRail, saveFile} from "./dom.js"

const SLIDER_STEPS = 400
const shownNumber = (value) => (typeof value === "number" ? String(Number(value.toPrecision(4))) : value ?? "–")

// Position of a slider 0…SLIDER_STEPS ↔ value.
const valueAt = ({low, high, log, whole}, position) => {
  const share = position / SLIDER_STEPS
  const raw = log ? low * Math.pow(high / low, share) : low + (high - low) * share
  return whole ? Math.round(raw) : Number(raw.toPrecision(4))
}
const positionOf = ({low, high, log}, value) => {
  const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
  return Math.round(SLIDER_STEPS * Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)))
}

const makeSlider = (slot, place, send) => {
  const slider = make("input", {type: "range", min: 0, max: SLIDER_STEPS, step: 1, ariaLabel: `${slot.symbol}, ${slot.name}`})
  const output = make("output", {})
  let held = false
  const tell = (value) => {
    output.textContent = shownNumber(value)
    slider.setAttribute("aria-valuetext", output.textContent)
    fillRail(slider)
  }
  const slide = (final) => {
    const value = valueAt(slot, slider.value)
    tell(value)
    send("slide", [place, value, final])
  }
  slider.addEventListener("input", () => {
    held = true
    slide(false)
  })
  slider.addEventListener("change", () => {
    held = false
    slide(true)
  })
  const set = (value) => {
    if (held || value == null) { return }
    if (typeof value === "number" && valueAt(slot, slider.value) !== value) { slider.value = positionOf(slot, value) }
    tell(value)
  }
  return {node: make("span", {className: "slider"}, slider, output), set}
}

const makeNumber = () => {
  const node = make("output", {className: "now", textContent: "–"})
  node.setAttribute("aria-live", "off") // it changes a few times a second
  return {node, set: (value) => { node.textContent = shownNumber(value) }}
}

const listOf = (lessons, send) => {
  const families = [...new Set(lessons.map(({family}) => family))]
  return families.flatMap((family) => [make("h3", {textContent: family}), make("ul", {className: "list"},
    ...lessons.filter((lesson) => lesson.family === family).map((lesson) => make("li", {},
      makeButton({className: "lesson"}, () => send("open", lesson.name), make("b", {textContent: lesson.title}),
        make("small", {textContent: lesson.note})))))])
}

const makePart = {
  text: ({html}) => ({node: make("div", {className: "text", innerHTML: html})}),
  ask: ({html}) => ({node: make("div", {className: "ask"}, make("b", {textContent: "To think about"}), make("p", {innerHTML: html}))}),
  until: () => {
    const node = make("p", {className: "until"})
    node.setAttribute("role", "status")
    return {node, tell: (model) => { node.textContent = model.until }}
  },
  remember: ({lines, statements}, send) => ({node: make("div", {className: "remember"}, make("b", {textContent: "To remember"}),
    ...lines.map((innerHTML) => make("p", {innerHTML})),
    ...statements.map(({source, statement}) => make("p", {className: "statement"},
      makeButton({className: "claim", textContent: source, title: "Open the claims about the run, with their hypotheses"}, () => send("claim", source)), ` ${statement}`)))}),
  predict: ({html, choices}, send) => {
    const buttons = choices.map((choice, i) => makeButton({className: "choice", innerHTML: choice.html}, () => send("answer", i)))
    const reply = make("p", {className: "reply"})
    reply.setAttribute("role", "status")
    const group = make("div", {role: "group"}, ...buttons)
    group.setAttribute("aria-label", "Choices")
    const tell = (model) => {
      const chosen = choices[model.answer]
      buttons.forEach((button, i) => {
        button.setAttribute("aria-pressed", String(i === model.answer))
        button.classList.toggle("right", Boolean(chosen) && choices[i].right)
      })
      const said = chosen ? `<b>${chosen.right ? "✓" : "✕"}</b> ${chosen.reply}` : ""
      if (reply.innerHTML !== said) { reply.innerHTML = said }
      reply.className = chosen?.right ? "reply right" : "reply"
    }
    return {node: make("div", {className: "predict"}, make("p", {innerHTML: html}), group, reply), tell}
  },
}

export function render({model}) {
  const send = (act, value = null) => model.send_msg({act, value})
  const root = make("section", {className: "lessons", ariaLabel: "Lessons"})
  const list = make("div", {})
  const heading = make("h3", {tabIndex: -1}), title = make("h2", {}), count = make("span", {className: "count"})
  const body = make("div", {className: "body"})
  const back = makeButton({className: "back", textContent: "Back"}, () => send("go", model.step.place - 1))
  const reset = makeButton({className: "reset", textContent: "Reset this step", title: "The swarm and the question as they were when this step began"}, () => send("reset"))
  const next = makeButton({className: "next", textContent: "Next"}, () => send("go", model.step.place + 1))
  const take = makeButton({className: "take"}, () => send(model.taking < 0 ? "take" : "cancel"))
  const told = make("p", {className: "told", role: "status"})
  const leave = makeButton({className: "leave", textContent: "All lessons"}, () => send("leave"))
  const reader = make("article", {}, make("header", {}, leave, count, take), told, title, heading, body, make("footer", {}, back, reset, next))
  root.append(list, reader)
  let slots = [], parts = [], shown = 0, seen = false

  const layOut = () => document.documentElement.classList.toggle("lesson", seen && model.title !== "")
  const tell = () => { for (const part of parts) { part.tell?.(model) } }
  const fill = () => slots.forEach((slot, i) => slot?.set(model.numbers[String(i)]))
  const reveal = () => {
    parts.forEach(({node}, i) => { node.hidden = i >= model.seen })
    tell()
  }
  const showTaking = () => {
    const working = model.taking >= 0
    take.textContent = working ? "Cancel" : "Take away"
    take.title = working ? "Cancel the export" : "This lesson as one HTML file that needs no server and no network"
    told.textContent = working ? `${Math.round(100 * model.taking)} %` : model.told
  }
  const showList = () => list.replaceChildren(make("h2", {textContent: "Lessons"}), ...listOf(model.lessons, send))
  const showWhich = () => {
    const left = model.title === "" && reader.contains(root.getRootNode().activeElement) // by the keyboard
    list.hidden = model.title !== ""
    reader.hidden = model.title === ""
    if (left) { list.querySelector("button")?.focus() }
    title.textContent = model.title
    layOut()
  }
  const showStep = () => {
    const step = model.step
    if (!step.parts) { return }
    const another = step.count !== shown
    shown = step.count
    heading.textContent = step.title
    count.textContent = `Step ${step.place + 1} of ${model.steps}`
    parts = step.parts.map((part) => makePart[part.kind](part, send))
    body.replaceChildren(...parts.map(({node}) => node))
    slots = step.slots.map((slot, i) => (slot.kind === "slider" ? makeSlider(slot, i, send) : makeNumber()))
    for (const place of body.querySelectorAll("[data-slot]")) { place.replaceWith(slots[Number(place.dataset.slot)].node) }
    back.disabled = step.place === 0
    next.disabled = step.place + 1 >= model.steps
    reveal()
    fill()
    if (another && seen) { // whoever uses a keyboard or listens goes on reading from the top of the step
      heading.focus({preventScroll: true})
      header.scrollIntoView({block: "start"})
    }
  }
  const header = reader.firstChild
  const watch = new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting
    layOut()
    send("seen", seen)
  })
  watch.observe(root)
  model.on("remove", () => {
    watch.disconnect()
    document.documentElement.classList.remove("lesson")
  })
  model.on("msg:custom", (event) => saveFile(event.data?.file ?? event.file)) // Panel hands over the message itself or an event with it
  model.on("taking", showTaking)
  model.on("told", showTaking)
  model.on("lessons", showList)
  model.on("title", showWhich)
  model.on("step", showStep)
  model.on("steps", showStep)
  model.on("seen", reveal)
  model.on("answer", tell)
  model.on("until", tell)
  model.on("numbers", fill)
  showTaking()
  showList()
  showWhich()
  showStep()
  return root
}
