"""The page of a table of runs: what it is looked at over, its pictures, its rows, and the way from a row to the arena."""
