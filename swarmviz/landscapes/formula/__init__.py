"""A landscape given by a formula: read, checked, compiled to a program of a stack machine, evaluated on blocks, and typeset."""
