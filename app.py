"""The page: ``panel serve app.py --warm``. One session per visitor, as many at once as ``SWARMVIZ_SESSIONS`` says."""

import panel as pn

from components import compression, limits, theme
from components.session import Session
from components.warm import warm

compression.compress()
warm()
theme.extension()
if limits.welcome(pn.state.curdoc):
    Session.open().page.servable()
