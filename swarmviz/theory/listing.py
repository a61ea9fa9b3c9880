"""All claims as Markdown, for docs/claims.md."""

from __future__ import annotations

from collections.abc import Iterator

from swarmviz.dynamics import ALL
from swarmviz.theory.claim import Claim, claims_of
from swarmviz.theory.errata import PAPERS

HEAD = """# Claims of the papers

Written by `tools/reference.py` from the declarations in `swarmviz/theory/`; do not edit by hand.

A claim is held against a run as it was lived, up to the last step that is known of it: every hypothesis is checked on every step so
far, and the claim *holds* only where all of them were checked and hold. What cannot be decided from a run is marked *open*. A claim
about a mean is measured from replicas, with the 95% interval of their mean; it *agrees* when the mean lies within three standard errors
of the prediction, and is *open* where rare replicas carry the mean, so that its error is not known. On the page the card "Claims" shows
all this for the visible run. The papers are 000 FractalAI, 001 CBO, 002 SSA, 003 kinetic BGK, 004 finite sets; what is exact at finite N
and stands in none of them is marked *exact*.
"""


def listing() -> str:
    """The whole page."""
    parts = [HEAD]
    for dynamics in ALL.values():
        if claims := claims_of(dynamics):
            parts.append(f"\n## {dynamics.title}\n")
            parts.extend("\n".join(_claim(claim)) + "\n" for claim in claims)
    parts.append("\n## What does not hold as printed\n")
    parts.extend(f"\n**{paper.number}, {paper.title}.** {paper.fails}\n" for paper in PAPERS)
    parts.append("\n## What no simulation tests\n\n")
    parts.extend(f"* {paper.number}: {what}: {why}.\n" for paper in PAPERS for what, why in paper.untested)
    return "".join(parts)


def _claim(claim: Claim) -> Iterator[str]:
    yield f"\n### {claim.source}{' (exact)' if claim.exact else ''}\n"
    yield claim.statement + "\n"
    for hypothesis in claim.hypotheses:
        yield f"* {hypothesis.words}"
    if claim.hypotheses:
        yield ""
    yield f"Drawn: {_where(claim)}. Measured: {_how(claim)}. Tested in {', '.join(f'`{test}`' for test in claim.tests)}."
    if claim.evidence:
        yield f"\nWhat we measured: {claim.evidence}"
    if claim.remark:
        yield f"\nNote: {claim.remark}"


def _where(claim: Claim) -> str:
    if claim.density is not None:
        return "over the histogram"
    if claim.curve is None:
        return "on the card only"
    return f"beside `{claim.observable}`" + ("" if claim.drawn else ", when asked for")


def _how(claim: Claim) -> str:
    if not claim.quantity:
        return "by the distance that the curves show"
    return f"{claim.quantity}, {'in the mean over replicas' if claim.about == 'mean' else 'of every run'}"
