// The row over a map: its two parameters with their ranges, the step or the evaluations by which a run must have succeeded, the share of runs
// that is good enough, what can be taken out, and the whole screen. The server is told what was chosen and answers with what then holds.

import {make, makeBox, makeButton, makeMenu, listen} from "./dom.js"
import {icon} from "./bar_transport.js"

const paneAround = (node) => {
  for (let root = node.getRootNode(); root?.host; root = root.host.getRootNode()) {
    if (root.host.matches(".map-view")) { return root.host }
  }
  return null
}

export function render({model}) {
  const send = (name) => (value) => model.send_msg({name, value})
  const called = (ariaLabel) => ({ariaLabel, title: ariaLabel})
  const fill = (menu, choices, chosen) => {
    const wanted = JSON.stringify([choices, chosen])
    if (menu.dataset.filled === wanted) { return }
    menu.dataset.filled = wanted
    menu.replaceChildren(...choices.map(([value, textContent]) => make("option", {value, textContent, selected: value === chosen})))
  }
  const axes = [["map_x", "horizontal"], ["map_y", "vertical"]].map(([name, side]) => {
    const menu = makeMenu(called(`Parameter of the ${side} axis`), send(name))
    const {box, write} = makeBox({ariaLabel: `Range of the ${side} axis`, title: `Range of the ${side} axis, low:high`, maxLength: 60, size: 5, spellcheck: false},
      send(`${name}_range`))
    return {name, menu, box, write, group: make("span", {className: "axis"}, menu, box)}
  })
  const limit = makeMenu(called("Step or evaluations of F by which a run must have found the minimum"), (value) => {
    const [name, number] = value.split(":")
    send(name)(Number(number))
  })
  const goal = makeMenu(called("Share of its runs that makes a cell good enough: those cells are outlined"), (value) => send("map_goal")(Number(value)))
  const around = "Fit the axes to the largest outlined region"
  const fit = makeButton({className: "fit", innerHTML: icon("fit"), title: around, ariaLabel: around}, () => model.send_msg({act: "fit"}))
  const take = makeButton({className: "take", textContent: "Export", title: "Figure, script and data of the map"}, () => model.send_msg({act: "take"}))
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
    const {map_steps: k, map_evaluations: evaluations} = model.shown
    const prefixed = (name, choices) => choices.map(([value, words]) => [`${name}:${value}`, words])
    fill(limit, [...prefixed("map_steps", model.steps), ...prefixed("map_evaluations", model.evaluations)],
      evaluations ? `map_evaluations:${evaluations}` : `map_steps:${k}`)
    fill(goal, model.goals.map(([value, words]) => [String(value), words]), String(model.shown.map_goal))
    fit.disabled = !model.fits
  }
  for (const name of ["axes", "steps", "evaluations", "goals", "fits", "shown", "usual"]) { model.on(name, draw) }
  listen(model, document, "fullscreenchange", tell)
  tell()
  draw()
  return make("div", {className: "fields", role: "group", ariaLabel: "What the map is of"}, ...axes.map(({group}) => group),
    make("span", {className: "rest"}, limit, goal, fit, take, full))
}
