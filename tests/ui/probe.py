"""For the tests only: an address of the test server that counts what lives in its process (a plug-in of ``panel serve``)."""

from __future__ import annotations

import gc
import json
import threading

from tornado.web import RequestHandler


def living(kind: type) -> int:
    """How many objects of a class there are.

    Not by ``gc.get_objects()``: to hold a tuple that another thread is making of a generator ends that thread with a SystemError.
    """
    return sum(type(thing) is kind for thing in gc.get_referrers(kind))


class Alive(RequestHandler):
    """GET → how many sessions, simulations and threads there are, and sessions made ahead."""

    def get(self) -> None:
        from components.playback.transport import Transport
        from components.server import garbage
        from components.session import Session
        from swarmviz import Simulation

        garbage.collect_all()
        gc.unfreeze()  # what is set aside is not found by its referrers
        counted = {kind.__name__: living(kind) for kind in (Session, Simulation, Transport)}
        names = [thread.name for thread in threading.enumerate()]
        threads = {"threads": names.count("swarmviz transport"), "luck": names.count("swarmviz replicas")}
        spares = {"spares": sum(spare.ready for spare in self.application._spares.values())}
        self.write(json.dumps(counted | threads | spares))


ROUTES = [("/alive", Alive, {})]
