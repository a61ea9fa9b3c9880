"""The step of many agents as a picture that comes in stages: the first term of all of them, then the second, …, until all add up.

Agents need not have the same terms: one jumps, another glides; one is brought back into the box. A stage is a symbol, and stages stand in
an order that is that of the terms of every agent. NumPy only; safe on any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import numpy as np

from swarmviz.drawing.step import parts_of, step_picture
from swarmviz.dynamics.explain.terms import Term
from swarmviz.frame import Frame

LINKED = "j(n)", "i(n)"  # the terms whose number is that of another agent
JUMPS = "x → y"  # the stage of a finite set: all jumps of the step


class Stage(NamedTuple):
    """One term of all agents that have it.

    Attributes
    ----------
    symbol : str
        Of the term, as :class:`swarmviz.dynamics.explain.terms.Term` has it.
    meaning : str
        What it is, in a few words.
    agents : numpy.ndarray, shape (M,)
        Numbers of those that are drawn.
    ways : numpy.ndarray, shape (M, 4)
        x₀, y₀, x₁, y₁ of each; in one dimension y is 0.
    pairs : numpy.ndarray, shape (M, 2), optional
        From what to what each leads, where it is no vector that adds up: from agent to agent, on a finite set from state to state.
    """

    symbol: str
    meaning: str
    agents: np.ndarray
    ways: np.ndarray
    pairs: np.ndarray | None = None


class StepsPicture(NamedTuple):
    """The step of many agents.

    Attributes
    ----------
    stages : tuple of Stage
        Those with anything to draw.
    shown : int
        How many agents are.
    n : int
        How many there are.
    levels : numpy.ndarray, shape (N,)
        F where each agent is: in one dimension it is drawn at that height.
    """

    stages: tuple[Stage, ...]
    shown: int
    n: int
    levels: np.ndarray

    @property
    def note(self) -> str:
        """How many agents are shown, where not all are."""
        return f"{self.shown:,} of {self.n:,} agents" if self.shown < self.n else ""


def steps_picture(explained: Mapping[int, Sequence[Term]], frame: Frame) -> StepsPicture:
    """The picture of the steps that are explained, agent by agent, from a frame."""
    stages = list(_jumps(explained, frame) if frame.links is not None else _terms(explained, frame))
    first, second = (next((s for s in stages if s.symbol == symbol), None) for symbol in LINKED)
    if first is not None and second is not None and np.array_equal(first.pairs, second.pairs):  # type: ignore[arg-type]
        stages = [stage for stage in stages if stage is not second]
    return StepsPicture(tuple(stage for stage in stages if len(stage.ways)), len(explained), frame.n, frame.energy)


def stages_of(terms: Sequence[Term], picture: StepsPicture) -> list[int]:
    """For each term of one agent the place of its stage, −1: it has none."""
    places = {stage.symbol: place for place, stage in enumerate(picture.stages)}
    drawn = {id(term) for term in _drawn(terms)}
    return [places.get(JUMPS, places.get(term.symbol, -1)) if id(term) in drawn else -1 for term in terms]


def _drawn(terms: Sequence[Term]) -> Iterator[Term]:
    """The terms that have a stage, in their order."""
    parts = {id(part) for part in parts_of(terms)}
    yield from (term for term in terms if id(term) in parts or term.symbol in LINKED)


def _terms(explained: Mapping[int, Sequence[Term]], frame: Frame) -> Iterator[Stage]:
    """A stage for each symbol."""
    meanings: dict[str, str] = {}
    rows: dict[str, list[tuple[int, np.ndarray]]] = {}
    for agent, terms in explained.items():
        parts = iter(step_picture(terms, 0.0).ways)
        for term in _drawn(terms):
            way = _link(frame.x, agent, term) if term.symbol in LINKED else next(parts)
            if (way[:2] != way[2:]).any():
                meanings.setdefault(term.symbol, term.meaning)
                rows.setdefault(term.symbol, []).append((agent, way))
    for symbol in in_order([term.symbol for term in _drawn(terms)] for terms in explained.values()):
        drawn = rows.get(symbol, [])
        agents, ways = np.array([agent for agent, _ in drawn], int), np.array([way for _, way in drawn]).reshape(-1, 4)
        pairs = None
        if symbol in LINKED:
            others = {
                agent: _other(term) for agent, terms in explained.items() for term in terms if term.symbol == symbol
            }
            pairs = np.array([(agent, others[agent]) for agent in agents.tolist()], int).reshape(-1, 2)
        yield Stage(symbol, meanings.get(symbol, ""), agents, ways, pairs)


def _other(term: Term) -> int:
    """The agent whose number a term is."""
    return int(np.asarray(term.value))


def _link(x: np.ndarray, agent: int, term: Term) -> np.ndarray:
    """From an agent to the one whose number a term is."""
    way, seen = np.zeros(4), min(x.shape[1], 2)
    way[:seen], way[2 : 2 + seen] = x[agent, :seen], x[_other(term), :seen]
    return way


def _jumps(explained: Mapping[int, Sequence[Term]], frame: Frame) -> Iterator[Stage]:
    """One stage: the jumps of all agents, from state to state."""
    assert frame.sites is not None and frame.node is not None
    agents, pairs = [], []
    for agent, terms in explained.items():
        at = int(frame.node[agent])
        for place in np.cumsum([term.value for term in terms if term.adds], axis=0)[1:]:
            to = int(((frame.sites - place) ** 2).sum(axis=1).argmin())
            agents.append(agent)
            pairs.append((at, to))
            at = to
    states, seen = np.array(pairs, int).reshape(-1, 2), min(frame.d, 2)
    ways = np.zeros((len(states), 4))
    ways[:, :seen], ways[:, 2 : 2 + seen] = frame.sites[states[:, 0], :seen], frame.sites[states[:, 1], :seen]
    yield Stage(JUMPS, f"{len(set(agents)):,} of {len(explained):,} agents jump", np.array(agents, int), ways, states)


def in_order(sequences: Iterable[Sequence[str]]) -> list[str]:
    """All symbols of some sequences, each before those that follow it in any of them; else as they come.

    Where sequences contradict each other, as they come.
    """
    after: dict[str, set[str]] = {}
    for sequence in sequences:
        before: list[str] = []
        for symbol in sequence:
            after.setdefault(symbol, set()).update(before[-1:])
            before.append(symbol)
    try:
        return list(TopologicalSorter(after).static_order())
    except CycleError:
        return list(after)
