"""The curves in a real Chromium: names at their ends, values under pointer or keyboard, a click or Enter goes to a step; tables."""

from __future__ import annotations

BOX = """(place) => {
  const figure = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
    .filter((m) => m.type === "Figure" && m.below[0]?.axis_label?.startsWith("step k"))[place]
  const view = Bokeh.index.find_one_by_id(figure.id), {left, top} = view.canvas_view.el.getBoundingClientRect(), {frame} = view
  const told = Array.from(view.canvas_view.shadow_el.children).find((node) => node.ariaHidden === "true")
  const names = figure.renderers.find(({name}) => name === "names").data_source.data
  return {left: left + frame.bbox.left, top: top + frame.bbox.top, width: frame.bbox.width, height: frame.bbox.height,
    end: figure.x_range.end, told: told?.style.display === "block" ? told.innerText : "", names: Array.from(names.text),
    outer: view.el.getBoundingClientRect().height}
}"""

FOCUS = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return at?.getAttribute("role")
}"""


def test_lines_are_named_read_under_the_pointer_hidden_by_keyboard_and_clicked(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 12, "the swarm stands")
    k = lab.pause()
    box = lambda: lab.page.evaluate(BOX, 1)  # noqa: E731
    lab.wait(lambda: "V" in box()["names"] and "|X̄ − ν|²" in box()["names"], "the lines have no names")
    before = box()
    at = k // 2
    x, y = before["left"] + before["width"] * at / before["end"], before["top"] + before["height"] / 2
    lab.page.mouse.move(x, y)
    lab.wait(lambda: box()["told"].startswith("step"), "the pointer reads nothing")
    step = int(box()["told"].splitlines()[0].split()[1])
    assert abs(step - at) <= 1 and "V" in box()["told"] and "finite-N identity" in box()["told"]
    lab.page.mouse.click(x, y)
    lab.wait(lambda: lab.step == step, f"the click goes to {lab.step}, not to {step}")
    assert not lab.playing
    lab.page.get_by_role("button", name="lines").nth(1).focus()
    lab.page.keyboard.press("Enter")
    lab.page.get_by_role("checkbox", name="|X̄ − ν|²").press("Space")
    lab.wait(lambda: "|X̄ − ν|²" not in box()["names"], "the line is not hidden")
    lab.page.keyboard.press("Escape")
    lab.page.mouse.move(x, before["top"] - 200)
    lab.wait(lambda: box()["told"] == "", "the values stay")
    assert box()["outer"] == before["outer"] and not lab.complaints


def test_the_keyboard_reads_a_plot_point_by_point_and_goes_to_a_step(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 15, "the swarm stands")
    k = lab.pause()
    box = lambda: lab.page.evaluate(BOX, 1)  # noqa: E731
    lab.wait(lambda: "V" in box()["names"], "the lines have no names")
    told = lambda: int(box()["told"].splitlines()[0].split()[1])  # noqa: E731
    said = lambda: lab.page.locator(".spoken").inner_text()  # noqa: E731
    lab.page.get_by_role("application", name="Curves over the steps").nth(1).focus()
    keys = lab.page.keyboard
    keys.press("Home")
    lab.wait(lambda: box()["told"].startswith("step 0"), "Home does not go to the first step")
    for key, there in (("ArrowRight", 1), ("ArrowLeft", 0), ("ArrowLeft", 0), ("End", k), ("Shift+ArrowLeft", k - 10)):
        keys.press(key)
        assert told() == there and lab.step == k, key
    lab.wait(lambda: said().startswith(f"step {k - 10}; V "), "nothing is said")
    assert "finite-N identity" in said()
    keys.press("Enter")
    lab.wait(lambda: lab.step == k - 10, "Enter does not go to the step")
    keys.press("Tab")
    lab.wait(lambda: box()["told"] == "", "the values stay")
    assert not lab.complaints


def test_the_numbers_of_each_chart_are_a_table_that_the_keyboard_opens_reads_and_closes(lab, server):
    lab.open(server.page)
    lab.wait(lambda: lab.step > 15, "the swarm stands")
    k = lab.pause()
    tables, page = lab.page.get_by_role("button", name="Table"), lab.page
    assert tables.count() == 3
    for place, (title, rows) in enumerate(
        (("Density over x₁", 80), ("F over the steps", k + 1), ("dispersion over", k + 1))
    ):
        tables.nth(place).focus()
        page.keyboard.press("Enter")
        page.locator(".numbers:popover-open table").first.wait_for()
        assert page.locator(".numbers:popover-open caption").first.inner_text().startswith(title)
        assert page.locator(".numbers:popover-open tbody tr").count() == rows
        assert page.evaluate(FOCUS) == "region", "the table has not the focus"
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Escape")
        lab.wait(lambda: page.locator(".numbers:popover-open").count() == 0, "Escape does not close it")
    assert lab.stand() == k, "an arrow key in a table moves the swarm"
    assert page.locator(".numbers tbody tr").count() == 0, "a closed table keeps its rows"
    assert not lab.complaints


OTHER = """(place) => { // where a line of another run begins on the screen, and what it is called
  const figure = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
    .filter((m) => m.type === "Figure" && m.below[0]?.axis_label?.startsWith("step k"))[place]
  const view = Bokeh.index.find_one_by_id(figure.id), {left, top} = view.canvas_view.el.getBoundingClientRect(), {frame} = view
  const {k, y, tip} = figure.renderers.find(({name}) => name === "behind").data_source.data
  const highest = Array.from(y, (values) => values[0]).reduce((best, value, i, all) => value > all[best] ? i : best, 0)
  return {x: left + frame.x_scale.compute(k[highest][0]) + 1, y: top + frame.y_scale.compute(y[highest][0]), tip: tip[highest]}
}"""


def test_runs_drawn_behind_are_named_at_their_ends_and_the_pointer_names_what_has_no_room(lab, server):
    """Three grey lines and more had no name at all."""
    lab.open(server.page)
    lab.wait(lambda: lab.step > 3, "the swarm stands")
    page = lab.page
    page.click("[aria-label^='Open panel']")
    page.get_by_role("tab", name="Runs").click()
    rows = page.locator(".history tbody.run:not(.live)")
    for i in range(8):
        lab.press("seed")
        lab.wait(lambda i=i: rows.count() == i + 1, "the run is not kept")
        lab.wait(lambda: lab.step > 1, "the next one stands")
    lab.pause()
    box = lambda: page.evaluate(BOX, 0)  # noqa: E731
    runs = lambda: [name for name in box()["names"] if name.endswith("runs") or name.startswith("run ")]  # noqa: E731
    for i in range(4):
        page.get_by_role("button", name=f"Overlay: run {i + 1}").click()
    page.click("[aria-label^='Close panel']")
    lab.wait(lambda: runs() == ["run 4", "run 3", "run 2", "run 1"], "the runs have no names")
    page.click("[aria-label^='Open panel']")
    for i in range(4, 8):
        page.get_by_role("button", name=f"Overlay: run {i + 1}").click()
    page.click("[aria-label^='Close panel']")
    rest = lambda: 8 - len(runs()) + 1  # noqa: E731
    lab.wait(lambda: runs()[:1] == ["run 8"] and runs()[-1] == f"{rest()} more runs", "the rest is not counted")
    lab.picture("runs-behind")
    at = page.evaluate(OTHER, 0)
    page.mouse.move(at["x"] + 30, at["y"] - 40)
    page.mouse.move(at["x"], at["y"])
    page.get_by_text(at["tip"]).first.wait_for()
    assert not lab.complaints
