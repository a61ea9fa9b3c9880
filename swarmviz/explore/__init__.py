"""Datasets that were written before, opened again: read and checked, as a table of runs, and each run as it can be lived again."""

from __future__ import annotations

from swarmviz.explore.reading import read
from swarmviz.explore.runs import spec_of
from swarmviz.explore.table import RunTable

__all__ = ["RunTable", "read", "spec_of"]
