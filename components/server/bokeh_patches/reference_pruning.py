"""A message holds references to the models that it names, not to every model of the page.

Why
    A page has 700 models and a message names 30; making the references to the others was a quarter of what a picture cost the server.
    Measured together with the receipts that are left out (``sockets.py``): the server's processor time per picture halved with 20 visitors.
Written for
    Bokeh 3.9 and 3.10: ``bokeh.protocol.messages.patch_doc`` makes its messages with a global ``Serializer``, whose ``_references``,
    ``get_ref`` and ``has_ref`` decide which models are written as references.
Without it
    Messages are the same, and take longer to make.
Upstream
    A serializer that looks a model up among the known ones when it meets it.
"""

from __future__ import annotations

import importlib
from collections.abc import Set
from typing import Any

from bokeh.core.serialization import Serializer
from bokeh.model import Model


class ReferencePruningSerializer(Serializer):
    """Writes a model as a reference where the browser knows it, and finds that out when it meets the model.

    Parameters
    ----------
    references : set of Model
        The models that the browser knows.
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


def install() -> None:
    """Make the messages of every document of the process so; nothing where this Bokeh makes them elsewhere."""
    messages = importlib.import_module("bokeh.protocol.messages.patch_doc")  # the package has a class of the same name
    if hasattr(messages, "Serializer"):
        messages.Serializer = ReferencePruningSerializer
