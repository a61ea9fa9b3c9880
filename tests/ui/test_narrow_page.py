"""The page where there is little room, in a real Chromium: nothing that a person needs is out of reach, cut or left empty."""

from __future__ import annotations

import pytest

from components.links import permalink
from tests.ui.conftest import Lab

WIDE, MIDDLE, PHONE = (1440, 900), (1024, 768), (390, 844)

# Of the figures that are seen: the frame's box on the screen and the box of the landscape's picture in it, in pixels.
ARENA = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  for (const figure of models.filter((m) => m.type === "Figure" && m.title?.text)) {
    const view = Bokeh.index.find_one_by_id(figure.id), ground = figure.renderers.find((r) => r.glyph?.type === "Image")
    if (view == null || view.el.getClientRects().length === 0 || ground == null) continue
    const {x, y, dw, dh} = Object.fromEntries(["x", "y", "dw", "dh"].map((name) => [name, ground.data_source.data[name][0]]))
    const {x_range: h, y_range: v} = figure
    return [x <= h.start, x + dw >= h.end, y <= v.start, y + dh >= v.end, view.frame.bbox.width > 50]
  }
}"""

# Every figure that is seen: how far it ends inside of each element around it that cuts off what is too long, at the right and below.
CUT = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const views = models.filter((m) => m.type === "Figure").map((m) => Bokeh.index.find_one_by_id(m.id))
  const out = []
  for (const view of views.filter((v) => v != null && v.el.getClientRects().length > 0)) {
    const box = view.el.getBoundingClientRect()
    for (let up = view.el; up; up = up.parentElement ?? up.getRootNode().host) {
      const {overflowX, overflowY} = getComputedStyle(up)
      if (overflowY === "auto" || overflowY === "scroll") break // what lies further down is a swipe away
      if (overflowX !== "hidden") continue
      const around = up.getBoundingClientRect()
      const over = [box.right - around.right, box.bottom - around.bottom]
      if (Math.max(...over) > 1) out.push([up.className, ...over])
    }
  }
  return [out, views.length]
}"""

# How much of a line is seen that was drawn, but not stroked, before the arena was painted anew: what it drew last is left over likewise.
STRAY = """async () => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const figures = models.filter((m) => m.type === "Figure" && m.title?.text)
  const view = figures.map((m) => Bokeh.index.find_one_by_id(m.id)).find((v) => v != null)
  const {ctx} = view.canvas_view.primary
  ctx.beginPath()
  ctx.rect(2, 2, 12, 12)
  view.request_repaint()
  await new Promise((done) => setTimeout(done, 300))
  return Math.max(...ctx.getImageData(0, 6, 6, 6).data)
}"""

# What of the equation card ends beyond the window.
CLIPPED = """() => {
  const all = (root) => Array.from(root.querySelectorAll("*")).flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])])
  const card = all(document).filter((e) => e.matches(".card, .card > p, .card td"))
  return card.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName)
}"""


def size(lab, width, height):
    lab.page.set_viewport_size({"width": width, "height": height})


def panel(lab):
    lab.page.click("[aria-label^='Open panel']")
    lab.wait(lambda: lab.page.get_by_role("tab", name="Runs").is_visible(), "the panel does not open")


def focused(lab, selector):
    """Whether the focus is on such an element, however deep in shadow roots."""
    return lab.page.evaluate(
        """(selector) => {
      let at = document.activeElement
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
      return at?.matches(selector) ?? false
    }""",
        selector,
    )


@pytest.mark.parametrize("where", ["middle", "phone", "with the panel open"])
def test_what_a_narrow_bar_has_no_room_for_is_one_press_away(lab, server, where):
    size(lab, *{"middle": MIDDLE, "phone": PHONE}.get(where, WIDE))
    lab.open(server.page)
    lab.pause()
    if where == "with the panel open":
        assert lab.page.locator(".draw input").is_visible() and not lab.page.locator("button.more").is_visible()
        panel(lab)
    more = lab.page.locator("button.more")
    inside = (
        ".draw input",
        ".stop select",
        "button.when",
        "button.again",
        "button.projector",
        "button.qr",
        "button.full",
        "button.ask",
    )
    lab.wait(more.is_visible, "nothing says that there is more")
    assert lab.page.locator(".rates").is_visible(), "the rates have room"
    assert more.get_attribute("aria-expanded") == "false" and not any(lab.page.locator(s).is_visible() for s in inside)
    more.focus()
    lab.page.keyboard.press("Enter")
    assert more.get_attribute("aria-expanded") == "true" and all(lab.page.locator(s).is_visible() for s in inside)
    assert focused(lab, ".draw input"), "the keyboard does not get into it"
    lab.picture(f"more {where}")
    for _ in range(len(inside) - 1):
        lab.page.keyboard.press("Tab")
    assert focused(lab, "button.ask") and more.get_attribute("aria-expanded") == "true"
    lab.page.keyboard.press("Escape")
    assert more.get_attribute("aria-expanded") == "false" and focused(lab, "button.more")
    more.click()
    lab.page.locator(".stop select").select_option("k")
    lab.page.locator(".stop input").fill("3")
    lab.page.locator(".stop input").press("Enter")
    assert "pauses at step 3" in more.get_attribute("aria-label"), "what is out of sight has to be told"
    lab.page.locator(".rates").click()
    lab.wait(lambda: more.get_attribute("aria-expanded") == "false", "a press elsewhere does not close it")
    lab.press("reset")
    lab.wait(lambda: lab.step == 0, "reset")
    lab.play()
    lab.wait(lambda: lab.step == 3 and not lab.playing, "it does not stop where it was told to")
    assert not lab.complaints


def test_the_landscape_fills_the_frame_and_no_plot_is_cut_at_any_size(lab, server):
    lab.open(server.page)
    lab.pause()
    assert lab.page.evaluate(STRAY) == 0, "the frame is drawn with lines of the painting before"
    for open_panel in (False, True):
        if open_panel:
            size(lab, *WIDE)
            panel(lab)
        for width, height in (WIDE, MIDDLE, *([] if open_panel else [PHONE])):
            size(lab, width, height)
            lab.wait(lambda: lab.page.evaluate(ARENA) == [True] * 5, f"{width} × {height}: {lab.page.evaluate(ARENA)}")
            lab.wait(lambda: lab.page.evaluate(CUT)[0] == [], f"{width} × {height}: {lab.page.evaluate(CUT)}")
            lab.picture(f"{width}x{height}{' panel' * open_panel}")
    assert lab.page.evaluate(CUT)[1] > 3 and not lab.complaints


# The arena's share of the window's height, whether the choices take any of its width, and how many rows the bar's buttons stand in.
ON_ITS_SIDE = """() => {
  const all = (root) => Array.from(root.querySelectorAll("*")).flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])])
  const seen = all(document).filter((e) => e.getClientRects().length > 0)
  const box = (e) => e.getBoundingClientRect(), arena = box(seen.find((e) => e.matches(".arena")))
  const buttons = seen.filter((e) => e.matches("button") && e.closest(".strip")).map((e) => (box(e).top + box(e).bottom) / 2)
  return [arena.height / innerHeight, arena.left, Math.max(...buttons) - Math.min(...buttons)]
}"""


# Pairs of the bar's parts that lie over each other, and parts that are not wholly in the window.
OVERLAPPING = """() => {
  const all = (root) => Array.from(root.querySelectorAll("*")).flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])])
  const parts = all(document).filter((e) => e.matches(".strip :is(button, input, output, .readout > *)") && e.getClientRects().length > 0)
  const boxes = parts.map((e) => [e.className || e.tagName, e.getBoundingClientRect()])
  const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from])
  const meet = (a, b) => shared(a, b, "left", "right") > 1 && shared(a, b, "top", "bottom") > 1
  return boxes.flatMap(([name, box], i) => [...boxes.slice(i + 1).filter(([, other]) => meet(box, other)).map(([other]) => [name, other]),
    ...(box.left < 0 || box.right > innerWidth || box.bottom > innerHeight ? [[name, "window"]] : [])])
}"""


def test_on_the_side_of_a_phone_the_arena_has_most_of_the_height_and_the_bar_one_row(lab, server):
    lab.open(server.page)
    size(lab, 844, 390)  # it was turned: the choices make room by themselves

    def fits():
        share, left, apart = lab.page.evaluate(ON_ITS_SIDE)
        return share >= 0.6 and left < 20 and apart < 4

    lab.wait(fits, f"{lab.page.evaluate(ON_ITS_SIDE)}")
    lab.picture("844x390")
    said, name = (lab.page.locator(part).bounding_box() for part in (".swarmviz-invitation", ".header img"))
    assert abs(said["y"] + said["height"] / 2 - name["y"] - name["height"] / 2) <= 3, "it is said below the head's name"
    lab.page.click("[aria-label='Open drawer']")
    lab.wait(lambda: lab.page.locator(".strip").bounding_box()["width"] < 600, "the choices do not open beside it")
    lab.wait(lambda: lab.page.evaluate(OVERLAPPING) == [], f"{lab.page.evaluate(OVERLAPPING)}")
    over = "(rows) => rows.map((row) => row.scrollWidth - row.clientWidth)"
    cut = lambda: lab.page.locator(".chips:visible").evaluate_all(over)  # noqa: E731
    lab.wait(lambda: len(cut()) > 2 and max(cut()) <= 0, f"buttons over a plot are cut: {cut()}")
    assert not lab.complaints


def test_beside_the_panel_on_the_side_of_a_phone_the_bar_has_two_rows_under_the_numbers_of_the_arena(browser, server):
    context = browser.new_context(
        viewport={"width": 844, "height": 390}, user_agent="Mobi", is_mobile=True, has_touch=True
    )
    lab = Lab(context.new_page())
    lab.open(server.page)
    panel(lab)
    place = lambda part: lab.page.locator(part).first.bounding_box()  # noqa: E731
    lab.wait(lambda: place(".strip")["width"] < 450, "the bar lies under the panel")
    free = lambda: place(".strip")["y"] - place(".arena")["y"] - place(".arena")["height"]  # noqa: E731
    lab.wait(lambda: free() >= -1 and place(".strip")["height"] < 80, f"{free()} px, {place('.strip')}")
    assert lab.page.evaluate(OVERLAPPING) == []
    context.close()


def test_at_twice_the_size_of_letters_menus_and_names_of_lines_are_whole(browser, server):
    context = browser.new_context(viewport={"width": 720, "height": 450}, device_scale_factor=2)
    lab = Lab(context.new_page())
    lab.open(server.page)
    room = """(menu) => {
      const pen = document.createElement("canvas").getContext("2d"), look = getComputedStyle(menu), arrow = 18
      pen.font = look.font
      const room = menu.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight) - arrow
      return room - pen.measureText(menu.selectedOptions[0].text).width
    }"""
    menu = lab.page.locator(".curves .second .chips select")
    lab.wait(lambda: menu.is_visible() and menu.evaluate(room) >= 0, "the menu is cut")
    names = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
      .filter((m) => m.type === "GlyphRenderer" && m.name === "names").flatMap((m) => Array.from(m.data_source.data.text))"""
    lab.wait(lambda: "|X̄ − ν|²" in lab.page.evaluate(names), f"{lab.page.evaluate(names)}")
    assert not any("…" in name for name in lab.page.evaluate(names)), lab.page.evaluate(names)
    context.close()


@pytest.mark.parametrize("width, height", [WIDE, MIDDLE])
def test_two_swarms_and_their_difference_have_their_axes(lab, server, width, height):
    size(lab, width, height)
    lab.open(server.page)
    lab.pause()
    lab.page.get_by_role("button", name="Compare with a second swarm").click()
    lab.wait(lambda: lab.page.locator('button:text-is("A and B")').count() == 1, "there is nothing to compare")
    labels = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values())).filter((m) => m.type === "Figure")
      .filter((m) => Bokeh.index.find_one_by_id(m.id)?.el.getClientRects().length > 0).map((m) => m.left[0].axis_label)"""
    wanted = {"best F", "A − B"}
    lab.wait(lambda: wanted <= set(lab.page.evaluate(labels)), f"{lab.page.evaluate(labels)}")
    lab.wait(lambda: lab.page.evaluate(CUT)[0] == [], f"{lab.page.evaluate(CUT)}")
    lab.picture(f"compare {width}x{height}")
    assert not lab.complaints


def test_the_legend_of_a_small_plot_has_one_row(lab, server):
    size(lab, *MIDDLE)
    lab.open(server.page)
    legends = """() => Array.from(Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values())))
      .filter((m) => m.type === "Figure" && m.below[0]?.axis_label?.startsWith("x") && !m.title?.text)
      .map((m) => Bokeh.index.find_one_by_id(m.id)).filter((v) => v != null && v.el.getClientRects().length > 0)
      .map((v) => Array.from(v.renderer_views.values()).find((r) => r.model.type === "Legend"))
      .map((legend) => [legend.el.getBoundingClientRect().height, legend.model.items.filter((i) => i.visible).length])"""
    lab.wait(
        lambda: [shown for _, shown in lab.page.evaluate(legends)] == [1, 1],
        f"what the switch says already gives way: {lab.page.evaluate(legends)}",
    )
    lab.wait(lambda: all(high < 30 for high, _ in lab.page.evaluate(legends)), f"{lab.page.evaluate(legends)}")
    columns = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
      .filter((m) => m.type === "Legend" && m.items.some((item) => !item.visible)).map((m) => [m.ncols, m.items.length])"""
    told = lab.page.evaluate(columns)
    assert told and all(n == items for n, items in told), "names that come anew take two rows before they give way"
    size(lab, *WIDE)
    lab.wait(lambda: [shown for _, shown in lab.page.evaluate(legends)] == [2, 2], "where there is room, all is named")
    assert not lab.complaints


def test_the_button_of_the_panel_says_what_is_in_it(lab, server):
    lab.open(server.page)
    button = lab.page.get_by_role("button", name="panel: model, claims, luck, runs, export, lessons")
    assert button.get_attribute("title") == "Open panel: model, claims, luck, runs, export, lessons"
    assert button.get_attribute("aria-expanded") == "false"
    assert lab.page.get_by_role("button", name="contextbar").count() == 0, "a word for nobody"
    button.focus()
    lab.page.keyboard.press("Enter")
    lab.wait(lambda: lab.page.get_by_role("tab", name="Luck").is_visible(), "it does not open")
    assert button.get_attribute("aria-expanded") == "true" and button.get_attribute("title").startswith("Close panel")
    button.press("Enter")  # the focus is in the panel now: test_keys_page.py
    lab.wait(lambda: not lab.page.get_by_role("tab", name="Luck").is_visible(), "it does not close")
    size(lab, *PHONE)
    lab.open(server.page)
    lab.wait(
        lambda: lab.page.get_by_role("combobox", name="what the mouse does").is_visible(), "a menu's name is another's"
    )
    button.click()
    lab.wait(lambda: lab.page.get_by_role("tab", name="Luck").is_visible(), "it does not open on a phone")
    lab.wait(lambda: lab.page.evaluate(CLIPPED) == [], "the card is wider than the phone")  # once it has slid in
    lab.picture("phone with panel")
    button.click(timeout=10_000)
    lab.wait(lambda: not lab.page.get_by_role("tab", name="Luck").is_visible(), "a finger cannot close it")
    button.click()
    lab.wait(lambda: lab.page.get_by_role("tab", name="Luck").is_visible(), "it does not open again")
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: button.get_attribute("aria-expanded") == "false", "it does not hear that the page closed it")
    lab.page.click("[aria-label='Open drawer']")
    lab.wait(lambda: lab.row("dynamics.lam").is_visible(), "the choices do not open")
    lab.page.locator("[aria-label='Close drawer']").click(timeout=10_000)
    lab.wait(lambda: not lab.row("dynamics.lam").is_visible(), "a finger cannot close the choices")
    assert not lab.complaints


def test_the_address_brings_back_what_is_seen_of_the_density(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.get_by_label("bins").select_option("100")
    lab.page.click('button:text-is("2D")')
    chosen = lambda: permalink.read(lab.page.url.partition("?s=")[2]).views  # noqa: E731
    lab.wait(lambda: chosen() == {"bins": 100, "plane": True}, "the address does not follow")
    shown = lambda: (  # noqa: E731
        lab.page.get_by_label("bins").input_value(),
        lab.page.locator('button:text-is("2D")').get_attribute("aria-pressed"),
    )
    lab.wait(lambda: shown() == ("100", "true"), "the buttons do not follow")
    lab.open(lab.page.url)
    lab.wait(lambda: shown() == ("100", "true"), f"it comes back as {shown()}")
    assert not lab.complaints


def test_under_a_projector_type_is_larger_two_sliders_are_in_hand_and_nothing_of_it_stays(lab, server):
    lab.open(server.page)
    parts = [".stage", ".strip", ".scrub", ".sheet", ".curves .second", ".density"]
    seen = lambda: [lab.page.locator(part).first.bounding_box() for part in parts]  # noqa: E731
    usual, height = seen(), lab.page.locator(".readout .k").bounding_box()["height"]
    for name in ("dynamics.lam", "dynamics.sigma"):  # between them lies a row that is not in hand
        lab.slide(name, 0.4)
    lab.page.keyboard.press("p")
    lab.wait(lambda: lab.page.locator(".held").count() == 2, "no two sliders are in hand")
    held = lab.page.locator(".held").evaluate_all("(rows) => rows.map((row) => row.dataset.name)")
    assert sorted(held) == ["dynamics.lam", "dynamics.sigma"], "those that were touched are in hand"
    tops = lab.page.locator(".held").evaluate_all("(rows) => rows.map((row) => row.getBoundingClientRect().top)")
    assert tops[0] == tops[1], "the second is out of sight"
    lab.wait(lambda: lab.page.locator(".readout .k").bounding_box()["height"] > 1.4 * height, "type is not larger")
    assert lab.page.evaluate("window.swarmviz_type") == 1.5
    lab.slide("dynamics.sigma", 0.7)
    for part in (".curves .second", ".density", ".header"):
        assert not lab.page.locator(part).first.is_visible()
    for part in (".curves .first", ".readout .k", ".rates", ".play"):
        assert lab.page.locator(part).first.is_visible()
    lab.wait(
        lambda: (permalink.read(lab.page.url.partition("?s=")[2]).views or {}).get("projector"), "no link holds it"
    )
    assert not lab.page.locator(".swarmviz-invitation").is_visible(), "it lies over the sliders"
    lab.page.keyboard.press("q")
    lab.page.locator("dialog.code svg path").wait_for(state="visible")
    lab.page.keyboard.press("Escape")
    lab.page.locator("dialog.code").wait_for(state="hidden")
    assert lab.page.locator("html.projector").count() == 1, "one press closes two things"
    lab.row("dynamics.sigma").locator("input[type=range]").focus()
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: seen() == usual, "Escape does not lead back")
    assert lab.page.evaluate("window.swarmviz_type") == 1
    assert not lab.complaints


@pytest.mark.parametrize("window", [WIDE, MIDDLE, PHONE, PHONE[::-1]])
def test_under_a_projector_what_is_tried_first_is_in_hand_and_rows_and_code_are_whole(browser, server, window):
    phone = {"user_agent": "Mobi", "is_mobile": True, "has_touch": True} if min(window) == 390 else {}
    context = browser.new_context(viewport={"width": window[0], "height": window[1]}, **phone)
    lab = Lab(context.new_page())
    lab.open(server.page)
    lab.page.keyboard.press("p")
    held = lab.page.locator(".held")
    lab.wait(lambda: held.count() == 2, "no two sliders are in hand")
    assert sorted(held.evaluate_all("(rows) => rows.map((row) => row.dataset.name)")) == [
        "dynamics.lam",
        "dynamics.sigma",
    ]
    ends = lambda: held.evaluate_all("(rows) => Math.max(...rows.map((row) => row.getBoundingClientRect().bottom))")  # noqa: E731
    strip = lambda: lab.page.locator(".sidebar").last.bounding_box()  # noqa: E731
    lab.wait(lambda: ends() <= strip()["y"] + strip()["height"] + 1, "a row in hand is cut")
    buttons = lab.page.locator(".zooms").first
    type_px = lambda: buttons.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)")  # noqa: E731
    lab.wait(lambda: type_px() == (19.5 if min(window) > 700 else 13), "the arena's buttons are small")
    cut = lambda: lab.page.locator("button.show").first.evaluate("(node) => node.scrollWidth - node.clientWidth")  # noqa: E731
    lab.wait(lambda: cut() <= 0, "the word on the last of them is wider than it")
    lab.page.keyboard.press("q")
    code = lab.page.locator("dialog.code")
    code.locator("svg path").wait_for(state="visible")
    box, field = code.locator("svg").bounding_box(), code.locator("input").bounding_box()
    assert 0 <= box["y"] and box["y"] + box["height"] <= field["y"] and field["y"] + field["height"] <= window[1]
    assert min(box["width"], box["height"]) > 0.4 * min(window), "it cannot be read from afar"
    assert code.evaluate("(node) => node.scrollHeight <= node.clientHeight + 1"), "part of it has to be scrolled to"
    lab.page.keyboard.press("q")
    code.wait_for(state="hidden")
    lab.page.keyboard.press("p")
    lab.wait(lambda: lab.page.locator("html.projector").count() == 0, "it does not come back")
    assert not lab.complaints
    context.close()


def test_where_choices_and_panel_do_not_both_fit_the_one_that_opens_closes_the_other(lab, server):
    size(lab, *MIDDLE)
    lab.open(server.page)
    tab, width = lab.page.get_by_role("tab", name="Runs"), lambda: lab.page.locator(".strip").bounding_box()["width"]
    shown = lambda: lab.page.locator(".sheet").is_visible() and lab.page.locator(".sheet").bounding_box()["x"] >= 0  # noqa: E731
    assert shown()
    panel(lab)
    lab.wait(lambda: not shown() and width() == 1024 - 400, "the choices stay beside the panel")
    lab.page.locator("header button").first.click()
    lab.wait(lambda: shown() and not tab.is_visible() and width() == 1024 - 320, "the panel stays beside the choices")
    size(lab, *WIDE)
    panel(lab)
    lab.wait(lambda: shown() and width() == 1440 - 720, "where there is room, both are seen")
    size(lab, *MIDDLE)
    lab.wait(lambda: not shown() and tab.is_visible(), "a window that is made narrow keeps both")
    assert not lab.complaints
