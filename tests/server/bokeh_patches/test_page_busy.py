"""A page that was shown is not kept."""

from __future__ import annotations

import panel as pn
from panel_material_ui import Page

from components.page import theme
from components.server.bokeh_patches.page_busy import forget_busy


def test_the_page_has_what_its_modules_rely_on():
    """A version of Panel without these still works, only slower or with a leak; this test says so first."""
    theme.extension()
    plain = pn.Column()
    view = theme.page(plain, pn.Column(), {"Model": pn.Column()}, False, False, lambda dark: None)
    assert forget_busy(view) == 0, "the tie is cut when the page is made"
    follower = Page()
    assert forget_busy(follower) == 1, "Page no longer follows pn.state.busy: drop forget_busy"
