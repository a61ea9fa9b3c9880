"""How claims of theory are drawn and named everywhere: faintly where a hypothesis fails, and with the reason in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

FAINT = 0.35  # opacity of a claim whose hypotheses do not hold


class Drawn(Protocol):
    """A line of theory, a law, or a curve made of one."""

    @property
    def applies(self) -> bool:
        """Whether its hypotheses hold."""


class Claim(Drawn, Protocol):
    """A :class:`swarmviz.theory.Line`, ``Target`` or ``VelocityLaw``."""

    @property
    def title(self) -> str:
        """Its name."""

    @property
    def reference(self) -> str:
        """Its source."""

    @property
    def reason(self) -> str:
        """Under which conditions it holds, or why it does not."""


def opacity(claim: Drawn) -> float:
    """How opaque a claim is drawn."""
    return 1.0 if claim.applies else FAINT


def claim_of(claim: Claim) -> str:
    """A claim in words: its name, its source, and under which conditions it holds or why it does not."""
    return f"{claim.title} ({claim.reference}) — {claim.reason}"


def doubt(named: str, reason: str, measured: str = "") -> str:
    """That a claim need not hold, as a sentence: its name and source, the symbol of what is measured beside it, if any, and why."""
    sentence = f"{named} need not hold {f'for the measured {measured}' if measured else 'here'}: {reason}"
    return f"{sentence[:1].upper()}{sentence[1:]}"


def reasons(claims: Iterable[Claim | None]) -> list[str]:
    """Of those claims that need not hold here, why, as sentences."""
    return [doubt(f"{c.title} ({c.reference})", c.reason) for c in claims if c is not None and not c.applies]
