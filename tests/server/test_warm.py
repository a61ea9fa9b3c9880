"""What is ready before the server answers."""

from __future__ import annotations

import subprocess
import sys

WARMED = """
import gc, sys
from components.server import warm
import components.session
warm._load_rest = lambda names: None
warm.warm()
seen, found = gc.get_freeze_count(), len(gc.get_objects())
print(seen > found, seen > 100_000, "holoviews.plotting.bokeh" in sys.modules)
"""


def test_what_stays_is_not_looked_through_again_and_what_draws_maps_is_loaded():
    """A full collection stops the thread that visitors share: of twenty visits and all modules for 0.8 s."""
    done = subprocess.run([sys.executable, "-c", WARMED], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.split() == ["True"] * 3, done.stderr
