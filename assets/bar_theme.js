// The theme of the page: the one that was chosen here before, else the system's, also when that changes while the page is open. A choice is
// remembered while it differs from what the system says. assets/arrival.html reads the same memory.

import {makeButton, make, listen} from "./dom.js"
import {icon} from "./bar_transport.js"

const THEME_KEY = "swarmviz theme"
const systemDark = matchMedia("(prefers-color-scheme: dark)")

const rememberedTheme = () => {
  try { return localStorage.getItem(THEME_KEY) } catch { return null }
}

const rememberTheme = (choice) => {
  try {
    if (choice == null) { localStorage.removeItem(THEME_KEY) } else { localStorage.setItem(THEME_KEY, choice) }
  } catch { /* a browser without a memory */ }
}

// The frame of the page is drawn anew some time after it was told the theme; who waits for the dark is told once it is seen.
const bodyIsDark = () => {
  const [red = 255, green = 255, blue = 255, opacity = 1] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? []
  return opacity > 0 && red + green + blue < 384
}
const tellWhenDark = (frames = 300) => requestAnimationFrame(() => {
  if (bodyIsDark()) { window.dispatchEvent(new CustomEvent("swarmviz:dark")) } else if (frames > 0) { tellWhenDark(frames - 1) }
})

// The page's head has a switch of its own; the button here is for the time when the head is hidden (page.css). `onPress()` is called when it is
// pressed. `ask()`, once the page is there: asks the server for the theme that is wanted.
export const makeTheme = (model, send, onPress) => {
  let choice = rememberedTheme(), following = false // whether the server was asked for the system's theme and has not answered
  const ask = () => {
    const dark = (choice ?? (systemDark.matches ? "dark" : "light")) === "dark"
    if (!following && dark !== model.dark) {
      following = true
      send("dark", dark)
    }
  }
  const toggle = () => send("dark", !model.dark)
  const button = makeButton({className: "theme", innerHTML: icon("theme")}, () => {
    onPress()
    toggle()
  }, make("span"))
  const show = () => {
    const other = model.dark ? "Light theme" : "Dark theme"
    button.lastChild.textContent = other
    button.title = button.ariaLabel = `${other} (D)`
  }
  model.on("dark", () => {
    show()
    if (following) {
      following = false
      ask() // the system may say something else by now
    } else {
      choice = model.dark === systemDark.matches ? null : model.dark ? "dark" : "light"
      rememberTheme(choice)
    }
    if (model.dark) { tellWhenDark() }
  })
  listen(model, systemDark, "change", ask)
  show()
  return {button, toggle, ask}
}
