"""What a picture changes on the page is laid out by itself, in a real Chromium: its devtools say what is laid out or built anew."""

from __future__ import annotations

from typing import Any

import pytest

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline.invalidationTracking"]
ROUNDS = 5
CHANGES = {
    "the step": "bar.querySelector('.readout .k').textContent = String(1e4 + i)",
    "the end of the rail": "bar.querySelector('.scrub').max = 1e4 + i",
    "the rates": "bar.querySelector('.rates .frames').textContent = String(1e2 + i)",
}
LAY_OUT = """(i) => {{
  const within = (root) => [...root.querySelectorAll("*")].flatMap((e) => [e, ...(e.shadowRoot ? within(e.shadowRoot) : [])])
  const bar = (window.bar_of_test ??= within(document).find((e) => e.matches(".strip")))
  {change}
  document.body.offsetWidth // the browser lays out what has changed
}}"""


def events(lab: Any, browser: Any, script: str) -> list[dict[str, Any]]:
    """What the devtools say of the page while a script runs a few times on a page that stands."""
    devtools, found, done = browser.new_browser_cdp_session(), [], []
    devtools.on("Tracing.dataCollected", lambda part: found.extend(part["value"]))
    devtools.on("Tracing.tracingComplete", lambda _: done.append(True))
    lab.page.evaluate(script, 0)
    wanted = {"includedCategories": CATEGORIES}
    devtools.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": wanted})
    for i in range(1, ROUNDS + 1):
        lab.page.evaluate(script, i)
    devtools.send("Tracing.end")
    lab.wait(lambda: done, "the devtools do not answer")
    devtools.detach()
    return found


def test_a_picture_has_only_the_read_out_laid_out(lab, server, browser):
    lab.open(server.page)
    lab.wait(lambda: lab.step >= 3, "the swarm does not move")
    lab.pause()
    for what, change in CHANGES.items():
        layouts = [e for e in events(lab, browser, LAY_OUT.format(change=change)) if e["name"] == "Layout"]
        partial = [e["args"]["beginData"]["partialLayout"] for e in layouts if "beginData" in e["args"]]
        assert partial.count(True) >= ROUNDS and partial.count(False) <= 1, f"{what} has the whole page laid out"
    assert not lab.complaints


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_layout_of_the_page_builds_no_plot_anew(lab, server, browser, size):
    lab.page.set_viewport_size({"width": size[0], "height": size[1]})
    lab.open(server.page)
    lab.wait(lambda: lab.step >= 3, "the swarm does not move")
    lab.pause()
    traced = events(lab, browser, LAY_OUT.format(change="bar.style.paddingLeft = `${12 + i % 2}px`"))
    assert any(e["name"] == "Layout" for e in traced)
    gone = [e["args"]["data"] for e in traced if e["name"] == "LayoutInvalidationTracking"]
    gone = [data["nodeName"] for data in gone if data["reason"] == "Removed from layout"]
    assert not [name for name in gone if "bk-" in name], "a plot was hidden and shown while the page was laid out"
    assert not lab.complaints
