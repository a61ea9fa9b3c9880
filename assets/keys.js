// Which keys the element that has the focus needs itself.

export const isTaken = (key, {tagName, type}) => {
  if (key === " ") {
    return ["BUTTON", "SUMMARY", "A", "SELECT", "TEXTAREA"].includes(tagName) || (tagName === "INPUT" && type !== "range")
  }
  return ["INPUT", "SELECT", "TEXTAREA"].includes(tagName) && type !== "checkbox"
}
