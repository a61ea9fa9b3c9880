// The lines with which another page shows this one: an iframe with the address of this moment, in one of three forms (embed.js).

import {make} from "./dom.js"

const FORMS = [["arena+bar", "arena and bar"], ["arena", "arena alone"], ["full", "the whole page"]]
const HEIGHTS = {"arena+bar": 560, "arena": 480, "full": 900} // pixels
const NOBODY = "This server lets no other page show it. Its owner names those that may: swarmviz serve --embed https://course.example.org"

const linesOf = (form) => {
  const address = new URL(location.href)
  address.searchParams.set("embed", form)
  address.hash = ""
  const quoted = address.href.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
  return `<iframe src="${quoted}" title="swarmviz" width="100%" height="${HEIGHTS[form]}" style="border:0" loading="lazy" allow="fullscreen"></iframe>`
}

// `sayCopied(button)` lets a button say for a moment that its lines are copied.
export const makeFrameLines = (labelled, copyText, sayCopied) => {
  const form = make("select", {ariaLabel: "What of the page is shown"}, ...FORMS.map(([value, textContent]) => make("option", {value, textContent})))
  const lines = make("pre", {tabIndex: 0, ariaLabel: "Lines of the iframe", hidden: true})
  const copy = labelled("Copy iframe", "Copy the lines with which another page shows this one", "frame", async () => {
    lines.textContent = linesOf(form.value)
    lines.hidden = false
    await copyText(lines.textContent, lines)
    sayCopied(copy)
  })
  form.addEventListener("change", () => { lines.hidden = true })
  const open = document.querySelector("meta[name=swarmviz-embed]") !== null
  return make("fieldset", {className: "frame"}, make("legend", {textContent: "In another page"}), open ? null : make("p", {className: "note", textContent: NOBODY}),
    make("div", {className: "row"}, form, copy), lines)
}
