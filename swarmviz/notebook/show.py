"""A run that plays in a notebook: the replay of :func:`swarmviz.exports.replay` in a frame of its own, which needs no kernel."""

from __future__ import annotations

from html import escape
from typing import Any

from swarmviz.exports.replay import replay
from swarmviz.replay import RunSpec, run_of
from swarmviz.simulation import Simulation

PICTURES = 400  # unless ``every`` is given
HEIGHT_PX = 760


class Shown:
    """A replay as a notebook shows it.

    Attributes
    ----------
    html : str
        The page that plays it, a file of its own where it is written to one.
    """

    def __init__(self, html: str, height_px: int):
        self.html, self._height_px = html, height_px

    def _repr_html_(self) -> str:
        return (
            f'<iframe title="Replay" srcdoc="{escape(self.html)}" sandbox="allow-scripts" width="100%" height="{self._height_px}" '
            'style="border:0;max-width:900px"></iframe>'
        )

    def __repr__(self) -> str:
        return f"Shown({len(self.html):,} characters of HTML)"


def show(what: Simulation | RunSpec, *, every: int | None = None, height_px: int = HEIGHT_PX, **options: Any) -> Shown:
    """Play a run in a notebook, from its start to its present step.

    The last expression of a cell is shown. What is shown stays in the notebook and plays without a kernel.

    Parameters
    ----------
    what : Simulation or RunSpec
        It has made at least one step.
    every : int, optional
        A picture of every so many steps; when absent as many as give at most 400 pictures.
    height_px : int
        Of the frame, 200 to 4000.
    **options
        As of :func:`swarmviz.exports.replay`: ``start``, ``stop``, ``region``, ``label``, ``hidden``, and the layers.

    Returns
    -------
    Shown

    Raises
    ------
    ValueError
        When the run has no such steps, or a value is out of its range.

    Examples
    --------
    >>> import swarmviz as sv
    >>> sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, d=2, seed=1))
    >>> _ = sim.advance(100)
    >>> sv.show(sim)._repr_html_().startswith("<iframe")
    True
    """
    if isinstance(height_px, bool) or not isinstance(height_px, int) or not 200 <= height_px <= 4000:
        raise ValueError(f"height_px = {height_px!r}: must be a whole number from 200 to 4000")
    run = run_of(what)
    if run.k == 0:
        raise ValueError("sim.k = 0: a run that plays needs a step at least; call advance first")
    if every is None:
        start, stop = options.get("start", 0), options.get("stop")
        length = (run.k if stop is None else stop) - start if isinstance(start, int) else run.k
        every = max(1, -(-length // (PICTURES - 1)))
    return Shown(replay(run, every=every, **options), height_px)
