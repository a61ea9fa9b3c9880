// A file for a table: chosen here, asked for in pieces by the server (components/uploads/upload.py), which says how it stands.

import {make, makeButton} from "./dom.js"

const MAX_FILE_BYTES = 2_000_000, PIECE_BYTES = 42_000
const NETCDF = /\.(nc|h5|netcdf)$/i

const base64 = (bytes) => {
  let text = ""
  for (let i = 0; i < bytes.length; i += 0x8000) { text += String.fromCharCode(...bytes.subarray(i, i + 0x8000)) }
  return btoa(text)
}

// The uploads of a form: they outlive its rows, which are built anew when others are shown.
export const makeUploads = (model) => {
  let file = null, number = 0, said = {text: "", level: ""}, watch = () => {}
  const fields = {low: "", high: "", variable: ""}
  const say = (text, level = "info") => {
    said = {text, level}
    watch(said)
  }
  const tell = (message) => model.send_msg({upload: {number, ...message}})
  const begin = () => {
    if (!file) { return }
    number += 1
    if (file.size > MAX_FILE_BYTES) {
      say(`${file.name}: has ${file.size.toLocaleString("en-GB")} bytes; must be 1 to ${MAX_FILE_BYTES.toLocaleString("en-GB")}.`, "error")
      return
    }
    tell({act: "begin", name: file.name, size: file.size, ...fields, variable: NETCDF.test(file.name) ? fields.variable : ""})
  }
  model.on("upload", async () => {
    const {number: about, want, text, level} = model.upload
    if (about !== number || !file) { return }
    say(text ?? "", level)
    if (want == null) { return }
    const source = file
    try {
      const piece = new Uint8Array(await source.slice(want, want + PIECE_BYTES).arrayBuffer())
      if (about === number) { tell({act: "piece", at: want, data: base64(piece)}) }
    } catch {
      say(`${source.name}: cannot be read any more; choose it again.`, "error")
    }
  })
  return {
    fields, begin,
    choose: (chosen) => {
      file = chosen
      begin()
    },
    watch: (show) => { // the rows of before are gone
      watch = show
      watch(said)
    },
    fileName: () => file?.name ?? "",
  }
}

export const makeUpload = (row, aria, send, uploads) => {
  const about = (name) => ({ariaLabel: `${aria.ariaLabel}: ${name}`, autocomplete: "off", value: uploads.fields[name]})
  const picker = make("input", {type: "file", accept: ".csv,.txt,.nc,.h5,.netcdf,.png,.jpg,.jpeg", hidden: true, tabIndex: -1})
  const button = makeButton({textContent: "Choose a file…", className: "pick", ...aria}, () => picker.click())
  const box = (name, placeholder) => {
    const node = make("input", {type: "text", placeholder, ...about(name)})
    node.addEventListener("change", () => {
      uploads.fields[name] = node.value
      uploads.begin() // the same file once more
    })
    return node
  }
  const low = box("low", "low"), high = box("high", "high"), variable = box("variable", "variable")
  const told = make("p", {className: "told", role: "status"})
  picker.addEventListener("click", () => { picker.value = "" }) // the same file may be chosen again
  picker.addEventListener("change", () => {
    const [file] = picker.files
    if (!file) { return }
    variable.hidden = !NETCDF.test(file.name)
    uploads.choose(file)
  })
  variable.hidden = !NETCDF.test(uploads.fileName())
  uploads.watch(({text, level}) => {
    told.textContent = text
    told.classList.toggle("bad", level === "error")
  })
  const group = make("div", {className: "upload", role: "group", ...aria}, button, picker, make("div", {className: "ends"}, low, high, variable), told)
  return {nodes: [group], set: () => {}}
}
