"""A visit: what Panel runs for each visitor, and once before the first for the warm-up."""

from __future__ import annotations

import panel as pn

from components.gallery import handlers as gallery
from components.page import theme
from components.server import application, own_lessons, session_limit
from components.server.warm import warm
from components.session import Session


def open_visit() -> None:
    """Make the page of a visitor, if there is a place for one; as many at once as ``SWARMVIZ_SESSIONS`` says."""
    ready = application.install(pn.state.curdoc, gallery.routes)
    warm()
    own_lessons.lessons()  # read once per server, before the first visitor asks for one
    theme.extension()
    if ready and session_limit.admit(pn.state.curdoc):
        Session.open().page.servable()
