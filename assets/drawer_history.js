// Back closes a panel, the drawer or on a phone the sheet of the choices, and leaves the page only where none is open.
//
// A panel that opens adds an entry to the browser's history, whose state names the open panels; one that is closed by its button takes its
// entry away. The address of all entries is written by bar_link.js.

import {listen} from "./dom.js"

const isPanel = (name) => name === "open" || matchMedia("(max-width: 700px)").matches // beside a wide page the choices are no panel

const keepPanelsInHistory = (model) => {
  const listed = () => history.state?.panels ?? []
  let following = false // what the history says
  const changed = (name) => {
    if (following || !isPanel(name)) { return }
    const panels = listed()
    if (model[name]) {
      if (!panels.includes(name)) { history.pushState({...history.state, panels: [...panels, name]}, "", location.href) }
    } else if (panels.at(-1) === name) { history.back() }
    else if (panels.includes(name)) { history.replaceState({...history.state, panels: panels.filter((other) => other !== name)}, "", location.href) }
  }
  for (const name of ["open", "sheet"]) { model.on(name, () => changed(name)) }
  listen(model, window, "popstate", () => {
    following = true
    for (const name of ["open", "sheet"]) {
      const on = listed().includes(name)
      if (isPanel(name) && model[name] !== on) { model[name] = on }
    }
    following = false
  })
  if (listed().length) { history.replaceState({...history.state, panels: []}, "", location.href) } // the page was loaded anew: all are closed
}
