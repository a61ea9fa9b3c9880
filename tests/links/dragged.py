"""A run with a history like that of a slider which is dragged."""

from __future__ import annotations

from components.state import VisitState
from swarmviz import dynamics, landscapes
from swarmviz.journal import Change, Journal
from swarmviz.replay import RunSpec
from swarmviz.swarm import Swarm


def dragged(entries, value):
    journal = [Change(0, dynamics.CBO(), landscapes.Rastrigin())]
    for i in range(entries):
        journal.append(Change(2 * i + 1 + i % 2, dynamics.CBO(sigma=value(i)), journal[-1].landscape))
    return VisitState((RunSpec(Journal(journal), Swarm(), 2 * entries + 2),), 30.0)
