// Of the controls that are in sight: what all are called, the choices of menus included, and what is wrong with those that a pointer cannot
// reach. Each is scrolled into view; it is bad when it then lies outside of the window, or when something that cuts it off or covers it is met
// in its middle. Within a dialog that is open, or within what `selector` names, only the controls of that are looked at. Of a name the
// beginning is told, without its digits: a text may hold numbers of the run.
(selector) => {
  const KINDS = "button, input, select, textarea, summary, a[href], [tabindex='0']"
  const all = (root) => [...root.querySelectorAll("*")].flatMap((node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])])
  const parent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null
  const around = (node, wanted) => {
    for (let at = node; at; at = parent(at)) { if (at === wanted) { return true } }
    return false
  }
  const deepest = (x, y) => {
    let at = document.elementFromPoint(x, y)
    while (at?.shadowRoot) {
      const inner = at.shadowRoot.elementFromPoint(x, y)
      if (!inner || inner === at) { break }
      at = inner
    }
    return at
  }
  const label = (node) => (node.ariaLabel || node.title || node.textContent || node.name || "").trim().slice(0, 30).replace(/\d+/g, "#")
  const name = (node) => `${node.tagName.toLowerCase()}.${String(node.className?.baseVal ?? node.className).trim().replace(/\s+/g, ".").slice(0, 40)} “${label(node)}”`
  const modal = all(document).findLast((node) => node.matches(selector || "dialog[open], :popover-open"))
  const bad = [], names = []
  for (const node of all(modal ?? document)) {
    if (!node.matches(KINDS) || node.disabled || !node.checkVisibility({opacityProperty: true, visibilityProperty: true})) { continue }
    if (node.getBoundingClientRect().width < 2) { continue } // for screen readers only
    node.scrollIntoView({block: "center", inline: "center"})
    const {left, right, top, bottom} = node.getBoundingClientRect(), x = (left + right) / 2, y = (top + bottom) / 2
    names.push(label(node), ...(node.tagName === "SELECT" ? Array.from(node.options, label) : []))
    if (left < -1 || right > innerWidth + 1 || y < 0 || y > innerHeight) {
      bad.push(`outside of the window: ${name(node)}`)
      continue
    }
    const hit = deepest(x, y), own = node.closest("label")
    if (!hit || !(around(hit, node) || around(node, hit) && hit.matches("label, .bk-Figure") || (own && around(hit, own)) || (node.closest("math") && node.closest("math") === hit.closest("math")))) {
      bad.push(`covered by ${hit ? name(hit) : "nothing"}: ${name(node)}`)
    }
  }
  return {names, bad}
}
