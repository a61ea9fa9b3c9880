// The frame of the page is panel-material-ui's, which leaves some of its parts without a name or a place among the headings. They get them here,
// again whenever it draws a part anew. Where the head is hidden (frame.css), the page's title is a heading that is only spoken.

import {make} from "./dom.js"

const NAMES = [ // selector in the frame's shadow root → attributes
  [".title", {role: "heading", "aria-level": "1"}],
  ["nav:has(.MuiDrawer-anchorLeft)", {"aria-label": "Choices"}],
  ["nav:has(.MuiDrawer-anchorRight)", {"aria-label": "Panel"}],
  [".MuiDrawer-anchorLeft [role=dialog]", {"aria-label": "Choices"}], // where there is little room they lie over the page
  [".MuiDrawer-anchorRight [role=dialog]", {"aria-label": "Panel"}],
  [".header a:has(img)", {tabindex: "-1", "aria-hidden": "true"}], // beside the name, which leads to the same place
  ["[role=progressbar]", {"aria-hidden": "true"}], // no busy indicator is wanted; its place is kept
  ["[aria-label='Resize sidebar']", {role: "separator", "aria-orientation": "vertical"}],
]

export const nameFrame = (model) => {
  const root = document.querySelector(".bk-panel-models-esm-ReactComponent")?.shadowRoot
  if (!root) { return }
  const title = make("h1", {className: "title-of-headless", textContent: document.title})
  const name = () => {
    const main = root.querySelector(".main")
    if (main && !main.contains(title)) { main.append(title) }
    for (const [selector, attributes] of NAMES) {
      for (const node of root.querySelectorAll(selector)) {
        for (const [key, value] of Object.entries(attributes)) { if (node.getAttribute(key) !== value) { node.setAttribute(key, value) } }
      }
    }
  }
  const watch = new MutationObserver(name)
  watch.observe(root, {childList: true, subtree: true})
  model.on("remove", () => watch.disconnect())
  name()
}
