// Runs before everything else. The visit's socket is opened at once and the document is asked for, so that the server makes both while the
// browser fetches and compiles BokehJS. When BokehJS opens a socket with the same token, it gets this one, and hears what has come until
// then as if it had just come. Later sockets (the connection was lost) are its own.
{
  const Plain = WebSocket
  const TOKEN = "VISIT-TOKEN" // pages.py writes the token here
  const ASKED = "early" // the number of our request for the document
  const KINDS = ["open", "message", "error", "close"]
  const MAX_HEADER_CHARS = 256
  const path = location.pathname.replace(/\/+$/, "") // as BokehJS writes the address
  const socket = new Plain(`${location.protocol.replace("http", "ws")}//${location.host}${path}/ws${location.search}`, ["bokeh", TOKEN])
  socket.binaryType = "arraybuffer"
  const held = [] // events that BokehJS has not heard
  let taken = false // whether BokehJS has the socket
  let awaited = null // the number of its own request for the document, under which it waits for the answer

  const hold = (event) => {
    if (!event.isTrusted) return // one that is passed on
    event.stopImmediatePropagation()
    if (event.type === "open") for (const part of [{ msgid: ASKED, msgtype: "PULL-DOC-REQ" }, {}, {}]) socket.send(JSON.stringify(part))
    held.push(event)
    if (taken) passOn()
  }
  for (const kind of KINDS) socket.addEventListener(kind, hold)

  const answers = ({ data }) => typeof data === "string" && data.length < MAX_HEADER_CHARS && JSON.parse(data).reqid === ASKED

  const passOn = () => {
    let answered = false
    while (held.length > 0) {
      const [event] = held
      if (event.type !== "message") socket.dispatchEvent(new event.constructor(event.type, event))
      else {
        let { data } = event
        if (!answered && answers(event)) {
          if (awaited === null) return // BokehJS asks once it has heard the greeting
          answered = true
          data = JSON.stringify({ ...JSON.parse(data), reqid: awaited })
        }
        socket.dispatchEvent(new MessageEvent("message", { data }))
      }
      held.shift()
    }
    if (answered) for (const kind of KINDS) socket.removeEventListener(kind, hold)
  }

  const take = () => {
    taken = true
    let left = 0 // texts of BokehJS's request that are still to come; it has been sent
    socket.send = (data) => {
      if (left === 0) {
        const { msgid, msgtype } = JSON.parse(data)
        if (msgtype !== "PULL-DOC-REQ") return Plain.prototype.send.call(socket, data)
        awaited = msgid
        left = 3
      }
      left -= 1
      if (left > 0) return
      delete socket.send
      queueMicrotask(passOn)
    }
    queueMicrotask(passOn) // when the one who has asked for the socket listens
    return socket
  }

  window.WebSocket = class extends Plain {
    constructor(address, protocols) {
      if (!taken && protocols?.[1] === TOKEN) return take()
      super(address, protocols)
    }
  }
}
