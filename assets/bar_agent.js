// Which agent's step is told: a click on one in the arena chooses it (components/views/arena/choosing.py), A and Shift A go through them.
// Escape lets go of the terms of all agents that a paused slow step has left in sight.

import {listen} from "./dom.js"
import {isTaken} from "./keys.js"

export const listenForAgents = (model, send) => {
  listen(model, document, "swarmviz-agent", ({detail}) => send("tap", detail))
  listen(model, window, "keydown", (event) => {
    if (event.key === "Escape" && model.slow === "held" && !event.defaultPrevented) { send("slow", false) }
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== "a" || isTaken(event.key, event.composedPath()[0])) { return }
    send("agent", event.shiftKey ? "previous" : "next")
    event.preventDefault()
  })
}
