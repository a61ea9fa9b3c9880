"""More visitors than there are places: the next one reads a sentence, costs nothing, and gets in when somebody leaves."""

from __future__ import annotations

import pytest

from components.server.sockets import (
    GRACE_S,  # seconds: a browser that breaks off while pictures are under way is waited for
)
from tests.ui.axe import findings
from tests.ui.conftest import Lab, served

PLACES = 2


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    with served(tmp_path_factory.mktemp("small") / "log.txt", SWARMVIZ_SESSIONS=str(PLACES)) as here:
        yield here


def test_a_full_server_says_so_lightly_and_takes_the_next_visitor_when_one_leaves(browser, small):
    contexts = [browser.new_context() for _ in range(PLACES + 1)]
    inside = [Lab(context.new_page()).open(small.page) for context in contexts[:PLACES]]
    before = small.alive()
    late = Lab(contexts[-1].new_page())
    late.page.goto(f"{small.page}?s=1.kept")
    assert late.text("h1") == "All places are taken" and f"{PLACES} visitors" in late.text("p")
    assert late.addresses == [late.page.url], "the refusal must load nothing else"
    for theme in ("light", "dark"):
        late.page.emulate_media(color_scheme=theme)
        assert findings(late.page) == []
    assert small.alive() == before, "a visitor who is refused leaves no simulation and no thread"
    stood = inside[0].step
    inside[0].wait(lambda: inside[0].step > stood, "those who are inside go on")

    contexts[0].close()

    late.wait(  # for the page itself: between two attempts no refusal is seen either
        lambda: late.page.locator(".readout .k").count() and late.step is not None,
        "a place that became free was not given away to who waits",
        GRACE_S + 60,
    )
    assert late.page.url.endswith("?s=1.kept"), "the link that was followed is kept"
    assert not [complaint for lab in (late, *inside) for complaint in lab.complaints]
    for context in contexts[1:]:
        context.close()
