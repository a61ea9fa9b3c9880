"""The page behind the proxies of docs/deploying.md, with a prefix and two workers, in a real Chromium."""

from __future__ import annotations

import pytest

from tests.server import serving
from tests.server.proxies import behind_caddy, behind_nginx
from tests.ui.conftest import Lab


@pytest.mark.parametrize("behind", [behind_nginx, behind_caddy])
@pytest.mark.timeout(400)
def test_the_page_moves_behind_a_proxy_and_after_it_was_loaded_again(browser, tmp_path, behind):
    """Each loading may come to the other worker."""
    options = ("--workers", "2", "--use-xheaders", "--origin", "lab.example.org")
    with serving.served(tmp_path / "log.txt", *options, prefix="/lab") as here:
        with behind([here.port], tmp_path) as port:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            try:
                lab = Lab(context.new_page()).open(f"http://localhost:{port}/lab")
                lab.wait(lambda: (lab.step or 0) > 3, "the swarm does not move")
                for _ in range(3):
                    lab.page.reload()
                    lab.page.wait_for_selector(".readout .k")
                    lab.wait(lambda: (lab.step or 0) > 3, "the swarm does not move after the page was loaded again")
                assert lab.page.url.startswith(f"http://localhost:{port}/lab/app") and not lab.complaints
            finally:
                context.close()
        assert "Traceback" not in here.said() and "Refused" not in here.said()
