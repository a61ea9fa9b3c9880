// Once per page: circles of a swarm are copies of a few pictures. BokehJS draws each as a path, fill and outline, which of a thousand agents takes
// a browser without a graphics processor a quarter of all that it does for a picture. A place is rounded to a quarter of a pixel, a diameter to an eighth, which nobody sees.
// Circles that others of the same looks cover are not painted: a swarm that has drawn together is a few dozen of a thousand.
if (!window.swarmviz_circles) {
  window.swarmviz_circles = true
  const FEW = 64 // circles, for which it is not worth while
  const PHASES = 4 // places within a pixel, along each axis
  const PER_SIZE = 8 // steps of a diameter in a pixel of the screen
  const MOST = 4096 // pictures that a glyph keeps
  const NEW_AT_ONCE = 24 // that are made in one painting: making one takes as long as some paths
  const WIDE = 2 ** 16 // more than there are quarters of pixels along a screen, or eighths in a diameter
  const SEEN = 1 / 512 // of a circle's colour, less than which nobody sees through those above it
  const part = (name) => { try { return Bokeh.require(name) } catch { return {} } }
  const {ScatterView} = part("models/glyphs/scatter")
  const paint_paths = ScatterView?.prototype._paint

  // What all circles have in common, as text; null where they cannot be copied.
  const looks = ({marker, angle}, {line, fill, hatch}, {a, b, c, d}) => {
    const same = [marker, angle, fill.fill_alpha, line.line_color, line.line_alpha, line.line_width, line.line_dash, line.line_dash_offset]
    if (!same.every((value) => value?.is_Scalar?.()) || fill.fill_color?.get == null || hatch.doit) { return null }
    if (marker.value !== "circle" || angle.value !== 0 || a !== d || b !== 0 || c !== 0) { return null }
    return `${a} ${same.map(({value}) => value)}`
  }

  const picture = ({visuals}, i, diameter, scale, x, y) => { // a circle in pixels of the screen, its middle so far into a pixel
    const room = Math.ceil(diameter / 2 + scale * visuals.line.line_width.value) + 1
    const canvas = new OffscreenCanvas(2 * room, 2 * room), ctx = canvas.getContext("2d")
    ctx.setTransform(scale, 0, 0, scale, room + x, room + y)
    ctx.arc(0, 0, diameter / 2 / scale, 0, 2 * Math.PI)
    visuals.fill.apply(ctx, i)
    visuals.line.apply(ctx, i)
    return {image: canvas.transferToImageBitmap(), room}
  }

  const paint = (view, ctx, indices, values) => {
    const {sx, sy, size} = values, at = ctx.getTransform(), shared = looks(values, view.visuals, at)
    if (shared === null) { return false }
    if (view.circles?.shared !== shared || view.circles.pictures.size >= MOST) { view.circles = {shared, pictures: new Map(), kinds: new Map()} }
    const {pictures, kinds} = view.circles, {fill_color, fill_alpha} = view.visuals.fill
    const above = fill_alpha.value >= 1 ? 1 : Math.ceil(Math.log(SEEN) / Math.log(1 - fill_alpha.value))
    const {width, height} = ctx.canvas, covering = new Map(), shown = []
    for (let n = indices.length - 1; n >= 0; n--) { // from the uppermost on
      const i = indices[n], diameter = Math.round(PER_SIZE * at.a * size.get(i))
      const x = Math.round(PHASES * (at.a * sx[i] + at.e)), y = Math.round(PHASES * (at.a * sy[i] + at.f))
      if (!isFinite(x + y + diameter)) { continue }
      const far = PHASES * (diameter / PER_SIZE + 8)
      if (x < -far || y < -far || x > PHASES * width + far || y > PHASES * height + far) { continue } // what cannot be seen
      const looks_like = fill_color.get(i) * WIDE + diameter
      const kind = kinds.get(looks_like) ?? kinds.size
      kinds.set(looks_like, kind)
      const place = (kind * WIDE + x) * WIDE + y, count = covering.get(place) ?? 0 // a whole number, as floats have them
      if (count >= above) { continue }
      covering.set(place, count + 1)
      shown.push([i, kind, diameter / PER_SIZE, x, y])
    }
    let made = 0
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    for (let n = shown.length - 1; n >= 0; n--) {
      const [i, kind, diameter, x, y] = shown[n], left = Math.floor(x / PHASES), top = Math.floor(y / PHASES)
      const phase = (x - PHASES * left) * PHASES + y - PHASES * top, key = kind * PHASES * PHASES + phase
      let drawn = pictures.get(key)
      if (drawn === undefined && made < NEW_AT_ONCE) {
        made += 1
        drawn = picture(view, i, diameter, at.a, x / PHASES - left, y / PHASES - top)
        pictures.set(key, drawn)
      }
      if (drawn === undefined) {
        ctx.setTransform(at)
        paint_paths.call(view, ctx, [i], values)
        ctx.setTransform(1, 0, 0, 1, 0, 0)
      } else { ctx.drawImage(drawn.image, left - drawn.room, top - drawn.room) }
    }
    ctx.setTransform(at)
    return true
  }

  if (paint_paths && window.OffscreenCanvas) {
    ScatterView.prototype._paint = function (ctx, indices, data) {
      const copied = indices.length > FEW && ctx instanceof CanvasRenderingContext2D && paint(this, ctx, indices, {...this, ...data})
      if (!copied) { paint_paths.call(this, ctx, indices, data) }
    }
  }
}
