"""Properties that nobody has set cost nothing when a page is made, searched and written.

Why
    A page has 500 models with some 60 properties each, of which ten are set. Bokeh makes, checks and copies the default of each of the
    others whenever it writes a model, although a default is not written, and whenever it looks for the models of a page, although nearly
    all of these defaults refer to no model. That was half of what a visit cost the server before its first picture.
Written for
    Bokeh 3.9 and 3.10: ``PropertyDescriptor._get_default`` gives the value of a property that is not set,
    ``HasProps.query_properties_with_values`` what is written of a model, and ``bokeh.model.util.visit_immediate_value_references`` what a
    model refers to.
Without it
    Messages and documents are the same, and take longer to make.
Upstream
    ``query_properties_with_values`` that leaves out what is not wanted before it asks for its value, and defaults that are plain values
    kept with their class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.core.property.singletons import Undefined
from bokeh.core.property.wrappers import PropertyValueContainer
from bokeh.model import util

PLAIN_TYPES = (type(None), bool, int, float, str)  # what they hold can neither change nor refer to a model
THEMED = "__themed_values__"  # where Bokeh keeps what a theme says of a model
# Per class, which live as long as the process:
_plain: dict[type, dict[str, Any]] = {}  # property → its default, where that is plain
_required: dict[type, frozenset[str]] = {}  # properties without a default, which Bokeh reports when it writes a model

_theirs_default = getattr(PropertyDescriptor, "_get_default", None)
_theirs_query = getattr(HasProps, "query_properties_with_values", None)
_theirs_themed = getattr(HasProps, "themed_values", None)
_theirs_visit = getattr(util, "visit_immediate_value_references", None)


def install() -> None:
    """Let every model of the process be so; nothing where this Bokeh works otherwise."""
    if THEMED in getattr(getattr(_theirs_themed, "__code__", None), "co_consts", ()):
        HasProps.themed_values = _themed_values
    if "_unstable_default_values" not in HasProps.__annotations__ or None in (
        _theirs_default,
        _theirs_query,
        _theirs_visit,
    ):
        return
    PropertyDescriptor._get_default = _get_default
    HasProps.query_properties_with_values = _query_properties_with_values
    util.visit_immediate_value_references = _visit_immediate_value_references


def _get_default(self: PropertyDescriptor, obj: HasProps) -> Any:
    """The value of a property that is not set: a plain default of the class is made once."""
    name, themed = self.name, obj.themed_values()
    if themed is not None and name in themed:
        return _theirs_default(self, obj)
    made = obj._unstable_default_values
    if name in made:
        return made[name]
    cls = type(obj)
    known = _plain.get(cls)
    if known is None:
        known = _plain[cls] = {}
    if name in known:
        return known[name]
    value = _theirs_default(self, obj)
    if type(value) in PLAIN_TYPES and name not in made:
        known[name] = value
    return value


def _themed_values(self: HasProps) -> dict[str, Any] | None:
    """What a theme says of a model, without the error that Python makes and Bokeh drops where none says anything."""
    return vars(self).get(THEMED)


def _query_properties_with_values(
    self: HasProps,
    query: Callable[[PropertyDescriptor], bool],
    *,
    include_defaults: bool = True,
    include_undefined: bool = False,
) -> dict[str, Any]:
    """Bokeh's, which is asked for no value that is left out afterwards."""
    if include_defaults or include_undefined:
        return _theirs_query(self, query, include_defaults=include_defaults, include_undefined=include_undefined)
    themed = self.themed_values() or {}
    given, made = self._property_values, self._unstable_default_values
    required, result = _required_of(type(self)), {}
    for name in type(self).properties(_with_props=True):
        if not (name in given or name in made or name in themed or name in required):
            continue
        descriptor = self.lookup(name)
        if not query(descriptor):
            continue
        value = descriptor.get_value(self)  # of a required property that is not set: an error, as Bokeh's
        if name in made and name not in themed and isinstance(value, PropertyValueContainer):
            continue
        result[name] = value
    return result


def _required_of(cls: type[HasProps]) -> frozenset[str]:
    """The properties of a class that have no default."""
    if cls not in _required:
        changed = cls._overridden_defaults()
        properties = cls.properties(_with_props=True).items()
        _required[cls] = frozenset(
            n for n, p in properties if changed.get(n, p._raw_default(no_eval=True)) is Undefined
        )
    return _required[cls]


def _visit_immediate_value_references(value: Any, visitor: Callable[[Any], None]) -> None:
    """Bokeh's, which passes over properties that are not set and whose default is known to refer to nothing."""
    if not isinstance(value, HasProps):
        util.visit_value_and_its_immediate_references(value, visitor)
        return
    given, themed, plain = value._property_values, value.themed_values() or {}, _plain.setdefault(type(value), {})
    for name in value.properties_with_refs():
        if name in given:
            held = given[name]  # what the attribute is, without the way through its descriptor
        elif name in plain and name not in themed:
            continue
        else:
            held = getattr(value, name)
        if type(held) not in PLAIN_TYPES:
            util.visit_value_and_its_immediate_references(held, visitor)
