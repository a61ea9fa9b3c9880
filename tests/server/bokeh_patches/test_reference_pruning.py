"""Bokeh's messages are the same with fewer references looked up."""

from __future__ import annotations

import importlib

import numpy as np
from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Range1d

from components.server import bokeh_patches
from components.server.bokeh_patches.reference_pruning import ReferencePruningSerializer

bokeh_patches.install()


def test_a_message_is_what_bokeh_would_have_written():
    """The patch of a known source, of a range that is new, and of a model that the browser does not know yet."""
    document = Document()
    known, other, unknown = ColumnDataSource(data={"x": [1.0]}), Range1d(), Range1d(start=2.0)
    document.add_root(known)
    document.models.flush_synced()
    document.add_root(other)
    document.hold("collect")
    known.data = {"x": np.arange(3, dtype="f4")}
    known.tags = [known, other, unknown, unknown]
    events = list(document.callbacks._held_events)
    written = [
        kind(references=document.models.synced_references).encode(events)
        for kind in (ReferencePruningSerializer, Serializer)
    ]
    assert written[0] == written[1]
    assert len(events) == 2


def test_bokeh_writes_its_patches_with_the_brief_serializer():
    assert importlib.import_module("bokeh.protocol.messages.patch_doc").Serializer is ReferencePruningSerializer


def test_a_bokeh_that_writes_its_messages_elsewhere_is_left_as_it_is(monkeypatch):
    messages = importlib.import_module("bokeh.protocol.messages.patch_doc")
    monkeypatch.delattr(messages, "Serializer")
    bokeh_patches.reference_pruning.install()
    assert not hasattr(messages, "Serializer")
