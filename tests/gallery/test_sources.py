"""A digest changes with what a result depends on, and with nothing else."""

import dataclasses
import hashlib

import pytest

from swarmviz import papers
from swarmviz.gallery import sources
from swarmviz.gallery.cards import CARDS
from swarmviz.gallery.sources import digest_of, statements

CODE = '''"""A module."""
import os  # of the system


def f(x):
    """Says something."""
    text = "a # b"
    return x + 1  # one more
'''


def test_comments_docstrings_and_blank_lines_count_nothing_and_statements_do():
    other = CODE.replace("A module", "Another\nmodule").replace("# one more", "# and one").replace("\n\n\n", "\n\n\n\n")
    other = other.replace("Says something.", "Says\n\n    more.")
    assert other != CODE and statements(other) == statements(CODE)
    assert '"a # b"' in statements(CODE)
    assert statements(CODE.replace("x + 1", "x + 2")) != statements(CODE)


@pytest.fixture
def digests(monkeypatch):
    """The digests of some cards, also when one file is changed."""
    real = sources._digest

    def computed(file="", change=str):
        def changed(name):
            if name != file:
                return real(name)
            text = (sources.PACKAGE / file).read_text("utf-8")
            return hashlib.sha256(statements(change(text)).encode()).digest()

        monkeypatch.setattr(sources, "_digest", changed)
        return {
            key: digest_of(CARDS[key])
            for key in ("001-figure2", "002-figure6.4", "cbo-rastrigin", "pso-rastrigin", "003-theorem3.1")
        }

    return computed


@pytest.mark.parametrize(
    "file, stale",
    [
        ("dynamics/cbo.py", {"001-figure2", "cbo-rastrigin"}),
        ("dynamics/pso.py", {"pso-rastrigin"}),
        ("landscapes/ackley.py", {"002-figure6.4"}),
        ("kernels/randomness.py", {"001-figure2", "002-figure6.4", "cbo-rastrigin", "pso-rastrigin", "003-theorem3.1"}),
        ("papers/compute.py", {"001-figure2", "002-figure6.4", "003-theorem3.1"}),
        ("papers/cbo.py", {"001-figure2"}),
        ("laws/bgk_cells.py", {"003-theorem3.1"}),
        ("drawing/plane.py", set()),
    ],
)
def test_a_changed_file_makes_stale_what_goes_through_it(digests, file, stale):
    before, after = digests(), digests(file, lambda text: text + "\nCHANGED = 1\n")
    assert {key for key in before if before[key] != after[key]} >= stale
    if file.startswith(("dynamics/", "landscapes/", "drawing/")):
        assert {key for key in before if before[key] != after[key]} - {"003-theorem3.1"} == stale
    assert digests(file, lambda text: text + "\n# only a remark\n") == before


def test_a_figure_with_other_values_has_another_digest(monkeypatch):
    card, figure = CARDS["001-figure2"], papers.ALL["001-figure2"]
    before = digest_of(card)
    (part,) = figure.parts
    monkeypatch.setitem(
        papers.ALL, "001-figure2", dataclasses.replace(figure, parts=(dataclasses.replace(part, steps=98),))
    )
    assert digest_of(card) != before
    monkeypatch.setitem(
        papers.ALL, "001-figure2", dataclasses.replace(figure, title="Another", question="Why?", remark="")
    )
    assert digest_of(card) == before, "words make nothing stale"
