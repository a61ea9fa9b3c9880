"""What ``swarmviz serve`` hands to Panel, installed or from a checkout; at the top of a checkout ``app.py`` is the same.

In a folder of its own, because Panel puts that first into the path of imports while the script runs.
"""

from components.visit import open_visit

open_visit()
