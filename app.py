"""The page: ``panel serve app.py --warm``. One session per visitor, as many at once as ``SWARMVIZ_SESSIONS`` says."""

from components.visit import open_visit

open_visit()
