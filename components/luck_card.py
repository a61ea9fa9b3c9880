"""What a person sees of the replicas: how many there are, and in plain words how many have found the minimum."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import panel as pn
import param

from components.replicas import Tally
from swarmviz.success import TOLERANCE

ASSETS = Path(__file__).parent.parent / "assets"
NUMBERS = (20, 50, 100, 200)  # of replicas that can be asked for; none at first
KEEPING_UP = 0.9  # share of the way to the visible step
DEFINITION = (
    "A replica has found the minimum when what its swarm holds for the minimiser (the consensus point where there is one; on a finite set "
    f"the state with most agents; else the place of the lowest agent) is less than {TOLERANCE:g} half widths of the box away from a known "
    "global minimiser (003 §5), and on a finite set when it is one. The interval is Wilson's."
)


class Standing(NamedTuple):
    """How the replicas stand, for the page.

    ``asked`` of them are wanted and ``runs`` have room in memory; ``progress`` is the mean share of the way to the visible step that they
    have gone, ``seeds`` are the first and the last one's, ``trouble`` says why they ended.
    """

    asked: int
    runs: int = 0
    progress: float = 0.0
    seeds: tuple[int, int] | None = None
    tally: Tally | None = None
    trouble: str = ""


def headline(standing: Standing) -> str:
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


def remarks(standing: Standing) -> list[str]:
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


class LuckCard(pn.custom.JSComponent):
    """The number of replicas and what they say; ``on_count(number)`` hears what a person chose."""

    numbers = param.List([0, *NUMBERS])
    count = param.Integer(0)
    state = param.Dict({}, doc="What is shown, see ``show``.")
    definition = param.String(DEFINITION)

    _esm = (ASSETS / "luck.js").read_text(encoding="utf-8")
    _stylesheets = [(ASSETS / "luck.css").read_text(encoding="utf-8")]  # noqa: RUF012 (Panel's own convention)

    def __init__(self, on_count: Callable[[int], None], **params: Any):
        super().__init__(**{"sizing_mode": "stretch_width", "margin": (8, 16)} | params)
        self._on_count = on_count
        self.show(Standing(0))

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, int) and not isinstance(data, bool) and data in self.numbers:
            self.count = data
            self._on_count(data)

    def show(self, standing: Standing) -> None:
        """Say how the replicas stand."""
        tally, judged = standing.tally, standing.tally is not None and standing.tally.found is not None
        first, last = standing.seeds or (0, 0)
        seeds = f"Each repeats this run and its changes of parameters; their seeds are {first} to {last}."
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
            },
        )


def _doing(standing: Standing) -> str:
    if not standing.runs:
        return ""
    return (
        "keeping up with the visible run" if standing.progress >= KEEPING_UP else f"{standing.progress:.0%} of the way"
    )
