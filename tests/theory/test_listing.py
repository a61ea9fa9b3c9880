"""The list of all claims in the documentation."""

from pathlib import Path

import pytest

from swarmviz.theory import all_claims
from swarmviz.theory.listing import listing

ROOT = Path(__file__).parents[2]
CLAIMS = [claim for claims in all_claims().values() for claim in claims]


def test_the_document_says_what_is_declared():
    """Run tools/reference.py when this fails."""
    assert (ROOT / "docs" / "claims.md").read_text(encoding="utf-8") == listing()


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_every_claim_is_listed_and_the_tests_that_it_names_speak_of_it(claim):
    assert claim.statement in listing() and claim.source in listing()
    for name in claim.tests:
        path, _, test = name.partition("::")
        assert (ROOT / path).is_file(), name
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), name


def test_every_paper_says_what_does_not_hold_and_what_cannot_be_tested():
    text = listing()
    for number in ("000", "001", "002", "003", "004"):
        assert f"**{number}, " in text and f"\n* {number}: " in text
