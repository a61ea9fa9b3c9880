// Our page inside another one: laid out as the address asks for (?embed=arena, arena+bar or full), at rest while nobody can see it, and open to
// the messages of the page around it where the server's owner allows that page (components/page/embedding.py, docs/embedding.md).

import {listen} from "./dom.js"
import {layOut} from "./bar_places.js"

const FORMS = {"arena": ["embedded", "bare"], "arena+bar": ["embedded"], "full": []}
const MAX_MESSAGES_PER_S = 20
const MAX_MESSAGE_CHARS = 6000

// In an address "+" is a space.
const asked = (new URLSearchParams(location.search).get("embed") ?? "").replace(" ", "+")
export const form = Object.hasOwn(FORMS, asked) ? asked : null

// A link to the same form of the page.
export const withForm = (link) => (form ? `${link}${link.includes("?") ? "&" : "?"}embed=${encodeURIComponent(form)}` : link)

// Whether a source of frame-ancestors names an origin.
export const names = (source, origin) => {
  const pattern = source.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*")
  return new RegExp(`^${pattern}$`).test(origin)
}
const allowed = (origin) => {
  const sources = document.querySelector("meta[name=swarmviz-embed]")?.content ?? ""
  return sources.split(" ").some((source) => source && names(source, origin))
}

export const listenToFrame = (model, send, node) => {
  for (const name of form ? FORMS[form] : []) { layOut(node, name, true) }
  if (window.parent === window) { return {isSeen: () => true} }
  let seen = true
  const watch = new IntersectionObserver(([{isIntersecting}]) => {
    seen = isIntersecting
    send("hidden", document.hidden || !seen)
  })
  watch.observe(document.documentElement)
  const waiting = new Map()
  let count = 0, times = []
  listen(model, window, "message", ({source, origin, data}) => {
    if (source !== window.parent || !allowed(origin) || data === null || typeof data !== "object" || data.type !== "swarmviz") { return }
    const {id = null, act = null, name = null, value = null} = data
    const answer = (more) => window.parent.postMessage({type: "swarmviz", id, ...more}, origin)
    const now = performance.now()
    times = times.filter((time) => time > now - 1000)
    if (times.length >= MAX_MESSAGES_PER_S) { return answer({error: `more than ${MAX_MESSAGES_PER_S} messages a second`}) }
    times.push(now)
    let size = Infinity
    try { size = JSON.stringify([id, act, name, value]).length } catch { /* what has no such form is no message */ }
    if (!(size <= MAX_MESSAGE_CHARS)) { return answer({id: null, error: `a message has at most ${MAX_MESSAGE_CHARS} characters`}) }
    const own = String(++count)
    waiting.set(own, answer)
    send("embed", {id: own, act, name, value})
  })
  model.on("answers", () => {
    for (const {id, ...more} of model.answers.answers ?? []) {
      waiting.get(id)?.(more)
      waiting.delete(id)
    }
  })
  model.on("remove", () => watch.disconnect())
  return {isSeen: () => seen}
}
