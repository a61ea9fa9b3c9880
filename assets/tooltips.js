// Tooltips of figures have the colours of the page: BokehJS's own are those of paper, with names in a blue that is too pale for it, and no style
// sheet of the page reaches them.
{
  const COLOURS = `
    :host { --tooltip-color: var(--panel-surface-color); --tooltip-text: var(--panel-on-surface-color); --tooltip-arrow-color: var(--panel-surface-color); }
    .bk-tooltip-row-label { color: var(--panel-primary-color); }`
  const view = (() => { try { return Bokeh.require("models/ui/tooltip").TooltipView.prototype } catch { return null } })()
  if (view?.stylesheets) {
    const {stylesheets} = view
    view.stylesheets = function () { return [...stylesheets.call(this), COLOURS] }
  }
}
