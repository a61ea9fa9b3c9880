"""Properties that nobody has set are passed over, and documents are the same as without that."""

from __future__ import annotations

import pytest
from bokeh.core.has_props import HasProps
from bokeh.core.properties import Instance, Int, List, Nullable, Override, Required, String
from bokeh.core.property.bases import Property
from bokeh.core.property.descriptors import PropertyDescriptor, UnsetValueError
from bokeh.document import Document
from bokeh.model import Model, util
from bokeh.models import Column, Div, Range1d, Scatter, Toggle
from bokeh.plotting import figure
from bokeh.themes import Theme

from components.server.bokeh_patches import quick_defaults

PLACES = {
    "_get_default": (PropertyDescriptor, quick_defaults._theirs_default, quick_defaults._get_default),
    "query_properties_with_values": (
        HasProps,
        quick_defaults._theirs_query,
        quick_defaults._query_properties_with_values,
    ),
    "themed_values": (HasProps, quick_defaults._theirs_themed, quick_defaults._themed_values),
    "visit_immediate_value_references": (
        util,
        quick_defaults._theirs_visit,
        quick_defaults._visit_immediate_value_references,
    ),
}


class Sample(Model):
    """Properties of every kind of default."""

    number = Int(default=3)
    word = Required(String)
    values = List(Int, default=[1])
    range = Instance(Range1d, default=lambda: Range1d(0, 7))
    other = Nullable(Instance(Model))


class Changed(Sample):
    """The same with another default."""

    number = Override(default=5)


@pytest.fixture
def patched(monkeypatch):
    """Switches the patch on and off."""

    def switch(on):
        for name, (owner, theirs, ours) in PLACES.items():
            monkeypatch.setattr(owner, name, ours if on else theirs)

    switch(True)
    return switch


def page():
    """A document of figures with a theme, containers, and models within models."""
    document = Document()
    document.theme = Theme(json={"attrs": {"Toggle": {"label": "themed"}, "Title": {"text_color": "red"}}})
    fig = figure(title="a figure", x_axis_label="x")
    fig.scatter([1, 2], [3, 4], size=7, legend_label="two")
    fig.line("x", "y", source={"x": [1], "y": [2]}, line_dash="dashed")
    document.add_root(Column(children=[fig, Toggle(), Toggle(label="own", tags=["a"])]))
    document.add_root(Sample(word="w"))
    return document


def written(document):
    """What is written of a document, with models by their order instead of their names."""
    known, found = {}, document.to_json(deferred=False)

    def plain(value):
        if isinstance(value, dict):
            return {name: known.setdefault(v, len(known)) if name == "id" else plain(v) for name, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, list | tuple) else value

    return plain(found)


def test_each_place_is_there_and_is_changed():
    quick_defaults.install()
    for name, (owner, theirs, ours) in PLACES.items():
        assert theirs is not None and theirs is not ours
        assert vars(owner)[name] is ours, name


def test_a_document_is_written_as_without_the_patch_each_time(patched):
    patched(False)
    first = page()
    expected = [written(first), len(first.models)]
    patched(True)
    for _ in range(2):
        document = page()
        assert [written(document), len(document.models)] == expected
        assert written(document) == expected[0], "written once more"


def test_the_models_of_a_page_are_found_also_where_they_are_defaults_or_set_later(patched):
    sample, empty = Sample(word="w"), Sample(word="v")
    assert {type(m) for m in sample.references()} == {Sample, Range1d}
    sample.other = below = Div()
    assert below in sample.references() and below not in empty.references()
    sample.other = None
    assert below not in sample.references()


def test_a_required_property_that_is_not_set_is_still_an_error(patched):
    assert Changed().number == 5
    for cls in (Sample, Changed):
        with pytest.raises(UnsetValueError, match="word"):
            cls().to_serializable(_Serializer())


def test_what_can_be_changed_is_shared_with_nobody(patched):
    one, other = Sample(word="w"), Sample(word="v")
    one.values.append(2)
    assert one.values == [1, 2] and other.values == [1] and Sample(word="u").values == [1]
    assert one.range is one.range is not other.range
    assert Scatter().x is not Scatter().x


def test_a_subclass_has_its_own_default_and_a_theme_goes_before_it(patched):
    assert [Sample(word="w").number, Changed(word="w").number, Sample(word="w").number] == [3, 5, 3]
    toggle, document = Toggle(), Document()
    assert toggle.label == "Toggle"
    document.add_root(toggle)
    document.theme = Theme(json={"attrs": {"Toggle": {"label": "themed"}}})
    assert toggle.label == "themed" and Toggle().label == "Toggle"
    document.theme = Theme(json={"attrs": {}})
    assert toggle.label == "Toggle"


def test_a_plain_default_is_made_once_for_a_class_and_none_is_made_to_be_left_out(patched, monkeypatch):
    made = []
    theirs = Property.themed_default
    monkeypatch.setattr(
        Property,
        "themed_default",
        lambda self, cls, name, *a, **o: (made.append(name), theirs(self, cls, name, *a, **o))[1],
    )
    document = page()
    before = len(made)
    document.to_json(deferred=False)
    assert set(made[before:]) <= {"text_color", "label"}, "which the theme sets"
    before = len(made)
    page()
    few = len(made) - before
    patched(False)
    before = len(made)
    document = page()
    assert few < len(made) - before, "the second page finds the plain defaults of the first"
    before = len(made)
    document.to_json(deferred=False)
    assert len(made) - before > 500, "which is what Bokeh alone makes"


class _Serializer:
    """Takes everything as it is."""

    def add_ref(self, *given):
        """Nothing is kept."""

    def encode(self, value):
        """As it is."""
        return value
