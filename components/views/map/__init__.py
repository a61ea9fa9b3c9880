"""The view of a map."""
