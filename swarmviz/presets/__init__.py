"""Presets: a dynamics with a swarm, a landscape, values and a pace, and the question that they answer, as data.

The first preset of a dynamics is what a visitor sees who chooses it; a dynamics without one starts from its declared defaults. Some fail
on purpose, because a failure shows what a part is for. Adding a preset is one entry in the file of its dynamics; ``chance`` is then
measured, and what its runs spend by ``tools/presets.py`` (tests compare both with fresh runs).
"""

from __future__ import annotations

from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.presets import bgk, cbo, finite_set, fmc, pso, sbgd, ssa
from swarmviz.presets.preset import Preset

ALL: dict[str, Preset] = {
    preset.name: preset for module in (cbo, ssa, sbgd, bgk, pso, fmc, finite_set) for preset in module.PRESETS
}


def of(dynamics: str) -> tuple[Preset, ...]:
    """The presets of a dynamics, in the order of declaration."""
    return tuple(preset for preset in ALL.values() if preset.dynamics == dynamics)


def opening(dynamics: str) -> Preset:
    """The preset with which a dynamics is first seen: the first one declared, else its defaults.

    Raises
    ------
    KeyError
        When there is no dynamics of that name.
    """
    title = DYNAMICS[dynamics].title
    return next(iter(of(dynamics)), Preset(f"default-{dynamics}", title, dynamics))
