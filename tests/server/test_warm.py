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


FIRST_FIGURE = """
import sys
from components.server import warm
import components.session
warm._load_rest = lambda names: None
warm.warm()
warm.load_for_figures()
import numpy as np
from components.palette import DARK
from components.views.map import figure
from swarmviz.drawing.map import map_picture
from tests.views.map.test_view import known_of
from tests.maps.orders import small_order
order = small_order()
known = known_of(order)
picture = map_picture(np.array(order.x_values), np.array(order.y_values), order.log, known.statistics, "found")
before = set(sys.modules)
figure.build(known, picture, "found", DARK)
print(sorted(set(sys.modules) - before))
"""


def test_the_first_figure_of_a_map_loads_nothing():
    done = subprocess.run([sys.executable, "-c", FIRST_FIGURE], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout.split() == ["[]"], done.stderr
