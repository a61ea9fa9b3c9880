"""What a browser may write: the only properties and events of the page's document that are taken from a socket.

BokehJS sends whatever changes in the browser, and Bokeh writes whatever comes to whatever model it names: markup into a text, a style
sheet, code that then runs in the page. Here an event is taken only when the page's own parts send it and its value has the form that they
give it. Most of it is derived: components of the page take the messages that they handle and the properties that they declare as
``writable``; a figure takes the events that the page subscribes to. What Bokeh's, Panel's and panel-material-ui's own parts write stands
in ``PROPERTIES`` and ``MATERIAL``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from typing import Any

import param
from bokeh.model import DataModel, Model
from bokeh.models import ColorBar, GlyphRenderer, Legend, LegendItem, Plot, Range1d, Selection, Text, Toolbar
from panel.custom import ReactiveESM
from panel.models.browser import BrowserInfo
from panel.models.esm import ReactiveESM as ESMModel
from panel.models.layout import Column
from panel.models.tabulator import DataTabulator
from panel_material_ui import Page, Tabs
from panel_material_ui.base import MaterialComponent

from components.server.messages import Unexpected

OWN_PACKAGE = "components."  # where the page's own components are defined
MAX_PIXELS = 100_000  # pixels
MAX_PATCH_EVENTS = 64  # in one patch; the page sends up to 4
MAX_VALUE_LEVELS, MAX_VALUE_PARTS = 6, 512
MAX_KEY_CHARS = 64
MAX_SORTERS = 8
MAX_ROWS_SHOWN = 1000  # of a page of a table

Check = Callable[[Any], bool]


class Verdict(Enum):
    """What becomes of an event."""

    WRITE = "write"
    LOCAL = "local"  # the page's own, of use in the browser alone: dropped without a word
    GONE = "gone"  # of a model that has left the page meanwhile: dropped without a word


def whole(value: Any, low: int = 0, high: int = MAX_PIXELS) -> bool:
    """A whole number in a range."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def number(value: Any) -> bool:
    """A number (messages hold no infinite ones), or none."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def flag(value: Any) -> bool:
    """Yes or no."""
    return isinstance(value, bool)


def flag_or_none(value: Any) -> bool:
    """Yes, no, or not known."""
    return value is None or isinstance(value, bool)


def name(value: Any) -> bool:
    """A language or a time zone."""
    return value is None or (isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", value) is not None)


def page_number(value: Any) -> bool:
    """The number of a page of a table; none before there is one."""
    return value is None or whole(value, 1, 10**7)


def sorters(value: Any) -> bool:
    """By which columns a table is sorted, and in which order."""
    if not isinstance(value, list) or len(value) > MAX_SORTERS:
        return False
    try:
        asked = [mapping(one) for one in value]
    except Unexpected:
        return False
    return all(set(one) == {"field", "dir"} and column(one["field"]) and one["dir"] in ("asc", "desc") for one in asked)


def column(value: Any) -> bool:
    """The name of a column of a table, as the page gives them."""
    return isinstance(value, str) and re.fullmatch(r"[a-z0-9_]{1,40}", value) is not None


# Class of the model → property → check of its value, None: of use in the browser alone.
PROPERTIES: dict[type[Model], dict[str, Check | None]] = {
    Plot: {"inner_width": whole, "inner_height": whole, "outer_width": None, "outer_height": None},
    Range1d: {"start": None, "end": None},  # a wheel or a hand; the event RangesUpdate tells (components.views.arena.ranges)
    Legend: {"ncols": whole, "tags": None, "stylesheets": None},  # as many columns as fit (components.views.figures)
    LegendItem: {"visible": flag},
    ColorBar: {"visible": flag},
    GlyphRenderer: {"visible": flag},  # a click on a legend
    Text: {"text_alpha": None},  # numbers that have no room are hidden (components.views.arena.finite_set_figure)
    Column: {"scroll_position": None},  # on a phone the board scrolls
    Toolbar: dict.fromkeys(  # panel-material-ui colours it, and adds to it each time; BokehJS chooses among its tools
        ("stylesheets", "active_drag", "active_scroll", "active_tap", "active_inspect")
    ),
    Selection: dict.fromkeys(  # the event SelectionGeometry tells (components.explore.page)
        ("indices", "line_indices", "multiline_indices", "image_indices", "view")
    ),
    DataTabulator: {"page": page_number, "sorters": sorters, "stylesheets": None},
    BrowserInfo: {"dark_mode": flag_or_none, "device_pixel_ratio": number, "language": name, "timezone": name,
                  "timezone_offset": number, "webdriver": flag_or_none, "webgl": flag_or_none},
}  # fmt: skip

# The same for the components of panel-material-ui, which keep their properties in a model beside their own.
MATERIAL: dict[type[ReactiveESM], dict[str, Check]] = {
    MaterialComponent: {"dark_theme": flag},  # the page tells all that lies in it
    Page: {"sidebar_open": flag, "contextbar_open": flag, "sidebar_width": whole, "contextbar_width": whole},
    Tabs: {"active": partial(whole, high=64)},
}

DOCUMENT_EVENTS = ("document_ready", "client_reconnected")
PLOT_EVENTS = ("sx", "sy", "x", "y", "delta_x", "delta_y", "direction", "x0", "x1", "y0", "y1")  # numbers all
GEOMETRY = {"sx0", "sx1", "sy0", "sy1", "x0", "x1", "y0", "y1"}
KEYS = {"shift", "ctrl", "alt"}


def events_of(content: dict[str, Any], document: Any) -> list[dict[str, Any]]:
    """The events of a patch that may be written.

    Raises
    ------
    Unexpected
        When the page never sends one of them: then none of them is written.
    """
    events = content.get("events")
    if set(content) != {"events"} or not isinstance(events, list) or not 0 < len(events) <= MAX_PATCH_EVENTS:
        raise Unexpected("a patch of another form")
    return [event for event in events if _verdict(event, document) is Verdict.WRITE]


def acknowledges(content: dict[str, Any]) -> bool:
    """Whether a patch, which need not have been judged, says that a picture is painted, and nothing else."""
    match content.get("events"):
        case [{"kind": "ModelChanged", "attr": "frame"}]:
            return True
    return False


def _verdict(event: Any, document: Any) -> Verdict:
    kind = event.get("kind") if isinstance(event, dict) else None
    if kind == "ModelChanged" and set(event) == {"kind", "model", "attr", "new"}:
        return _changed(event, document)
    if kind == "MessageSent" and set(event) == {"kind", "msg_type", "msg_data"} and event["msg_type"] == "bokeh_event":
        return _sent(event["msg_data"], document)
    raise Unexpected("an event of another kind")


def _changed(event: dict[str, Any], document: Any) -> Verdict:
    attr, model = event["attr"], _model(event["model"], document)
    if model is None:
        return Verdict.GONE
    known = properties_of(type(model))
    if not isinstance(attr, str) or attr not in known:
        shown = attr if attr in model.properties() else "which it has not"
        raise Unexpected(f"{type(model).__name__}: property {shown}")
    check = known[attr]
    if check is None:
        return Verdict.LOCAL
    if not check(event["new"]):
        raise Unexpected(f"{type(model).__name__}.{attr}: a value of another form")
    return Verdict.WRITE


def _sent(data: Any, document: Any) -> Verdict:
    if not isinstance(data, dict) or set(data) != {"type", "name", "values"} or data["type"] != "event":
        raise Unexpected("a message of another form")
    values = mapping(data["values"])
    if data["name"] in DOCUMENT_EVENTS and not values:
        return Verdict.WRITE
    model = _model(values.pop("model", None), document)
    if model is None:
        return Verdict.GONE
    if data["name"] not in model.subscribed_events:
        raise Unexpected(f"an event of {type(model).__name__} that nobody expects")
    if data["name"] == "data_event" and set(values) == {"data"} and takes_messages(model):
        require_plain(values["data"])
        return Verdict.WRITE
    if data["name"] == "cell-click" and isinstance(model, DataTabulator):
        if (
            set(values) <= {"column", "row", "value"}
            and column(values.get("column"))
            and whole(values.get("row"), high=MAX_ROWS_SHOWN)
        ):
            return Verdict.WRITE
        raise Unexpected("a click on a table of another form")
    if data["name"] == "selectiongeometry" and isinstance(model, Plot):
        return _box(values)
    held = mapping(values.pop("modifiers", {"type": "map"}))
    numbers = set(values) <= set(PLOT_EVENTS) and all(map(number, values.values()))
    if isinstance(model, Plot) and numbers and set(held) <= KEYS and all(map(flag, held.values())):
        return Verdict.WRITE
    raise Unexpected(f"an event of {type(model).__name__} of another form")


def _box(values: dict[str, Any]) -> Verdict:
    """A rectangle that was drawn in a figure; one that is still being drawn is of no use to the server."""
    geometry = mapping(values.pop("geometry", None))
    held = mapping(values.pop("modifiers", {"type": "map"}))
    final = values.pop("final", None)
    kind, greedy = geometry.pop("type", None), geometry.pop("greedy", False)
    if values or kind != "rect" or not (flag(final) and flag(greedy)):
        raise Unexpected("a selection of another form")
    if not (set(geometry) <= GEOMETRY and all(map(number, geometry.values()))):
        raise Unexpected("a selection of another form")
    if not (set(held) <= KEYS and all(map(flag, held.values()))):
        raise Unexpected("a selection of another form")
    return Verdict.WRITE if final else Verdict.LOCAL


def _model(reference: Any, document: Any) -> Model | None:
    """The model of the document that is named, None when it has gone."""
    if not isinstance(reference, dict) or set(reference) != {"id"} or not isinstance(reference["id"], str):
        raise Unexpected("no reference to a model")
    model = document.models.get_by_id(reference["id"])
    if model is None and not document.models.seen(reference["id"]):
        raise Unexpected("a model that the page never had")
    return model


def properties_of(kind: type[Model]) -> dict[str, Check | None]:
    """The properties of a class of models that a browser may write, each with its check."""
    found: dict[str, Check | None] = dict(getattr(kind, "writable", {}))
    for known, properties in PROPERTIES.items():
        if issubclass(kind, known):
            found |= properties
    if issubclass(kind, DataModel) and (component := _components().get(kind)) is not None:
        for known, checks in MATERIAL.items():
            if issubclass(component, known):
                found |= checks
        if component.__module__.startswith(OWN_PACKAGE):
            found |= {own: _check_of(component.param[own]) for own in getattr(component, "writable", ())}
    return found


def takes_messages(model: Model) -> bool:
    """Whether a model is that of a component of the page that handles messages."""
    component = _components().get(type(getattr(model, "data", None))) if isinstance(model, ESMModel) else None
    return component is not None and component.__module__.startswith(OWN_PACKAGE) and "_handle_msg" in vars(component)


def _check_of(declared: param.Parameter) -> Check:
    """The check of a component's own property, from its declaration."""
    if isinstance(declared, param.Boolean):
        return flag
    raise TypeError(f"{declared.name}: a browser may write Boolean properties only; let it send a message")


_known: dict[type[DataModel], type[ReactiveESM]] = {}


def _components() -> dict[type[DataModel], type[ReactiveESM]]:
    """The components by the models that hold their properties."""
    classes = list(_below((ReactiveESM,)))
    if len(classes) != len(_known):
        _known.clear()
        _known.update({component._data_model: component for component in classes})
    return _known


def _below(classes: Iterable[type]) -> Iterable[type]:
    for kind in classes:
        yield kind
        yield from _below(kind.__subclasses__())


# ---- values as BokehJS writes them -----------------------------------------------------------------------------------------


def mapping(value: Any) -> dict[str, Any]:
    """The entries of a map whose keys are short texts; its values are not looked at.

    Raises
    ------
    Unexpected
        When it is none.
    """
    if not isinstance(value, dict) or value.get("type") != "map" or not set(value) <= {"type", "entries"}:
        raise Unexpected("no map")
    entries = value.get("entries", [])
    if not isinstance(entries, list) or not all(isinstance(entry, list) and len(entry) == 2 for entry in entries):
        raise Unexpected("a map of another form")
    keys = [key for key, _ in entries]
    if not all(isinstance(key, str) and len(key) <= MAX_KEY_CHARS for key in keys) or len(set(keys)) != len(keys):
        raise Unexpected("a map with other keys")
    return dict(entries)


def require_plain(value: Any) -> None:
    """Refuse a value that is not made of texts, numbers, yes and no, lists and maps: one that names a model or makes one.

    Raises
    ------
    Unexpected
        Also when it has too many parts or levels.
    """
    left, parts = [(value, 0)], 0
    while left:
        here, depth = left.pop()
        parts += 1
        if depth > MAX_VALUE_LEVELS or parts > MAX_VALUE_PARTS:
            raise Unexpected("a value with too many parts")
        if isinstance(here, list):
            left += [(item, depth + 1) for item in here]
        elif isinstance(here, dict) and here.get("type") == "number":
            if set(here) != {"type", "value"} or here["value"] not in ("nan", "+inf", "-inf"):
                raise Unexpected("a number of another form")
        elif isinstance(here, dict):
            left += [(item, depth + 1) for item in mapping(here).values()]
