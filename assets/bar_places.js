// Where the bar is: the board around it, which holds the arenas, and the frame of the page around that.

export const boardAround = (node) => {
  for (let root = node.getRootNode(); root?.host; root = root.host.getRootNode()) {
    if (root.host.matches(".board")) { return root.host }
  }
  return null
}

// Gives the frame and the board a class, by which their style sheets lay them out otherwise, or takes it away.
export const layOut = (node, name, on) => {
  const board = boardAround(node)
  for (const place of [document.documentElement, board, board?.getRootNode().host]) { place?.classList.toggle(name, on) }
}
