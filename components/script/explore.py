"""What ``swarmviz explore`` hands to Panel beside the page: the table of runs, at ``/explore``."""

from components.explore.visit import open_table

open_table()
