// The row over a map: its two parameters with their ranges, the step by which a run must have succeeded, and the whole screen. The server is
// told what was chosen and answers with what then holds.

import {make, makeBox, makeButton, listen} from "./dom.js"
import {icon} from "./bar_transport.js"

const paneAround = (node) => {
  for (let root = node.getRootNode(); root?.host; root = root.host.getRootNode()) {
    if (root.host.matches(".map-view")) { return root.host }
  }
  return null
}

export function render({model}) {
  const send = (name) => (value) => model.send_msg({name, value})
  const makeMenu = (ariaLabel, choose) => make("select", {ariaLabel, title: ariaLabel, onchange: ({target}) => {
    choose(target.value)
    target.blur()
  }})
  const fill = (menu, choices, chosen) => {
    const wanted = JSON.stringify([choices, chosen])
    if (menu.dataset.filled === wanted) { return }
    menu.dataset.filled = wanted
    menu.replaceChildren(...choices.map(([value, textContent]) => make("option", {value, textContent, selected: value === chosen})))
  }
  const axes = [["map_x", "horizontal"], ["map_y", "vertical"]].map(([name, side]) => {
    const menu = makeMenu(`Parameter of the ${side} axis`, send(name))
    const {box, write} = makeBox({ariaLabel: `Range of the ${side} axis`, title: `Range of the ${side} axis, low:high`, maxLength: 60, size: 5, spellcheck: false},
      send(`${name}_range`))
    return {name, menu, box, write, group: make("span", {className: "axis"}, menu, box)}
  })
  const steps = makeMenu("Step by which a run must have found the minimum", (value) => send("map_steps")(Number(value)))
  const full = makeButton({className: "whole", innerHTML: icon("full")}, () =>
    document.fullscreenElement ? document.exitFullscreen() : paneAround(full)?.requestFullscreen?.())
  full.hidden = !document.fullscreenEnabled
  const tell = () => { full.title = full.ariaLabel = document.fullscreenElement ? "Leave the whole screen" : "Map on the whole screen" }
  const draw = () => {
    for (const {name, menu, box, write} of axes) {
      fill(menu, model.axes, model.shown[name])
      write(model.shown[`${name}_range`] ?? "")
      box.placeholder = model.usual[`${name}_range`] ?? "low:high"
    }
    fill(steps, model.steps, model.shown.map_steps)
  }
  for (const name of ["axes", "steps", "shown", "usual"]) { model.on(name, draw) }
  listen(model, document, "fullscreenchange", tell)
  tell()
  draw()
  return make("div", {className: "fields", role: "group", ariaLabel: "What the map is of"}, ...axes.map(({group}) => group), steps, full)
}
