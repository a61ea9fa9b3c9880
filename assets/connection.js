// The connection to the server, once per page: when it is lost the page says so, takes nothing, and connects again by itself; when the server
// no longer has the visit, or will not have it, there is a link that opens the run at the step that was painted last.
const watchConnection = (() => {
  if (window.swarmviz_connection) { return window.swarmviz_connection }
  const SILENCE_MS = 10_000 // without a word from the server after which it is asked for one, and as long for its answer
  const DELAYS_MS = [0, 1000, 2000, 3000, 5000] // before each attempt to connect; the last one again and again
  const GRACE_MS = 45_000 // for which the server keeps a visit whose connection broke
  const LOST = "The connection to the server is lost. Connecting again …"
  const ENDED = { // code of the closed socket → what it means; with these, connecting again leads nowhere
    4400: "The server did not understand this page and has ended the connection.",
    4401: "The server was started anew and does not know this visit any more.",
    4404: "The server has ended this visit, because the connection was lost for too long.",
    4410: "The server has ended. The run is kept in this link; it opens once a server is there again.",
    4429: "The server has ended the connection, because there were too many requests.",
    4500: "The server could not open this visit again.",
  }
  const BUSY = { // and with these it may lead somewhere after a while
    4409: "This visit still has another connection. Connecting again …",
    4503: "All places of the server are taken. Connecting again …",
  }
  let bar = null, step = 0, code = null, lost = false, ended = false, since = 0, attempts = 0, timer = 0, heard = performance.now(), asked = false

  const words = Object.assign(document.createElement("span"), {className: "words"})
  const link = Object.assign(document.createElement("a"), {hidden: true})
  const banner = Object.assign(document.createElement("div"), {className: "swarmviz-connection"})
  banner.setAttribute("role", "alert")
  banner.setAttribute("aria-live", "assertive")
  Object.assign(banner.style, {position: "fixed", zIndex: 2147483647, top: "12px", left: "50%", transform: "translateX(-50%)", display: "none",
    gap: "16px", alignItems: "center", maxWidth: "calc(100vw - 24px)", boxSizing: "border-box", padding: "12px 20px", borderRadius: "8px",
    font: "400 16px/1.35 'Roboto', 'Liberation Sans', Arial, sans-serif", color: "#fff", background: "#7a1f16", boxShadow: "0 4px 16px rgb(0 0 0 / .35)"})
  Object.assign(link.style, {color: "#fff", fontWeight: 700, whiteSpace: "nowrap"})
  banner.append(words, link)
  document.body.append(banner)

  // the link of the run: what the server wrote last, at the step that was painted last
  const address = () => {
    const [path, written] = (bar?.link || bar?.base || location.search).split("s=")
    return written ? `${location.pathname}${path}s=${written.replace(/~\d+$/, "")}~${step}` : location.pathname
  }
  const say = (text, offer) => {
    if (words.textContent !== text) { words.textContent = text }
    link.hidden = !offer
    link.href = address()
    link.textContent = bar?.reload_words || `Reload the run at step ${step.toLocaleString("en-GB").replaceAll(",", "\u202f")}`
    banner.style.display = text ? "flex" : "none"
  }
  const freeze = (on) => {
    for (const part of document.body.children) { if (part !== banner) { part.inert = on } }
  }
  const lose = () => {
    if (lost) { return }
    lost = true
    since = performance.now()
    if (document.fullscreenElement) { document.exitFullscreen().catch(() => {}) } // the words lie outside of what fills the screen
    freeze(true)
    history.replaceState(history.state, "", address()) // loading the page again leads here, too
  }
  const tell = () => {
    if (ended) { say(ENDED[code], true) } else { say(BUSY[code] ?? LOST, performance.now() - since > GRACE_MS) }
  }
  const onLost = (connect) => {
    if (ended) { return }
    lose()
    ended = code in ENDED
    tell()
    clearTimeout(timer)
    if (!ended) {
      timer = setTimeout(() => {
        tell()
        connect()
      }, DELAYS_MS[Math.min(attempts++, DELAYS_MS.length - 1)])
    }
  }
  const onBack = () => {
    lost = asked = false
    code = null
    attempts = 0
    heard = performance.now()
    freeze(false)
    say("", false)
  }

  // BokehJS tells when a connection is lost and when it is back, but neither with which code nor when it is only silent
  const doc = Bokeh.documents[0]
  let current = null, began = 0
  const ready = () => requestAnimationFrame(() => requestAnimationFrame(() => window.dispatchEvent(new CustomEvent("swarmviz:ready"))))
  if (doc.is_idle) { ready() } else { doc.idle.connect(ready) } // all that the document holds is on the screen, its first picture too
  doc.on_event("connection_lost", (_, event) => {
    current = event.connection.deref() ?? current
    onLost(() => {
      began = performance.now()
      event.reconnect()
    })
  })
  doc.on_event("client_reconnected", onBack)
  const {replace_with_json: replace, create_json_patch: patch} = doc.constructor.prototype
  let replacing = false
  doc.constructor.prototype.replace_with_json = function (...given) { // else what has just come from the server is sent back to it
    replacing = true
    try { replace.apply(this, given) } finally { replacing = false }
  }
  doc.constructor.prototype.create_json_patch = function (events) { // every model comes from the server, which knows it: BokehJS sends one that
    this._new_models?.clear() // has just come back in full with the first change after it, and the server takes references only
    return patch.call(this, events)
  }
  const part = (name) => { try { return Bokeh.require(name) } catch { return {} } }
  const {ClientConnection} = part("client/connection")
  if (ClientConnection) {
    const {_on_close: closed, _on_message: received, send} = ClientConnection.prototype
    ClientConnection.prototype._on_close = function (event, reject) {
      code = event.code
      if (this._receiver) { this._receiver = new this._receiver.constructor() } // else it waits for the rest of the message that was cut
      return closed.call(this, event, reject)
    }
    ClientConnection.prototype._on_message = function (event) {
      current = this
      heard = performance.now()
      asked = false
      return received.call(this, event)
    }
    ClientConnection.prototype.send = function (message) { // what cannot be sent is not wanted: the server tells how things stand
      if (!replacing && this.socket?.readyState === WebSocket.OPEN) { return send.call(this, message) }
    }
  }
  const cut = (connection) => { // a socket that nobody answers would take minutes to close
    const {socket} = connection
    if (socket == null) { return }
    socket.onclose = socket.onmessage = socket.onerror = null
    socket.close()
    connection._on_close({code: 4000, reason: "silence"}, () => {})
  }
  setInterval(() => {
    if (lost) {
      tell()
      if (current && performance.now() - began > SILENCE_MS) { cut(current) } // an attempt that nobody answers
      return
    }
    if (current?.session == null || performance.now() - heard < SILENCE_MS) { return }
    if (!asked) {
      asked = true
      heard = performance.now()
      current.session.request_server_info().catch(() => {})
    } else { cut(current) }
  }, 1000)
  window.addEventListener("offline", () => { if (current && !lost) { cut(current) } })
  window.addEventListener("online", () => { attempts = 0 })

  window.addEventListener("swarmviz:frame", ({detail: {k}}) => {
    step = k
    if (lost) { history.replaceState(history.state, "", address()) } // the last picture was still being painted
  })
  window.addEventListener("keydown", (event) => { // the keyboard of the page listens to the window, which cannot be made inert
    if (lost && !event.composedPath().includes(banner) && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== "Tab") {
      event.stopImmediatePropagation()
      event.preventDefault()
    }
  }, true)
  window.swarmviz_connection = (model) => { bar = model }
  return window.swarmviz_connection
})()

