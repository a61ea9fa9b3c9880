// For whoever has nothing but keys: the page's first stop leads past the head and the choices, of which there are forty, to Play. It is seen once
// it has the focus; how it looks is said in page.css.

import {make} from "./dom.js"

export const makeSkip = (model, leadTo) => {
  const link = make("button", {type: "button", className: "swarmviz-skip", textContent: "Skip to Play", onclick: () => leadTo().focus()})
  document.body.prepend(link)
  model.on("remove", () => link.remove())
}
