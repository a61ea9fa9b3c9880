"""The gallery: the wall of cards, and a page for each figure of the papers with its result, computed again on request."""
