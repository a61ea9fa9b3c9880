"""What axe-core finds in a page as it stands. It is injected by the test, not loaded by the page."""

from __future__ import annotations

from typing import Any

import pytest

RUN = """async () => {
  const {violations, passes} = await axe.run(document, {resultTypes: ["violations"]})
  const told = violations.flatMap(({id, impact, nodes}) => nodes.map(({target, html}) =>
    [id, impact, target.flat().join(" > "), html.slice(0, 160)]))
  return {told, passed: passes.length}
}"""
LEAST = 10  # rules that even a page of one sentence passes: fewer mean that nothing was looked at


def findings(page: Any) -> list[list[str]]:
    """Of every rule of axe-core, the recommendations too: [rule, impact, element, its markup] of what breaks it."""
    if page.evaluate("() => window.axe === undefined"):
        page.evaluate(pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT)
    answer = page.evaluate(RUN)
    assert answer["passed"] >= LEAST, "axe-core looked at nothing"
    return answer["told"]


def wait_for_theme(lab: Any) -> None:
    """Wait until the page has the theme that the system wants: it opens in the light one."""
    dark = """() => {
      const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number)
      return red + green + blue < 384
    }"""
    wanted = lab.page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    lab.wait(lambda: lab.page.evaluate(dark) == wanted, "the page has another theme")
