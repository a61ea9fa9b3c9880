"""Runs that are opened in the place of the present one, or beside it: those of the list of runs, and replicas."""

from __future__ import annotations

from collections.abc import Callable

from components.links import permalink
from components.links.address import Links
from components.page.compare import CompareBar, with_beside
from components.page.messages import Messages
from components.playback.panes import Panes
from components.playback.replacement import RunReplacement
from components.replicas.pool import Outcome
from components.text import sentence
from swarmviz.drawing.comparison import MAX_COMPARED


class OtherRuns:
    """Opens runs by their links; what cannot be opened is told, and the present run goes on.

    Parameters
    ----------
    panes, links, replacement, compare, messages : Panes, Links, RunReplacement, CompareBar, Messages
        The parts of the session.
    show_comparison : function ()
        Called when runs stand beside each other.
    """

    def __init__(
        self,
        panes: Panes,
        links: Links,
        replacement: RunReplacement,
        compare: CompareBar,
        messages: Messages,
        show_comparison: Callable[[], None],
    ):
        self._panes, self._links, self._replacement = panes, links, replacement
        self._compare, self._messages, self._show_comparison = compare, messages, show_comparison

    def open(self, link: str) -> None:
        """Open a run of the list; the present one goes there."""
        try:
            self._replacement.restore(permalink.read(link))
        except permalink.BadLink as error:
            self._messages.warn(sentence(f"that run cannot be opened: {error.__cause__ or error}"))

    def compare_with(self, link: str) -> None:
        """Put a run of the list beside the present one, at the step at which this one stands."""
        panes = self._panes
        try:
            other = permalink.read(link).runs[0]
            with panes.lock:
                state, stand = self._links.whole(), panes.k
            room = MAX_COMPARED if self._compare.wide else 2
            runs = with_beside(state.runs, panes.active, other.until(max(other.k, stand)), room)
            state = state._replace(runs=runs)
            permalink.write(state)  # raises where it would cost too much
        except (permalink.BadLink, permalink.Unlinkable) as error:
            self._messages.warn(sentence(f"that run cannot be put beside this one: {error.__cause__ or error}"))
        else:
            stays = None if len(runs) == len(panes) else str  # the present runs are among them: they need no row
            self._replacement.restore(state, stand, shown=self._show_comparison, remember=stays)

    def open_replica(self, outcome: Outcome) -> None:
        """Replay the run with a replica's seed, up to where it was judged; the present run goes to the list of runs."""
        state = self._links.state()
        state = state._replace(runs=tuple(run.with_seed(outcome.seed, outcome.k) for run in state.runs), views=None)
        try:
            permalink.write(state)
        except permalink.Unlinkable as error:
            self._messages.warn(f"That replica cannot be opened, because {error}.")
        else:
            self._replacement.restore(state)
