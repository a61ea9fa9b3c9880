// Once per page: what moves is painted without the rest of its figure. BokehJS paints the level "overlay" on a canvas of its own, but before
// every painting it measures the axes, and asks the browser's style sheets for each colour; and it does not clip this level to the frame.
// A BokehJS that has no such parts any more is left as it is: the page works all the same, only slower.
if (!window.swarmviz_figures) {
  window.swarmviz_figures = true
  const part = (name) => { try { return Bokeh.require(name) } catch { return {} } }
  const {PlotView} = part("models/plots/plot_canvas")
  const {GlyphRendererView} = part("models/renderers/glyph_renderer")
  const {LegendView} = part("models/annotations/legend")
  const {VisualProperties} = part("core/visuals/visual")
  const moves = (view) => view.model.level === "overlay"

  const measure = PlotView?.prototype._invalidate_layout_if_needed
  if (measure) {
    PlotView.prototype._invalidate_layout_if_needed = function () {
      const painters = this._invalidated_painters
      if (this._needs_layout || this._invalidate_all || !painters || ![...painters].every(moves)) { measure.call(this) }
    }
  }
  if (GlyphRendererView) {
    Object.defineProperty(GlyphRendererView.prototype, "needs_clip", {get() { return moves(this) }, configurable: true})
    // Every layer has an empty element, which is placed around what the layer paints: with each picture a new style sheet, and the browser lays
    // out the page before it draws the next text. Nobody sees the elements.
    GlyphRendererView.prototype.update_position = function () {
      if (!this.is_hidden) {
        this.is_hidden = true
        this.position?.replace(":host { display: none; }")
      }
    }
  }
  // Segments that follow each other in one style are one path: trails are fifteen hundred of a few, and BokehJS sets colour, width and dashes,
  // and strokes, for each.
  const {SegmentView} = part("models/glyphs/segment")
  const paint_each = SegmentView?.prototype._paint
  if (paint_each) {
    SegmentView.prototype._paint = function (ctx, indices, data) {
      const {line} = this.visuals
      const {line_color, line_alpha, line_width, line_join, line_cap, line_dash, line_dash_offset} = line
      const styles = [line_color, line_alpha, line_width, line_join, line_cap, line_dash, line_dash_offset]
      if (this.decorations.size || !styles.every(Boolean)) { return paint_each.call(this, ctx, indices, data) }
      if (!line.doit) { return }
      const {sx0, sy0, sx1, sy1} = {...this, ...data}, changing = styles.filter((style) => !style.is_Scalar())
      let first = null
      for (const i of indices) {
        if (!isFinite(sx0[i] + sy0[i] + sx1[i] + sy1[i])) { continue }
        if (first === null || changing.some((style) => style.get(i) !== style.get(first))) {
          if (first !== null) { line.apply(ctx, first) }
          ctx.beginPath()
          first = i
        }
        ctx.moveTo(sx0[i], sy0[i])
        ctx.lineTo(sx1[i], sy1[i])
      }
      if (first !== null) { line.apply(ctx, first) }
    }
  }
  const describe = ({el, model, canvas_view}) => { // in words, for screen readers (figures.py)
    canvas_view?.events_el?.setAttribute("tabindex", "-1") // BokehJS offers it to the keyboard, for which it does nothing
    if (model.name) {
      if (!el.dataset.keys) { el.setAttribute("role", "img") } // else the keyboard reads it (curve_readout.js)
      el.setAttribute("aria-label", model.name)
    }
  }
  // Legends are elements of the page. Where they lie is looked up after a layout, but not with each picture: asking for it makes the browser
  // lay out the whole page anew, which took longer than painting.
  const {_paint_primary: paint_rest, _paint_overlays: paint_moving} = PlotView?.prototype ?? {}
  const place = LegendView?.prototype.update_position
  if (paint_rest && paint_moving && place) {
    PlotView.prototype._paint_primary = function (...given) {
      this.rest_painted = true
      if (!this.described) {
        this.described = true
        describe(this)
        this.connect(this.model.properties.name.change, () => describe(this))
      }
      given[0].beginPath() // BokehJS begins none for the outline of a frame without a fill: what the painting before drew last is stroked with it
      paint_rest.apply(this, given)
    }
    PlotView.prototype._paint_overlays = function (...given) {
      this.moves_only = !this.rest_painted
      try { paint_moving.apply(this, given) } finally { this.moves_only = this.rest_painted = false }
    }
    LegendView.prototype.update_position = function () { if (!this.plot_view.moves_only) { place.call(this) } }
    LegendView.prototype.request_layout = function () { // it has another size: else the layout would make room for the old one
      if (this.layout != null) { place.call(this) }
      this.plot_view.request_layout()
    }
  }
  // What is told of the thing under the pointer has the page's type and its colours: those of BokehJS are too pale on the light paper.
  const {TooltipView} = part("models/ui/tooltip")
  const tip_sheets = TooltipView?.prototype.stylesheets
  if (tip_sheets) {
    const looks = ":host { font: 400 13px/1.35 var(--sv-font); color: var(--sv-text); background: var(--sv-paper); opacity: 1 } .bk-tooltip-row-label { color: var(--sv-muted) }"
    TooltipView.prototype.stylesheets = function () { return [...tip_sheets.call(this), looks] }
  }
  // Figures in a row align their frames, and one with fewer rows of a legend than its neighbours has room left above its frame. Title and
  // legend keep to the frame: BokehJS paints the title there, but spreads the elements of the page over all of the room.
  const {CanvasPanelView} = part("models/canvas/canvas_panel")
  const panel_sheets = CanvasPanelView?.prototype.stylesheets
  if (panel_sheets) {
    CanvasPanelView.prototype.stylesheets = function () { return [...panel_sheets.call(this), ":host(.bk-above) { align-content: end }"] }
  }
  // Type is as many times as large as a figure says: one factor for every figure of the page, and for those to come (bar_projector.js).
  const {Text, TextScalar, TextVector} = part("core/visuals/text")
  const enlarge = (text) => { // a size, or a font with one
    const factor = window.swarmviz_type ?? 1
    return factor === 1 ? text : text.replace(/[\d.]+(?=px)/, (pixels) => String(factor * pixels))
  }
  if (Text?.prototype.get_text_font_size) {
    const size = Text.prototype.get_text_font_size
    Text.prototype.get_text_font_size = function () { return enlarge(size.call(this)) }
  }
  for (const {prototype} of [TextScalar, TextVector].filter((kind) => kind?.prototype.font_value && kind.prototype.values)) {
    const {values, font_value: font} = prototype
    prototype.values = function (...given) {
      const looks = values.apply(this, given)
      return {...looks, font_size: enlarge(looks.font_size)}
    }
    prototype.font_value = function (...given) { return enlarge(font.apply(this, given)) }
  }
  const {InlineStyleSheet} = part("core/dom")
  const write = InlineStyleSheet?.prototype._update
  if (write) { // the same text again would cost the browser a new look at the styles of the page
    InlineStyleSheet.prototype._update = function (css) { if (this.el.textContent !== css) { write.call(this, css) } }
  }
  const list = LegendView?.prototype._render_items // else every entry is made anew whenever any source that it names has new data
  if (list && "_should_rerender_items" in LegendView.prototype) {
    LegendView.prototype._render_items = function () {
      const columns = `${this.model.ncols} ${this.model.items.map((item) => item.visible)}`
      if (this._should_rerender_items || this.listed_columns !== columns) {
        this.listed_columns = columns
        list.call(this)
      } else { this.entries.forEach((entry) => this._toggle_inactive(entry)) }
    }
  }
  if (VisualProperties?.prototype._get_css_value) {
    VisualProperties.prototype._get_css_value = () => "" // no style sheet of this page has a --bk- property
  }
}
