"""One visitor's laboratory: the only stateful class of the page. It owns the simulation, the views, the controls and the transport.

Two threads meet here. The page's thread hears of edits and buttons and paints; the worker of the transport advances the simulations.
What the worker reads or changes (the bench, the views' ``prepare``) is guarded by the bench's lock. Another dynamics, landscape or swarm
is built on a thread of its own and adopted on the page's thread; when building fails, the old run goes on and the reason is told.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn

from components.controls import heading
from components.controls.form import Controls, brief
from components.controls.heading import heading_of, parts_of
from components.links import permalink, view_options
from components.links.address import Links, opening
from components.links.budget import check_swarm_size
from components.page import theme
from components.page.compare import REPLACING, CompareBar, rearranged
from components.page.equation import EquationCard
from components.page.exports import Exports
from components.page.history import History
from components.playback.bar import Bar
from components.playback.builder import Builder
from components.playback.panes import NAMES, Panes
from components.playback.player import Player
from components.playback.transport import Moment, PictureRequest, Transport
from components.replicas.card import ReplicaCard, ReplicaStatus
from components.replicas.pool import Outcome
from components.replicas.replica import VisibleRun
from components.replicas.worker import ReplicaWorker
from components.server.bokeh_patches.frozen_models import frozen_models
from components.server.limits import account_of
from components.state import Selection, VisitState
from components.text import sentence
from components.views.arena.arena import Arena
from components.views.arena.mouse_modes import MouseModes
from components.views.base import View
from components.views.comparison import Comparison
from components.views.curves.curves import Curves
from components.views.density.density import Density
from components.views.occupation import Occupation
from components.views.phase_space import PhaseSpace
from components.views.switcher import ViewSwitcher
from components.weakly import weakly
from swarmviz import Diverged, Simulation, Swarm
from swarmviz.exports import views_of
from swarmviz.landscapes import Landscape
from swarmviz.parameters import Described
from swarmviz.replay import RunSpec

ACTS = ("copy", "reset", "seed", "hidden", "narrow", "calm")  # what a bar may ask for beyond playing
BOTH = "A and B"  # the side view of a comparison


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
        self._generation, self._dark = 0, False
        self._coming, self._before = (
            False,
            None,
        )  # whether runs are being built, and the choices to return to when they cannot be
        self._failing: set[str] = set()  # views that have failed at the present run, each told once
        self._edit_row = ""  # the row that was edited last
        self._early: list[tuple[str, Any]] = []  # what the bar asked for before the page was there
        self.bench = Panes(sims)
        self.bench.branching, self.bench.unfit = weakly(self._branching), weakly(self._unfit)
        self._aside = [
            parts_of(selection) for selection in state.selections
        ]  # the choices of the panes that are not active
        self.bar = Bar(weakly(self._act), playing=self._awaited is None)
        self.transport = Transport(self._advance, self._picture, self._paint, self._failed)
        self.builder = Builder(self.transport, weakly(self.bar.say), self.bench.lock)
        self.player = Player(self.bench, self.transport, self.bar, weakly(self._advance), weakly(self._moved))
        self.player.set_pace(state)
        selection = state.selections[0]
        edits = (weakly(method) for method in (self._changed, self._chosen, self._fits))
        self.controls = Controls(parts_of(selection), heading_of, *edits, now=weakly(self._time))
        self.compare = CompareBar(weakly(self._compare))
        self.touch = MouseModes(weakly(self._swarm_placed), weakly(self._handle_moved))
        self.arenas = [self._arena(place) for place in range(len(sims))]
        self._card, self.history = EquationCard(), History(weakly(self._reopen))
        self.links = Links(self.bench, self.transport, self.bar, self.history, weakly(self._chosen_of_views))
        self.side = ViewSwitcher(
            {
                "Density": Density(),
                "Occupation": Occupation(),
                "Phase space": PhaseSpace(),
                BOTH: Comparison(weakly(self._sims)),
            }
        )
        self.side.lock, self._curves = self.bench.lock, Curves()
        for view in (self.side, self._curves):
            view.refresh = weakly(self._options_changed)
        self.side.chose = weakly(self._moved)
        self.luck = ReplicaWorker(weakly(self._look), weakly(self._lateness), weakly(self._lucky))
        self.luck_card = ReplicaCard(weakly(self._replicas), weakly(self._judge), weakly(self._show_replica))
        self._curves.bands = self.luck.bands
        callbacks = (weakly(method) for method in (self._snapshot, self.transport.on_page, self._pair, self._seen))
        self.exports = Exports(*callbacks)
        self.exports.visit = self.transport
        self._attach_all()
        stage = theme.stage(self.touch.buttons)
        self.board = theme.board(stage, self.side.pane, self._curves.pane, self.bar, self.transport.anchor)
        sheet = pn.Column(self.compare, self.controls.form, margin=0)
        self._arrange()
        drawer = {
            "Model": self._card.pane,
            "Luck": self.luck_card,
            "Runs": self.history.pane,
            "Export": self.exports,
        }
        self.page = theme.page(sheet, self.board, drawer, self._dark, narrow, weakly(self.set_dark))
        if self._awaited is None:
            complaint = complaint or self._show_views(state.views)
        if complaint:
            self.bar.say(complaint, "warning")

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
        self.transport.do(lambda: None)
        if self._awaited is not None:
            state, self._awaited = self._awaited, None
            self._restore(state)
        early, self._early = self._early, []
        for act, value in early:
            self.transport.on_page(partial(self._act, act, value))

    def close(self) -> None:
        """End the worker; nothing of the session is left once its document is gone."""
        self.builder.forget()
        self.exports.close()
        self.luck.close()
        self.transport.stop()

    @property
    def _sim(self) -> Simulation:
        """The active pane's run."""
        return self.bench.sim

    @property
    def views(self) -> tuple[View, ...]:
        """What is painted: an arena per pane, and the side, the curves and the history of the active one."""
        return (*self.arenas[: len(self.bench.sims)], self.side, self._curves, self.history)

    @property
    def selection(self) -> Selection:
        """What the controls say of the active pane, which a restart would use."""
        return self.selections[self._place]

    @property
    def selections(self) -> list[Selection]:
        """What the controls say of every pane, of runs that are still being built as well."""
        parts = [self._parts_of(place) for place in range(len(self._aside))]
        return [Selection(p["dynamics"], p["landscape"], p["swarm"], self.transport.speed) for p in parts]

    @property
    def _place(self) -> int:
        """The pane that the controls belong to."""
        return min(self.bench.active, len(self._aside) - 1)

    def _parts_of(self, place: int) -> dict[str, Described]:
        return self.controls.parts if place == self._place else self._aside[place]

    def set_dark(self, dark: bool) -> None:
        """Give the figures the colours of the theme."""
        self._dark = self.exports.dark = dark
        with self.bench.lock:
            for view in (*self.arenas, self.side, self._curves, self._card):
                view.set_dark(dark)

    def _arena(self, place: int) -> Arena:
        return Arena(self._dark, on_event=partial(weakly(self._hand), place), refresh=weakly(self._redraw))

    # ---- the worker's thread -------------------------------------------------------------------------------------------

    def _advance(self, steps: int) -> None:
        reason = self.bench.advance(steps)
        if reason:
            self.transport.playing = False
            self.transport.do(lambda: None)  # every view shows where it stopped
            self.transport.on_page(lambda: self._stopped(reason))

    def _snapshot(self) -> RunSpec:
        with self.bench.lock:
            return self._pair()[self.bench.active]

    def _pair(self) -> list[RunSpec]:
        """The run of every pane, all at the same step."""
        with self.bench.lock:
            self.bench.take_edits()  # as in a link: what was edited holds from this step on
            return [RunSpec.of(sim, {}) for sim in self.bench.sims]

    def _lateness(self) -> float:
        return self.transport.lateness

    def _sims(self) -> list[Simulation]:
        return self.bench.sims

    def _look(self) -> VisibleRun:
        with self.bench.lock:
            return VisibleRun.of(self._sim)

    def _picture(self, request: PictureRequest) -> tuple[Moment, dict]:
        self.luck.notice()
        if request.everything:
            self.history.hurry()  # no other picture may follow
        with self.bench.lock:
            due = {}
            for i, view in enumerate(self.views):
                if request.includes(view.every):
                    sim = self.bench.sims[i] if i < len(self.bench.sims) else self.bench.sim
                    prepare = (
                        partial(view.prepare, sim.frame)
                        if isinstance(view, Arena) or view is self._curves
                        else view.prepare
                    )
                    due[self._generation, i] = self._guarded(view, prepare, sim)
            moment = Moment(self.bench.k, self.bench.sim.t, self.bench.furthest)
            return moment, {key: payload for key, payload in due.items() if payload is not None}

    def _guarded(self, view: Any, call: Callable[[Any], Any], sim: Simulation) -> Any:
        """Let a view do its part; one that cannot is told once, and keeps no other from being shown."""
        try:
            return call(sim)
        except Exception as error:
            name = type(view).__name__
            if name not in self._failing:
                self._failing.add(name)
                traceback.print_exception(error, file=sys.stderr)
                said = f"{name} cannot be shown ({type(error).__name__}: {brief(str(error))}); everything else goes on."
                self.transport.on_page(lambda: self.bar.say(said, "warning"))
            return None

    def _branching(self) -> Callable[[], None]:
        """A known future is about to be left (any thread, the bench's lock held): it is kept in the history."""
        kept = self.links.kept()
        return lambda: self.transport.on_page(lambda: self._say_kept(self.links.remember(kept, aloud=True)))

    def _unfit(self, prefix: str, part: Described, error: Exception) -> None:
        self.transport.on_page(lambda: self._taken_back(prefix, part, error))

    def _moved(self) -> None:
        self.links.write()

    def _redraw(self) -> None:
        """The worker prepares every view anew."""
        self.transport.do(lambda: None)

    def _options_changed(self) -> None:
        self._redraw()
        self.links.write()

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    def _time(self) -> float:
        return self._sim.t

    def _paint(self, payloads: dict) -> None:
        self.controls.tell(hurried=not self.transport.playing)
        for (generation, i), payload in payloads.items():
            if generation == self._generation:  # else made for what is no longer shown
                self.views[i].paint(payload)

    def _seen(self) -> dict[str, dict]:
        """The options with which a person looks at the views, for pictures of them."""
        density, phase = self.side.views["Density"], self.side.views["Phase space"]
        coordinate = min(phase.coordinate, self._sim.initial_swarm.d - 1)
        return {"density": {"bins": density.bins, "smooth": density.kde}, "phase": {"coordinates": [coordinate]}}

    def _attach_all(self) -> None:
        """Tell every view of its run."""
        with self.bench.lock, pn.io.hold(pn.state.curdoc), frozen_models(pn.state.curdoc):
            self._failing.clear()
            comparing = len(self.bench.sims) == 2
            for name, arena, sim in zip(NAMES, self.arenas, self.bench.sims, strict=False):
                arena.label = name if comparing else ""
                self._guarded(arena, arena.attach, sim)
            for view in (self.side, self._curves, self._card, self.touch, self.history, self.luck_card):
                self._guarded(view, view.attach, self._sim)
            self.exports.views = views_of(self._sim.frame, comparing)
            self._generation += 1
        self.transport.do(lambda: None)

    def _renew(self, selections: list[Selection], show: bool = True, playing: bool | None = None) -> None:
        """Begin anew with these choices, one per pane; ``show``: other ones than the controls have, which show them at once."""
        self._prepare(selections, show)
        runs = [RunSpec.at_start(*selection[:3]) for selection in selections]
        adopt = partial(self._adopt, selections=selections, show=show, playing=playing)
        self.builder.start(runs, adopt, self._refused)

    def _prepare(self, selections: list[Selection], show: bool) -> None:
        """The controls belong to the runs that are being built from now on; what is edited meanwhile acts on those."""
        before = self.selections
        self._coming = self.controls.form.busy = True
        if show:
            self._before = self._before or before
            self._show(selections)
        else:
            self.controls.settle()

    def _adopt(
        self, sims: list[Simulation], selections: list[Selection], show: bool, playing: bool | None, views: Any = None
    ) -> None:
        """Show runs that are built. Where another swarm was chosen meanwhile and they have not begun, they are built once more for it."""
        wanted = [now._replace(speed=then.speed) for now, then in zip(self.selections, selections, strict=True)]
        if not wanted[0].swarm.same_as(selections[0].swarm) and not any(sim.k for sim in sims):
            self._renew(wanted, show, playing)
            return
        back = self.bench.k < self.bench.furthest
        said = self.links.remember(self.links.kept(), aloud=back)
        self._coming, self._before = False, None
        self.bar.message = {}
        self._put(sims, min(self.bench.active, len(sims) - 1))
        if show:
            self.player.set_speed(selections[0].speed)
        if playing is not None:
            self.player.play(playing)
        complaint = self._show_views(views)
        if said or complaint:
            self.bar.say(f"{said} {complaint}".strip(), "warning" if complaint else "info")
        self.controls.form.busy = False
        for prefix in ("dynamics", "landscape"):  # what was edited meanwhile acts now
            if not self.controls.parts[prefix].same_as(getattr(selections[self._place], prefix)):
                self._edited(prefix, final=True)
        self._pend()
        self.links.write()

    def _pend(self) -> None:
        """Whether something waits for a reset."""
        self.bar.pending = not self._coming and not self.controls.parts["swarm"].same_as(self._sim.initial_swarm)

    def _put(self, sims: list[Simulation], active: int) -> None:
        """Show these runs; under one lock, so that the worker never draws a new run with the views of the old one."""
        with self.bench.lock:
            self.bench.replace(sims, active)
            if len(self.arenas) < len(sims):
                self.arenas.append(self._arena(1))
            self._arrange()
            self._attach_all()

    def _arrange(self) -> None:
        count = len(self.bench.sims)
        theme.show_arenas(self.board, [arena.pane for arena in self.arenas[:count]])
        self.compare.param.update(panes=count, active=self.bench.active)

    def _show(self, selections: list[Selection]) -> None:
        """The controls show the active pane's choices, and the others' are kept."""
        self._aside = [parts_of(selection) for selection in selections]
        self.controls.show(self._aside[self._place])

    # ---- links and history -----------------------------------------------------------------------------------------------

    def _restore(self, state: VisitState) -> None:
        """Live the runs of a link again, on the builder's thread, and stand at their step."""
        self.player.play(False)
        self.player.set_pace(state)
        self._prepare(state.selections, show=True)
        playing = not any(run.k for run in state.runs)
        adopt = partial(self._adopt, selections=state.selections, show=True, playing=playing, views=state.views)
        self.builder.start(state.runs, adopt, self._refused)

    def _optional(self) -> tuple[Any, ...]:
        views = (view for view in self.side.views.values() if hasattr(view, "defaults"))
        return (self.side, *views, self._curves, self.luck_card)

    def _chosen_of_views(self) -> dict[str, Any]:
        return view_options.chosen(*self._optional())

    def _show_views(self, options: Any) -> str:
        """The views as a link has them, None: as they are; what it says that cannot be."""
        return "" if options is None else view_options.restore(options, *self._optional())

    def _reopen(self, link: str) -> None:
        try:
            self._restore(permalink.read(link))
        except permalink.BadLink as error:
            self.bar.say(sentence(f"that run cannot be opened: {error.__cause__ or error}"), "warning")

    # ---- what goes wrong -------------------------------------------------------------------------------------------------

    def _refused(self, error: Exception) -> None:
        """A run could not be built: the old one goes on, under the choices that it was made with."""
        before, self._before, self._coming = self._before, None, False
        if before is not None:
            self._show(before)
        self.controls.form.busy = False
        self._pend()
        self._tell(error, "The run goes on as it was: ")

    def _taken_back(self, prefix: str, refused: Described, error: Exception) -> None:
        """An edit could not act on the running swarm: it stands in its row, with the reason, and what was in force stays in force."""
        if self._coming or not self.controls.parts[prefix].same_as(refused):
            return  # there is a newer one
        with self.bench.lock:
            part, x = getattr(self._sim, prefix).copy(), self._sim.frame.x
        if isinstance(error, Diverged):
            at = ", ".join(f"{v:.4g}" for v in x[error.agent][:3]) + ", …" * (x.shape[1] > 3)
            said = f"no finite number at ({at}), where agent {error.agent} is; the swarm goes on as it was"
        else:
            said = str(error)
        name = self._edit_row if self._edit_row.startswith(f"{prefix}.") else next(iter(self.controls.rows(prefix)), "")
        self.controls.take_back(name, part, said)
        self.links.write()

    def _failed(self, error: Exception) -> None:
        self.bar.playing = False
        if isinstance(error, Diverged) and not isinstance(error, ValueError):
            with self.bench.lock:
                self.history.diverged(self._sim, error.step)
        self._tell(error)

    def _tell(self, error: Exception, before: str = "") -> None:
        said = str(error)
        if isinstance(error, ValueError):
            row = self.controls.owner_of(said)
            if row is not None:
                self.controls.complain(row, said)
        elif not isinstance(error, Diverged):  # ours, not theirs: the server's log gets all of it
            traceback.print_exception(error, file=sys.stderr)
            said = f"something went wrong ({type(error).__name__}: {error})"
        self.bar.say(sentence(before + said), "error", reset=True)

    def _stopped(self, reason: str) -> None:
        self.bar.playing = False
        self.bar.say(reason)
        self.links.write()

    # ---- what a person does ----------------------------------------------------------------------------------------------

    def _fits(self, prefix: str, part: Described) -> None:
        if prefix == "swarm":
            check_swarm_size(part.n, part.d)
            for place in range(len(self._aside)):
                self._parts_of(place)["landscape"].require_dimension(part.d)
                self._parts_of(place)["dynamics"].require_agents(part.n)
        elif prefix == "landscape":
            part.limits(self.controls.parts["swarm"].d)  # raises where it does not exist
            if not self._coming:
                part.limits(self._sim.initial_swarm.d)  # another d may wait for a reset
            part.require_defined_in_box(self.controls.parts["swarm"].d)  # refused while the person looks at it

    def _changed(self, name: str, final: bool) -> None:
        prefix, self._edit_row = name.partition(".")[0], name
        if prefix == "swarm":
            for parts in self._aside:  # two swarms start as one
                parts["swarm"] = self.controls.parts["swarm"].copy()
            self._pend()
        else:
            self._edited(prefix, final)
        if final:
            self.links.write()

    def _edited(self, prefix: str, final: bool) -> None:
        """The active pane's dynamics or landscape was changed; it acts before the next step, of the run to come if one is being built."""
        if self._coming:
            return
        self.bench.edit(prefix, self.controls.parts[prefix])
        self.transport.hurry()
        if not self.transport.playing or (prefix == "landscape" and final):
            self.transport.do(self.bench.answer)
        if prefix == "landscape" and final:
            self.transport.do(lambda: self.transport.on_page(self._attach_all))  # target laws and known minima follow

    def _chosen(self, name: str, value: Any) -> None:
        try:
            chosen = heading.chosen(name, str(value), self.selection, comparing=len(self.bench.sims) == 2)
        except Exception as error:  # a preset that does not fit its dynamics
            self._tell(error, "The run goes on as it was: ")
            return
        if chosen is None:
            return
        selections = [selection._replace(swarm=chosen.swarm) for selection in self.selections]
        selections[self._place] = chosen
        self._renew(selections)

    def _compare(self, act: str, value: Any) -> None:
        if self._coming:
            self.bar.say("Wait until the new run is there.")
            return
        with self.bench.lock:
            self.bench.take_edits()  # else they would be forgotten with the place they were meant for
            kept = self.links.kept() if act in REPLACING else None
            panes = rearranged(act, value, self.bench.sims, self.selections, self.bench.active)
        if panes is None:
            return
        self._say_kept(self.links.remember(kept, aloud=True))
        sims, selections, active = panes
        self._put(sims, active)
        self._show(selections)
        if act == "start":
            self.side.show(BOTH)
        self.links.write()

    def _say_kept(self, said: str) -> None:
        if said:
            self.bar.say(said)

    def _hand(self, place: int, act: str, handle: int, at: Any) -> None:
        """A click or a drag in the arena of a pane, which thereby becomes the active one."""
        if self._coming:
            self.bar.say("Wait until the new run is there.")
            return
        if place != self.bench.active:
            self._compare("show", place)
        shift = self._sim.frame.shift
        try:
            self.touch.handle_event(self.controls.parts, act, handle, at if shift is None else at - shift[: len(at)])
        except ValueError as error:
            self.bar.say(sentence(str(error)), "warning")

    def _swarm_placed(self, swarm: Swarm, playing: bool) -> None:
        selections = [selection._replace(swarm=swarm) for selection in self.selections]
        self._renew(selections, playing=playing and self.transport.playing)

    def _handle_moved(self, landscape: Landscape, final: bool) -> None:
        self.controls.parts["landscape"] = landscape
        self.controls.refresh()
        self._edited("landscape", final)
        if final:
            self.links.write()

    def _act(self, act: str, value: Any) -> None:
        if not self.transport.started:  # Panel would not send the answer: its document is not connected yet
            self._early.append((act, value))
        elif act in ACTS:
            getattr(self, f"_on_{act}")(value)
        else:
            self.player.act(act, value)

    def _on_copy(self, value: Any) -> None:
        self.links.copy()

    def _on_reset(self, value: Any) -> None:
        self.controls.begin_again()
        self._renew(self.selections, show=False)

    def _on_seed(self, value: Any) -> None:
        swarm = self.controls.parts["swarm"].copy()
        largest = swarm.declared()["seed"].bounds[1]
        swarm.seed = (swarm.seed + 1) % (largest + 1)
        for parts in (self.controls.parts, *self._aside):
            parts["swarm"] = swarm
        self.controls.settle()
        self._on_reset(None)

    def _replicas(self, count: int) -> None:
        self.luck.count = count
        self._show_luck()

    def _judge(self, tolerance: float | None) -> None:
        """What counts as found from now on, for the replicas and for the list of runs."""
        self.luck.tolerance = self.history.tolerance = tolerance
        self._show_luck()
        self.links.write()

    def _show_replica(self, outcome: Outcome) -> None:
        """Live the run again with a replica's seed, up to where it was judged; the present run goes to the list of runs."""
        state = self.links.state()
        state = state._replace(runs=tuple(run.with_seed(outcome.seed, outcome.k) for run in state.runs), views=None)
        try:
            permalink.write(state)
        except permalink.Unlinkable as error:
            self.bar.say(f"That replica cannot be opened, because {error}.", "warning")
        else:
            self._restore(state)

    def _lucky(self, standing: ReplicaStatus) -> None:
        self.transport.on_page(self._show_luck)

    def _show_luck(self) -> None:
        self.luck_card.show(self.luck.standing)
        if not self.transport.playing:
            self.transport.do(lambda: None)  # the band of a paused run

    def _on_hidden(self, value: Any) -> None:
        self.transport.hidden = bool(value)
        self.luck.hidden = self.transport.hidden or self.transport.alone

    def _connected(self, on: bool) -> None:
        """The browser's connection broke, or is back."""
        self.transport.alone = not on
        self.luck.hidden = self.transport.hidden or self.transport.alone

    def _warn(self, text: str) -> None:
        self.bar.say(text, "warning")

    def _on_narrow(self, value: Any) -> None:
        self.page.sidebar_open = False

    def _on_calm(self, value: Any) -> None:
        """The visitor's system asks for less motion: nothing moves before Play is pressed."""
        self.player.act("pause", None)
        self.bar.say("Paused, because your system asks for less motion. Press Play or the space bar.")
