"""Orders of maps, and a worker without a page."""

from __future__ import annotations

import threading
import time

import swarmviz as sv
from components.maps.limit import Limit
from components.maps.order import MapOrder
from components.maps.worker import MapWorker


def small_order(steps=20, limit=None, **parts):
    """A map of 3 × 2 cells of CBO."""
    given = {"dynamics": sv.CBO(), "landscape": sv.landscapes.Rastrigin(), "swarm": sv.Swarm(n=6, d=2)} | parts
    return MapOrder(
        **given, x=("dynamics", "sigma"), y=("dynamics", "lam"), x_values=(0.3, 1.0, 2.0), y_values=(0.5, 1.0),
        limit=limit or Limit.of_steps(steps), tolerance=None,
    )  # fmt: skip


class Watched:
    """A worker of maps and what it has reported."""

    def __init__(self):
        self.late, self.unseen, self.news = 0.0, False, threading.Event()
        self.worker = MapWorker(lambda: self.late, self.news.set, lambda: self.unseen)

    def wait(self, ready, seconds=60):
        """What is known once ``ready`` of it holds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            known = self.worker.known
            if known is not None and ready(known):
                return known
            self.news.wait(0.1)
            self.news.clear()
        raise AssertionError(f"waited for {seconds} s; known is {self.worker.known}")
