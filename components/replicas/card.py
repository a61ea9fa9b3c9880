"""The card of the replicas: their number, how many have found the minimum, and what counts as found (assets/replicas.js)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import panel as pn
import param

from components.assets import component
from components.replicas.costs import Costs, shown
from components.replicas.error_histogram import histogram
from components.replicas.event_tally import EventTally
from components.replicas.event_tally import shown as shown_events
from components.replicas.pool import Outcome, SuccessCount
from swarmviz import Simulation
from swarmviz.success import criterion, tolerance_for

NUMBERS = (20, 50, 100, 200)  # of replicas that can be asked for; none at first
MAX_COMPLAINT_CHARS = 200
KEEPING_UP = 0.9  # share of the way to the visible step from which on the replicas keep up with it
DEFINITION = (
    "A replica has found the minimum when what its swarm holds for the minimiser (the consensus point where there is one; on a finite set "
    "the state with most agents; else the place of the lowest agent) is nearer to a known global minimiser than the distance above, "
    "measured as the largest |x_i − x*_i| over half the width of the box (003 §5), and on a finite set when it is one of the lowest. "
    "The usual distance is 0.05, or half that to the nearest other local minimum where that is less. The interval is Wilson's."
)
MIN_TOLERANCE, MAX_TOLERANCE = 1e-6, 2.0  # half widths of the box


class ReplicaStatus(NamedTuple):
    """The state of the replicas, for the page.

    ``asked`` is the number requested, ``runs`` the number that fits into memory; ``progress`` is the mean share of the way to the visible
    step, ``seeds`` are those of the first and the last replica, ``trouble`` is the error that ended them; ``costs`` is what they have
    spent, ``events`` what happened in them, while that is asked for.
    """

    asked: int
    runs: int = 0
    progress: float = 0.0
    seeds: tuple[int, int] | None = None
    tally: SuccessCount | None = None
    trouble: str = ""
    costs: Costs | None = None
    events: EventTally | None = None


def headline(standing: ReplicaStatus) -> str:
    """The result of the replicas in one sentence."""
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
    """Remarks on the result: replicas that diverged, and those that do not fit into memory."""
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
    """The number of replicas, their result, and the one place on the page where the tolerance is set.

    Parameters
    ----------
    on_count : function (number)
        Called with the number of replicas that was chosen.
    on_tolerance : function (number or None)
        Called with a new tolerance, None for the landscape's usual one; it was set on the page or by a link.
    on_show : function (Outcome)
        Called with the replica to be shown as a run.
    on_events : function (bool)
        Called when it begins to be seen, or is no longer, what happened in the replicas.
    """

    defaults: ClassVar[dict[str, Any]] = {"tolerance": None}  # of a link, as a view's (components.links.view_options)

    numbers = param.List([0, *NUMBERS])
    count = param.Integer(0)
    state = param.Dict({}, doc="What is shown, see ``show``.")
    definition = param.String(DEFINITION)

    _esm, _stylesheets = component("replicas")

    def __init__(
        self,
        on_count: Callable[[int], None],
        on_tolerance: Callable[[float | None], None] = lambda tolerance: None,
        on_show: Callable[[Outcome], None] = lambda outcome: None,
        on_events: Callable[[bool], None] = lambda seen: None,
        **params: Any,
    ):
        super().__init__(**{"sizing_mode": "stretch_width", "margin": (8, 16)} | params)
        self._on_count, self._on_tolerance, self._on_show, self._on_events = on_count, on_tolerance, on_show, on_events
        self._counting = False  # whether the section of the events is open
        self._tolerance: float | None = None
        self._complaint = ""
        self._within: float | None = None  # the usual tolerance of the run that is shown; None: nothing is measured
        self._standing = ReplicaStatus(0)
        self._against: list[str] = []
        self.show(ReplicaStatus(0))

    @property
    def tolerance(self) -> float | None:
        """The largest error that counts as found, in half widths of the box; None: the landscape's usual one.

        Raises
        ------
        ValueError
            When it is set to anything but None or a number in [``MIN_TOLERANCE``, ``MAX_TOLERANCE``].
        """
        return self._tolerance

    @tolerance.setter
    def tolerance(self, tolerance: float | None) -> None:
        number = isinstance(tolerance, int | float) and not isinstance(tolerance, bool)
        if tolerance is not None and not (number and MIN_TOLERANCE <= tolerance <= MAX_TOLERANCE):
            raise ValueError(
                f"tolerance = {tolerance!r}: must be a number with {MIN_TOLERANCE:g} ≤ tolerance ≤ {MAX_TOLERANCE:g}"
            )
        self._tolerance, self._complaint = (None if tolerance is None else float(tolerance)), ""
        self._on_tolerance(self._tolerance)
        self.show(self._standing)

    def attach(self, sim: Simulation) -> None:
        """Another run is shown: take its usual tolerance."""
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
                self._complaint = str(error)[:MAX_COMPLAINT_CHARS]
                self.show(self._standing)
        elif isinstance(data, dict) and data.get("act") == "events" and isinstance(data.get("open"), bool):
            if data["open"] != self._counting:
                self._counting = data["open"]
                self._on_events(self._counting)
        elif isinstance(data, dict) and data.get("act") == "show" and isinstance(data.get("found"), bool):
            tally = self._standing.tally
            if tally is not None and (those := tally.examples(data["found"])):
                self._on_show(those[0])

    def show(self, standing: ReplicaStatus, against: list[str] | None = None) -> None:
        """Show the state of the replicas; ``against`` is what is said of them and those of another swarm, None: as before."""
        self._standing = standing
        self._against = self._against if against is None else against
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
                "costs": shown(standing.costs) if standing.costs is not None else None,
                "events": self._what_happened(standing),
                "against": self._against if standing.asked else [],
                "failed": len(tally.examples(False)) if judged else 0,
                "succeeded": len(tally.examples(True)) if judged else 0,
            },
        )

    def _what_happened(self, standing: ReplicaStatus) -> dict[str, Any] | None:
        """What the section of the events shows; None where there is none."""
        if standing.tally is None:
            return None
        told = shown_events(standing.events) if standing.events is not None else {"rows": [], "about": ""}
        return told | {"open": self._counting}


def _doing(standing: ReplicaStatus) -> str:
    if not standing.runs:
        return ""
    return (
        "keeping up with the visible run" if standing.progress >= KEEPING_UP else f"{standing.progress:.0%} of the way"
    )
