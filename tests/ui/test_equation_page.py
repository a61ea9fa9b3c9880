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


def test_each_symbol_has_a_name_that_says_its_value_and_enter_leads_to_its_control(lab, server):
    """They had a description alone: a screen reader stopped at nothing that it could name."""
    lab.open(server.page)
    lab.pause()
    lab.page.click("[aria-label^='Open panel']")
    symbols = lab.page.locator(".card .lines [data-sign][tabindex]")
    called = lambda: symbols.evaluate_all("(all) => all.map((node) => node.ariaLabel)")  # noqa: E731
    lab.wait(lambda: symbols.count() > 5 and "σ, noise, 1, leads to its slider" in called(), "σ has no name")
    step = next(name for name in called() if name.startswith("Step, Euler–Maruyama, scheme, "))
    assert all(called()) and step.endswith(", leads to its control")
    tree = lab.page.context.new_cdp_session(lab.page).send("Accessibility.getFullAXTree")["nodes"]
    stops = {node["name"]["value"] for node in tree if node.get("name") and _can_have_focus(node)}
    assert set(called()) <= stops, f"not in the tree that a screen reader has: {set(called()) - stops}"
    assert f'button "{step}"' in lab.page.locator(".card .lines").aria_snapshot()
    sigma = lab.page.locator(".lines math [data-sign=sigma]").first
    described = sigma.get_attribute("aria-describedby")
    assert lab.page.locator(f"[id='{described}']").inner_text().startswith("Strength of the noise")
    lab.type("dynamics.sigma", 0.5)
    lab.wait(lambda: "σ, noise, 0.5, leads to its slider" in called(), "the name has an old value")
    nu = lab.page.locator(".lines math [data-sign=nu][tabindex]").first
    nu.focus()
    mine, others = nu.get_attribute("aria-label"), called()
    place = others.index(mine)
    lab.page.keyboard.press("n")  # another swarm: as long as one agent is by far the lowest, ν rests with it
    lab.wait(lambda: called() != others, "the others keep an old value")
    assert called()[place] == mine, "a name that changes under the focus is read again and again"
    nu.blur()
    lab.wait(lambda: called()[place] != mine, "it keeps the old one after that")
    sigma.focus()
    lab.page.keyboard.press("Enter")
    slider = lab.row("dynamics.sigma").locator("input[type=range]")
    lab.wait(lambda: slider.evaluate("(node) => node.matches(':focus')"), "Enter leads nowhere")
    lab.page.locator(".lines header [role=button]").first.focus()
    lab.page.keyboard.press(" ")
    menu = lab.row("dynamics.scheme").locator("select")
    lab.wait(lambda: menu.evaluate("(node) => node.matches(':focus')"), "Space leads nowhere")
    assert not lab.playing and not lab.complaints


def _can_have_focus(node):
    return any(own["name"] == "focusable" and own["value"]["value"] for own in node.get("properties", ()))
