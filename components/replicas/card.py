"""What a person sees of the replicas: how many there are, and in plain words how many have found the minimum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import panel as pn
import param

from components.assets import ASSETS
from components.replicas.error_histogram import histogram
from components.replicas.pool import Outcome, SuccessCount
from swarmviz import Simulation
from swarmviz.success import criterion, tolerance_for

NUMBERS = (20, 50, 100, 200)  # of replicas that can be asked for; none at first
LONGEST = 200  # characters of a complaint
KEEPING_UP = 0.9  # share of the way to the visible step
DEFINITION = (
    "A replica has found the minimum when what its swarm holds for the minimiser (the consensus point where there is one; on a finite set "
    "the state with most agents; else the place of the lowest agent) is nearer to a known global minimiser than the distance above, "
    "measured as the largest |x_i − x*_i| over half the width of the box (003 §5), and on a finite set when it is one of the lowest. "
    "The usual distance is 0.05, or half that to the nearest other local minimum where that is less. The interval is Wilson's."
)
LEAST, MOST = 1e-6, 2.0  # half widths: a tolerance is one of these or between them


class ReplicaStatus(NamedTuple):
    """How the replicas stand, for the page.

    ``asked`` of them are wanted and ``runs`` have room in memory; ``progress`` is the mean share of the way to the visible step that they
    have gone, ``seeds`` are the first and the last one's, ``trouble`` says why they ended.
    """

    asked: int
    runs: int = 0
    progress: float = 0.0
    seeds: tuple[int, int] | None = None
    tally: SuccessCount | None = None
    trouble: str = ""


def headline(standing: ReplicaStatus) -> str:
    """What the replicas say, in one sentence."""
    tally, runs = standing.tally, standing.runs
    if standing.trouble:
        return f"The replicas ended: {standing.trouble}"
    if not standing.asked:
        return "Was it luck? Let replicas of this run with other seeds tell."
    if not runs:
        return "The swarm is too large for replicas beside it."
    if tally is None:
        return f"{runs} replicas start …"
    if tally.found is None:
        return f"No known minimum: success cannot be judged. {tally.runs} replicas at step {tally.k}."
    share, low, high = (f"{100 * part:.0f}" for part in (tally.found / tally.runs, tally.low, tally.high))
    said = f"{tally.found} of {tally.runs} replicas have found the minimum: {share}% (95%: {low}–{high}%)"
    return f"{said} at step {tally.k}"


def remarks(standing: ReplicaStatus) -> list[str]:
    """What has to be said besides: replicas that diverged, and those that have no room."""
    tally, said = standing.tally, []
    if tally is not None and tally.diverged:
        one = tally.diverged == 1
        said.append(
            f"{tally.diverged} replica{'' if one else 's'} diverged, which count{'s' if one else ''} as failure."
        )
    if 0 < standing.runs < standing.asked:
        said.append(f"Only {standing.runs} of {standing.asked} replicas of so large a swarm fit into memory.")
    return said


class ReplicaCard(pn.custom.JSComponent):
    """The number of replicas, what they say, and the one place on the page where a person says what counts as found.

    Parameters
    ----------
    on_count : function (number)
        Hears how many replicas a person chose.
    on_tolerance : function (number or None)
        Hears what counts as found from now on, None: what is usual for the landscape. From a person or from a link.
    on_show : function (Outcome)
        Hears which replica a person wants to see.
    """

    defaults: ClassVar[dict[str, Any]] = {"tolerance": None}  # of a link, as a view's (components.links.view_options)

    numbers = param.List([0, *NUMBERS])
    count = param.Integer(0)
    state = param.Dict({}, doc="What is shown, see ``show``.")
    definition = param.String(DEFINITION)

    _esm = (ASSETS / "luck.js").read_text(encoding="utf-8")
    _stylesheets = [(ASSETS / "luck.css").read_text(encoding="utf-8")]  # noqa: RUF012 (Panel's own convention)

    def __init__(
        self,
        on_count: Callable[[int], None],
        on_tolerance: Callable[[float | None], None] = lambda tolerance: None,
        on_show: Callable[[Outcome], None] = lambda outcome: None,
        **params: Any,
    ):
        super().__init__(**{"sizing_mode": "stretch_width", "margin": (8, 16)} | params)
        self._on_count, self._on_tolerance, self._on_show = on_count, on_tolerance, on_show
        self._tolerance: float | None = None
        self._complaint = ""
        self._within: float | None = None  # what is usual for the run that is shown; None: nothing is measured
        self._standing = ReplicaStatus(0)
        self.show(ReplicaStatus(0))

    @property
    def tolerance(self) -> float | None:
        """The largest error that counts as found, in half widths of the box; None: what is usual for the landscape.

        Raises
        ------
        ValueError
            When it is set to something that is no number of that range.
        """
        return self._tolerance

    @tolerance.setter
    def tolerance(self, tolerance: float | None) -> None:
        number = isinstance(tolerance, int | float) and not isinstance(tolerance, bool)
        if tolerance is not None and not (number and LEAST <= tolerance <= MOST):
            raise ValueError(f"tolerance = {tolerance!r}: must be a number with {LEAST:g} ≤ tolerance ≤ {MOST:g}")
        self._tolerance, self._complaint = (None if tolerance is None else float(tolerance)), ""
        self._on_tolerance(self._tolerance)
        self.show(self._standing)

    def attach(self, sim: Simulation) -> None:
        """Another run is shown: what is usual for it."""
        measured = not sim.dynamics.on_finite_set and len(sim.landscape.minimisers(sim.initial_swarm.d))
        self._within = tolerance_for(sim.landscape, sim.initial_swarm.d) if measured else None
        self.show(self._standing)

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, int) and not isinstance(data, bool) and data in self.numbers:
            self.count = data
            self._on_count(data)
        elif isinstance(data, dict) and data.get("act") == "tolerance":
            try:
                self.tolerance = data.get("value")
            except ValueError as error:
                self._complaint = str(error)[:LONGEST]
                self.show(self._standing)
        elif isinstance(data, dict) and data.get("act") == "show" and isinstance(data.get("found"), bool):
            tally = self._standing.tally
            if tally is not None and (those := tally.examples(data["found"])):
                self._on_show(those[0])

    def show(self, standing: ReplicaStatus) -> None:
        """Say how the replicas stand."""
        self._standing = standing
        tally, judged = standing.tally, standing.tally is not None and standing.tally.found is not None
        first, last = standing.seeds or (0, 0)
        seeds = f"Each repeats this run and its changes of parameters; their seeds are {first} to {last}."
        usual = tally.usual if judged and tally is not None else self._within
        within = None if usual is None else (usual if self._tolerance is None else self._tolerance)
        self.param.update(
            count=standing.asked,
            state={
                "headline": headline(standing),
                "remarks": " ".join(remarks(standing)),
                "seeds": seeds if standing.seeds else "",
                "share": tally.found / tally.runs if judged else None,
                "interval": [tally.low, tally.high] if judged else None,
                "progress": standing.progress if standing.runs else None,
                "doing": _doing(standing),
                "criterion": f"Found: {criterion(within)}." if within is not None or judged else "",
                "within": within,
                "usual": usual,
                "complaint": self._complaint,
                "errors": histogram([o.miss for o in tally.outcomes], within)
                if judged and within is not None
                else None,
                "failed": len(tally.examples(False)) if judged else 0,
                "succeeded": len(tally.examples(True)) if judged else 0,
            },
        )


def _doing(standing: ReplicaStatus) -> str:
    if not standing.runs:
        return ""
    return (
        "keeping up with the visible run" if standing.progress >= KEEPING_UP else f"{standing.progress:.0%} of the way"
    )
