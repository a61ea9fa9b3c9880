"""For the tests only: an address of the test server that counts what lives in its process (a plug-in of ``panel serve``)."""

from __future__ import annotations

import gc
import json
import threading

from tornado.web import RequestHandler

COUNTED = ("Session", "Simulation", "Transport")


class Alive(RequestHandler):
    """GET → how many sessions, simulations and threads there are."""

    def get(self) -> None:
        gc.collect()
        ours = [
            type(thing)
            for thing in gc.get_objects()
            if str(type(thing).__module__).startswith(("components.", "swarmviz."))
        ]
        kinds = [kind.__name__ for kind in ours]
        names = [thread.name for thread in threading.enumerate()]
        threads = {"threads": names.count("swarmviz transport"), "luck": names.count("swarmviz replicas")}
        self.write(json.dumps({kind: kinds.count(kind) for kind in COUNTED} | threads))


ROUTES = [("/alive", Alive, {})]
