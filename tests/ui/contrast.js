// Every text that is seen whose contrast with what lies behind it is below that of WCAG 2 level AA: 4.5, or 3 where it is large.
// [contrast, wanted, colour, background, text, where], each kind once. Controls that cannot be used are left out, as there.
() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/-?[\d.]+(?:e-?\d+)?/g).map(Number), unit = text.startsWith("color(") ? 255 : 1
    return [r * unit, g * unit, b * unit, a]
  }
  const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => a * c + (1 - a) * below[i])
  const luminance = (c) => c.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + [0.2126, 0.7152, 0.0722][i] * v, 0)
  const parent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null
  const chain = (node) => { const out = []; for (let at = node; at; at = parent(at)) { out.push(at) } return out }
  const UNUSED = ":disabled, [aria-disabled=true], [aria-hidden=true], style, script, option, canvas, .swarmviz-invitation"
  const grounds = new Map() // of each element: opacity, colour behind its text, and whether it counts
  const ground = (node) => {
    if (node == null) { return {opacity: 1, behind: [255, 255, 255], unused: false} }
    if (!grounds.has(node)) {
      const style = getComputedStyle(node), outer = ground(parent(node)), back = parse(style.backgroundColor)
      grounds.set(node, {opacity: outer.opacity * Number(style.opacity), behind: over(back, outer.behind), unused: outer.unused || node.matches(UNUSED)})
    }
    return grounds.get(node)
  }
  const found = new Map()
  let seen = 0
  const look = (node) => {
    const style = getComputedStyle(node), box = node.getBoundingClientRect(), field = ["INPUT", "SELECT"].includes(node.tagName)
    const hint = node.value === "" ? node.placeholder : ""
    const text = field ? (["text", "select-one", "number"].includes(node.type) ? node.value || hint : "") : [...node.childNodes].filter((c) => c.nodeType === 3).map((c) => c.data).join("").trim()
    if (!text || box.width < 2 || box.height < 2 || style.visibility !== "visible") { return }
    const {opacity, behind, unused} = ground(node)
    if (unused || opacity === 0) { return }
    const ink = parse(hint ? getComputedStyle(node, "::placeholder").color : node instanceof SVGElement ? style.fill : style.color)
    if (ink[3] === 0) { return } // of a menu that has its text elsewhere
    const front = over([ink[0], ink[1], ink[2], ink[3] * opacity], behind)
    const [low, high] = [luminance(front), luminance(behind)].sort((a, b) => a - b), ratio = (high + 0.05) / (low + 0.05)
    const px = parseFloat(style.fontSize), wanted = px >= 24 || (px >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5
    seen += 1
    if (ratio < wanted) {
      const where = chain(node).slice(0, 4).map((n) => `${n.tagName.toLowerCase()}.${n.getAttribute("class") ?? ""}`).join(" < ")
      const told = [Math.round(100 * ratio) / 100, wanted, front.map(Math.round).join(), behind.map(Math.round).join(), text.slice(0, 40), where]
      found.set(told.slice(2, 4).join() + where, told)
    }
  }
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      look(node)
      if (node.shadowRoot) { walk(node.shadowRoot) }
    }
  }
  walk(document)
  return {seen, low: [...found.values()]}
}
