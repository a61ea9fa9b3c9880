"""The page and its parts.

Nothing here knows an equation; everything drawn comes out of a Frame, a record or a theory line.
"""
