"""Where the style sheets, scripts and images of the page lie."""

from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"
