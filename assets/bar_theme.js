// The theme that the page opens in: the one that was chosen here before, else the system's. A choice is remembered while it differs from
// what the system says. assets/arrival.html reads the same memory.

const THEME_KEY = "swarmviz theme"
const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)").matches

const wantsDark = () => {
  try {
    return (localStorage.getItem(THEME_KEY) ?? (systemIsDark() ? "dark" : "light")) === "dark"
  } catch {
    return systemIsDark()
  }
}

const rememberTheme = (dark) => {
  try {
    if (dark === systemIsDark()) { localStorage.removeItem(THEME_KEY) } else { localStorage.setItem(THEME_KEY, dark ? "dark" : "light") }
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

// `ask()`: asks the server for the dark theme where it is wanted.
export const followTheme = (model, send) => {
  model.on("dark", () => {
    rememberTheme(model.dark)
    if (model.dark) { tellWhenDark() }
  })
  return {ask: () => { if (wantsDark() && !model.dark) { send("dark", true) } }}
}
