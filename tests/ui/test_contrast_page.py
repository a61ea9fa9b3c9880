"""Every text of the page can be told from what lies behind it, in both themes: WCAG 2, level AA."""

from __future__ import annotations

from pathlib import Path

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
TABS = 5  # of the drawer


def low(lab, least):
    """The texts that are seen with too little contrast; of so many, at ``least``, that were looked at."""
    told = lab.page.evaluate(CONTRAST)
    assert told["seen"] >= least, "the texts of the page were not found"
    return told["low"]


def test_every_text_has_the_contrast_of_level_aa_in_both_themes(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.emulate_media(reduced_motion="reduce")  # colours come to rest at once
    lab.page.click("[aria-label^='Open panel']")
    tabs = lab.page.get_by_role("tab")
    tabs.first.wait_for()
    assert tabs.count() == TABS
    for theme in ("light", "dark"):
        found = []
        for tab in tabs.all():
            tab.click()
            lab.page.wait_for_timeout(150)
            found += low(lab, 100)
            if tab.inner_text().lower() == "model":
                lab.page.locator("tr[data-sign]:has(.now:not(:empty))").first.hover()  # which lights it up
                assert lab.page.locator(".lit").count()
                found += low(lab, 100)
        assert not found, f"{theme}: {found}"
        lab.page.click("[aria-label='Toggle theme']")
        lab.page.wait_for_timeout(300)
