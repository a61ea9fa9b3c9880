"""A figure or a table of a paper that computes, draws and compares itself: the data of its spec with the functions on them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from swarmviz.ensembles.engine import Turn
from swarmviz.papers.compute import compute
from swarmviz.papers.plot import plot
from swarmviz.papers.report import comparison
from swarmviz.papers.spec import FigureSpec
from swarmviz.papers.units import with_units

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray


class Figure(FigureSpec):
    """See :class:`swarmviz.papers.spec.FigureSpec` for the attributes."""

    def compute(
        self,
        runs: int | None = None,
        threads: int | None = None,
        quick: bool = False,
        progress: Any = False,
        store: str | os.PathLike[str] | None = None,
        turn: Turn | None = None,
    ) -> xarray.Dataset:
        """Run its sweeps; parameters, results and errors are those of :func:`swarmviz.papers.compute.compute`."""
        return with_units(self, compute(self, runs, threads, quick, progress, store, turn))

    def plot(self, dataset: xarray.Dataset) -> matplotlib.figure.Figure:
        """A Matplotlib figure of what :meth:`compute` returned.

        Raises
        ------
        ImportError
            Without Matplotlib or HoloViews: ``pip install 'swarmviz[pictures,plots]'``.
        """
        return plot(self, dataset)

    def comparison(self, dataset: xarray.Dataset) -> str:
        """The printed values beside ours, as text; empty where the paper prints none."""
        return comparison(self, dataset)
