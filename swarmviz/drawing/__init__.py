"""What a view shows, as numbers: for the page, for pictures and for replays. NumPy only; safe on any thread."""
