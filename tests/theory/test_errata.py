"""What is said of the papers is complete, and each statement has its reason."""

from swarmviz.theory.errata import PAPERS


def test_all_five_papers_are_there_with_reasons():
    assert [paper.number for paper in PAPERS] == ["000", "001", "002", "003", "004"]
    assert all(paper.fails and paper.untested for paper in PAPERS)
    assert all(what and why for paper in PAPERS for what, why in paper.untested)
