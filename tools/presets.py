"""Writes swarmviz/presets/measured.py, what the runs of each preset spend: .venv/bin/python tools/presets.py

It runs the replicas that the page shows of each preset as it opens: those with the next ``MEASURED`` seeds. Some minutes on two cores. A
test compares it with other runs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import swarmviz as sv  # noqa: E402  (from this checkout)
from swarmviz import presets  # noqa: E402
from swarmviz.presets.preset import MEASURED, Preset  # noqa: E402

FILE = ROOT / "swarmviz" / "presets" / "measured.py"
HEAD = '''"""Median evaluations of F, and of ∇F, of the runs of each preset after its steps; written by tools/presets.py."""

from __future__ import annotations

SPENT: dict[str, tuple[int, int]] = {
'''


def spent(preset: Preset) -> tuple[int, int]:
    """Median evaluations and gradients of the replicas of a preset."""
    dynamics, landscape, swarm = preset.build()
    swarm.seed += 1
    data = sv.run_ensemble(dynamics, landscape, swarm, runs=MEASURED, steps=preset.steps, record=())
    share = float(data["success"].mean())
    if abs(share - preset.chance) > 0.02:
        print(f"{preset.name}: chance = {preset.chance}, measured {share}", file=sys.stderr)
    gradients = float(np.median(data["final_gradients"])) if "final_gradients" in data else 0.0
    return round(float(np.median(data["final_evaluations"]))), round(gradients)


def main() -> None:
    lines = []
    for name, preset in presets.ALL.items():
        evaluations, gradients = spent(preset)
        lines.append(f'    "{name}": ({evaluations:_}, {gradients:_}),\n')
        print(lines[-1].strip(), flush=True)
    FILE.write_text(HEAD + "".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
