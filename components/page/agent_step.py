"""One agent's step: of the agent that somebody has chosen the next step, term by term, on a card and as arrows in the arena.

While nobody has chosen, nothing is computed. Else each picture has one explanation of the step that comes (``Simulation.explain``), so
that the arrows belong to the swarm that is seen; the card follows a few times a second, and at once where the swarm stands.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import panel as pn
import param

from components.assets import component
from components.page.equation import latex_of, line_of, number, values_now
from components.page.mathml import signed_formula
from components.palette import theme
from components.playback.slow_step import Look, SlowStep
from components.text import sentence
from components.views.arena.arena import Arena
from components.views.arena.step_arrows import colours_of
from components.views.base import View
from swarmviz import Diverged, Frame, Simulation
from swarmviz.drawing.step import StepPicture, parts_of, step_picture
from swarmviz.drawing.steps import stages_of
from swarmviz.dynamics import Dynamics
from swarmviz.dynamics.equations.lines import SIGN
from swarmviz.dynamics.explain.terms import SYMBOLS, WRITTEN, Number, Term, total

UPDATE_EVERY_S = 0.25
STEPS = {"next": 1, "previous": -1}
NEXT = "^+"  # stands in the lines that say what the next step is


class AgentCard(pn.custom.JSComponent):
    """The card in the browser.

    Parameters
    ----------
    on_choose : function (choice)
        Called with what was pressed: "next", "previous" or None, as the browser sent it.
    """

    agent = param.Integer(0, doc="Number of the chosen agent.")
    step = param.Integer(0, doc="Step at which its next step is told.")
    terms = param.List(
        [], doc="A dictionary for each term: html, meaning, way (its place among the arrows, −1: a number)."
    )
    numbers = param.List([], doc="For each term what it is now: value, signs (name → what stands under the symbol).")
    ways = param.List([], doc="x₀, y₀, x₁, y₁ of each arrow.")
    goes = param.String("", doc="Where the agent goes.")
    lines = param.List([], doc="The lines of the equations that say what a step is: about, source, html, follows.")
    values = param.Dict({}, doc="Name of a symbol in the lines → what it is now, short and long.")
    trouble = param.String("", doc="Why there is no next step.")
    colours = param.List([], doc="Of the arrows, in their order; then again from the first.")
    now = param.Integer(-1, doc="Place of the term that is being shown of all agents; −1: none is.")

    _esm, _stylesheets = component("agent")

    def __init__(self, on_choose: Callable[[Any], None], **params: Any):
        super().__init__(**{"margin": 8, "css_classes": ["agent"]} | params)
        self._on_choose = on_choose

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and set(data) == {"choose"}:
            self._on_choose(data["choose"])


class AgentStep(View):
    """The view of one agent's step; see :class:`components.views.base.View`.

    Parameters
    ----------
    changed : function ()
        Called on the page's thread when another agent is chosen, or none: pictures and link follow.
    arenas : function () → sequence of Arena
        Of all panes; the arrows are drawn in that of the active one.
    active : function () → int
        Its place.
    looking : function () → bool
        Whether a click in an arena means to look at what is there.
    put : function (card)
        Puts the card on the page, once: when an agent is first chosen.
    slow : SlowStep, optional
        Shows the step of all agents, of which that of the chosen one is told as far as it is shown.
    """

    once = ("card",)
    defaults: ClassVar[dict[str, Any]] = {"agent": None}

    def __init__(
        self,
        changed: Callable[[], None],
        arenas: Callable[[], Sequence[Arena]],
        active: Callable[[], int],
        looking: Callable[[], bool],
        put: Callable[[AgentCard], None],
        slow: SlowStep | None = None,
    ):
        super().__init__(changed)
        self._slow = slow
        self._arenas, self._active, self._looking, self._put = arenas, active, looking, put
        self._agent: int | None = None
        self._agents = 0
        self.card: AgentCard | None = None
        self._colours = colours_of(theme(False))

    # ---- which one -----------------------------------------------------------------------------------------------------

    @property
    def agent(self) -> int | None:
        """The chosen one; None: none is."""
        return self._agent

    @agent.setter
    def agent(self, agent: Any) -> None:
        if agent is not None and (type(agent) is not int or not 0 <= agent < self._agents):
            raise ValueError(f"agent = {agent!r}: must be a whole number from 0 to {self._agents - 1}")
        self._agent = agent
        if self._slow is not None:
            self._slow.agent = agent
        self.hurry()
        if agent is None:
            self._hide()
        else:
            self._show_card()

    def tap(self, value: Any) -> None:
        """An agent was clicked at in an arena, with its number as the browser sent it."""
        if self._looking() and type(value) is int and 0 <= value < self._agents:
            self._choose(value)

    def choose(self, value: Any) -> None:
        """The next agent, the previous one, or None, as the browser sent it."""
        if value is None:
            if self._agent is not None:
                self._choose(None)
        elif isinstance(value, str) and value in STEPS and self._agents:
            first = 0 if value == "next" else self._agents - 1
            self._choose(first if self._agent is None else (self._agent + STEPS[value]) % self._agents)

    def _choose(self, agent: int | None) -> None:
        self.agent = agent
        self.refresh()

    def _show_card(self) -> None:
        if self.card is None:
            self.card = AgentCard(self.choose, colours=list(self._colours), visible=False)
            self._put(self.card)

    def _hide(self) -> None:
        if self.card is not None:
            self.card.visible = False
        for arena in self._arenas():
            arena.show_step(None)

    # ---- as a view -----------------------------------------------------------------------------------------------------

    def attach(self, run: Simulation) -> None:
        """Another run is shown: the same agent's step of it, where it has that one."""
        self._sim, self._agents = run, run.frame.n
        self.hurry()
        for arena in self._arenas():
            arena.show_step(None)
        if self._agent is not None and self._agent >= self._agents:
            self.agent = None

    def prepare(self, frame: Frame, run: Simulation) -> dict[str, Any] | None:
        """The step of the chosen agent; None where there is none."""
        agent = self._agent
        if agent is None or agent >= frame.n:
            return None
        terms, trouble = explained(run, agent)
        picture = step_picture(terms, float(frame.energy[agent])) if terms and frame.links is None else None
        look = self._look()
        stages = stages_of(terms, look.picture) if look else []
        of_ways = [stages[i] for i in places_of(terms)] if look else []
        payload: dict[str, Any] = {"agent": agent, "arrows": picture, "of_ways": of_ways}
        if look and picture:
            taken = look.stage >= len(look.picture.stages)  # those of the next step come with its first stage
            payload["arrows"] = None if taken else until_stage(picture, of_ways, look.stage)
        now = time.monotonic()
        if look or now - self._looked >= UPDATE_EVERY_S:
            self._looked = now
            shown = stages.index(look.stage) if look and look.stage in stages else -1
            payload["card"] = {"agent": agent, "step": run.k, "trouble": trouble, "now": shown} | content_of(
                run.dynamics, frame, terms
            )
        return payload

    def _look(self) -> Look | None:
        """What is shown of the steps of all agents of the active pane."""
        looks, active = self._slow.looks() if self._slow is not None else [], self._active()
        return looks[active] if active < len(looks) else None

    def paint(self, payload: dict[str, Any]) -> None:
        """Draw the arrows, and write to the card what has changed."""
        if payload["agent"] != self._agent or self.card is None:
            return  # it was prepared before another was chosen
        arenas, active, of_ways = self._arenas(), self._active(), payload["of_ways"]
        arenas[active].show_step(payload["arrows"], of_ways or None)
        card = payload.get("card", {})
        if card.get("agent", self._agent) == self._agent:
            card = card and card | {
                "colours": [self._colours[i % len(self._colours)] for i in of_ways] or list(self._colours)
            }
            changed = {name: value for name, value in card.items() if value != getattr(self.card, name)}
            self.card.param.update(**changed | ({"visible": True} if card else {}))

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        self._colours = colours_of(theme(dark))
        if self.card is not None:
            self.card.colours = list(self._colours)


def explained(run: Simulation, agent: int) -> tuple[tuple[Term, ...], str]:
    """The terms of its next step, or none and why there is no next step."""
    try:
        return run.explain(agent), ""
    except (Diverged, ValueError) as error:
        return (), f"There is no next step: {sentence(str(error))}"


def places_of(terms: Sequence[Term]) -> list[int]:
    """The places among the terms of those that are ways."""
    parts = {id(part) for part in parts_of(terms)}
    return [i for i, term in enumerate(terms) if id(term) in parts]


def until_stage(picture: StepPicture, of_ways: Sequence[int], stage: int) -> StepPicture:
    """The ways up to a stage of the step of all agents."""
    count = next((i for i, place in enumerate(of_ways) if place > stage), len(of_ways))
    return picture._replace(ways=picture.ways[:count], end=picture.ways[count - 1, 2:] if count else picture.start)


def content_of(dynamics: Dynamics, frame: Frame, terms: Sequence[Term]) -> dict[str, Any]:
    """What the card says of the terms of a step, and of the lines of the equations that say what a step is."""
    parts = [id(part) for part in parts_of(terms)]
    lines = dynamics.equations.shown(dynamics, frame.n)
    return {
        "terms": [
            {
                "html": html_of(dynamics, term),
                "meaning": term.meaning,
                "way": parts.index(id(term)) if id(term) in parts else -1,
            }
            for term in terms
        ],
        "numbers": [
            {"value": words(term.value, 4), "signs": {name: words(now, 3) for name, now in term.numbers.items()}}
            for term in terms
        ],
        "ways": step_picture(terms, 0.0).ways.tolist() if terms else [],
        "goes": words(total(terms), 4) if terms else "",
        "lines": [line_of(dynamics, line) for line in lines if NEXT in line.latex],
        "values": values_now(dynamics, frame),
    }


def html_of(dynamics: Dynamics, term: Term) -> str:
    """The symbol of a term, with a place for the number of each name in it."""
    names = dict.fromkeys(SIGN.findall(term.symbol))
    return signed_formula(term.symbol, tuple((name, symbol_of(dynamics, name), name in term.numbers) for name in names))


def symbol_of(dynamics: Dynamics, name: str) -> str:
    """The symbol of a name in a term: that of the equations, or else of the terms themselves."""
    known = name in dynamics.equations.quantities or name in dynamics.declared()
    return latex_of(dynamics, name) if known else SYMBOLS[name]


def words(value: Number, digits: int) -> str:
    """A number, or a point with its first coordinates."""
    if np.ndim(value) == 0:
        return number(float(value), digits)
    point = [number(float(c), digits) for c in np.asarray(value)[:WRITTEN]]
    return point[0] if np.size(value) == 1 else f"({', '.join([*point, *['…'] * (np.size(value) > WRITTEN)])})"
