// Runs before the first part of the page is made. Until the page stands, nobody sees what is laid out and painted: both are done once a task or
// a frame, not after each part. What a later BokehJS or Panel lacks is left as it is; the page then opens more slowly.
{
  const part = (name) => { try { return Bokeh.require(name) } catch { return {} } }
  const opens = () => document.getElementById("arrival") !== null

  const {PlotView} = part("models/plots/plot_canvas")
  if (PlotView?.prototype._after_layout && PlotView.prototype.schedule_paint) {
    const {_after_layout: settle, paint} = PlotView.prototype
    PlotView.prototype._after_layout = function () {
      this.is_settling = opens()
      try { settle.call(this) } finally { this.is_settling = false }
    }
    PlotView.prototype.paint = function () {
      if (this.is_settling) { this.schedule_paint() } else { paint.call(this) }
    }
    // Every label of an axis asks for it with each layout, although only a size in em would need it, and the browser then looks at all styles.
    const size = Object.getOwnPropertyDescriptor(PlotView.prototype, "base_font_size")
    if (size?.get) {
      const {get} = size
      Object.defineProperty(PlotView.prototype, "base_font_size", {...size, get() { return this.known_font_size ??= get.call(this) }})
    }
  }

  const Component = Bokeh.Models.get("panel.models.esm.ReactiveESM")
  if (Component?.prototype.compile) { // our scripts are plain: there is no TypeScript in them to be translated
    const {compile} = Component.prototype
    Component.prototype.compile = function () { return this.constructor === Component ? this.esm : compile.call(this) }
  }
  const view = Component?.prototype.default_view.prototype
  if (view?.compute_layout && "is_managed" in view) {
    const {compute_layout} = view
    view.compute_layout = function () {
      if (this.is_managed || !opens()) { return compute_layout.call(this) }
      if (this.layout_is_due) { return }
      this.layout_is_due = true
      setTimeout(() => { // and not a microtask: figures that find before they paint that their axes have become wider, and components that hear
        // of their size, each have the whole page laid out, one after the other in one frame
        this.layout_is_due = false
        compute_layout.call(this)
        this.notify_finished?.() // a figure that was painted before it was laid out found nobody ready to hear of it
      })
    }
  }
}
