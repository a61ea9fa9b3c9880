"""How pictures travel to the browser: arrays inside the message that needs them, and no search through the page's models for it.

Two things of Bokeh and one of Panel are set for the whole process when this module is loaded; tests/playback/test_transport.py
tells when one no longer applies.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import importlib
import sys
from collections.abc import Iterator, Set
from typing import Any

import numpy as np
from bokeh.core.serialization import Serializer
from bokeh.model import Model
from panel.reactive import Syncable

SMALL = 16_384  # bytes of an array that goes with its message, not beside it
PLAIN = {np.dtype(kind) for kind in ("u1", "i4", "f4", "f8")}


def inline_array(array: np.ndarray, serializer: Serializer) -> Any:
    """A small array, or a picture, as text inside the message that needs it.

    Bokeh sends every array as two messages of its own, so that a picture of the swarm would be fifty, and the browser takes longer to hear
    of them than to paint. BokehJS expects text to be gzip: shades of a landscape or a density are compressed, numbers only wrapped.
    """
    shades = array.dtype == np.uint8
    if array.dtype not in PLAIN or (array.nbytes > SMALL and not shades):
        return serializer._encode_ndarray(array)
    packed = gzip.compress(array.tobytes(), compresslevel=1 if shades else 0, mtime=0)
    return {"type": "ndarray", "array": {"type": "bytes", "data": base64.b64encode(packed).decode("ascii")},
            "shape": list(array.shape), "dtype": array.dtype.name, "order": sys.byteorder}  # fmt: skip


class ReferencePruningSerializer(Serializer):
    """A serializer that makes references to the models that are named, where Bokeh's own makes one to every model of the page.

    A page has 700 models and a message names 30; the others were a quarter of what a picture cost the server.
    """

    def __init__(self, *, references: Set[Model] = frozenset(), **options: Any):
        super().__init__(**options)
        self._known = references

    def get_ref(self, obj: Any) -> Any:
        """The reference to a model that the browser knows, or None."""
        ref = self._references.get(id(obj))
        return obj.ref if ref is None and isinstance(obj, Model) and obj in self._known else ref

    def has_ref(self, obj: Any) -> bool:
        """Whether the browser knows a model, or will by this message."""
        return id(obj) in self._references or (isinstance(obj, Model) and obj in self._known)


@contextlib.contextmanager
def counted_once(document: Any) -> Iterator[None]:
    """Let Bokeh look for the models of a document once, at the end.

    It takes 50 ms of the thread that all visitors share, and otherwise it does so whenever a legend or a figure changes.
    """
    if document is None:
        yield
        return
    freeze = document.models.freeze()
    freeze.__enter__()
    try:
        yield
    finally:
        freeze.__exit__(None, None, None)  # which Bokeh's own forgets after an error


_messages = importlib.import_module("bokeh.protocol.messages.patch_doc")  # the package has a class of the same name
if hasattr(
    _messages, "Serializer"
):  # else this Bokeh writes its messages elsewhere: the page works all the same, only slower
    _messages.Serializer = ReferencePruningSerializer
# An event of the browser that overtakes a change of its own (a key pressed while the theme is being switched) carries that change out, too;
# Panel does so without the document's lock unless told otherwise, and whatever then writes to a figure fails.
Syncable._event_coroutine.lock = True  # type: ignore[attr-defined]
with contextlib.suppress(AssertionError):  # registered already: the module was loaded twice
    Serializer.register(np.ndarray, inline_array)
