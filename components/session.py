"""One visitor's laboratory: builds the parts of the page and joins them.

Two threads meet here. The page's thread handles edits and buttons and paints; the worker of the transport advances the runs. What the
worker reads or changes (the panes, the views' ``prepare``) is guarded by the panes' lock. Another dynamics, landscape or swarm is built
on a thread of its own and shown on the page's thread; when building fails, the old run goes on and the reason is reported.

    controls → edits → panes ← transport (worker)        what is computed
    panes → pictures → views                              what is seen
    builder → replacement → panes                         other runs
    links, history, exports, replicas                     what is made of a run
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import panel as pn

from components.controls import heading
from components.controls.heading import heading_of, parts_of
from components.links import permalink, view_options
from components.links.address import Links, opening
from components.links.permalink import Run, Selection
from components.page import theme
from components.page.compare import REPLACING, CompareBar, rearranged
from components.page.equation import EquationCard
from components.page.exports import Exports
from components.page.history import History
from components.page.replica_panel import ReplicaPanel
from components.playback.bar import Bar
from components.playback.builder import Builder
from components.playback.edits import Edits
from components.playback.panes import Panes, Parts
from components.playback.pictures import Pictures
from components.playback.player import Player
from components.playback.replacement import RunReplacement
from components.playback.transport import Moment, Transport
from components.replicas.pool import Outcome
from components.replicas.replica import Visible
from components.server.limits import account_of
from components.text import sentence
from components.views import SIDE_VIEWS
from components.views.arena.arena import Arena
from components.views.arena.mouse_modes import MouseModes
from components.views.comparison import Comparison
from components.views.curves.curves import Curves
from components.views.switcher import ViewSwitcher
from components.weakly import weakly
from swarmviz import Diverged, Simulation, Swarm
from swarmviz.exports import Run as Past
from swarmviz.parameters import Described

GOES_ON = "The run goes on as it was: "
log = logging.getLogger(__name__)


class Session:
    """The page of one visitor.

    Parameters
    ----------
    link : str, optional
        The permalink that was followed; a bad one opens the first preset and says why.
    narrow : bool
        A phone: the choices stay closed at first.
    """

    def __init__(self, link: str | None = None, narrow: bool = False):
        state, sims, self._awaited, complaint = opening(link)
        self._dark = False
        self._early: list[tuple[str, Any]] = []  # buttons that were pressed before the page was there
        self._join_playback(list(zip(sims, map(parts_of, state.selections), strict=True)))
        self.player.set_pace(state)
        self._join_views()
        self._lay_out(narrow)
        if self._awaited is None:
            complaint = complaint or self._show_views(state.views)
        if complaint:
            self._warn(complaint)

    def _join_playback(self, runs: Sequence[tuple[Simulation, Parts]]) -> None:
        """What moves the runs, and what is done to them."""
        moved = weakly(self._moved)
        self.panes = Panes(runs, weakly(self._arena), weakly(self._branching), weakly(self._edit_failed))
        self.bar = Bar(weakly(self._act), playing=self._awaited is None)
        self.transport = Transport(self._advance, self._picture, self._paint, self._failed)
        self.builder = Builder(self.transport, weakly(self.bar.say), self.panes.lock)
        self.player = Player(self.panes, self.transport, self.bar, weakly(self._advance), moved)
        self.edits = Edits(
            self.panes,
            self.transport,
            self.bar,
            heading=heading_of,
            chosen=weakly(self._choose),
            check_size=permalink.require_room,
            attach=weakly(self._attach),
            done=moved,
        )
        self.controls = self.edits.controls
        self.replacement = RunReplacement(
            self.panes,
            self.builder,
            self.player,
            self.edits,
            self.bar,
            show_runs=weakly(self._show_runs),
            show_views=weakly(self._show_views),
            remember=weakly(self._remember),
            refused=weakly(self._refused),
            done=moved,
        )
        self._actions: dict[str, Callable[[Any], None]] = self.player.actions | {
            "copy": self._copy_link,
            "reset": self._reset,
            "seed": self._reset_with_next_seed,
            "hidden": self._set_hidden,
            "narrow": self._close_choices,
            "calm": self._pause_for_calm,
        }

    def _join_views(self) -> None:
        """What is seen of the runs, and what is made of them."""
        redraw, runs = weakly(self._options_changed), weakly(self._runs)
        self.mouse = MouseModes(weakly(self._swarm_placed), weakly(self.edits.move_handle))
        self.history = History(weakly(self._reopen))
        self.links = Links(self.panes, self.transport, self.bar, self.history, weakly(self._view_options))
        self.replicas = ReplicaPanel(
            weakly(self._visible), self.transport, weakly(self._judged), weakly(self._open_replica)
        )
        side = [view(refresh=redraw, runs=runs) for view in SIDE_VIEWS]
        self.side = ViewSwitcher(side, self.panes.lock, weakly(self._moved))
        self.curves = Curves(bands=self.replicas.worker.bands, refresh=redraw)
        self.equation = EquationCard()
        self.pictures = Pictures(
            self.panes,
            views=(self.side, self.curves, self.history),
            cards=(self.equation, self.mouse, self.replicas.card),
            report=weakly(self._report_view),
        )
        self.exports = Exports(
            weakly(self._snapshot),
            self.transport.on_page,
            weakly(self._pair),
            weakly(self._export_options),
            self.transport,
        )
        self._attach()

    def _lay_out(self, narrow: bool) -> None:
        """Everything in its place on the page."""
        self.compare = CompareBar(weakly(self._compare))
        stage = theme.stage(self.mouse.chips)
        self.board = theme.board(stage, self.side.pane, self.curves.pane, self.bar, self.transport.anchor)
        sheet = pn.Column(self.compare, self.controls.form, margin=0)
        cards = {
            "Model": self.equation.pane,
            "Luck": self.replicas.card,
            "Runs": self.history.pane,
            "Export": self.exports,
        }
        self.page = theme.page(sheet, self.board, cards, self._dark, narrow, weakly(self.set_dark))
        self._show_panes()

    # ---- life ----------------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls) -> Session:
        """The session of the document that is being served; it starts when the page is there and ends with it."""
        given = pn.state.session_args.get(permalink.KEY) if pn.state.session_args else None
        narrow = "Mobi" in str(pn.state.headers.get("User-Agent", ""))
        session = cls(given[0].decode("ascii", "replace") if given else None, narrow)
        pn.state.onload(lambda: session.start(pn.state.curdoc))
        pn.state.on_session_destroyed(lambda context: session.close())
        return session

    def start(self, doc: Any = None) -> None:
        """Let the swarm run; without a document (tests) pictures are painted on the worker."""
        self.transport.playing = self.bar.playing
        self.transport.start(doc)
        if doc is not None:
            account = account_of(doc)
            account.tell, account.connected = weakly(self._warn), weakly(self._connected)
            self.links.begin()
        self.transport.redraw()
        if self._awaited is not None:
            state, self._awaited = self._awaited, None
            self.replacement.restore(state)
        early, self._early = self._early, []
        for act, value in early:
            self.transport.on_page(partial(self._act, act, value))

    def close(self) -> None:
        """End the worker; nothing of the session is left once its document is gone."""
        self.builder.forget()
        self.exports.close()
        self.replicas.worker.close()
        self.transport.stop()

    @property
    def _sim(self) -> Simulation:
        """The active pane's run."""
        return self.panes.sim

    @property
    def selection(self) -> Selection:
        """What the controls say of the active pane, which a restart would use."""
        return self.selections[self.panes.place]

    @property
    def selections(self) -> list[Selection]:
        """What the controls say of every pane, of runs that are still being built as well."""
        return self.replacement.selections

    def set_dark(self, dark: bool) -> None:
        """Give the figures the colours of the theme."""
        self._dark = self.exports.dark = dark
        with self.panes.lock:
            for view in (*self.pictures.views, self.equation):
                view.set_dark(dark)

    def _arena(self, place: int) -> Arena:
        return Arena(self._dark, on_event=partial(weakly(self._use_mouse), place), refresh=weakly(self._redraw))

    # ---- the worker's thread -------------------------------------------------------------------------------------------

    def _advance(self, steps: int) -> None:
        reason = self.panes.advance(steps)
        if reason:
            self.transport.playing = False
            self.transport.redraw()  # every view shows where it stopped
            self.transport.on_page(lambda: self._stopped(reason))

    def _picture(self, count: int) -> tuple[Moment, dict]:
        self.replicas.worker.notice()
        if not count:
            self.history.hurry()  # no other picture may follow
        return self.pictures.prepare(count)

    def _branching(self) -> Callable[[], None]:
        """A known future is about to be left (any thread, the panes' lock held): it is kept in the history."""
        kept = self.links.kept()
        return lambda: self.transport.on_page(lambda: self._say(self.links.remember(kept, aloud=True)))

    # ---- what other parts ask for (any thread) -------------------------------------------------------------------------

    def _runs(self) -> list[Simulation]:
        return self.panes.sims

    def _visible(self) -> Visible:
        with self.panes.lock:
            return Visible.of(self._sim)

    def _snapshot(self) -> Past:
        with self.panes.lock:
            return self._pair()[self.panes.active]

    def _pair(self) -> list[Past]:
        """The run of every pane, all at the same step."""
        with self.panes.lock:
            self.panes.take_edits()  # as in a link: what was edited holds from this step on
            return [Past.of(sim)._replace(journal=Run.of(sim, {}).journal) for sim in self.panes.sims]

    def _export_options(self) -> dict[str, dict]:
        """Picture → the options with which its view is seen."""
        frame = self._sim.frame
        options = {view.picture: view.export_options(frame) for view in self.side.views.values()}
        return {picture: chosen for picture, chosen in options.items() if chosen}

    def _edit_failed(self, prefix: str, part: Described, error: Exception) -> None:
        self.edits.failed(prefix, part, error)

    def _redraw(self) -> None:
        self.transport.redraw()

    # ---- what is shown (the page's thread from here on) ----------------------------------------------------------------

    def _paint(self, payloads: dict) -> None:
        self.controls.show_present_values(at_once=not self.transport.playing)
        self.pictures.paint(payloads)

    def _attach(self) -> None:
        """Show the runs of the panes in every view."""
        with self.panes.lock:
            self.pictures.attach()
            self.exports.show_fitting(self._sim.frame, self.panes.comparing)
        self.transport.redraw()

    def _show_runs(self, runs: Sequence[tuple[Simulation, Parts]], active: int) -> None:
        """Show other runs; under one lock, so that the worker never draws a new run with the views of the old one."""
        with self.panes.lock:
            self.panes.replace(runs, active)
            self._show_panes()
            self._attach()

    def _show_panes(self) -> None:
        theme.show_arenas(self.board, [pane.arena.pane for pane in self.panes])
        self.compare.param.update(panes=len(self.panes), active=self.panes.active)

    def _options_changed(self) -> None:
        self.transport.redraw()
        self._moved()

    def _with_options(self) -> tuple[Any, ...]:
        """What has options that a link holds."""
        return (self.side, *self.side.views.values(), self.curves, self.replicas.card)

    def _view_options(self) -> dict[str, Any]:
        return view_options.chosen(*self._with_options())

    def _show_views(self, options: Any) -> str:
        """Set the options of the views as a link has them, None: as they are; returns what cannot be set."""
        return "" if options is None else view_options.restore(options, *self._with_options())

    # ---- choices and comparison ----------------------------------------------------------------------------------------

    def _choose(self, name: str, value: Any) -> None:
        """Another dynamics, preset or landscape."""
        try:
            chosen = heading.chosen(name, str(value), self.selection, comparing=self.panes.comparing)
        except Exception as error:  # a preset that does not fit its dynamics
            self._report(error, GOES_ON)
            return
        if chosen is None:
            return
        selections = [selection._replace(swarm=chosen.swarm) for selection in self.selections]
        selections[self.panes.place] = chosen
        self.replacement.choose(selections)

    def _compare(self, act: str, value: Any) -> None:
        if self._is_building():
            return
        with self.panes.lock:
            self.panes.take_edits()  # else they would be forgotten with the pane they were meant for
            kept = self.links.kept() if act in REPLACING else None
            rearrangement = rearranged(act, value, self.panes.runs, self.panes.active)
        if rearrangement is None:
            return
        self._say(self.links.remember(kept, aloud=True))
        self._show_runs(*rearrangement)
        self.controls.show(self.panes.current.parts)
        if act == "start":
            self.side.show(Comparison.label)
        self._moved()

    def _is_building(self) -> bool:
        """Whether runs are being built, which is then said."""
        if self.panes.coming is not None:
            self.bar.say("Wait until the new run is there.")
        return self.panes.coming is not None

    def _use_mouse(self, place: int, act: str, handle: int, at: Any) -> None:
        """A click or a drag in the arena of a pane, which thereby becomes the active one."""
        if self._is_building():
            return
        if place != self.panes.active:
            self._compare("show", place)
        shift = self._sim.frame.shift
        try:
            self.mouse.hear(self.controls.parts, act, handle, at if shift is None else at - shift[: len(at)])
        except ValueError as error:
            self._warn(sentence(str(error)))

    def _swarm_placed(self, swarm: Swarm, playing: bool) -> None:
        selections = [selection._replace(swarm=swarm) for selection in self.selections]
        self.replacement.choose(selections, playing=playing and self.transport.playing)

    # ---- links, history and replicas -----------------------------------------------------------------------------------

    def _moved(self) -> None:
        self.links.write()

    def _remember(self) -> str:
        return self.links.remember(self.links.kept(), aloud=self.panes.k < self.panes.furthest)

    def _reopen(self, link: str) -> None:
        try:
            self.replacement.restore(permalink.read(link))
        except permalink.BadLink as error:
            self._warn(sentence(f"that run cannot be opened: {error.__cause__ or error}"))

    def _judged(self, tolerance: float | None) -> None:
        """What counts as found from now on, for the list of runs too."""
        self.history.tolerance = tolerance
        self._moved()

    def _open_replica(self, outcome: Outcome) -> None:
        """Replay the run with a replica's seed, up to where it was judged; the present run goes to the list of runs."""
        state = self.links.state()
        state = state._replace(runs=tuple(run.with_seed(outcome.seed, outcome.k) for run in state.runs), views=None)
        try:
            permalink.write(state)
        except permalink.Unlinkable as error:
            self._warn(f"That replica cannot be opened, because {error}.")
        else:
            self.replacement.restore(state)

    # ---- buttons of the bar --------------------------------------------------------------------------------------------

    def _act(self, act: str, value: Any) -> None:
        if not self.transport.started:  # Panel would not send the answer: its document is not connected yet
            self._early.append((act, value))
        elif act in self._actions:
            self._actions[act](value)
        else:
            log.warning("the bar asked for %r, which is no action", act[:40])

    def _copy_link(self, value: Any) -> None:
        self.links.copy()

    def _reset(self, value: Any) -> None:
        self.controls.restart_schedules()
        self.replacement.restart()

    def _reset_with_next_seed(self, value: Any) -> None:
        swarm = self.controls.parts["swarm"].copy()
        swarm.seed = (swarm.seed + 1) % (swarm.declared()["seed"].bounds[1] + 1)
        for parts in self.panes.parts:
            parts["swarm"] = swarm
        self._reset(None)

    def _set_hidden(self, value: Any) -> None:
        """Whether the page can be seen."""
        self.transport.hidden = bool(value)
        self._rest_replicas()

    def _connected(self, on: bool) -> None:
        """The browser's connection broke, or is back."""
        self.transport.alone = not on
        self._rest_replicas()

    def _rest_replicas(self) -> None:
        self.replicas.worker.hidden = self.transport.hidden or self.transport.alone

    def _close_choices(self, value: Any) -> None:
        """The page became narrow."""
        self.page.sidebar_open = False

    def _pause_for_calm(self, value: Any) -> None:
        """The visitor's system asks for less motion: nothing moves before Play is pressed."""
        self.player.pause()
        self.bar.say("Paused, because your system asks for less motion. Press Play or the space bar.")

    # ---- messages --------------------------------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        if text:
            self.bar.say(text)

    def _warn(self, text: str) -> None:
        self.bar.say(text, "warning")

    def _report_view(self, text: str) -> None:
        self.transport.on_page(lambda: self._warn(text))

    def _stopped(self, reason: str) -> None:
        self.bar.playing = False
        self.bar.say(reason)
        self._moved()

    def _failed(self, error: Exception) -> None:
        """A command of the worker failed, and playing has stopped."""
        self.bar.playing = False
        if isinstance(error, Diverged) and not isinstance(error, ValueError):
            with self.panes.lock:
                self.history.diverged(self._sim, error.step)
        self._report(error)

    def _refused(self, error: Exception) -> None:
        self._report(error, GOES_ON)

    def _report(self, error: Exception, before: str = "") -> None:
        """Say what went wrong: beside the row that it is about, and in the bar."""
        text = str(error)
        if isinstance(error, ValueError):
            row = self.controls.owner_of(text)
            if row is not None:
                self.controls.report(row, text)
        elif not isinstance(error, Diverged):  # a defect: the server's log gets all of it
            traceback.print_exception(error, file=sys.stderr)
            text = f"something went wrong ({type(error).__name__}: {error})"
        self.bar.say(sentence(before + text), "error", reset=True)
