// At what a run pauses by itself: events, and observables that come beyond a number. Both make one list of texts, as a link has it.

import {make, makeButton, makePopover} from "./dom.js"

const SIGNS = [["<", "is below"], [">", "is above"]]

// `onShow()` is called when what is chosen has changed.
export const makePauseWhen = (model, send, onShow) => {
  const [button, panel] = makePopover({className: "when", textContent: "when …"}, {className: "pauses", ariaLabel: "Pause when"})
  const kinds = make("fieldset", {}, make("legend", {textContent: "Pause when …"}))
  const others = make("ul", {})
  const observable = make("select", {ariaLabel: "Observable"}), sign = make("select", {ariaLabel: "Comparison"},
    ...SIGNS.map(([value, textContent]) => make("option", {value, textContent})))
  const number = make("input", {type: "text", inputMode: "text", ariaLabel: "Number", value: "1e-3", autocomplete: "off"})
  const refused = make("p", {className: "refused", role: "alert"})
  const choose = (text, on) => send("pause_when", [text, on]) // one at a time: an answer to the one before may be under way
  const add = () => choose(`${observable.value} ${sign.value} ${number.value.trim()}`, true)
  number.addEventListener("keydown", (event) => { if (event.key === "Enter") { add() } })
  panel.append(kinds, make("fieldset", {}, make("legend", {textContent: "… or when a number is passed"}),
    make("div", {className: "condition"}, observable, sign, number, makeButton({className: "inline"}, add, "Add")), refused, others),
    make("p", {className: "note", textContent: "The run pauses exactly at that step; in a run so long that not every step is recorded, at the next recorded one. Play goes on to the next pause. A run that diverges always pauses."}))

  const boxes = new Map() // name → checkbox
  const offer = () => {
    boxes.clear()
    kinds.replaceChildren(kinds.firstChild, ...model.pause_kinds.map(({name, title, meaning}) => {
      const box = make("input", {type: "checkbox", value: name})
      box.addEventListener("change", () => choose(name, box.checked))
      boxes.set(name, box)
      return make("label", {}, box, make("span", {}, make("b", {textContent: title}), make("small", {textContent: meaning})))
    }))
    const before = observable.value
    observable.replaceChildren(...model.pause_observables.map(({name, symbol, meaning}) => make("option", {value: name, textContent: `${symbol} · ${meaning}`})))
    const usual = [before, "dispersion"].find((name) => model.pause_observables.some((one) => one.name === name))
    if (usual) { observable.value = usual }
    show()
  }
  const titleOf = (text) => model.pause_kinds.find(({name}) => name === text)?.title ?? text
  const show = () => {
    for (const [name, box] of boxes) { box.checked = model.pause_when.includes(name) }
    const rest = model.pause_when.filter((text) => !boxes.has(text))
    others.replaceChildren(...rest.map((text) => make("li", {}, make("span", {textContent: text}),
      makeButton({className: "inline close", ariaLabel: `Do not pause when ${text}`, title: "Take away"}, () => {
        choose(text, false)
        number.focus()
      }, "✕"))))
    refused.textContent = model.pause_refused
    const count = model.pause_when.length
    button.textContent = count ? `when … ${count}` : "when …"
    button.classList.toggle("set", count > 0)
    button.title = button.ariaLabel = `Pause when something happens${count ? `: ${changed()}` : ""}`
    onShow()
  }
  const changed = () => model.pause_when.map(titleOf).join(", ")
  for (const name of ["pause_kinds", "pause_observables"]) { model.on(name, offer) }
  for (const name of ["pause_when", "pause_refused", "answered"]) { model.on(name, show) }
  return {show: offer, button, panel, changed, isOpen: () => panel.matches(":popover-open")}
}
