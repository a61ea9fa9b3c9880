"""One visitor's laboratory: builds the parts of the page and joins them.

Two threads meet here. The page's thread handles edits and buttons and paints; the worker of the transport advances the runs. What the
worker reads or changes (the panes, the views' ``prepare``) is guarded by the panes' lock. Another dynamics, landscape or swarm is built
on a thread of its own and shown on the page's thread; when building fails, the old run goes on and the reason is reported.

    panes ← transport (worker), player                what is computed, and when
    panes ← edits, replacement ← choices, actions     what is done to it
    panes → pictures → views                          what is seen of it
    panes → links, history, exports, replicas         what is made of it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import panel as pn

from components import palette
from components.controls.heading import heading_of, parts_of
from components.controls.table_files import TableFiles
from components.law.worker import LawWorker
from components.lessons import place as places
from components.lessons.lessons import HELD, Lessons, start_of
from components.lessons.place import Place
from components.links import permalink, readable, view_options
from components.links.address import Kept, Links, Opening, at_once, first_preset, opening, opening_asked
from components.links.budget import bytes_of, check_change, check_swarm_size
from components.links.other_runs import OtherRuns
from components.links.readable import NOTHING, Asked
from components.maps.worker import MapWorker
from components.page import theme
from components.page.agent_step import AgentCard, AgentStep
from components.page.arrival import LOOKING, Arrival
from components.page.bar_actions import BarActions
from components.page.choices import Choices
from components.page.claims_card import ClaimsCard
from components.page.compare import CompareBar
from components.page.embedding import Embedding
from components.page.equation import EquationCard
from components.page.event_marks import EventMarks
from components.page.export_job import ExportJobs
from components.page.exports import Exports
from components.page.history import History
from components.page.law_error_panel import LawErrorPanel
from components.page.left_future import LeftFuture
from components.page.messages import Messages
from components.page.opening_picture import opening_picture
from components.page.pause_choice import PauseChoice
from components.page.projector import Projector
from components.page.replica_panel import ReplicaPanel
from components.page.run_end import RunEnd
from components.page.slow_step import SlowStepView
from components.page.spoken import Spoken
from components.playback.bar import Bar
from components.playback.build_pool import POOL
from components.playback.builder import Builder
from components.playback.edits import Edits
from components.playback.pane import Parts
from components.playback.panes import Panes
from components.playback.pictures import Pictures
from components.playback.player import Player
from components.playback.replacement import RunReplacement
from components.playback.slow_step import Mode, SlowStep
from components.playback.transport import Moment, PictureRequest, Transport
from components.playback.undo import Stood, Undo
from components.replicas.pool import Outcome
from components.replicas.replica import VisibleRun
from components.server.limits import account_of
from components.server.pages import OPENING_ARGUMENTS, OPENING_PICTURE, PHONE
from components.server.session_limit import is_own
from components.state import Selection
from components.views import SIDE_VIEWS
from components.views.arena.arena import Arena
from components.views.arena.options import ArenaOptions
from components.views.comparison import Comparison
from components.views.curves.curves import Curves
from components.views.map.view import Map
from components.views.switcher import ViewSwitcher
from components.views.tables import Tables
from components.weakly import weakly
from swarmviz import Simulation
from swarmviz.drawing.comparison import MAX_COMPARED, NAMES
from swarmviz.drawing.differences import names
from swarmviz.parameters import Described
from swarmviz.replay import RunSpec

LESSONS = "Lessons"  # a tab of the drawer
MOVING = (
    "play",
    "slow",
    "step",
    "back",
    "goto",
    "undo",
    "redo",
)  # actions that wait for the answer to a lesson's question


def beginning(link: str | None, place: Place | None, asked: Asked = NOTHING) -> Opening:
    """What a visit begins with that followed this link, came for a step of a lesson, or asked for a run by its names."""
    if link is not None:
        return opening(link)
    if place is None:
        return opening_asked(asked)
    state = start_of(place)
    return at_once(state) or first_preset()._replace(awaited=state)


class Session:
    """The page of one visitor.

    Parameters
    ----------
    link : str, optional
        The permalink that was followed; a bad one opens the first preset and says why.
    narrow : bool
        A phone: the choices stay closed at first.
    place : Place, optional
        The step of a lesson that is to be read; without a link, with the swarms with which it begins.
    asked : Asked
        What the address asks for by names, without a link or a lesson.
    """

    def __init__(
        self, link: str | None = None, narrow: bool = False, place: Place | None = None, asked: Asked = NOTHING
    ):
        state, sims, self._awaited, complaint = beginning(link, place, asked)
        self._dark, self._place = False, place
        self.arrival = Arrival(
            weakly(self._invite),
            weakly(self._start_next),
            self._awaited is not None or place is not None or any(run.k for run in state.runs),
        )
        self._join_playback(list(zip(sims, map(parts_of, state.selections), strict=True)))
        self.player.set_pace(state)
        self._join_views()
        self._join_actions()
        self._lay_out(narrow)
        if place is not None:
            self._show_card(LESSONS)
        self.arrival.invite(self.panes.current.parts)
        if self._awaited is None:
            complaint = complaint or self._show_views(state.views)
        if complaint:
            self.messages.warn(complaint)

    def _join_playback(self, runs: Sequence[tuple[Simulation, Parts]]) -> None:
        """What moves the runs, and what changes or replaces them."""
        written = weakly(self._write_link)
        self.arena_options = ArenaOptions(weakly(self._options_changed))
        self.panes = Panes(
            runs, weakly(self._make_arena), weakly(self._branching), weakly(self._edit_failed), check_change
        )
        self.bar = Bar(weakly(self._act), playing=self._awaited is None)
        self.projector = Projector(self.bar, weakly(self._show_in_link), weakly(self._scale_type))
        self.pause_choice = PauseChoice(self.panes, self.bar, weakly(self._write_link))
        self.transport = Transport(
            self._advance, self._picture, self._paint, self._failed, fair_share=POOL.fair_share, threads=POOL.threads
        )
        self.builder = Builder(self.transport, weakly(self.bar.say), self.panes.lock)
        self.slow = SlowStep(self.panes)
        self.player = Player(self.panes, self.transport, self.bar, weakly(self._advance), self.slow, written)
        self.edits = Edits(
            self.panes,
            self.transport,
            self.bar,
            heading=heading_of,
            chosen=weakly(self._choose),
            check_size=weakly(self._check_size),
            attach=weakly(self._attach),
            done=written,
            again=weakly(self._start_again),
            choose_landscape=weakly(self._choose_landscape),
        )
        self.controls = self.edits.controls
        self.uploads = TableFiles(self.controls, self.transport.on_page)
        self.messages = Messages(self.bar, self.controls)
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
            done=written,
        )

    def _join_views(self) -> None:
        """What is seen of the runs, and what is made of them."""
        changed, runs = weakly(self._options_changed), weakly(self._runs)
        self.history = History(weakly(self._open_run), weakly(self._compare_with), weakly(self._draw_behind))
        self.end = RunEnd(
            self.panes, self.player, self.arrival, self.messages, self.bar, self.history, weakly(self._write_link)
        )
        self.undo = Undo(
            self.bar,
            weakly(self._stood),
            self.replacement.restore,
            weakly(self._remember),
            bytes_of,
        )
        self.left = LeftFuture(self.bar, weakly(self._draw_behind), weakly(self._open_run))
        self.links = Links(
            self.panes,
            self.transport,
            self.bar,
            self.history,
            weakly(self._view_options),
            more=weakly(self._lesson_query),
        )
        self.export_jobs = ExportJobs(self.transport.on_page, self.transport)
        self.lessons = Lessons(
            self.panes,
            self.transport,
            self.player,
            self.replacement,
            self.controls,
            state=self.links.state,
            show_views=weakly(self._show_views),
            kept=weakly(self._reader_options),
            changed=weakly(self._lesson_changed),
            open_claim=weakly(self._open_claim),
            activate=weakly(self._activate),
            warn=self.messages.warn,
            refresh=weakly(self._redraw),
            jobs=self.export_jobs,
        )
        judged, opened = weakly(self._judged), weakly(self._open_replica)
        self.replicas = ReplicaPanel(weakly(self._visible), self.transport, judged, opened, weakly(self._beside))
        self.law_error = LawErrorPanel(weakly(self._visible), self.transport)
        late, unseen, share = weakly(self._lateness), weakly(self._unseen), weakly(self._fair_share)
        self.law = LawWorker(weakly(self._spec), late, weakly(self._law_news), unseen, share)
        self.maps = MapWorker(late, weakly(self._map_news), unseen, share)
        self.maps.on_cell = weakly(self._go_to_cell)
        self.maps.on_take = weakly(self._show_exports)
        self.side = switcher = ViewSwitcher(
            SIDE_VIEWS, self.panes.lock, changed, refresh=changed, runs=runs, law=self.law, maps=self.maps
        )
        told = lambda: bool(switcher.law_parts)  # noqa: E731  # refers to no session
        self.curves = Curves(
            bands=self.replicas.worker.bands,
            refresh=changed,
            law=self.law,
            law_told=told,
            go_to=weakly(self._go_to_step),
        )
        self.equation = EquationCard(refresh=weakly(self._redraw))
        self.claims = ClaimsCard(
            verdicts=self.replicas.worker.verdicts,
            drawn=self.curves.is_drawn,
            draw=weakly(self.curves.draw),
            seen=weakly(self._claims_seen),
            refresh=weakly(self._redraw),
        )

    def _join_actions(self) -> None:
        """What the visitor can do, and the pictures of it."""
        self.choices = Choices(
            self.panes,
            self.transport,
            self.edits,
            self.replacement,
            self.messages,
            keep=weakly(self._keep),
            show_runs=weakly(self._show_runs),
            show_comparison=weakly(self._show_comparison),
            done=weakly(self._write_link),
            check_size=check_swarm_size,
        )
        self.spoken = Spoken(self.bar, weakly(self._redraw))
        self.embedding = Embedding(
            self.bar, weakly(self._redraw), weakly(self._act), self.panes, self.controls, weakly(self._unseen)
        )
        self.tables = Tables([*self.curves.offers, (self.side.buttons, weakly(self.side.tables))], weakly(self._redraw))
        self.event_marks = EventMarks(self.bar)
        self.agent_step = AgentStep(
            weakly(self._options_changed),
            arenas=lambda panes=self.panes: panes.arenas,
            active=lambda panes=self.panes: panes.active,
            looking=lambda mouse=self.choices.mouse: mouse.looking,
            put=weakly(self._put_card),
            slow=self.slow,
        )
        slow_step = SlowStepView(self.slow, arenas=lambda panes=self.panes: panes.arenas)
        self.actions = BarActions(
            self.panes,
            self.transport,
            self.player,
            self.edits,
            self.replacement,
            self.replicas,
            self.bar,
            copy_link=weakly(self.links.copy),
            close_choices=weakly(self._close_choices),
            set_dark=weakly(self._choose_theme),
            leave_alone=weakly(self.arrival.leave_alone),
            more=self.left.actions
            | {"projector": self.projector.choose, "pause_when": self.pause_choice.choose}
            | {"tap": self.agent_step.tap, "agent": self.agent_step.choose}
            | {"code": self.links.show_code, "embed": self.embedding.ask}
            | {"tell": self.spoken.ask, "undo": weakly(self._undo), "redo": weakly(self._redo)},
        )
        self.exports = Exports(
            weakly(self._snapshot),
            self.export_jobs,
            weakly(self._pair),
            weakly(self._export_options),
            self.maps,
            weakly(self._name_of_pane),
            self.panes.lock,
        )
        self.compare = CompareBar(weakly(self.choices.compare), colours=self._colours_of_runs())
        self.others = OtherRuns(
            self.panes, self.links, self.replacement, self.compare, self.messages, weakly(self._show_comparison)
        )
        self.pictures = Pictures(
            self.panes,
            views=(
                self.side,
                self.curves,
                self.claims,
                self.history,
                self.equation,
                self.spoken,
                self.embedding,
                self.tables,
                self.event_marks,
                self.agent_step,
                slow_step,
                self.lessons,
            ),
            cards=(self.choices.mouse, self.choices.wells, self.replicas.card, self.law_error.card),
            report=weakly(self._view_failed),
            told=self.compare.tell,
        )
        self._attach()

    def _lay_out(self, narrow: bool) -> None:
        """Everything in its place on the page."""
        self.choices.mouse.on_mode = weakly(self.arena_options.set_mode)
        stage = theme.stage(
            pn.Row(self.choices.mouse.buttons, self.choices.wells, self.arena_options, margin=0, height=26)
        )
        self.board = theme.board(stage, self.side.pane, self.curves.pane, self.bar, self.transport.anchor)
        sheet = pn.Column(self.compare, self.controls.form, margin=0)
        drawer = {
            "Model": self.equation.pane,
            "Claims": self.claims.pane,
            "Luck": pn.Column(self.replicas.card, self.law_error.card, margin=0),
            "Runs": self.history.pane,
        }
        self.drawer = drawer | {"Export": self.exports, LESSONS: self.lessons.pane}
        self.page = theme.page(sheet, self.board, self.drawer, self._dark, narrow, weakly(self.set_dark))
        self._show_panes()

    # ---- life ----------------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls) -> Session:
        """The session of the document that is being served; it starts when the page is there and ends with it."""
        arguments = pn.state.session_args or {}
        given = arguments.get(permalink.KEY)
        place, complaint = places.asked(arguments)
        narrow = PHONE in str(pn.state.headers.get("User-Agent", ""))
        session = cls(given[0].decode("ascii", "replace") if given else None, narrow, place, readable.asked(arguments))
        if complaint:
            session.messages.warn(complaint)
        session.transport.paint_before_start()
        if is_own(pn.state.curdoc):
            pn.state.curdoc.template_variables.update(
                {OPENING_PICTURE: opening_picture(session.panes.sim), OPENING_ARGUMENTS: readable.names()}
            )
        pn.state.onload(lambda: session.start(pn.state.curdoc))
        pn.state.on_session_destroyed(lambda context: session.close())
        return session

    def start(self, doc: Any = None) -> None:
        """Let the swarm run; without a document (tests) pictures are painted on the worker."""
        self.transport.playing = self.bar.playing
        self.undo.note()
        self.lessons.begin(self._place, there=self._awaited is None)
        self.transport.start(doc)
        if doc is not None:
            account = account_of(doc)
            account.tell, account.connected = weakly(self.messages.warn), weakly(self.actions.set_connected)
            self.links.begin()
        self.transport.redraw()
        if self._awaited is not None:
            state, self._awaited = self._awaited, None
            self.replacement.restore(state, shown=self.lessons.stand)
        self.actions.act_on_what_came_early()
        self.lessons.act_on_what_came_early()

    def close(self) -> None:
        """End the worker; nothing of the session is left once its document is gone."""
        self.builder.forget()
        self.uploads.close()
        self.export_jobs.close()
        self.replicas.close()
        self.law_error.worker.close()
        self.law.close()
        self.maps.close()
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

    # ---- the worker's thread -------------------------------------------------------------------------------------------

    def _advance(self, steps: int) -> None:
        if self.slow.mode is Mode.HELD:
            return  # it was due before somebody paused
        reason = self.slow.advance() if self.slow.walking else self.panes.advance(steps)
        if reason:
            self.transport.playing = False
            self.transport.redraw()  # every view shows where it stopped
            there = self.end.standing_there()
            self.transport.on_page(lambda: self.end.stopped(reason, there))
        elif self.arrival.loops and self.panes.drawn_together:
            self.transport.on_page(self.end.drawn_together)

    def _picture(self, request: PictureRequest) -> tuple[Moment, dict]:
        self.replicas.notice()
        self.slow.refresh()
        if request.everything:
            self.history.hurry()  # no other picture may follow
            self.equation.hurry()
            self.claims.hurry()
            self.event_marks.hurry()
            self.agent_step.hurry()
            self.lessons.hurry()
        picture = self.pictures.prepare(request)
        if self.side.shown != Map.label:
            self.maps.ask(None)
        self.law.notice(self.side.law_parts | self.curves.law_parts)  # which they may have come to draw just now
        return picture

    # ---- what other parts ask for, on any thread -----------------------------------------------------------------------

    def _runs(self) -> list[Simulation]:
        return self.panes.sims

    def _visible(self) -> VisibleRun:
        with self.panes.lock:
            return VisibleRun.of(self._sim)

    def _place_beside(self) -> int:
        """The place of the swarm with which the active one is compared by what they cost: the first other one."""
        return 0 if self.panes.active else 1

    def _beside(self) -> VisibleRun | None:
        with self.panes.lock:
            return VisibleRun.of(self.panes.sims[self._place_beside()]) if self.panes.comparing else None

    def _spec(self) -> RunSpec:
        with self.panes.lock:
            return RunSpec.of(self._sim)

    def _check_size(self, n: int, d: int) -> None:
        check_swarm_size(n, d, len(self.panes.parts))

    def _lateness(self) -> float:
        return self.transport.lateness

    def _fair_share(self) -> float:
        return self.transport.fair_share

    def _unseen(self) -> bool:
        return self.transport.unseen

    def _law_news(self) -> None:
        self.transport.tell_news("law")

    def _map_news(self) -> None:
        self.transport.tell_news("map")

    def _snapshot(self) -> RunSpec:
        with self.panes.lock:
            return self._pair()[self.panes.active]

    def _name_of_pane(self) -> str:
        with self.panes.lock:
            return NAMES[self.panes.active] if len(self.panes.sims) > 1 else ""

    def _pair(self) -> list[RunSpec]:
        """The run of every pane, all at the same step."""
        with self.panes.lock:
            self.panes.take_edits()  # as in a link: what was edited holds from this step on
            return [RunSpec.of(sim, {}) for sim in self.panes.sims]

    def _keep(self) -> Callable[[], None]:
        """Take note of the runs, which may be left; what is returned puts them into the history and says so."""
        kept = self.links.kept()
        return lambda: self.messages.say(self.links.remember(kept, aloud=True))

    def _branching(self) -> Callable[[], None]:
        """A known future is about to be left, with the panes' lock held."""
        self.undo.note_left()
        kept, at = self.links.kept(), self.panes.k
        return lambda: self.transport.on_page(lambda: self._left_future(kept, at))

    def _left_future(self, kept: Kept | None, at: int) -> None:
        """A known future was left at a step: it is in the list of runs, and stays in sight; the edit is noted once it is complete."""
        self.messages.say(self.links.remember(kept, aloud=True))
        if kept is not None:
            self.left.leave(at, kept.row["step"], kept.row["overlay"], kept.link)

    def _edit_failed(self, prefix: str, part: Described, error: Exception) -> None:
        self.edits.failed(prefix, part, error)

    def _view_failed(self, text: str) -> None:
        self.transport.on_page(lambda: self.messages.warn(text))

    # ---- what is shown (the page's thread from here on) ----------------------------------------------------------------

    def _make_arena(self, place: int) -> Arena:
        used = partial(weakly(self._use_mouse), place)
        return Arena(self._dark, on_event=used, refresh=weakly(self._redraw), options=self.arena_options)

    def set_dark(self, dark: bool) -> None:
        """Give the figures the colours of the theme."""
        self._dark = self.exports.dark = self.bar.dark = dark
        self.compare.colours = self._colours_of_runs()
        with self.panes.lock:
            for view in (*self.panes.arenas, self.side, self.curves, self.agent_step):
                view.set_dark(dark)

    def _paint(self, payloads: dict) -> None:
        self.edits.follow(at_once=not self.transport.playing)
        self.controls.show_present_values(at_once=not self.transport.playing)
        self.left.see(self.panes.furthest)
        self.pause_choice.see()
        self.pictures.paint(payloads)
        if self.maps.has_table != ("map" in self.exports.views):
            self._offer_pictures()
        self.bar.look_again()

    def _attach(self) -> None:
        """Show the runs of the panes in every view."""
        with self.panes.lock:
            self.arena_options.attach(self._sim)
            self.pause_choice.attach(self.panes.sims)
            self.pictures.attach()
            self._offer_pictures()
        self.transport.redraw()

    def _offer_pictures(self) -> None:
        unlinkable = next(filter(None, (sim.landscape.unlinkable for sim in self.panes.sims)), "")
        self.exports.show_fitting(self._sim.frame, self.panes.comparing, self.maps.has_table, unlinkable)

    def _show_runs(self, runs: Sequence[tuple[Simulation, Parts]], active: int) -> None:
        """Show other runs; under one lock, so that the worker never draws a new run with the views of the old one."""
        with self.panes.lock:
            others = [sim for sim, _ in runs] != self.panes.sims
            if others:
                self.undo.replacing()
            self.panes.replace(runs, active)
            if others:
                self.left.forget()
            self._show_panes()
            self._attach()

    def _show_panes(self) -> None:
        theme.show_arenas(self.board, [pane.arena.pane for pane in self.panes])
        self.compare.param.update(panes=len(self.panes), active=self.panes.active)
        pair = (NAMES[self.panes.active], NAMES[self._place_beside()]) if self.panes.comparing else None
        self.replicas.compare(pair)

    def _put_card(self, card: AgentCard) -> None:
        self.board.append(card)

    def _colours_of_runs(self) -> list[str]:
        return list(palette.theme(self._dark).curves[:MAX_COMPARED])

    def _show_comparison(self) -> None:
        self.side.show(Comparison.label)

    def _claims_seen(self, on: bool) -> None:
        self.replicas.worker.judging = on

    def _redraw(self) -> None:
        self.transport.redraw()

    def _go_to_step(self, step: int) -> None:
        """Somebody clicked on a step of the curves: the same as with the scrubber."""
        self._act("goto", step)

    def _options_changed(self) -> None:
        self.transport.redraw()
        self._write_link()

    def _with_options(self, wanted: Any = ()) -> tuple[Any, ...]:
        """What has options that a link holds, those that are ``wanted`` included."""
        names = [name for name in wanted if isinstance(name, str)] if isinstance(wanted, Mapping) else ()
        views = (self.arena_options, self.side, *self.side.having(names), self.curves, self.replicas.card)
        return (*views, self.edits, self.projector, self.pause_choice, self.agent_step)

    def _view_options(self) -> dict[str, Any]:
        return view_options.chosen(*self._with_options())

    def _show_views(self, options: Any) -> str:
        """Set the options of the views as a link has them, None: as they are; returns what cannot be set."""
        return "" if options is None else view_options.restore(options, *self._with_options(options))

    def _export_options(self) -> dict[str, dict]:
        """Picture → the options with which its view is seen."""
        frame = self._sim.frame
        views = [self.panes.current.arena, *(self.side.views[label] for label in self.side.offered), self.curves]
        options = {view.picture: view.export_options(frame) for view in views}
        if self.panes.comparing:
            options["arena"] = options["arena"] | {
                "label": names(self.panes.differences(), len(self.panes))[self.panes.active]
            }
        return {picture: chosen for picture, chosen in options.items() if chosen}

    # ---- what the visitor does: passed on to parts that are made later than those that ask -----------------------------

    def _act(self, act: str, value: Any) -> None:
        if act not in LOOKING:
            self.arrival.touch()
        if act in MOVING and self.lessons.asks:
            self.messages.say(HELD, lambda: self.lessons.asks)
            return
        self.actions.act(act, value)

    def _invite(self, text: str) -> None:
        self.bar.invitation = text

    def _start_again(self) -> None:
        self.actions.start_again(playing=True if self.player.ended else None)

    def _start_next(self) -> None:
        self.actions.start_next(playing=True)

    def _choose(self, name: str, value: Any) -> None:
        self.choices.choose(name, value)

    def _choose_landscape(self, landscape: Any) -> None:
        self.choices.choose_landscape(landscape)

    def _use_mouse(self, place: int, act: str, handle: int, at: Any) -> None:
        self.choices.use_mouse(place, act, handle, at)

    def _choose_theme(self, dark: bool) -> None:
        self.page.dark_theme = dark

    def _close_choices(self) -> None:
        self.page.sidebar_open = False

    def _open_run(self, link: str) -> None:
        self.others.open(link)

    def _compare_with(self, link: str) -> None:
        self.others.compare_with(link)

    def _go_to_cell(self, values: dict[str, float], beside: bool) -> None:
        """A cell of the map was clicked."""
        self.arrival.touch()
        self.choices.go_to(values, beside)
        if beside:
            self.side.show(Map.label)  # which a new comparison has hidden

    def _open_replica(self, outcome: Outcome) -> None:
        self.others.open_replica(outcome)

    def _failed(self, error: Exception) -> None:
        self.end.failed(error)

    # ---- lessons -------------------------------------------------------------------------------------------------------

    def _lesson_query(self) -> str:
        return self.lessons.query

    def _lesson_changed(self) -> None:
        self.arrival.touch()
        self._write_link()

    def _reader_options(self) -> dict[str, Any]:
        """What is chosen of the page and not of what a lesson shows."""
        return view_options.chosen(self.edits, self.projector, self.pause_choice)

    def _show_card(self, name: str) -> None:
        theme.show_card(self.page, self.drawer, name)

    def _show_exports(self) -> None:
        self._show_card("Export")

    def _activate(self, place: int) -> None:
        if place != self.panes.active:
            self.choices.compare("show", place)

    def _open_claim(self, source: str) -> None:
        self._show_card("Claims")
        self.claims.seek(source)

    # ---- links, history and replicas -----------------------------------------------------------------------------------

    def _write_link(self) -> None:
        """Something was edited, moved or chosen, and is complete, but for what a hand still drags."""
        self.bar.look_again()
        if self.panes.comparing:
            self.pictures.name_panes()  # what waits for a reset is in no picture yet
        self._show_in_link()
        if self.arrival.loops:
            self.undo.forget()
        elif not self.edits.under_way:  # curves that are drawn anew meanwhile are another choice, but no other state
            self.undo.note()

    def _show_in_link(self) -> None:
        """The link says how things are now; a change of how the page looks is nothing to be undone."""
        if (
            self.arrival.loops
        ):  # nobody has made anything of this run; a page that loses its connection comes back to it
            self.links.begin()
        else:
            self.links.write()

    def _scale_type(self, factor: float) -> None:
        self.curves.scale_type(factor)

    def _stood(self) -> Stood:
        with self.panes.lock:
            return Stood(self.links.whole(), self.panes.k)

    def _undo(self, value: Any) -> None:
        if self._may_go_back():
            self.undo.undo()

    def _redo(self, value: Any) -> None:
        if self._may_go_back():
            self.undo.redo()

    def _may_go_back(self) -> bool:
        """Whether no other run is being built, which is then said."""
        building = self.panes.coming is not None and not self.undo.going
        if building:
            self.messages.say("Wait until the new run is there.", lambda: self.panes.coming is not None)
        return not building

    def _refused(self, error: Exception) -> None:
        """Runs that were asked for could not be built."""
        self.undo.refused()
        self.messages.refused(error)

    def _remember(self) -> str:
        if self.arrival.loops or not self.edits.keeps_what_it_leaves():
            return ""
        return self.links.remember(self.links.kept(), aloud=self.panes.k < self.panes.furthest)

    def _draw_behind(self) -> None:
        """The curves of other runs have changed."""
        self.curves.overlays = [*self.left.overlays, *self.history.overlays]

    def _judged(self, tolerance: float | None) -> None:
        """What counts as found from now on, for the list of runs too."""
        self.history.tolerance = tolerance
        self._write_link()
