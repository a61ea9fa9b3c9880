"""The law of infinitely many agents beside the visible run, computed in the background."""
