// A style sheet of the head for which the first picture does not wait says that it is for printing (pages.py). When it has come it is for all.
document.addEventListener("load", ({ target }) => {
  if (target.rel === "stylesheet" && target.media === "print") target.media = "all"
}, true)
