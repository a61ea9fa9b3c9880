// The parameter that is pointed at, here or elsewhere on the page, is marked wherever it appears: the parts of the page tell each other
// by an event of the document, `swarmviz-highlight` with {parameter: name or null, from: who says so}.

import {listen} from "./dom.js"

export const HIGHLIGHT = "swarmviz-highlight"

export const shareHighlight = (model, root) => {
  let told = null
  const tell = (target) => {
    const parameter = target?.closest?.(".row")?.dataset.parameter ?? null
    if (parameter === told) { return }
    told = parameter
    document.dispatchEvent(new CustomEvent(HIGHLIGHT, {detail: {parameter, from: "form"}}))
  }
  root.addEventListener("pointerover", ({target}) => tell(target))
  root.addEventListener("pointerleave", () => tell(null))
  root.addEventListener("focusin", ({target}) => tell(target))
  root.addEventListener("focusout", ({relatedTarget}) => tell(relatedTarget))
  listen(model, document, HIGHLIGHT, ({detail}) => {
    if (detail?.from === "form") { return }
    for (const row of root.querySelectorAll(".row[data-parameter]")) {
      row.classList.toggle("highlit", row.dataset.parameter === detail?.parameter)
    }
  })
}
