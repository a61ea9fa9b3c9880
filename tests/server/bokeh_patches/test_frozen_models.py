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


def test_below_a_part_what_comes_belongs_to_the_document_without_a_search(counted):
    document, searches = counted
    part, sent = Column(), []
    document.add_root(Column(children=[part, Div(name="old")]))
    document.on_change(lambda event: sent.append(event))
    searches.clear()
    new = Column(children=[Div(name="new")])
    with frozen_models(document, below=lambda: [part]):
        part.children = [new]
    assert not searches
    assert new.document is new.children[0].document is document
    assert document.get_model_by_name("new") is new.children[0]
    assert {new, new.children[0]} <= document.models.synced_references | document.models._new_models
    assert [event.model for event in sent] == [part]
    new.children[0].text = "written"
    assert sent[-1].model is new.children[0], "its changes are told"
    found = {model.id for model in document.models}
    document.models.recompute()
    assert {model.id for model in document.models} == found, "a search finds the same"


def test_what_leaves_a_part_leaves_the_document_with_the_next_search(counted):
    document, _ = counted
    part, old, new = Column(), Div(), Div()
    document.add_root(part)
    part.children = [old]
    with frozen_models(document, below=lambda: [part]):
        part.children = [new]
    assert new.document is document
    document.models.recompute()
    assert old.document is None
    assert new.document is document


def test_a_bokeh_without_the_private_parts_searches(counted, monkeypatch):
    document, searches = counted
    part = Column()
    document.add_root(part)
    searches.clear()
    monkeypatch.setattr("components.server.bokeh_patches.frozen_models.PRIVATE", ("no_such_part",))
    with frozen_models(document, below=lambda: [part]):
        part.children = [Div()]
    assert len(searches) == 1
    assert part.children[0].document is document
