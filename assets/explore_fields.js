// What a table of runs is looked at over: menus, targets, and what holds for all of its rows. The server is told what was chosen. Whatever
// comes from the file is text, never markup.

import "./connection.js"
import {make, makeBox} from "./dom.js"
import {makeTheme} from "./bar_theme.js"
import {nameFrame} from "./frame_names.js"

export function render({model}) {
  watchConnection(model)
  const send = (name, value) => model.send_msg({name, value})
  const theme = makeTheme(model, send, () => {})
  const title = make("h2"), menus = make("div", {className: "menus"}), facts = make("dl")
  const {box, write} = makeBox({ariaLabel: "Targets", title: "Distances to F*, numbers between commas", maxLength: 100, spellcheck: false}, (text) => send("targets", text))
  const targets = make("label", {className: "menu"}, make("span", {textContent: "Targets: F* plus"}), box)
  const complaint = make("p", {className: "complaint"})
  complaint.setAttribute("role", "alert")
  const drawMenus = () => {
    const held = menus.querySelector(":focus")?.dataset.name
    menus.replaceChildren(...model.menus.map(([name, words, choices, chosen]) => {
      const menu = make("select", {onchange: ({target}) => send(name, target.value)},
        ...choices.map(([value, textContent]) => make("option", {value, textContent, selected: value === chosen})))
      menu.dataset.name = name
      return make("label", {className: "menu"}, make("span", {textContent: words}), menu)
    }))
    if (held) { menus.querySelector(`[data-name="${CSS.escape(held)}"]`)?.focus() }
  }
  const draw = () => {
    title.textContent = model.title
    facts.replaceChildren(...model.facts.flatMap(([words, value]) => [make("dt", {textContent: words}), make("dd", {textContent: value})]))
    targets.hidden = model.targets === ""
    write(model.targets)
    complaint.textContent = model.complaint
    complaint.hidden = model.complaint === ""
  }
  for (const name of ["title", "facts", "targets", "complaint"]) { model.on(name, draw) }
  model.on("menus", drawMenus)
  model.on("drawn", () => window.dispatchEvent(new CustomEvent("swarmviz:frame", {detail: {k: 0}}))) // the page has something to show
  draw()
  drawMenus()
  const small = matchMedia("(max-width: 700px), (max-height: 500px)") // a phone, upright or on its side: the choices would cover the pictures
  setTimeout(() => { // once the page is connected
    nameFrame(model)
    theme.ask()
    if (small.matches) { send("narrow", true) }
  })
  return make("div", {className: "fields"}, title, menus, targets, complaint,
    make("p", {className: "how", textContent: "Drag a box in a picture to choose runs; tap a point, a curve or a row to open its run in the arena."}), facts)
}
