"""The page: ``panel serve app.py --warm``. One session per visitor, as many at once as ``SWARMVIZ_SESSIONS`` says."""

import panel as pn

from components.page import theme
from components.server import application, session_limit
from components.server.warm import warm
from components.session import Session

ready = application.install(pn.state.curdoc)
warm()
theme.extension()
if ready and session_limit.admit(pn.state.curdoc):
    Session.open().page.servable()
