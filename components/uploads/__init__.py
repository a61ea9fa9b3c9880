"""Files that visitors bring: received in pieces, and decoded in a process of their own."""
