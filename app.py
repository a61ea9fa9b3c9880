"""The page: ``panel serve app.py --warm``. One session per visitor."""

from components import theme
from components.session import Session
from components.warm import warm

warm()
theme.extension()
Session.open().page.servable()
