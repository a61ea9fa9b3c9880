// A row of small buttons: one of several choices, then switches. The server is told what was pressed and answers with the new state.

const MOST = 5 // buttons; more choices become a menu, and so do those for which there is no room

export function render({model}) {
  const row = document.createElement("div")
  row.className = "chips"
  const add = (name, label, title, on, role) => {
    const node = Object.assign(document.createElement("button"), {type: "button", textContent: label, title, className: role})
    node.setAttribute("aria-pressed", String(on))
    node.addEventListener("click", (event) => {
      if (event.detail > 0) { node.blur() } // so that Space goes on meaning play and pause
      model.send_msg(name)
    })
    row.append(node)
  }
  let needed = 0 // pixels that the buttons take; 0 until they were once seen to take too many
  const fits = () => needed === 0 || row.clientWidth === 0 || needed <= row.clientWidth
  let roomy = true // whether there was room when the row was last drawn
  const draw = () => {
    row.replaceChildren()
    roomy = fits()
    if (model.choices.length > MOST || !roomy) {
      const menu = document.createElement("select")
      menu.setAttribute("aria-label", model.label)
      for (const [name, label, title] of model.choices) { menu.add(Object.assign(new Option(label, name, false, name === model.value), {title})) }
      menu.addEventListener("change", () => { model.send_msg(menu.value); menu.blur() })
      row.append(menu)
    } else if (model.choices.length > 1) {
      for (const [name, label, title] of model.choices) { add(name, label, title, name === model.value, "choice") }
    } else {
      row.append(Object.assign(document.createElement("span"), {textContent: model.choices[0]?.[1] ?? ""}))
    }
    row.append(Object.assign(document.createElement("i"), {}))
    for (const [name, label, title] of model.switches) { add(name, label, title, model.lit.includes(name), "switch") }
  }
  const measure = () => {
    if (row.scrollWidth > row.clientWidth && row.clientWidth > 0 && !row.querySelector("select")) { needed = row.scrollWidth }
    if (fits() !== roomy) { draw() }
  }
  for (const name of ["choices", "value", "switches", "lit"]) {
    model.on(name, () => {
      if (name === "choices") { needed = 0 }
      draw()
      measure()
    })
  }
  new ResizeObserver(measure).observe(row)
  draw()
  return row
}
