"""What a notebook shows: summaries of runs and records, which Jupyter, VS Code and marimo ask for, and a run that plays (:func:`show`)."""

from __future__ import annotations

from swarmviz.notebook.record import record_summary
from swarmviz.notebook.show import Shown, show
from swarmviz.notebook.simulation import simulation_summary

__all__ = ["Shown", "record_summary", "show", "simulation_summary"]
