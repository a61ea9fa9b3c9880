"""The curves: what was measured at each step, beside the lines of theory."""
