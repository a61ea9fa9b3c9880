"""A landscape from a function in Python."""
