"""What the table of runs says of two runs that were compared."""

from __future__ import annotations

from components.page.facts import compared, differences
from swarmviz import Simulation, Swarm
from swarmviz.drawing.differences import facts
from swarmviz.dynamics import CBO
from swarmviz.landscapes import Rastrigin


def run(seed: int = 1, **values: float) -> Simulation:
    return Simulation(CBO(**values), Rastrigin(), Swarm(n=20, d=2, seed=seed))


def test_two_seeds_are_no_entry_of_the_runs_table_which_has_a_column_for_them() -> None:
    first, second = run(seed=1), run(seed=2, sigma=2.0)
    assert compared(first, second) == ["B: σ = 2"]
    table = differences([facts(sim.journal, sim.initial_swarm) for sim in (first, second)])
    assert [symbol for symbol, _ in table.columns] == ["σ"]
