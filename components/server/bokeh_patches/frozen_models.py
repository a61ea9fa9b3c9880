"""Bokeh looks for the models of a document once, at the end of a change, and only where a reference to a model has changed.

Why
    The search takes 50 to 100 ms of the thread that all visitors share, and happens whenever a legend or a figure changes. Measured:
    replacing a run took 240 ms of that thread without this, 74 with one search; on a slower machine 125 with one search, 44 without any,
    where the new run has the same legends. Where it is known which part of a page grows, all other models need not be looked at: 20 of the
    33 ms that it takes to put a map's figure there.
Written for
    Bokeh 3.9 and 3.10: ``Document.models.recompute`` searches, and is called where a property that refers to models is written. Bokeh's
    own ``Document.models.freeze`` searches also where none was, and not after an error.
Without it
    A change of the run holds up the pictures of all visitors for longer.
Upstream
    ``freeze`` that searches only where it has put off a search, with a ``try … finally``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bokeh.model import Model

PRIVATE = ("_models_by_name", "_new_models")  # of a document's models


@contextlib.contextmanager
def frozen_models(document: Any, below: Callable[[], Iterable[Model]] | None = None) -> Iterator[None]:
    """Change the models of a document inside; Bokeh looks for them at the end, also after an error. Nothing happens for None.

    Parameters
    ----------
    document : Document or None
        Of Bokeh.
    below : function () → models, optional
        Parts of the document below which everything lies that comes to it inside: only there is it looked for. What leaves the document
        inside belongs to it until Bokeh looks for all models the next time.
    """
    models = getattr(document, "models", None)
    if not hasattr(models, "recompute"):
        yield
        return
    outer = vars(models).get("recompute")  # of a change that this one is part of
    changed: list[bool] = []
    models.recompute = lambda: changed.append(True)
    try:
        yield
    finally:
        del models.recompute
        if outer is not None:
            models.recompute = outer
        if changed and (below is None or not all(hasattr(models, name) for name in PRIVATE)):
            models.recompute()
        elif changed:
            _attach(document, below())


def _attach(document: Any, parts: Iterable[Model]) -> None:
    """Let all models below some parts of a document belong to it, as ``recompute`` does with those that it finds."""
    models = document.models
    for model in set().union(*(part.references() for part in parts)):
        if model.id not in models:
            models[model.id] = model
            if model.name is not None:
                models._models_by_name.add_value(model.name, model)
            model._attach_document(document)
            models._new_models.add(model)
