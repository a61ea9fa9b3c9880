"""The replicas of the visible run: the worker that computes them and the card that shows them, joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.playback.transport import Transport
from components.replicas.card import ReplicaCard, ReplicaStatus
from components.replicas.costs import duel_words, duels
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
    beside : function () → VisibleRun or None
        The swarm with which the visible one is compared by what their replicas spend; called on the thread of its replicas.

    Attributes
    ----------
    worker : ReplicaWorker
    other : ReplicaWorker
        Replicas of the swarm beside, as many, while two are compared.
    card : ReplicaCard
    """

    def __init__(
        self,
        visible: Callable[[], VisibleRun],
        transport: Transport,
        judged: Callable[[float | None], None],
        opened: Callable[[Outcome], None],
        beside: Callable[[], VisibleRun | None] = lambda: None,
    ):
        self._transport, self._judged = transport, judged
        self._visible, self._beside = visible, beside
        self._names: tuple[str, str] | None = None  # of the two that are compared
        self._duel: tuple[Any, list[str]] = (None, [])  # of which costs, and what is said of them
        told = weakly(self._lateness), weakly(self._report), weakly(self._fair_share)
        self.worker = ReplicaWorker(visible, *told)
        self.other = ReplicaWorker(beside, *told)
        self.card = ReplicaCard(weakly(self._start), weakly(self._judge), opened, weakly(self._count_events))

    def _lateness(self) -> float:
        return self._transport.lateness

    def _fair_share(self) -> float:
        return self._transport.fair_share

    def compare(self, names: tuple[str, str] | None) -> None:
        """The visible swarm has another one beside it, which has the second of the ``names``; None: it has none any more."""
        count = self.worker.count if names is not None else 0
        if self.other.count != count:
            self.other.count = count
        if names != self._names:
            self._names, self._duel = names, (None, [])
            self._show()

    def notice(self) -> None:
        """The swarms have moved or changed; cheap, to be called with every picture."""
        self.worker.notice()
        self.other.notice()

    def close(self) -> None:
        """End the threads."""
        self.worker.close()
        self.other.close()

    def _start(self, count: int) -> None:
        self.worker.count = count
        self.other.count = count if self._names is not None else 0
        self._show()

    def _count_events(self, seen: bool) -> None:
        self.worker.counting = seen

    def _judge(self, tolerance: float | None) -> None:
        self.worker.tolerance = tolerance
        self._judged(tolerance)
        self._show()

    def _report(self, status: ReplicaStatus) -> None:
        """A thread of replicas has something new."""
        self._work_out_duel()
        self._transport.on_page(self._show)

    def _work_out_duel(self) -> None:
        """Hold both sets of replicas against each other, where one of them is new; on a thread of theirs."""
        names, known = self._names, self._duel[0]  # both may be replaced meanwhile, by the page or by the other thread
        mine, others = self.worker.costs(self._visible()), self.other.costs(self._beside())
        if names is None or mine is None or others is None:
            self._duel = (None, [])
        elif known is None or any(a is not b for a, b in zip(known, (names, mine, others), strict=True)):
            self._duel = ((names, mine, others), duel_words(duels(mine, others), names))

    def _show(self) -> None:
        of, said = self._duel
        self.card.show(self.worker.standing, said if of is not None and of[0] == self._names else [])
        self._transport.tell_news("replicas")  # the band of a paused run
