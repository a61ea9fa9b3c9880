"""The summary of a run: its arena, what it is made of, what it has found, and the first of what it records."""

from __future__ import annotations

from html import escape

from swarmviz import success
from swarmviz.exports.replay import notes_of
from swarmviz.notebook.arena import arena
from swarmviz.notebook.markup import beside, cell, picture, table
from swarmviz.notebook.record import observables_table
from swarmviz.parameters import Described, is_used
from swarmviz.simulation import Simulation
from swarmviz.summary import summary
from swarmviz.theory.wording import decimal, number_words, set_symbols, symbol_of

MOST_OBSERVABLES = 4
MOST_PARAMETERS = 30


@summary.register
def simulation_summary(sim: Simulation) -> str:
    """HTML of a run at its present step."""
    svg, width, height = arena(sim)
    title = f"{sim.dynamics.title} on {sim.landscape.title}"
    facts = f"step {sim.k:,} · t = {decimal(sim.t)} · N = {sim.frame.n:,} · d = {sim.frame.d} · seed {sim.initial_swarm.seed}"
    changes = len(sim.journal) - 1
    lines = [facts, _found(sim), *notes_of(sim), f"{changes} change{'s' * (changes > 1)} on the way" * bool(changes)]
    said = "".join(f"<div>{escape(line)}</div>" for line in lines if line)
    known = {o.name: set_symbols(o.symbol) for o in sim.dynamics.observables}
    curves = observables_table(sim.record, known, MOST_OBSERVABLES)
    about = f"<div><strong>{cell(title)}</strong></div>{said}{_parameters(sim.dynamics)}"
    return beside(picture(svg, width, height, f"{title}, step {sim.k}"), about, curves)


def _found(sim: Simulation) -> str:
    """What the swarm holds for the minimum, and whether that is one."""
    found = success.succeeded(sim.frame, sim.landscape)
    if found is None:
        return f"lowest F met: {decimal(float(sim.record['best'][-1]), 5)}" if "best" in sim.record else ""
    miss = success.miss(sim.frame, sim.landscape)
    far = (
        f", {decimal(miss, 3)} half widths of the box away"
        if miss is not None and not sim.dynamics.on_finite_set
        else ""
    )
    return f"minimiser {'found' if found else 'not found'}{far}"


def _parameters(owner: Described) -> str:
    """The parameters that matter with the present choices: symbol, name, value."""
    used = [name for name, declared in owner.declared().items() if is_used(owner, declared)][:MOST_PARAMETERS]
    return table([_parameter(owner, name) for name in used])


def _parameter(owner: Described, name: str) -> list[str]:
    value = getattr(owner, name)
    text = number_words(value) if isinstance(value, float | int) and not isinstance(value, bool) else str(value)
    return [cell(set_symbols(symbol_of(owner, name))), cell(owner.param[name].label or name), cell(text)]
