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

// `ask()`: asks the server for the dark theme where it is wanted.
export const followTheme = (model, send) => {
  model.on("dark", () => {
    rememberTheme(model.dark)
    if (model.dark) { requestAnimationFrame(() => window.dispatchEvent(new CustomEvent("swarmviz:dark"))) }
  })
  return {ask: () => { if (wantsDark() && !model.dark) { send("dark", true) } }}
}
