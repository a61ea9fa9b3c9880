// The frame of a live run: it hands the messages of the page in it to the kernel, and the answers back. The page has no origin.
export default {
  render({model, el}) {
    const frame = document.createElement("iframe")
    Object.assign(frame, {title: "Run", srcdoc: model.get("page")})
    frame.setAttribute("sandbox", "allow-scripts")
    frame.style.cssText = `border: 0; width: 100%; max-width: 900px; height: ${model.get("height_px")}px`
    const ask = ({source, data}) => { if (source === frame.contentWindow && data?.id) { model.send(data) } }
    const answer = (message, buffers) => {
      if (!message?.id || !frame.contentWindow) { return }
      const bytes = buffers[0] ? new Uint8Array(buffers[0].buffer ?? buffers[0], buffers[0].byteOffset ?? 0, buffers[0].byteLength).slice() : new Uint8Array()
      frame.contentWindow.postMessage({...message, block: bytes.buffer}, "*")
    }
    addEventListener("message", ask)
    model.on("msg:custom", answer)
    el.append(frame)
    return () => {
      removeEventListener("message", ask)
      model.off("msg:custom", answer)
    }
  },
}
