"""Bokeh looks for a document's models once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bokeh.document import Document
from bokeh.models import Column, Div

from components.server.bokeh_patches.frozen_models import frozen_models


@pytest.fixture
def counted(monkeypatch):
    """A document and how often its models were searched for."""
    document, searches = Document(), []
    search = document.models.recompute
    monkeypatch.setattr(document.models, "recompute", lambda: (searches.append(1), search()))
    return document, searches


def changed(document):
    column = Column()
    document.add_root(column)
    for _ in range(5):
        column.children = [Div()]


def test_the_models_are_searched_for_once_at_the_end(counted):
    document, searches = counted
    changed(document)
    often = len(searches)
    searches.clear()
    with frozen_models(document):
        changed(document)
        assert not searches
    assert len(searches) == 1 < often


def test_after_an_error_the_models_are_searched_for_again(counted):
    document, searches = counted
    with pytest.raises(ZeroDivisionError), frozen_models(document):
        changed(document)
        raise ZeroDivisionError
    before = len(searches)
    changed(document)
    assert len(searches) > before >= 1


@pytest.mark.parametrize("document", [None, SimpleNamespace(), SimpleNamespace(models=SimpleNamespace())])
def test_without_a_document_or_such_a_part_nothing_happens(document):
    with frozen_models(document):
        pass


def test_a_change_of_no_reference_searches_for_nothing(counted):
    document, searches = counted
    changed(document)
    searches.clear()
    with frozen_models(document):
        document.roots[0].spacing = 7
        with frozen_models(document):
            document.roots[0].children[0].text = "seven"
    assert not searches
    with frozen_models(document), frozen_models(document):
        document.roots[0].children = [Div()]
    assert len(searches) == 1
    document.roots[0].children = []
    assert len(searches) == 2, "afterwards Bokeh searches as before"
