"""Claims held against runs, by name."""

from swarmviz import theory


def claim_of(dynamics, name):
    """The claim of that name about a dynamics."""
    return next(claim for claim in theory.claims_of(dynamics) if claim.name == name)


def held_of(sim, name):
    """The claim of that name held against a simulation."""
    return next(held for held in theory.assessments(sim) if held.claim.name == name)


def failures(held):
    """Every hypothesis that fails, in words: which, since when, and the number that decided."""
    pairs = zip(held.claim.hypotheses, held.findings, strict=True)
    said = [(h.words, f"since step {f.since}" if f.since else "", f.detail) for h, f in pairs if f.state == "fails"]
    return "; ".join(f"{words} fails{' ' * bool(since)}{since} ({detail})" for words, since, detail in said)
