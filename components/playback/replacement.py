"""Other runs in the place of those that are shown: built beside them, shown once they are there, given up where they cannot be built.

The controls belong to the runs that are being built from the moment they are asked for: what is edited meanwhile acts on those.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from components.controls.heading import parts_of
from components.playback.bar import Bar
from components.playback.builder import Builder
from components.playback.edits import Edits
from components.playback.pane import Parts, part_shown
from components.playback.panes import Panes
from components.playback.player import Player
from components.state import Selection, VisitState
from swarmviz import Simulation
from swarmviz.replay import RunSpec, ignore


def standing(state: VisitState, k: int) -> list[Selection]:
    """What the controls say of runs that stand at step ``k``, or at their last one: what acts there."""
    there = state._replace(runs=tuple(run._replace(k=min(k, run.k)) for run in state.runs)).selections
    pairs = zip(there, state.selections, strict=True)
    return [at._replace(dynamics=part_shown(at.dynamics, last.dynamics)) for at, last in pairs]  # type: ignore[arg-type]


class RunReplacement:
    """Replaces the runs of all panes.

    Parameters
    ----------
    panes, builder, player, edits, bar
        The runs that are shown, who builds others, how they are played, how they are edited, and where messages appear.
    show_runs : function (runs, active)
        Shows runs that are built, each with its parts, of which the one at place ``active`` is edited.
    show_views : function (options) → str
        Sets the options of the views as a link has them (None: as they are), and returns what it cannot set.
    remember : function () → str
        Keeps the run that is about to be replaced in the history, and returns what there is to say about it.
    refused : function (exception)
        Reports that the runs could not be built; the old ones go on.
    done : function ()
        Called when other runs are shown.
    """

    def __init__(
        self,
        panes: Panes,
        builder: Builder,
        player: Player,
        edits: Edits,
        bar: Bar,
        show_runs: Callable[[Sequence[tuple[Simulation, Parts]], int], None],
        show_views: Callable[[Any], str],
        remember: Callable[[], str],
        refused: Callable[[Exception], None],
        done: Callable[[], None],
    ):
        self._panes, self._builder, self._player, self._edits, self._bar = panes, builder, player, edits, bar
        self._show_runs, self._show_views, self._remember = show_runs, show_views, remember
        self._report_refusal, self._done = refused, done

    @property
    def selections(self) -> list[Selection]:
        """What the controls say of every pane, of runs that are still being built as well."""
        speed = self._player.speed
        return [Selection(p["dynamics"], p["landscape"], p["swarm"], speed) for p in self._panes.parts]  # type: ignore[arg-type]

    def choose(self, selections: Sequence[Selection], playing: bool | None = None) -> None:
        """Show other choices in the controls at once, one per pane, and build their runs; ``playing`` None: as it is now."""
        self._control([parts_of(selection) for selection in selections])
        self._build(selections, chosen=True, playing=playing)

    def restart(self, playing: bool | None = None) -> None:
        """Build runs of what the controls say; ``playing`` None: as it is now."""
        selections = self.selections
        self._panes.coming = self._panes.parts
        self._edits.controls.settle()
        self._edits.controls.form.busy = True
        self._build(selections, chosen=False, playing=playing)

    def restore(
        self,
        state: VisitState,
        stand: int | None = None,
        *,
        playing: bool | None = None,
        shown: Callable[[], None] = ignore,
        remember: Callable[[], str] | None = None,
    ) -> None:
        """Replay the runs of a link up to their step, and stand there.

        Parameters
        ----------
        state : VisitState
            The runs; those at step 0 begin to play.
        stand : int, optional
            An earlier step, to which they go back and at which they stand; what lies beyond it stays known.
        playing : bool, optional
            Whether they then play; None: when they are at step 0, and ``stand`` does not say otherwise.
        shown : function ()
            Called once the runs are shown.
        remember : function () → str, optional
            Takes the place of that of the constructor.
        """
        self._player.play(False)
        self._player.set_pace(state)
        selections = state.selections if stand is None else standing(state, stand)
        self._control([parts_of(selection) for selection in selections])
        if playing is None:
            playing = stand is None and not any(run.k for run in state.runs)
        adopt = partial(
            self._adopt,
            selections=selections,
            chosen=True,
            playing=playing,
            views=state.views,
            shown=shown,
            remember=remember,
        )
        self._builder.start(state.runs, adopt, self._refused, stand)

    def _build(self, selections: Sequence[Selection], chosen: bool, playing: bool | None = None) -> None:
        runs = [RunSpec.at_start(*selection[:3]) for selection in selections]
        adopt = partial(self._adopt, selections=selections, chosen=chosen, playing=playing)
        self._builder.start(runs, adopt, self._refused)

    def _control(self, coming: list[Parts]) -> None:
        """Let the controls show parts of runs that are to come."""
        self._panes.coming = coming
        self._edits.controls.show(coming[self._panes.place])
        self._edits.controls.form.busy = True

    def _adopt(
        self,
        sims: list[Simulation],
        selections: Sequence[Selection],
        chosen: bool,
        playing: bool | None = None,
        views: Any = None,
        shown: Callable[[], None] = ignore,
        remember: Callable[[], str] | None = None,
    ) -> None:
        """Show runs that are built. Where the swarm was edited meanwhile and they have not begun, they are built once more for it."""
        panes, edits = self._panes, self._edits
        if not self.selections[0].swarm.same_as(selections[0].swarm) and not any(sim.k for sim in sims):
            now = [now._replace(speed=then.speed) for now, then in zip(self.selections, selections, strict=True)]
            self._build(now, chosen, playing)
            return
        kept = (remember or self._remember)()
        place, parts, panes.coming = panes.place, panes.parts, None
        self._bar.message = {}
        self._show_runs(list(zip(sims, parts, strict=True)), place)
        if chosen:
            self._player.set_speed(selections[0].speed)
        if playing is not None:
            self._player.play(playing)
        complaint = self._show_views(views)
        if kept or complaint:
            self._bar.say(f"{kept} {complaint}".strip(), "warning" if complaint else "info")
        edits.controls.form.busy = False
        for prefix in ("dynamics", "landscape"):  # what was edited meanwhile acts now
            if not parts[place][prefix].same_as(getattr(selections[place], prefix)):
                edits.apply(prefix, parts[place][prefix])
        edits.show_what_waits()
        shown()
        self._done()

    def _refused(self, error: Exception) -> None:
        """The runs could not be built: the old ones go on, under the choices that they were made with."""
        panes, controls = self._panes, self._edits.controls
        panes.coming = None
        if controls.parts is not panes.current.parts:
            controls.show(panes.current.parts)
        controls.form.busy = False
        self._edits.show_what_waits()
        self._report_refusal(error)
