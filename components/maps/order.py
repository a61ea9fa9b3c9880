"""What a map is asked for: the run of a visit, two of its numbers with their values, and by when a run must have succeeded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from components.maps.limit import MAX_STEPS, Limit
from swarmviz import presets
from swarmviz.drawing.map import is_log
from swarmviz.dynamics import Dynamics
from swarmviz.ensembles.map_grid import DIGITS, SIDE, proposed_ranges, values_between
from swarmviz.landscapes import Landscape
from swarmviz.parameters import Real, Whole, is_used
from swarmviz.serialise import as_json, described
from swarmviz.simulation import Simulation
from swarmviz.swarm import Swarm

OWNERS = ("dynamics", "landscape", "swarm")
SIZES = ("n", "d")  # of the numbers of a swarm those that may be axes
STEPS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
EVALUATIONS = (1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
MAX_EVALUATIONS = 10**9
GOALS = (50, 80, 90, 95, 99)  # shares of the runs in per cent
MAX_COORDINATES = 20_000  # agents times dimension of the largest swarm of a map
RUNS = 100  # of a cell
MARGIN = 2  # cells beside a region to which the axes are fitted, at least
USUAL_ENDS = {"n": 200, "d": 12}  # of axes of N and d
Ends = tuple[float, float]


class _Fields(NamedTuple):
    dynamics: Dynamics
    landscape: Landscape
    swarm: Swarm
    x: tuple[str, str]
    y: tuple[str, str]
    x_values: tuple[float, ...]
    y_values: tuple[float, ...]
    limit: Limit
    tolerance: float | None


class MapOrder(_Fields):
    """A map. ``x`` and ``y`` are (owner, parameter); their own values in the parts say nothing. The parts are its own, and never change."""

    @cached_property
    def key(self) -> str:
        """A text that is the same for orders of the same map."""
        parts = {}
        for owner in OWNERS:
            parts[owner] = plain = described(getattr(self, owner))
            for other, parameter in (self.x, self.y):
                if other == owner:
                    plain["values"][parameter] = "axis"
        return as_json([parts, self.x, self.y, self.x_values, self.y_values, self.limit, self.tolerance])

    def declared(self, axis: tuple[str, str]) -> Any:
        """The declaration of a parameter."""
        owner, parameter = axis
        return getattr(self, owner).declared()[parameter]

    @property
    def steps(self) -> int:
        """The last step of its runs."""
        return self.limit.steps

    @property
    def log(self) -> tuple[bool, bool]:
        """Whether each axis is."""
        return is_log(self.declared(self.x), self.x_values), is_log(self.declared(self.y), self.y_values)

    @property
    def plane(self) -> tuple[Any, ...]:
        """What two maps have in common whose points mean the same: the axes, of parts of the same kinds."""
        return self.x, self.y, *(type(getattr(self, owner)) for owner, _ in (self.x, self.y))

    def value_of(self, axis: tuple[str, str]) -> float | None:
        """What the run of the visit has there; None where it is no number, but a schedule."""
        value = getattr(getattr(self, axis[0]), axis[1])
        return float(value) if isinstance(value, int | float) else None


def name_of(axis: tuple[str, str]) -> str:
    """The name of an axis in a grid."""
    return f"{axis[0]}.{axis[1]}"


def axes_offered(dynamics: Dynamics, landscape: Landscape, swarm: Swarm) -> dict[str, tuple[str, str]]:
    """Name → parameter, of the numbers that may be axes: those that act, and N and d."""
    found = {}
    for owner, part in (("dynamics", dynamics), ("landscape", landscape), ("swarm", swarm)):
        for name, declared in part.declared().items():
            number = isinstance(declared, Real) and is_used(part, declared)
            if number and (owner != "swarm" or name in SIZES):
                found[f"{owner}.{name}"] = (owner, name)
    return found


def proposed_axes(dynamics: Dynamics, swarm: Swarm) -> list[str]:
    """Names of the two axes that a dynamics proposes; N and d where it proposes none."""
    names = [f"dynamics.{name}" for name in proposed_ranges(dynamics, swarm)]
    return names if len(names) == 2 else ["swarm.n", "swarm.d"]


def parts_of(run: Simulation) -> dict[str, Any]:
    """Owner → part of a run of which an axis may be a parameter; the swarm is the one with which it began."""
    return {"dynamics": run.dynamics, "landscape": run.landscape, "swarm": run.initial_swarm}


def usual_ranges(axes: Sequence[tuple[str, str]], parts: Mapping[str, Any]) -> list[Ends]:
    """The ranges in which axes are drawn unless others are chosen: those that the dynamics proposes, else those of the sliders.

    They depend on no value of the axes' own parameters, so that the map stays the same when the swarm goes to another cell of it.
    """
    swarm = parts["swarm"].copy()
    for owner, name in axes:
        if owner == "swarm":
            setattr(swarm, name, swarm.declared()[name].default)
    proposed = proposed_ranges(parts["dynamics"], swarm)
    return [
        proposed[name] if owner == "dynamics" and name in proposed else _slider(parts[owner].declared()[name])
        for owner, name in axes
    ]


def _slider(declared: Any) -> Ends:
    """The range of a parameter's slider, of N and d no more than a map can take; where it has no end, one around its default."""
    low, high = declared.get_soft_bounds()
    usual = float(declared.default) if isinstance(declared.default, int | float) else 1.0
    low = min(usual, 0.0) if low is None else low
    high = max(2 * abs(usual), 1.0) if high is None else high
    return float(low), float(min(high, USUAL_ENDS.get(declared.name, high)))


def usual_steps(dynamics: Dynamics) -> int:
    """By which step a run must have found the minimum unless another one is chosen: when the opening preset's question is answered."""
    steps = presets.opening(type(dynamics).__name__).steps
    return min((known for known in STEPS if known >= steps), default=STEPS[-1])


def ends_around(declared: Any, part: Ends, values: Sequence[float], log: bool) -> Ends:
    """A range around a part of an axis, which is then at most its middle third; as far as the parameter's bounds allow.

    It reaches at least ``MARGIN`` of the present values beyond each end, so that what the axis has cut off comes into sight; but below the
    least value of the slider, which is where a parameter changes its meaning, only a part that does so itself.
    """
    to, back = (math.log, math.exp) if log else (float, float)
    low, high = map(to, part)
    margin = max(high - low, MARGIN * (to(values[-1]) - to(values[0])) / max(len(values) - 1, 1))
    ends = [back(low - margin), back(high + margin)]
    if isinstance(declared, Whole):
        ends = [math.floor(ends[0]), math.ceil(ends[1])]
    least = declared.get_soft_bounds()[0]
    if least is not None and part[0] >= least:
        ends[0] = max(ends[0], least)
    for i, (bound, inclusive) in enumerate(
        zip(declared.bounds or (None, None), declared.inclusive_bounds, strict=True)
    ):
        if bound is not None and (ends[i] <= bound if i == 0 else ends[i] >= bound):
            ends[i] = bound if inclusive else (bound + part[i]) / 2
    return float(f"{ends[0]:.{DIGITS}g}"), float(f"{ends[1]:.{DIGITS}g}")


def values_of(declared: Any, ends: Ends) -> tuple[float, ...]:
    """The values of an axis."""
    return tuple(values_between(declared, *ends, SIDE))


def require_affordable(order: MapOrder) -> None:
    """Refuse what the page does not compute.

    Raises
    ------
    ValueError
        When a swarm of the map would be too large, or its runs too long; says which, and what is allowed.
    """
    sizes = {"n": order.swarm.n, "d": order.swarm.d}
    for axis, values in ((order.x, order.x_values), (order.y, order.y_values)):
        if axis[0] == "swarm":
            sizes[axis[1]] = max(values)
    if math.prod(sizes.values()) > MAX_COORDINATES:
        raise ValueError(
            f"n = {sizes['n']:g}, d = {sizes['d']:g}: too many for a map, where N d ≤ {MAX_COORDINATES:,}; the library takes more"
        )
    if not 1 <= order.steps <= MAX_STEPS:
        raise ValueError(f"K = {order.steps}: must be a whole number with 1 ≤ K ≤ {MAX_STEPS:,}")
