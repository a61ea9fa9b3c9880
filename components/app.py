"""What ``swarmviz serve`` serves, installed or from a checkout; ``app.py`` beside this folder is the same for ``panel serve``."""

from components.visit import open_visit

open_visit()
