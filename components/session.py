"""One visitor's laboratory: the only stateful class of the page. It owns the simulation, the views, the controls and the transport.

Two threads meet here. The page's thread hears of edits and buttons and paints; the worker of the transport advances the simulation. What
the worker reads or changes (``_sim``, the views' ``prepare``) is guarded by ``_lock``; an edit reaches it as a copy in ``_fresh``, of which
the newest wins, and acts before the next batch of steps. Another dynamics, landscape or swarm is built on a thread of its own and adopted
on the page's thread; when building fails, the old run goes on and the reason is told.
"""

from __future__ import annotations

import sys
import threading
import traceback
from typing import Any

import panel as pn

from components import permalink, theme
from components.arena import Arena
from components.choices import heading_of, parts_of, sentence, swarm_on, weakly
from components.controls import Controls
from components.curves import Curves
from components.density import Density
from components.equation import EquationCard
from components.exports import Exports
from components.permalink import BadLink, Selection
from components.stops import Stop
from components.transport import FASTEST, Bar, Transport
from swarmviz import Diverged, Simulation, dynamics, landscapes
from swarmviz.exports import Run
from swarmviz.parameters import Described
from swarmviz.presets import ALL as PRESETS

AT_ONCE = 0.3  # seconds that the page waits for a new run before it says that it is being prepared
RECORD_LIMIT = 20_000  # recorded steps; a longer run is thinned


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
        selection, complaint = self._opening(link)
        self._lock = threading.RLock()
        self._fresh: dict[str, Described] = {}
        self._generation = 0
        self._builder: threading.Thread | None = None
        self._stop = Stop()
        self._dark = False
        self._sim = self._build(selection)
        self.bar = Bar(weakly(self._act), speed=selection.speed, playing=True)
        self.transport = Transport(self._advance, self._picture, self._paint, self._failed)
        self.transport.speed = selection.speed
        edits = (weakly(method) for method in (self._changed, self._chosen, self._fits))
        self.controls = Controls(parts_of(selection), heading_of(selection), *edits)
        self.views, self._card = (Arena(), Density(), Curves()), EquationCard()
        for view in (*self.views, self._card):
            view.attach(self._sim)
        self.exports = Exports(weakly(self._snapshot), weakly(self.transport.on_page))
        panes = [view.pane for view in self.views]
        board = theme.board(*panes, self.bar, self.transport.anchor)
        self.page = theme.page(
            self.controls.form, board, [self._card.pane, self.exports], self._dark, narrow, weakly(self.set_dark)
        )
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
        self.transport.do(lambda: None)

    def close(self) -> None:
        """End the worker; nothing of the session is left once its document is gone."""
        self.exports.close()
        self.transport.stop()

    @property
    def selection(self) -> Selection:
        """What the controls say, which a restart would use."""
        parts = self.controls.parts
        return Selection(parts["dynamics"], parts["landscape"], parts["swarm"], self.transport.speed)

    def set_dark(self, dark: bool) -> None:
        """Give the figures the colours of the theme."""
        self._dark = dark
        with self._lock:
            for view in (*self.views, self._card):
                view.set_dark(dark)
        self.exports.dark = dark

    def _opening(self, link: str | None) -> tuple[Selection, str]:
        if link is not None:
            try:
                selection = permalink.read(link)
                self._build(selection)
                return selection, ""
            except ValueError as error:
                said = str(error) if isinstance(error, BadLink) else f"The link cannot be opened ({error})."
                return permalink.of_preset(next(iter(PRESETS.values()))), said
        return permalink.of_preset(next(iter(PRESETS.values()))), ""

    @staticmethod
    def _build(selection: Selection) -> Simulation:
        dynamic, landscape, swarm = (part.copy() for part in selection[:3])
        return Simulation(dynamic, landscape, swarm, record_limit=RECORD_LIMIT)

    # ---- the worker's thread -------------------------------------------------------------------------------------------

    def _advance(self, steps: int) -> None:
        with self._lock:
            self._take_edits()
            steps, reason = self._stop.allowed(self._sim, steps)
            if steps:
                self._sim.advance(steps)
                reason = reason or self._stop.reached(self._sim)
        if reason:
            self.transport.playing = False
            self.transport.do(lambda: None)  # every view shows where it stopped
            self.transport.on_page(lambda: self._stopped(reason))

    def _take_edits(self) -> None:
        fresh, self._fresh = self._fresh, {}
        if "dynamics" in fresh:
            self._sim.dynamics.param.update(**fresh["dynamics"].values_now())
        if "landscape" in fresh:
            self._sim.landscape = fresh["landscape"]
            self.transport.on_page(self._attach)

    def _answer(self) -> None:
        """A paused swarm shows what an edit changes."""
        with self._lock:
            self._take_edits()
            self._sim.apply()

    def _back(self) -> None:
        with self._lock:
            self._sim.goto(max(0, self._sim.k - 1))

    def _snapshot(self) -> Run:
        """The run as it stands, for a thread that lives it again."""
        with self._lock:
            return Run.of(self._sim)

    def _picture(self, count: int) -> tuple[int, float, dict]:
        with self._lock:
            due = {i: view.prepare(self._sim) for i, view in enumerate(self.views) if count % view.every == 0}
            return self._sim.k, self._sim.t, {(self._generation, i): p for i, p in due.items() if p is not None}

    # ---- the page's thread ---------------------------------------------------------------------------------------------

    def _paint(self, payloads: dict) -> None:
        for (generation, i), payload in payloads.items():
            if generation == self._generation:  # else made for what is no longer shown
                self.views[i].paint(payload)

    def _attach(self) -> None:
        with self._lock, pn.io.hold(pn.state.curdoc):
            for view in (*self.views, self._card):
                view.attach(self._sim)
            self._generation += 1
        self.transport.do(lambda: None)

    def _renew(self, selection: Selection, show: bool) -> None:
        """Build a run beside the present one, which goes on, and then put it in its place; ``show``: the controls follow.

        A thread of its own, because a dynamics that nobody has chosen yet may have to be compiled first. The newest wins.
        """

        def build() -> None:
            try:
                sim = self._build(selection)
            except Exception as error:
                self.transport.on_page(lambda error=error: self._refused(error, mine))
            else:
                self.transport.on_page(lambda: self._adopt(sim, selection, show, mine))

        self._builder = mine = threading.Thread(target=build, name="swarmviz build", daemon=True)
        mine.start()
        mine.join(AT_ONCE)
        what = f"{type(selection.dynamics).title} on {type(selection.landscape).title}"
        with self._lock:  # it may be there by now, and then nothing is said
            if self._builder is mine and mine.is_alive():
                self.bar.say(f"Preparing {what}: compiled once, then kept.")

    def _adopt(self, sim: Simulation, selection: Selection, show: bool, builder: threading.Thread) -> None:
        if builder is not self._builder:  # something else was chosen meanwhile
            return
        with self._lock:
            self._sim, self._fresh, self._builder = sim, {}, None
            self._stop.restart()
            self._attach()  # under the same lock: the worker never draws a new run with the views of the old one
        if show:
            self.controls.show(parts_of(selection), heading_of(selection))
            self._set_speed(selection.speed)
        self.bar.param.update(pending=False, message={})
        self._write_link()

    def _refused(self, error: Exception, builder: threading.Thread | None) -> None:
        """A run could not be built: the old one goes on."""
        if builder is not self._builder:
            return
        with self._lock:
            self._builder = None
        self.controls.refresh()
        self._tell(error, "The run goes on as it was: ")

    def _failed(self, error: Exception) -> None:
        self.bar.playing = False
        if isinstance(error, Diverged):
            self.bar.say(sentence(str(error)), "error", reset=True)
        else:
            self._tell(error)

    def _tell(self, error: Exception, before: str = "") -> None:
        said = str(error)
        if isinstance(error, ValueError):
            row = self.controls.owner_of(said)
            if row is not None:
                self.controls.complain(row, said)
        else:  # ours, not theirs: the server's log gets all of it
            traceback.print_exception(error, file=sys.stderr)
            said = f"something went wrong ({type(error).__name__}: {error})"
        self.bar.say(sentence(before + said), "error", reset=True)

    def _stopped(self, reason: str) -> None:
        self.bar.playing = False
        self.bar.say(reason)

    # ---- what a person does ----------------------------------------------------------------------------------------------

    def _fits(self, prefix: str, part: Described) -> None:
        if prefix == "swarm":
            self.controls.parts["landscape"].require_dimension(part.d)

    def _changed(self, name: str, final: bool) -> None:
        prefix = name.partition(".")[0]
        if prefix == "swarm":
            self.bar.pending = True
        else:
            self._fresh |= {prefix: self.controls.parts[prefix].copy()}
            if not self.transport.playing:
                self.transport.do(self._answer)
        if final:
            self._write_link()

    def _chosen(self, name: str, value: Any) -> None:
        if name == "dynamics" and value in dynamics.ALL:
            try:
                selection = permalink.first(value)
            except Exception as error:  # a preset that does not fit its dynamics
                self._refused(error, self._builder)
            else:
                self._renew(selection, show=True)
        elif name == "landscape" and value in landscapes.ALL:
            landscape = landscapes.ALL[value]()
            swarm = swarm_on(landscape, self.controls.parts["swarm"])
            self._renew(self.selection._replace(landscape=landscape, swarm=swarm), show=True)

    def _act(self, act: str, value: Any) -> None:
        action = getattr(self, f"_on_{act}", None)
        if action is not None:
            action(value)

    def _on_play(self, value: Any) -> None:
        self.bar.param.update(playing=True, message={})
        self.transport.playing = True

    def _on_pause(self, value: Any) -> None:
        self.transport.playing = False
        self.bar.playing = False
        self.transport.do(lambda: None)  # every view catches up with the arena

    def _on_step(self, value: Any) -> None:
        self.transport.playing = self.bar.playing = False
        self.transport.do(lambda: self._advance(1))

    def _on_back(self, value: Any) -> None:
        self.transport.playing = self.bar.playing = False
        self.transport.do(self._back)

    def _on_reset(self, value: Any) -> None:
        self._renew(self.selection, show=False)

    def _on_seed(self, value: Any) -> None:
        swarm = self.controls.parts["swarm"].copy()
        swarm.seed += 1
        self.controls.parts["swarm"] = swarm
        self.controls.form.patch = {"swarm.seed": {"value": swarm.seed, "error": ""}}
        self._on_reset(None)

    def _on_speed(self, value: Any) -> None:
        if value is FASTEST or (isinstance(value, int | float) and 0 < value <= self.bar.most):
            self.transport.speed = value
            self._write_link()

    def _on_stop(self, value: Any) -> None:
        try:
            self._stop = Stop.of(*value)
        except (ValueError, TypeError) as error:
            self.bar.say(sentence(str(error)), "warning")

    def _on_hidden(self, value: Any) -> None:
        self.transport.hidden = bool(value)

    def _on_narrow(self, value: Any) -> None:
        self.page.sidebar_open = False

    def _on_calm(self, value: Any) -> None:
        """The visitor's system asks for less motion: nothing moves before Play is pressed."""
        self._on_pause(None)
        self.bar.say("Paused, because your system asks for less motion. Press Play or the space bar.")

    def _set_speed(self, speed: float | None) -> None:
        self.transport.speed = self.bar.speed = speed

    def _write_link(self) -> None:
        self.bar.link = f"?{permalink.KEY}={permalink.write(self.selection)}"
