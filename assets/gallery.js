// The wall of cards: every word that is typed must be found on a card, and the cards stand by paper or by question. The address keeps both.

const find = document.getElementById("find"), count = document.getElementById("count"), none = document.getElementById("none")
const cards = [...document.querySelectorAll("li[data-find]")].map((node) => ({node, home: node.parentElement, find: node.dataset.find, topic: node.dataset.topic}))
const sections = [...document.querySelectorAll("section[data-group]")]
const lists = new Map(sections.map((section) => [section.dataset.of, section.querySelector("ul")]))
const groups = [...document.querySelectorAll("input[name=group]")]
const group = () => groups.find((one) => one.checked).value

const remember = () => {
  const words = new URLSearchParams()
  if (find.value.trim()) { words.set("find", find.value.trim()) }
  if (group() !== "source") { words.set("by", "question") }
  history.replaceState(null, "", (words.size ? `?${words}` : location.pathname) + location.hash)
}

const show = () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
  let seen = 0
  for (const {node, find} of cards) {
    node.hidden = !words.every((word) => find.includes(word))
    seen += !node.hidden
  }
  for (const section of sections) { section.hidden = section.dataset.group !== group() || !section.querySelector("li:not([hidden])") }
  count.textContent = seen === cards.length ? `${seen} cards` : `${seen} of ${cards.length} cards`
  none.hidden = seen > 0
}

const regroup = () => {
  for (const {node, home, topic} of cards) { (group() === "topic" ? lists.get(topic) : home).append(node) }
  show()
}

const asked = new URLSearchParams(location.search)
find.value = (asked.get("find") ?? "").slice(0, find.maxLength)
if (asked.get("by") === "question") { groups.find((one) => one.value === "topic").checked = true }
find.addEventListener("input", () => { show(); remember() })
find.form.addEventListener("submit", (event) => event.preventDefault())
for (const one of groups) { one.addEventListener("change", () => { regroup(); remember() }) }
none.querySelector("button").addEventListener("click", () => { find.value = ""; show(); remember(); find.focus() })
addEventListener("keydown", (event) => { if (event.key === "/" && document.activeElement !== find) { event.preventDefault(); find.focus() } })
regroup()
