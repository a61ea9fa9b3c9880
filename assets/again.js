// Runs before everything else. A page whose first socket is closed before the page was there (its token was too old because the browser slept,
// or the last place was taken meanwhile) is loaded again, once in a while: then the server says what is the matter.
{
  const PAUSE_MS = 15_000 // between two attempts
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given)
      this.addEventListener("close", () => {
        if (window.Bokeh?.index?.roots?.length || leaving) return
        try {
          const last = Number(sessionStorage.getItem("swarmviz loaded again"))
          if (Date.now() - last < PAUSE_MS) return
          sessionStorage.setItem("swarmviz loaded again", String(Date.now()))
        } catch {
          return // without a memory it might go on for ever
        }
        location.reload()
      })
    }
  }
  let leaving = false
  addEventListener("beforeunload", () => { leaving = true })
}
