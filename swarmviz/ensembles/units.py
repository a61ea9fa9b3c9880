"""In what the numbers of our Datasets are measured: the units, and those of the observables.

Every variable and every axis of a Dataset has ``units``. F, positions, times and counts are pure numbers, ``"1"``, as the CF conventions
write it, and so are yes and no, names and seeds, in which nothing is measured.
"""

from __future__ import annotations

from swarmviz.frame import COST, EVALUATIONS, GRADIENTS, Observable

PURE_NUMBER = "1"
STEPS = "steps"
IN_HALF_WIDTHS = "half widths of the box"
OF_F, OF_GRADIENT = "evaluations of F", "evaluations of ∇F"
OF_PANELS = {"steps": STEPS, "error": IN_HALF_WIDTHS, "move": IN_HALF_WIDTHS}  # whose curves have one unit
OF_COSTS = {EVALUATIONS.name: OF_F, GRADIENTS.name: OF_GRADIENT}


def of_observable(observable: Observable) -> str:
    """In what an observable is measured, from what it says of itself."""
    return OF_COSTS[observable.name] if observable.panel == COST else OF_PANELS.get(observable.panel, PURE_NUMBER)


def is_shown(units: str) -> bool:
    """Whether a unit stands beside what is measured in it; that of a pure number does not."""
    return units not in ("", PURE_NUMBER)


def described_as(meaning: str, units: str | None = None, symbol: str = "") -> dict[str, str]:
    """The attributes of a variable or an axis; without a unit it is a pure number."""
    return {"long_name": meaning} | ({"symbol": symbol} if symbol else {}) | {"units": units or PURE_NUMBER}
