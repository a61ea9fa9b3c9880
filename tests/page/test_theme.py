"""The frame of the page."""

from __future__ import annotations

from components.page import theme


def test_the_page_has_what_its_modules_rely_on():
    """A version of Panel without these still works, only slower or with a leak; this test says so first."""
    import panel as pn

    theme.extension()
    plain = pn.Column()
    view = theme.page(plain, pn.Column(), {"Model": pn.Column()}, False, False, lambda dark: None)
    assert theme.forget_busy(view) == 0, "the tie is cut when the page is made"
    follower = theme.Page()
    assert theme.forget_busy(follower) == 1, "Page no longer follows pn.state.busy: drop forget_busy"
