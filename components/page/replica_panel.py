"""The replicas of the visible run: the worker that computes them and the card that shows them, joined."""

from __future__ import annotations

from collections.abc import Callable

from components.playback.transport import Transport
from components.replicas.card import ReplicaCard, ReplicaStatus
from components.replicas.pool import Outcome
from components.replicas.replica import VisibleRun
from components.replicas.worker import ReplicaWorker
from components.weakly import weakly


class ReplicaPanel:
    """What is asked of replicas, and what they report.

    Parameters
    ----------
    visible : function () → VisibleRun
        The visible run as it stands; called on the replicas' thread.
    transport : Transport
        Says how late the visible pictures come, and draws the bands of a paused run anew.
    judged : function (tolerance)
        Another tolerance counts as found; None: that of the landscape.
    opened : function (Outcome)
        A replica is to be shown as the visible run.

    Attributes
    ----------
    worker : ReplicaWorker
    card : ReplicaCard
    """

    def __init__(
        self,
        visible: Callable[[], VisibleRun],
        transport: Transport,
        judged: Callable[[float | None], None],
        opened: Callable[[Outcome], None],
    ):
        self._transport, self._judged = transport, judged
        self.worker = ReplicaWorker(visible, weakly(self._lateness), weakly(self._report))
        self.card = ReplicaCard(weakly(self._start), weakly(self._judge), opened)

    def _lateness(self) -> float:
        return self._transport.lateness

    def _start(self, count: int) -> None:
        self.worker.count = count
        self._show()

    def _judge(self, tolerance: float | None) -> None:
        self.worker.tolerance = tolerance
        self._judged(tolerance)
        self._show()

    def _report(self, status: ReplicaStatus) -> None:
        """The replicas' thread has something new."""
        self._transport.on_page(self._show)

    def _show(self) -> None:
        self.card.show(self.worker.standing)
        if not self._transport.playing:
            self._transport.redraw()  # the band of a paused run
