"""A landscape given by a formula: parsed, checked, encoded as a program of numbers, interpreted on blocks, and set in LaTeX."""
