"""The views drawn by Matplotlib."""
