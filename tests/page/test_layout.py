"""The layout of a page: its document, and what a browser may change of it."""

from __future__ import annotations

import panel as pn
import param
import pytest
from bokeh.document import Document

from components.page import theme
from components.page.layout import PageLayout


@pytest.fixture
def page():
    theme.extension()
    return PageLayout("What is seen.", "p { color: red }", sidebar=[pn.Column()], main=[pn.Column()])


def test_the_document_of_a_visit_has_a_title_a_description_and_a_picture_of_its_own(page):
    document = page.server_doc(Document(), location=False)
    assert len(document.roots) == 1
    named = document.template_variables
    assert named["meta"].title == "swarmviz" and named["meta"].description == "What is seen."
    assert named["favicon"].startswith("data:image/svg+xml")
    assert named["resources"]["raw_css"] == ["p { color: red }"] and document.title == "swarmviz"


def test_nothing_is_loaded_for_the_layout_beside_what_panel_loads(page):
    resources = page.server_doc(Document(), location=False).template_variables["resources"]
    assert not any(resources[kind] for kind in ("css", "js", "js_modules"))


def test_what_is_made_after_the_theme_was_chosen_has_it(page):
    for dark in (True, False):
        page.dark_theme = dark
        assert pn.config.theme == ("dark" if dark else "default")


def test_a_browser_may_open_and_close_the_sides_and_choose_the_theme_and_no_more():
    assert set(PageLayout.writable) == {"sidebar_open", "contextbar_open", "dark_theme"}
    assert all(isinstance(PageLayout.param[name], param.Boolean) for name in PageLayout.writable)
