"""Laws of infinitely many agents, for d = 1: one file per dynamics, and the law that goes with a run (:class:`LawOfRun`)."""

from __future__ import annotations

from swarmviz.laws.base import LawScheme, NoLaw
from swarmviz.laws.follower import LawOfRun, Reached
from swarmviz.laws.registry import SCHEMES, refusal, scheme_of

__all__ = ["SCHEMES", "LawOfRun", "LawScheme", "NoLaw", "Reached", "refusal", "scheme_of"]
