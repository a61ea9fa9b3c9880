"""The error against N of the visible run's parameters: the worker that computes it and the card that shows it, joined."""

from __future__ import annotations

from collections.abc import Callable

from components.playback.transport import Transport
from components.replicas.law_error import LawErrorStatus, LawErrorWorker
from components.replicas.law_error_card import LawErrorCard
from components.replicas.replica import VisibleRun
from components.weakly import weakly


class LawErrorPanel:
    """What is asked, and what is found.

    Parameters
    ----------
    visible : function () → VisibleRun
        The visible run as it stands; called on the worker's thread.
    transport : Transport
        Says how late the visible pictures come, and whether anybody sees the page.
    """

    def __init__(self, visible: Callable[[], VisibleRun], transport: Transport):
        self._transport = transport
        self.worker = LawErrorWorker(
            visible, weakly(self._lateness), weakly(self._unseen), weakly(self._report), weakly(self._fair_share)
        )
        self.card = LawErrorCard(weakly(self._start), weakly(self._stop))

    def _lateness(self) -> float:
        return self._transport.lateness

    def _fair_share(self) -> float:
        return self._transport.fair_share

    def _unseen(self) -> bool:
        return self._transport.unseen

    def _start(self, step: int | None, fixed_product: bool) -> None:
        self.worker.start(step, fixed_product)
        self._show()

    def _stop(self) -> None:
        self.worker.stop()
        self._show()

    def _report(self, status: LawErrorStatus) -> None:
        """The worker's thread has something new."""
        self._transport.on_page(self._show)

    def _show(self) -> None:
        self.card.show(self.worker.standing)
