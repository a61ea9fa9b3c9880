// What shows a quantity in the arena is drawn stronger while it is pointed at elsewhere. Its glyph is named by components/views/arena/marks.py;
// the change stays in this browser.

const STRONGER = {line_width: [2, 1.2], size: [1.5, 2]} // property → factor, and what is added

let marked = [] // pairs of a glyph and its properties as they were
let markedName = null

export const markInArena = (name) => {
  if (name === markedName) { return }
  markedName = name
  for (const [glyph, before] of marked) { glyph.setv(before, {sync: false}) }
  marked = []
  if (name == null) { return }
  for (const root of window.Bokeh?.documents ?? []) {
    for (const {name: own, glyph, visible} of root._all_models?.values() ?? []) {
      if (own !== `mark ${name}` || !glyph || !visible) { continue }
      const before = {}, stronger = {}
      for (const [property, [factor, more]] of Object.entries(STRONGER)) {
        const now = glyph[property]
        const size = typeof now === "number" ? now : now?.value
        if (typeof size !== "number") { continue }
        before[property] = now
        stronger[property] = {value: size * factor + more}
      }
      glyph.setv(stronger, {sync: false})
      marked.push([glyph, before])
    }
  }
}
