"""What somebody has chosen to pause at, which a link holds; the browser offers what can happen in the runs that are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from components.playback.bar import Bar
from components.playback.panes import Panes
from components.playback.pause_when import TOLD_BY_JOURNAL, PauseWhen
from components.text import sentence
from swarmviz import Simulation
from swarmviz.events import Looking
from swarmviz.journal import Change


class PauseChoice:
    """An option of the page like those of the views: at which events, and where which observables come beyond a number, the runs pause.

    Parameters
    ----------
    panes : Panes
        The runs.
    bar : Bar
        Offers it, and shows what is chosen.
    done : function ()
        Called when somebody has chosen.

    Attributes
    ----------
    defaults : mapping of str
        As in :class:`components.views.base.View`.
    """

    defaults: Mapping[str, Any] = MappingProxyType({"pause_when": []})

    def __init__(self, panes: Panes, bar: Bar, done: Callable[[], None]):
        self._panes, self._bar, self._done = panes, bar, done
        self._offered: list[Change] = []  # for what parameters it was told what can happen

    @property
    def pause_when(self) -> list[str]:
        """What is paused at; an option, for a link.

        Raises
        ------
        ValueError
            When it is set to what :class:`components.playback.pause_when.PauseWhen` does not know of any dynamics.
        """
        return list(self._panes.pause_when.texts)

    @pause_when.setter
    def pause_when(self, texts: Any) -> None:
        self._set(PauseWhen(texts))

    def _set(self, wanted: PauseWhen) -> None:
        self._panes.pause_when = wanted
        self._bar.pause_when = list(wanted.texts)

    def choose(self, value: Any) -> None:
        """[text, whether to pause at it], as the browser sent it; what is added has to be known of the runs that are shown."""
        now, refusal = self.pause_when, ""
        try:
            text, on = value if isinstance(value, list) and len(value) == 2 else (value, True)
            if on is True:
                PauseWhen([text], [sim.dynamics for sim in self._panes.sims])
            wanted = PauseWhen([*now, text] if on is True else [other for other in now if other != text])
        except ValueError as error:
            refusal = sentence(str(error))
        else:
            self._set(wanted)
            self._done()
        self._bar.param.update(pause_refused=refusal, answered=self._bar.answered + 1)

    def see(self) -> None:
        """Something may have been edited, or gone back to: other parameters can bring other events about (a boundary: wall hits)."""
        acting = acting_in(self._panes.sims)
        if len(acting) != len(self._offered) or any(a is not b for a, b in zip(acting, self._offered, strict=True)):
            self.attach(self._panes.sims)

    def attach(self, sims: Sequence[Simulation]) -> None:
        """Other runs are shown: offer what can happen in them, and what is recorded."""
        self._offered = acting_in(sims)
        kinds = {kind.name: kind for sim in sims for kind in (*told_of(sim), *TOLD_BY_JOURNAL)}
        observables = {observable.name: observable for sim in sims for observable in sim.dynamics.observables}
        self._bar.pause_kinds = [
            {"name": kind.name, "title": kind.title, "meaning": f"{kind.meaning}."} for kind in kinds.values()
        ]
        self._bar.pause_observables = [
            {"name": one.name, "symbol": one.symbol, "meaning": one.meaning} for one in observables.values()
        ]


def acting_in(sims: Sequence[Simulation]) -> list[Change]:
    """The parameters that act in each of them now."""
    return [sim.journal.acting_at(sim.k) for sim in sims]


def told_of(sim: Simulation) -> tuple[Any, ...]:
    """The kinds of events that its dynamics can tell on its landscape."""
    swarm = sim.initial_swarm
    return Looking.at(sim.dynamics, sim.landscape, swarm.n, swarm.d).kinds
