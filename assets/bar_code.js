// The QR code of the link to this moment, large and black on white in every theme, for the telephones in a room.

import {make, makeButton} from "./dom.js"
import {icon} from "./bar_transport.js"

const SVG_NAMESPACE = "http://www.w3.org/2000/svg"

const makeSvg = (tag, attributes, ...children) => {
  const node = document.createElementNS(SVG_NAMESPACE, tag)
  for (const [name, value] of Object.entries(attributes)) { node.setAttribute(name, value) }
  node.append(...children)
  return node
}

// `say(text, level)` shows a message, `onPress()` is called when the button is pressed.
export const makeCode = (model, send, say, onPress) => {
  const picture = make("div", {className: "picture"})
  const field = make("input", {type: "text", readOnly: true, ariaLabel: "The link", onfocus: () => field.select()})
  const close = make("button", {type: "button", className: "inline", textContent: "Close", onclick: () => dialog.close()})
  const dialog = make("dialog", {className: "code", ariaLabel: "QR code of the link to this moment"}, make("h2", {textContent: "Link to this moment"}), picture, field, close)
  const toggle = () => (dialog.open ? dialog.close() : send("code", location.origin + location.pathname))
  model.on("code", () => {
    const {text, size, path, note} = model.code
    if (!text) { return }
    const svg = makeSvg("svg", {viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": "QR code", "shape-rendering": "crispEdges"},
      makeSvg("rect", {width: size, height: size, fill: "#fff"}), makeSvg("path", {d: path, fill: "#000"}))
    picture.replaceChildren(svg)
    field.value = text
    if (note) { say(note, "warning") }
    if (!dialog.open) {
      dialog.showModal()
      close.focus() // an attribute would ask for it in a frame of another page, too, which browsers report as an error
    }
  })
  const button = makeButton({className: "qr", title: "QR code of the link to this moment (Q)", ariaLabel: "QR code of the link to this moment (Q)", innerHTML: icon("qr")}, () => {
    onPress()
    toggle()
  }, make("span", {textContent: "QR code"}))
  return {button, dialog, toggle, isOpen: () => dialog.open}
}
