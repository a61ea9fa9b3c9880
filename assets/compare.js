// A second swarm beside the first: the server is told what was pressed and answers with the number of panes and the active one.

export function render({model}) {
  const row = Object.assign(document.createElement("div"), {className: "compare", role: "group", ariaLabel: "Compare two swarms"})
  const add = (act, value, text, title, className = "") => {
    const node = Object.assign(document.createElement("button"), {type: "button", textContent: text, title, className: `${act} ${className}`})
    node.addEventListener("click", (event) => {
      if (event.detail > 0) { node.blur() } // so that Space goes on meaning play and pause
      model.send_msg({act, value})
    })
    row.append(node)
    return node
  }
  const draw = () => {
    row.replaceChildren()
    if (model.panes === 1) {
      add("start", null, "Compare with a second swarm", "A second swarm with the same start and the same noise, step by step beside the first")
      return
    }
    for (const [place, name] of ["A", "B"].entries()) {
      add("show", place, name, `The controls and curves of swarm ${name}`, "tab").setAttribute("aria-pressed", String(place === model.active))
    }
    add("swap", null, "Swap", "Exchange A and B")
    add("copy", null, "A → B", "Make B what A is now")
    add("end", null, "End", "Go on with the chosen swarm alone")
  }
  for (const name of ["panes", "active"]) { model.on(name, draw) }
  draw()
  return row
}
