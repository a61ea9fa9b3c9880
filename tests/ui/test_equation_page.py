"""The equation card in the browser: symbols, controls and marks are joined; which lines stand there and their values follow the run."""

from __future__ import annotations

# The widths of the lines of the glyphs in the arena that have a name, by name.
WIDTHS = """() => Object.fromEntries(Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  .filter((m) => m.name?.startsWith("mark ")).map((m) => [m.name, m.glyph.line_width.value ?? m.glyph.line_width]))"""
TOLD = """() => { window.told = []; document.addEventListener("swarmviz-highlight", (event) => window.told.push(event.detail)) }"""


def test_a_symbol_its_control_and_its_mark_are_joined_and_the_lines_follow_the_run(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.evaluate(TOLD)
    assert lab.page.locator("math [data-sign]").count() == 0, "nothing is sent while the card is closed"
    lab.page.click("[aria-label^='Open panel']")
    symbol = lambda name: lab.page.locator(f".lines math [data-sign={name}]").first  # noqa: E731
    value = lambda name: lab.page.locator(f".lines [data-value={name}]").first.text_content()  # noqa: E731
    lit = lambda: sorted(set(lab.page.locator(".lit").evaluate_all("(all) => all.map((e) => e.dataset.sign)")))  # noqa: E731
    lab.wait(symbol("sigma").is_visible, "the card stays empty")
    lab.wait(lambda: value("sigma") == "1", "no value stands under σ")

    symbol("sigma").hover()
    lab.wait(lambda: lit() == ["sigma"], "σ is not marked")
    assert lab.page.evaluate("window.told.at(-1)") == {"parameter": "sigma", "from": "equation"}
    assert "Strength of the noise" in lab.text(".told")
    before = lab.page.evaluate(WIDTHS)
    symbol("nu").hover()
    lab.wait(lambda: lit() == ["nu"], "ν is not marked, under which no value stands in two dimensions")
    stronger = lab.page.evaluate(WIDTHS)
    assert stronger["mark focus"] > before["mark focus"]
    assert {**stronger, "mark focus": 0} == {**before, "mark focus": 0}, "another mark has changed"
    lab.page.mouse.move(600, 300)
    lab.wait(lambda: lit() == [] and lab.page.evaluate(WIDTHS) == before, "the mark stays")
    symbol("lam").focus()
    lab.wait(lambda: lit() == ["lam"], "the keyboard does not mark λ")
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: lit() == [], "Escape does not end it")

    lab.page.evaluate(
        """document.dispatchEvent(new CustomEvent("swarmviz-highlight", {detail: {parameter: "alpha", from: "form"}}))"""
    )
    lab.wait(lambda: lit() == ["alpha"], "the form's parameter is not marked in the card")

    lab.type("dynamics.sigma", 0.5)
    lab.wait(lambda: value("sigma") == "0.5", "an edit in pause does not reach the card")
    abouts = lambda: lab.page.locator(".lines header span").all_inner_texts()  # noqa: E731
    assert "Step, Euler–Maruyama" in abouts()
    lab.choose("dynamics.scheme", "heun")
    lab.wait(
        lambda: "Step, Heun" in abouts() and "Step, Euler–Maruyama" not in abouts(),
        "the lines do not follow the scheme",
    )
    assert not lab.complaints
