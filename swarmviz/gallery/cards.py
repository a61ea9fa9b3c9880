"""One card for every figure and table of the papers and for every preset; what stands on it is said where those are declared."""

from __future__ import annotations

from typing import NamedTuple

from swarmviz import papers, presets
from swarmviz.presets.preset import Preset

FAILS = "fails"  # the topic of all presets that fail on purpose


class Card(NamedTuple):
    """A card.

    Attributes
    ----------
    key : str
        Name in ``papers.ALL`` or ``presets.ALL``, which have none in common.
    title, number, question : str
        Title; where it stands in which paper; what it asks, in one sentence.
    source : str
        The paper, by which cards are grouped: a key of ``papers.PAPERS``, or the reference of another.
    topic : str
        Which of ``swarmviz.presets.preset.TOPICS`` it belongs to.
    preset : Preset
        What is opened live.
    """

    key: str
    title: str
    number: str
    question: str
    source: str
    topic: str
    preset: Preset

    @property
    def figure(self) -> papers.Figure | None:
        """The figure or the table; None of a preset."""
        return papers.ALL.get(self.key)

    @property
    def names(self) -> set[str]:
        """The dynamics and the landscapes that it goes through."""
        parts = (self.preset,) if self.figure is None else self.figure.parts
        return {name for part in parts for name in (part.dynamics, part.landscape, *getattr(part, "landscapes", ()))}


def source_of(reference: str) -> str:
    """The paper that a reference names first."""
    number = reference[:3]
    return number if number in papers.PAPERS else reference.partition(";")[0]


def source_title(source: str) -> str:
    """How the cards of a paper are headed."""
    return f"{source} · {papers.PAPERS[source]}" if source in papers.PAPERS else source


def _cards() -> dict[str, Card]:
    of_figures = [
        Card(f.key, f.title, f.reference, f.question, source_of(f.reference), f.topic, f.preset())
        for f in papers.ALL.values()
    ]
    of_presets = [
        Card(p.name, p.title, p.reference, p.asks, source_of(p.reference), FAILS if p.fails else p.topic, p)
        for p in presets.ALL.values()
    ]
    return {card.key: card for card in (*of_figures, *of_presets)}


CARDS: dict[str, Card] = _cards()
