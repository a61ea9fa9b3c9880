// What happened in the replicas: a row for each kind of event. It is worked out on the server only while this section is open.

import {make} from "./dom.js"

const cell = ([title, meaning, runs, steps]) => make("tr", {},
  make("td", {textContent: title, title: meaning}), make("td", {textContent: runs}), make("td", {textContent: steps}))

export const makeEvents = (model) => {
  const about = make("p", {className: "soft"}), body = make("tbody")
  const head = make("thead", {}, make("tr", {}, ...["event", "replicas", "first step"].map((textContent) => make("th", {textContent, scope: "col"}))))
  const table = make("table", {}, head, body)
  const node = make("details", {className: "happened"}, make("summary", {textContent: "What happened"}), about, table)
  node.open = model.state.events?.open ?? false
  node.addEventListener("toggle", () => model.send_msg({act: "events", open: node.open}))
  const show = ({events}) => {
    node.hidden = events == null
    if (events == null) { return }
    table.hidden = !events.rows.length
    about.textContent = events.about
    body.replaceChildren(...events.rows.map(cell))
  }
  return {node, show}
}
