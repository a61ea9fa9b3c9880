"""A landscape through a table of values on a grid."""
