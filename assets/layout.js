// The layout of a page: the head with the name, the choices at the left, the board, and the drawer at the right. How it is laid out is said in
// layout.css. Both sides stay in the document when they are closed, so that nothing in them begins anew.

import {make, makeButton, listen} from "./dom.js"
import {needsEscape} from "./keys.js"

const MENU = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 18h18v-2H3zm0-5h18v-2H3zm0-7v2h18V6z"/></svg>`
const MENU_OPEN = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 18h13v-2H3zm0-5h10v-2H3zm0-7v2h13V6zm18 9.59L17.42 12 21 8.41 19.59 7l-5 5 5 5z"/></svg>`
const SUN = `<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="5"/><path class="rays" d="M12 1v3.5M12 19.5V23M1 12h3.5M19.5 12H23M4.2 4.2l2.5 2.5M17.3 17.3l2.5 2.5M4.2 19.8l2.5-2.5M17.3 6.7l2.5-2.5"/></svg>`
const MOON = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M21 14.3A9 9 0 1 1 9.7 3 7.2 7.2 0 0 0 21 14.3"/></svg>`
const USUAL_PX = 320
const LEAST_PX = 50 // narrower, the choices are closed
const STEP_PX = 16 // of an arrow key at their edge

const makeEdge = (model, side) => {
  const edge = make("div", {className: "edge", tabIndex: 0, role: "separator", ariaLabel: "Resize sidebar", ariaOrientation: "vertical", title: "Drag to resize the choices"})
  const widen = (width) => {
    if (width < LEAST_PX) {
      model.sidebar_open = false
      return
    }
    const px = Math.round(Math.min(width, window.innerWidth / 2))
    side.style.setProperty("--width", `${px}px`)
    Object.assign(edge, {ariaValueMin: LEAST_PX, ariaValueMax: Math.round(window.innerWidth / 2), ariaValueNow: px, ariaValueText: `${px} pixels`})
  }
  edge.addEventListener("pointerdown", (event) => {
    event.preventDefault()
    edge.setPointerCapture(event.pointerId)
  })
  edge.addEventListener("pointermove", ({pointerId, clientX}) => {
    if (edge.hasPointerCapture(pointerId)) { widen(clientX - side.getBoundingClientRect().left) }
  })
  edge.addEventListener("keydown", (event) => {
    const by = {ArrowLeft: -STEP_PX, ArrowRight: STEP_PX}[event.key]
    if (by === undefined) { return }
    event.preventDefault()
    event.stopPropagation()
    widen(side.getBoundingClientRect().width + by)
  })
  widen(USUAL_PX)
  return edge
}

export function render({model}) {
  const sidebar = make("nav", {className: "sidebar", ariaLabel: "Choices"}, make("div", {}, ...model.get_child("sidebar")))
  const board = make("div", {className: "main-content"}, ...model.get_child("main"))
  const main = make("main", {className: "main"}, board, make("h1", {className: "title-of-headless", textContent: model.title}))
  const cards = model.get_child("contextbar")
  const drawer = cards.length ? make("nav", {className: "contextbar", ariaLabel: "Panel"}, ...cards) : null
  const menu = makeButton({}, () => { model.sidebar_open = !model.sidebar_open })
  const theme = makeButton({ariaLabel: "Toggle theme", title: "Toggle theme"}, () => { model.dark_theme = !model.dark_theme })
  const logo = make("a", {className: "logo", href: "/", tabIndex: -1, ariaHidden: "true", innerHTML: model.logo})
  const title = make("h1", {className: "title"}, make("a", {href: "/", textContent: model.title}))
  const head = make("header", {className: "header"}, menu, logo, title, make("div", {className: "parts"}, ...model.get_child("header")), theme)
  sidebar.append(makeEdge(model, sidebar))
  const show = () => {
    menu.innerHTML = model.sidebar_open ? MENU_OPEN : MENU
    menu.title = menu.ariaLabel = model.sidebar_open ? "Close drawer" : "Open drawer"
    menu.setAttribute("aria-expanded", String(model.sidebar_open))
    sidebar.classList.toggle("open", model.sidebar_open)
    drawer?.classList.toggle("open", model.contextbar_open)
  }
  const colour = () => {
    theme.innerHTML = model.dark_theme ? MOON : SUN
    document.documentElement.classList.toggle("in-the-dark", model.dark_theme) // "dark" is a class that panel-material-ui gives and takes
  }
  model.on(["sidebar_open", "contextbar_open"], show)
  model.on("dark_theme", colour)
  // On a phone both lie over the page: Escape closes the one that was opened above the other.
  const small = matchMedia("(max-width: 700px)")
  listen(model, document, "keydown", (event) => {
    const name = ["contextbar_open", "sidebar_open"].find((side) => model[side])
    if (event.key !== "Escape" || !small.matches || name === undefined || needsEscape(event)) { return }
    event.preventDefault()
    model[name] = false
  })
  show()
  colour()
  return make("div", {className: "layout"}, head, make("div", {className: "body"}, sidebar, main, ...(drawer ? [drawer] : [])))
}
