"""Panel looks for links between its objects only where what has changed has any.

Why
    Whatever is added to a page or taken from it lets Panel look for links, of which a page has one or two, through all 500 models of the
    page: 22 of the 59 ms of the thread that all visitors share which it takes to put the figure of a map there.
Written for
    Panel 1.8 and 1.9: ``Callback._process_callbacks(root_view, root_model, changed, old_models)`` asks whether the page has a link at all,
    where it means whether the part that changed has one.
Without it
    Each change of a page's layout holds up the pictures of all visitors for longer.
Upstream
    ``changed.select(Viewable)`` in the place of ``root_view.select(Viewable)``.
"""

from __future__ import annotations

from typing import Any

from bokeh.model import Model
from panel import links
from panel.viewable import Viewable

Callback = links.Callback
_theirs = vars(Callback).get("_process_callbacks")


def install() -> None:
    """Let it be so for every page of the process; nothing where this Panel works otherwise."""
    hooks = getattr(Viewable, "_preprocessing_hooks", None)
    if not isinstance(_theirs, classmethod) or not isinstance(hooks, list) or not hasattr(Callback, "registry"):
        return
    before = Callback._process_callbacks
    Callback._process_callbacks = classmethod(_process_callbacks)
    hooks[:] = [Callback._process_callbacks if hook == before else hook for hook in hooks]


def _process_callbacks(
    cls: type, root_view: Viewable, root_model: Model, changed: Viewable | None = None, old_models: Any = None
) -> None:
    """Set the links up that the change concerns."""
    if changed is None or root_model is None or changed is root_view or _concerns(changed, root_model.ref["id"]):
        _theirs.__func__(cls, root_view, root_model, changed, old_models)


def _concerns(changed: Viewable, ref: str) -> bool:
    """Whether a link begins or ends in what has changed."""
    linked = set(Callback.registry)
    linked.update(link.target for some in Callback.registry.values() for link in some if isinstance(link, links.Link))
    if linked.intersection(changed.select(Viewable)):
        return True
    if ref not in changed._models or not any(isinstance(thing, Model) for thing in linked):
        return False  # to look through models takes long, and links between them are rare
    return any(model in linked for model in changed._models[ref][0].select({"type": Model}))
