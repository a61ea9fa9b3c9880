"""For the tests only: what a server's process knows (a plug-in of ``panel serve``, which the owner names)."""

from __future__ import annotations

import gc
import json
import sys

from tornado.web import RequestHandler


class Known(RequestHandler):
    """GET → the modules that are loaded, the places that are taken, how many swarms there are and sessions made ahead."""

    def get(self) -> None:
        from bokeh.server.tornado import BokehTornado

        from components.server import garbage, session_limit

        contexts = list(self.application.applications.values())
        assert isinstance(self.application, BokehTornado)
        garbage.collect_all()
        gc.unfreeze()  # what is set aside is not found by its referrers
        core = sys.modules.get("swarmviz.simulation")  # not all objects: see tests/ui/probe.py
        kind = core.Simulation if core else None
        swarms = sum(type(thing) is kind for thing in gc.get_referrers(kind)) if kind else 0
        self.write(
            json.dumps(
                {
                    "modules": sorted(sys.modules),
                    "taken": session_limit.LIMITER.taken,
                    "sessions": sum(len(list(context.sessions)) for context in contexts),
                    "swarms": swarms,
                    "spares": sum(spare.ready for spare in self.application._spares.values()),
                    "routes": {
                        rule.matcher.regex.pattern: f"{rule.target.__module__}.{rule.target.__name__}"
                        for rule in self.application.wildcard_router.rules
                    },
                }
            )
        )


ROUTES = [("/known", Known, {})]
