"""A visit of the table of runs: what Panel runs for each visitor of ``/explore``."""

from __future__ import annotations

import panel as pn

from components.explore.page import Explore
from components.page import theme
from components.server import application, own_table, session_limit
from components.server.warm import warm


def open_table() -> None:
    """Make the page of a visitor, if there is a table and a place for one."""
    ready = application.install(pn.state.curdoc)
    warm()
    theme.extension("tabulator")
    table = own_table.table()
    if ready and table is not None and session_limit.admit(pn.state.curdoc):
        explore = Explore(table)
        pn.state.on_session_destroyed(lambda context: explore.close())  # which keeps it until then
        explore.page.servable()
