// The speed in steps per second: a logarithmic slider whose right end is "as fast as it goes".

import {make, fillRail, grouped} from "./dom.js"

const SPEED_STEPS = 200

export const makeSpeed = (model, send) => {
  const slider = make("input", {type: "range", min: 0, max: SPEED_STEPS, step: 1, ariaLabel: "Speed, steps per second",
    title: "Steps per second; at the right end as fast as it goes"})
  const rate = make("output", {className: "rate"})
  const speedAt = (position) =>
    (Number(position) >= SPEED_STEPS ? null : Math.round(Math.pow(model.most, position / (SPEED_STEPS - 1))))
  const positionOf = (speed) =>
    (speed == null ? SPEED_STEPS : Math.round((SPEED_STEPS - 1) * Math.log(speed) / Math.log(model.most)))
  const showRate = (speed) => {
    rate.textContent = speed == null ? "fastest" : `${grouped(speed)}/s`
    slider.setAttribute("aria-valuetext", speed == null ? "as fast as it goes" : `${grouped(speed)} steps per second`)
    fillRail(slider)
  }
  const show = () => {
    if (speedAt(slider.value) !== model.speed) { slider.value = positionOf(model.speed) } // several places of the thumb mean one speed
    showRate(model.speed)
  }
  slider.addEventListener("input", () => {
    showRate(speedAt(slider.value))
    send("speed", speedAt(slider.value))
  })
  model.on("speed", show)
  show()
  return {node: make("label", {className: "speed"}, make("span", {textContent: "Speed"}), slider, rate)}
}
