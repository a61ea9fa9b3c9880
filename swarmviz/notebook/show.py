"""A run in a notebook: one that goes on with the kernel (:mod:`swarmviz.notebook.live`), and its replay where there is none."""

from __future__ import annotations

import functools
import importlib.util
from html import escape
from typing import Any

from swarmviz.drawing.layers import Layers, checked
from swarmviz.exports.replay import replay
from swarmviz.notebook.live import Live
from swarmviz.notebook.simulation import simulation_summary
from swarmviz.notebook.widget import widget_class
from swarmviz.replay import MIN_STEP_COST, RunSpec, run_of
from swarmviz.simulation import Simulation

PICTURES = 400  # of a replay, unless ``every`` is given
HEIGHT_PX = 760
MAX_COORDINATE_STEPS = 40_000_000  # about a second


class _Still:
    """HTML, and nothing that is shown before it."""

    def __init__(self, html: str):
        self._html = html

    def _repr_html_(self) -> str:
        return self._html


class Shown:
    """A run as a notebook shows it.

    Attributes
    ----------
    html : str
        A page that plays it without a kernel, a file of its own where it is written to one. Of a run without a step, its summary.
    """

    def __init__(self, html: str, live: Live | None, height_px: int):
        self.html, self._live, self._height_px = html, live, height_px

    @property
    def widget(self) -> Any:
        """The run that goes on, an anywidget; made once.

        Raises
        ------
        ValueError
            Where there is only a replay: because that was asked for, or for want of anywidget (extra ``notebook``).
        """
        if self._live is None:
            raise ValueError("live = False, or no anywidget: what is shown is a replay, which is no widget")
        return self._made

    @functools.cached_property
    def _made(self) -> Any:
        assert self._live is not None
        return widget_class()(self._live, self._height_px)

    def _repr_html_(self) -> str:
        if not self.html.startswith("<!DOCTYPE"):
            return self.html
        return (
            f'<iframe title="Replay" srcdoc="{escape(self.html)}" sandbox="allow-scripts" width="100%" height="{self._height_px}" '
            'style="border:0;max-width:900px"></iframe>'
        )

    def _repr_mimebundle_(self, **asked: Any) -> dict[str, Any]:
        """The widget, and what is seen where there is no kernel for it."""
        still = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        if self._live is None:
            return still
        bundle = self._made._repr_mimebundle_(**asked)
        return still | (bundle[0] if isinstance(bundle, tuple) else bundle or {}) | still

    def _display_(self) -> Any:
        """What marimo shows in its place: it takes HTML before a widget where an object has both."""
        return self._made if self._live is not None else _Still(self._repr_html_())

    def __panel__(self) -> Any:
        """What Panel shows in its place: the widget where Panel can show one (package ipywidgets_bokeh), else the replay."""
        there = self._live is not None and importlib.util.find_spec("ipywidgets_bokeh") is not None
        return self._made if there else _Still(self._repr_html_())

    def __repr__(self) -> str:
        return f"Shown({len(self.html):,} characters of HTML)"


def show(
    what: Simulation | RunSpec,
    *,
    live: bool = True,
    every: int | None = None,
    height_px: int = HEIGHT_PX,
    **options: Any,
) -> Shown:
    """Put a run into a notebook: its arena, its curve, a bar, and sliders for the parameters of its dynamics.

    The last expression of a cell is shown. ``Play`` moves the very simulation: what a person does in the frame is done to ``what``, and
    what a cell changes is seen in it. Where there is no kernel, or no anywidget (extra ``notebook``), the run so far is played.

    Parameters
    ----------
    what : Simulation or RunSpec
        A ``RunSpec`` is played, as is a run of which a part is chosen.
    live : bool
        False plays the run so far, in any case.
    every : int, optional
        A picture of every so many steps: 1 when absent, and of a replay as many as give at most 400 pictures.
    height_px : int
        Of the frame, 200 to 4000.
    **options
        Layers that are shown or not (``trails``, ``arrows``, ``links``, ``contours``), and of a replay all that
        :func:`swarmviz.exports.replay` takes: ``start``, ``stop``, ``region``, ``label``, ``hidden``.

    Returns
    -------
    Shown

    Raises
    ------
    ValueError
        When a run that is played has no such steps, or a value is out of its range.

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
    other = None
    if live and isinstance(what, Simulation) and not set(options) - set(Layers._fields) and _has_widgets():
        other = Live(what, every or 1, checked(**options))
    run = run_of(what)
    if other is not None and isinstance(what, Simulation) and not _has_replay(run):
        return Shown(simulation_summary(what), other, height_px)
    if run.k == 0:
        raise ValueError("sim.k = 0: a run that is played needs a step at least; call advance first")
    return Shown(replay(run, every=_spacing(run.k, None if other else every, options), **options), other, height_px)


def _has_widgets() -> bool:
    return importlib.util.find_spec("anywidget") is not None


def _has_replay(run: RunSpec) -> bool:
    """Whether a run that goes on is played, too, where there is no kernel: it has steps, and they are soon taken again."""
    return 0 < run.k <= MAX_COORDINATE_STEPS // max(run.swarm.n * run.swarm.d, MIN_STEP_COST)


def _spacing(k: int, every: int | None, options: dict[str, Any]) -> int:
    """As many steps between two pictures of a replay as were asked for, else as few as give at most PICTURES of them."""
    start, stop = options.get("start", 0), options.get("stop")
    ends = (start, k if stop is None else stop)
    if not all(isinstance(end, int) for end in ends):
        return every or 1  # replay says what is wrong
    fewest = max(1, -(-(ends[1] - ends[0]) // (PICTURES - 1)))
    return fewest if every is None else every
