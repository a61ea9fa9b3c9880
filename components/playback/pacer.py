"""How many steps are due, and when to look again: arithmetic without a thread and without a clock, the time is an argument.

Steps are owed at the speed that is asked for, from the moment at which the swarm was set in motion. ``credit`` is what is owed and not
taken yet; a fraction of a step stays there, so that the mean rate is exact. What falls due while the machine is busy is made up for up to
``MAX_LATENESS_S`` seconds, and forgotten beyond. With ``draw_every`` above one a batch leads to a step that is drawn, a multiple of it.

All times are seconds of one monotonic clock, whichever the caller has.
"""

from __future__ import annotations

from typing import NamedTuple

PICTURE_PERIOD_S = 1 / 30  # between two pictures
MAX_LATENESS_S = 0.25  # what is later than this (a busy machine, a sleeping tab) is not made up for
MAX_WAIT_S = 60.0  # between two looks, however slow a speed a link asks for
MAX_BATCH_S = 0.1  # for which steps are taken without a look at the commands: a pause must answer
STEPPING_SHARE = 0.6  # of the time from picture to picture, which "as fast as it goes" spends on steps
MAX_STEPS_PER_PICTURE = 1_000_000  # of "as fast as it goes"
MAX_DRAW_EVERY = 100_000  # steps from one picture to the next
SMOOTHING = 0.2  # weight of the newest value in a running mean
LIGHT_S = 0.004  # of the processor for steps and a picture: nobody is in the way of others with so little
MAX_REST_S = 1.0  # between a picture and the next steps, for the sake of others
FASTEST = None  # the speed "as fast as it goes"


class PictureRequest(NamedTuple):
    """Which views a picture is to hold.

    Attributes
    ----------
    everything : bool
        All of them, whatever their turn: after a command.
    count : int
        Otherwise those whose turn it is: a view that is painted with every ``every``-th picture takes part where ``every`` divides it.
    news : set of str
        Otherwise, unless it is empty, only those that show what one of these in the background computes: the swarm has not moved.
    """

    everything: bool
    count: int
    news: frozenset[str] = frozenset()

    def includes(self, every: int, background: frozenset[str] = frozenset()) -> bool:
        """Whether a view that is painted with every ``every``-th picture takes part, and shows what these in the background compute."""
        return self.everything or (bool(self.news & background) if self.news else self.count % every == 0)


EVERYTHING = PictureRequest(True, 0)
ARENA_ONLY = PictureRequest(False, 1)  # what every picture holds, and nothing else


class Pacer:
    """When steps are due, how many at once, and what the picture after them is to hold.

    Attributes
    ----------
    speed : float or None
        Steps per second, ``FASTEST`` for as many as the machine takes.
    draw_every : int
        Pictures are made of the steps that are multiples of it.
    stages : float or None
        Stages per second in which steps are shown one by one, in the place of both; None: they are not.
    k : int
        The step at which the swarm stands; the transport writes it here.
    next_at : float
        When steps are due.
    """

    def __init__(self) -> None:
        self.speed: float | None = 30.0
        self.stages: float | None = None
        self.draw_every, self.k, self.next_at = 1, 0, 0.0
        self._rests_until = 0.0
        self._looked_at = 0.0  # when steps were last counted
        self._credit = 0.0  # steps owed, less than none after a step on credit
        self._step_s = 1e-5  # what a step takes, measured
        self._picture_s = 0.0  # what it takes to prepare a picture, a running mean
        self._piece = 1  # steps that are taken in one go
        self._late_s = 0.0  # by which pictures are late, a running mean
        self._edited = False  # since steps were last counted
        self._answering = False  # whether the next picture is the first after an edit
        self._pictures = 0

    # ---- what is asked for ---------------------------------------------------------------------------------------------

    def restart(self, now: float) -> None:
        """Count from now on: nothing is owed for the time before."""
        self._credit, self._looked_at = 0.0, now

    def set_speed(self, speed: float | None, now: float) -> None:
        """Take the steps at another speed, from now on."""
        self.restart(now)
        self.speed, self.next_at = speed, now

    def set_stages(self, stages_per_second: float | None, now: float) -> None:
        """Take steps in stages, or no longer, from now on."""
        self.restart(now)
        self.stages, self.next_at = stages_per_second, now

    def hurry(self, now: float) -> None:
        """Something was edited: the next step comes now, where it is drawn anyway, and those after it when they would have come."""
        self._edited, self.next_at = True, min(self.next_at, now)

    # ---- for the sake of others ------------------------------------------------------------------------------------------

    def rest(self, now: float, worked_s: float, share: float) -> None:
        """Steps and a picture took so much of the processor: take none until that is no more than a ``share`` of the time.

        Who rests is not late: else all who rest would let all others rest for ever.
        """
        self._rests_until = now + min(MAX_REST_S, worked_s * (1 / share - 1))

    @property
    def steps_at(self) -> float:
        """When steps may be due; an edit does not shorten the rest."""
        return max(self.next_at, self._rests_until)

    # ---- steps -----------------------------------------------------------------------------------------------------------

    def steps_due(self, now: float) -> int:
        """Steps, or stages, to take now; afterwards ``next_at`` is when to ask again."""
        self._note_lateness(now)
        elapsed, edited = self._elapsed(now), self._edited
        self._edited, self._answering = False, edited and not self._answering
        speed, every = (self.speed, self.draw_every) if self.stages is None else (self.stages, 1)
        if speed is FASTEST:
            self.next_at = now + PICTURE_PERIOD_S
            return self._to_drawn_step(min(self._affordable(self._stepping_s()), MAX_STEPS_PER_PICTURE), every)
        self._credit += speed * elapsed
        missing = self._steps_to_drawn(every)
        steps = min(self._owed(edited, every), self._to_drawn_step(self._affordable(MAX_BATCH_S), every))
        self._credit = min(self._credit - steps, max(missing, speed * MAX_LATENESS_S))
        awaited = missing if every > 1 and not steps else 1
        self.next_at = now + min(max(PICTURE_PERIOD_S, (awaited - self._credit) / speed), MAX_WAIT_S)
        return steps

    def _elapsed(self, now: float) -> float:
        """Seconds for which steps are owed: since they were last counted, but of what is late ``MAX_LATENESS_S`` at most."""
        counted = min(now, max(self._looked_at, self.next_at) + MAX_LATENESS_S)
        elapsed, self._looked_at = counted - self._looked_at, now
        return elapsed

    def _owed(self, edited: bool, every: int) -> int:
        """Whole steps of the credit, as many as lead to a step that is drawn; after an edit one on credit, but never more than one."""
        steps = int(self._credit)
        if edited and not steps and self._credit > 0:
            steps = 1
        if every == 1:
            return steps
        return self._to_drawn_step(steps, every) if steps >= self._steps_to_drawn(every) else 0

    def _steps_to_drawn(self, every: int) -> int:
        """Steps to the next one that is drawn, of those that are multiples of ``every``."""
        return every - self.k % every

    def _to_drawn_step(self, steps: int, every: int) -> int:
        """So many steps, or as many as lead to the nearest step that is drawn: below it, but at least to the next."""
        last = (self.k + steps) // every * every
        return max(last - self.k, self._steps_to_drawn(every))

    def _stepping_s(self) -> float:
        """Seconds of steps before a picture, as fast as it goes; longer where pictures take longer than they should."""
        period_s = max(PICTURE_PERIOD_S, self._picture_s / (1 - STEPPING_SHARE))
        return min(STEPPING_SHARE * period_s, MAX_BATCH_S)

    def _affordable(self, seconds: float) -> int:
        """How many steps take so long, by what they took so far; at least one."""
        return max(1, int(seconds / self._step_s))

    # ---- what steps take -------------------------------------------------------------------------------------------------

    def piece(self, steps: int) -> int:
        """How many of so many steps to take in one go, so that it lasts ``MAX_BATCH_S`` at most."""
        return min(steps, self._piece)

    def piece_took(self, steps: int, seconds: float) -> None:
        """One go of so many steps has lasted so long: the next is at most twice as long, and shorter where this was too long."""
        if steps == self._piece or seconds > MAX_BATCH_S:
            self._piece = max(1, int(steps * min(2.0, MAX_BATCH_S / max(seconds, 1e-9))))

    def overdue(self, seconds: float) -> bool:
        """Whether a batch that has lasted so long is to end although steps of it are left: a picture is due, and any step may be drawn."""
        return seconds > MAX_BATCH_S and self.draw_every == 1

    def batch_took(self, steps: int, seconds: float) -> None:
        """All steps of a batch, waits between its pieces included, have lasted so long."""
        self._step_s += SMOOTHING * (seconds / steps - self._step_s)

    def picture_took(self, seconds: float) -> None:
        """A picture has been prepared in so long."""
        self._picture_s += SMOOTHING * (seconds - self._picture_s)

    def forget_piece(self) -> None:
        """A command was carried out: the swarm may be another, whose steps take a thousand times as long."""
        self._piece = 1

    # ---- pictures --------------------------------------------------------------------------------------------------------

    def next_picture(self) -> PictureRequest:
        """What the picture after the steps holds: the first one after an edit the arena only, so that it comes sooner.

        A slider that is dragged edits before every picture: every other one has its turn then.
        """
        if self._answering:
            return ARENA_ONLY
        self._pictures += 1
        return PictureRequest(False, self._pictures - 1)

    def whole_picture(self) -> PictureRequest:
        """What the picture after a command holds; the turns of the views go on."""
        self._pictures += 1
        return EVERYTHING

    def lateness(self, now: float) -> float:
        """Seconds by which pictures come late: their running mean, or that of the one which is due now."""
        return min(max(self._late_s, now - self.steps_at), MAX_LATENESS_S)

    def _note_lateness(self, now: float) -> None:
        late = min(max(0.0, now - self.steps_at), MAX_LATENESS_S)
        self._late_s += SMOOTHING * (late - self._late_s)
