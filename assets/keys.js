// Which keys the element that has the focus needs itself.

export const isTaken = (key, {tagName, type}) => {
  if (key === " ") {
    return ["BUTTON", "SUMMARY", "A", "SELECT", "TEXTAREA"].includes(tagName) || (tagName === "INPUT" && type !== "range")
  }
  if (tagName === "INPUT" && type === "range") { return key.length > 1 } // a slider moves with arrows, Home and End; letters mean nothing to it
  return ["INPUT", "SELECT", "TEXTAREA"].includes(tagName) && type !== "checkbox"
}
