"""What makes pictures cheap leans on parts of Bokeh that are not public: here it is told when an installed version lacks one."""

import importlib
import re
from pathlib import Path

import bokeh
import numpy as np
import panel as pn
import pytest
from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Range1d

from components.server.serializer import ReferencePruningSerializer
from components.views.figures import SWIFT

BOKEHJS = (Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.js").read_text(encoding="utf-8")
CODE = re.sub(r"//.*", "", SWIFT)


def bodies(name: str) -> str:
    """The text of the classes of BokehJS with this name."""
    return "".join(re.findall(rf"\bclass {name}(?: extends [\w.]+)? \{{\n.*?exports\.{name} = {name};", BOKEHJS, re.S))


@pytest.mark.parametrize("module", re.findall(r'part\("([^"]+)"\)', CODE))
def test_bokehjs_has_the_modules_that_are_patched(module):
    assert f"/* {module}.js */" in BOKEHJS


@pytest.mark.parametrize(("name", "method"), sorted(set(re.findall(r"(\w+)\??\.prototype\.(\w+)", CODE))))
def test_bokehjs_has_the_methods_that_are_patched(name, method):
    inherited = {"request_layout": "RendererView", "needs_clip": "GlyphRendererView"}
    assert re.search(rf"^\s+(?:get )?{method}\(", bodies(inherited.get(method, name)), re.M)


@pytest.mark.parametrize("field", sorted(set(re.findall(r"this\.(_\w+|entries|plot_view|layout)\b", CODE))))
def test_bokehjs_has_the_fields_that_are_read(field):
    assert re.search(rf"this\.{field}\b", BOKEHJS)


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


def test_an_event_that_overtakes_a_change_is_carried_out_under_the_lock_of_the_document():
    """A change of theme that waits in its debounce, then a key: Panel carries both out in one coroutine, and the figures are written to."""
    scheduled = []
    document = Document()
    document._session_context = lambda: object()
    document.add_next_tick_callback = scheduled.append
    button = pn.widgets.Button()
    pn.state._change_callbacks[document] = {"theme": None}
    button._server_event(document, None)
    assert len(scheduled) == 1 and not getattr(scheduled[0], "nolock", False)
