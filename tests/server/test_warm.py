"""What is ready before the server answers, and what is loaded afterwards."""

from __future__ import annotations

import subprocess
import sys

WARMED = """
import gc, sys, threading
from components.server import warm
import components.session
warm.AFTER_S, warm._load_rest = 0.0, lambda names, load=warm._load_rest: load([])
warm.warm()
seen, found = gc.get_freeze_count(), len(gc.get_objects())
[thread.join(60) for thread in threading.enumerate() if thread.name == "swarmviz warm"]
print(seen > found, seen > 100_000, "holoviews.plotting.bokeh" in sys.modules)
"""


def test_what_stays_is_not_looked_through_again_and_what_draws_maps_is_loaded():
    """A full collection stops the thread that visitors share: of twenty visits and all modules for 0.8 s."""
    done = subprocess.run([sys.executable, "-c", WARMED], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.split() == ["True"] * 3, done.stderr
