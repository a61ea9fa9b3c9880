// Which keys the element that has the focus needs itself.

// An element may name its own keys: "ArrowLeft Home" in its data-keys. They are its own also where an element in it has the focus.
export const isTaken = (key, element) => {
  const {tagName, type} = element
  if (element.closest?.("[data-keys]")?.dataset.keys.split(" ").includes(key)) { return true }
  if (element.closest?.("[role=tab]") && key.startsWith("Arrow")) { return true } // go to the next tab
  if (key === " ") {
    return element.role === "button" || ["BUTTON", "SUMMARY", "A", "SELECT", "TEXTAREA"].includes(tagName) || (tagName === "INPUT" && type !== "range")
  }
  if (tagName === "INPUT" && type === "range") { return key.length > 1 } // a slider moves with arrows, Home and End; letters mean nothing to it
  return ["INPUT", "SELECT", "TEXTAREA"].includes(tagName) && type !== "checkbox"
}

// Whether Escape belongs to what lies over the page, or to an open menu. A text box takes it only while something is typed (dom.js).
const OVER = `dialog, :popover-open, ${CSS.supports("selector(select:open)") ? "select:open" : "select"}`
export const needsEscape = (event) => event.defaultPrevented || event.composedPath().some((node) => node instanceof Element && node.matches(OVER))
