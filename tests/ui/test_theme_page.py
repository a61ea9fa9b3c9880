"""Dark or light, in a real Chromium: the system's theme is followed until a person has chosen, and the choice can always be made."""

from __future__ import annotations

PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(30, 30, 30)"}


def test_the_page_follows_the_systems_theme_until_a_person_chooses_also_under_a_projector(lab, server):
    seen = lambda: lab.page.evaluate("getComputedStyle(document.body).backgroundColor")  # noqa: E731
    kept = lambda: lab.page.evaluate("localStorage.getItem('swarmviz theme')")  # noqa: E731
    axis = lambda: lab.page.evaluate(  # noqa: E731
        "Bokeh.documents[0]._all_models.values().find((m) => m.type === 'LinearAxis').axis_line_color"
    )

    def becomes(theme):
        lab.wait(lambda: seen() == PAPER[theme], f"{theme} is wanted, it is {seen()}")

    lab.page.emulate_media(color_scheme="light")
    lab.open(server.page)
    lab.pause()
    inks = [axis()]
    for theme in ("dark", "light"):
        lab.page.emulate_media(color_scheme=theme)
        becomes(theme)
        lab.wait(lambda: axis() != inks[-1], "the figures do not follow")
        inks.append(axis())
    assert kept() is None and inks[0] == inks[2], "nobody has chosen"
    switch = lab.page.locator("button.theme")
    assert not switch.is_visible(), "the head has one"
    lab.page.keyboard.press("p")
    lab.wait(lambda: lab.page.locator("html.projector").count() == 1, "no projector")
    lab.page.click("button.more")
    assert switch.inner_text() == "Dark theme"
    switch.click()
    becomes("dark")
    lab.wait(lambda: switch.get_attribute("aria-label") == "Light theme (D)" and kept() == "dark", "it is not kept")
    lab.page.keyboard.press("p")
    for theme in ("dark", "light"):
        lab.page.emulate_media(color_scheme=theme)
        lab.page.wait_for_timeout(150)
        assert seen() == PAPER["dark"] and kept() == "dark", "a choice stays"
    lab.page.keyboard.press("d")
    becomes("light")
    lab.wait(lambda: kept() is None, "what the system says need not be remembered")
    lab.page.emulate_media(color_scheme="dark")
    becomes("dark")
    assert not lab.complaints
