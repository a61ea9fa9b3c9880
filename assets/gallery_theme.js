// The theme of the gallery's pages, before anything is painted: the one that was chosen here before, else the system's. The memory is that of
// bar_theme.js, and a choice is remembered while it differs from what the system says.
{
  const KEY = "swarmviz theme"
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)")
  let choice = null
  try { choice = localStorage.getItem(KEY) } catch { /* no memory: as the system has it */ }
  const isDark = () => (choice ?? (system.matches ? "dark" : "light")) === "dark"
  const show = () => {
    root.classList.toggle("dark", isDark())
    const button = document.getElementById("theme")
    if (button) { button.textContent = isDark() ? "Light theme" : "Dark theme" }
    dispatchEvent(new Event("swarmviz:theme"))
  }
  show()
  system.addEventListener("change", show)
  document.addEventListener("DOMContentLoaded", () => {
    show()
    document.getElementById("theme").addEventListener("click", () => {
      const wanted = isDark() ? "light" : "dark"
      choice = (wanted === "dark") === system.matches ? null : wanted
      try { if (choice == null) { localStorage.removeItem(KEY) } else { localStorage.setItem(KEY, choice) } } catch { /* the same */ }
      show()
    })
  })
}
