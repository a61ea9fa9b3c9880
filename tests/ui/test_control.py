"""What a person does to a run beyond playing it: compare, scrub, draw every k-th step, place by hand, fill the screen, write a formula."""

from __future__ import annotations

# The agents of every arena on the screen, from left to right.
ARENAS = """() => {
  const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  const figures = models.filter((m) => m.type === "Figure").map((m) => [m, Bokeh.index.find_one_by_id(m.id)])
  const seen = figures.filter(([m, v]) => v != null && v.el.getClientRects().length > 0)
  return seen.map(([f, v]) => [v.el.getBoundingClientRect().left, f.title?.text ?? "",
      f.renderers.map((r) => r.data_source?.data).find((d) => d && d.tone && d.size && d.x)])
    .filter(([left, title, d]) => d).sort((a, b) => a[0] - b[0]).map(([left, title, d]) => ({title, x: Array.from(d.x)}))
}"""


def arenas(lab):
    return lab.page.evaluate(ARENAS)


def at_step(lab, k):
    lab.wait(lambda: lab.step == k, f"step {k} is not shown, but {lab.step}")
    lab.page.wait_for_timeout(300)


def frame_of(lab):
    """The drawn frame of the arena, in pixels of the window."""
    return lab.page.evaluate("""() => {
      const models = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
      for (const m of models.filter((m) => m.type === "Figure" && m.renderers.some((r) => r.data_source?.data?.tone))) {
        const v = Bokeh.index.find_one_by_id(m.id)
        if (v == null || !v.el.isConnected) continue
        const box = v.el.getBoundingClientRect(), b = v.frame.bbox
        return {x: box.left + b.left, y: box.top + b.top, width: b.width, height: b.height,
          x0: m.x_range.start, x1: m.x_range.end, y0: m.y_range.start, y1: m.y_range.end}
      }
    }""")


def resting_frame(lab):
    """The frame once the view has followed the swarm: a click where it was before meets another place."""
    before = None
    for _ in range(50):
        if (now := frame_of(lab)) == before:
            return now
        before = now
        lab.page.wait_for_timeout(250)
    raise AssertionError("the view does not come to rest")


def pixel(frame, x, y):
    return (
        frame["x"] + (x - frame["x0"]) / (frame["x1"] - frame["x0"]) * frame["width"],
        frame["y"] + (frame["y1"] - y) / (frame["y1"] - frame["y0"]) * frame["height"],
    )


def test_two_swarms_run_side_by_side_from_the_same_start(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.get_by_role("button", name="Compare with a second swarm").click()
    lab.wait(lambda: len(arenas(lab)) == 2, "there is no second arena")
    lab.wait(
        lambda: [each["title"][:4] for each in arenas(lab)] == ["A · ", "B · "], "the arenas do not say which is which"
    )
    a, b = arenas(lab)
    assert a["x"] == b["x"]
    lab.type("dynamics.sigma", "0.1")
    k = lab.step
    lab.press("step")
    at_step(lab, k + 1)
    lab.wait(lambda: arenas(lab)[0]["x"] != arenas(lab)[1]["x"], "σ of B makes no difference")
    assert [each["title"] for each in arenas(lab)] == ["A\u2002σ = 1", "B\u2002σ = 0.1 · controls"]
    lab.page.get_by_text("1 difference", exact=True).click()
    row = lab.page.locator(".differences tr:not(.meaning)").all_inner_texts()[1].split("\t")
    assert row == ["σ", "1", "1 → 0.1" if k else "0.1"]
    lab.play()
    lab.wait(lambda: lab.step > k + 10, "two swarms do not run")
    lab.picture("compare")
    lab.pause()
    lab.page.get_by_role("button", name="A", exact=True).click()
    lab.wait(lambda: lab.row("dynamics.sigma").locator("input[type=text]").input_value() == "1", "the controls of A")
    left, right = (each["x"] for each in arenas(lab))
    lab.page.get_by_role("button", name="Swap").click()
    lab.wait(lambda: [each["x"] for each in arenas(lab)] == [right, left], "Swap does not exchange them")
    lab.page.get_by_role("button", name="End").click()
    lab.wait(lambda: len(arenas(lab)) == 1, "the comparison does not end")
    assert not lab.complaints


def test_up_to_four_swarms_are_offered_where_the_window_is_wide_enough_and_a_narrow_one_says_why_not(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.get_by_role("button", name="Compare with a second swarm").click()
    for count in (3, 4):
        lab.wait(lambda: lab.page.get_by_role("button", name="+ Compare").count() == 1, "no further swarm is offered")
        lab.page.get_by_role("button", name="+ Compare").click()
        lab.wait(lambda count=count: len(arenas(lab)) == count, f"there are no {count} arenas")
    assert sorted(each["title"][0] for each in arenas(lab)) == ["A", "B", "C", "D"]
    assert lab.page.get_by_role("button", name="+ Compare").count() == 0
    lab.picture("compare four")
    lab.page.get_by_role("button", name="Remove D").click()
    lab.wait(lambda: len(arenas(lab)) == 3, "D is not removed")
    size = lab.page.viewport_size
    lab.page.set_viewport_size({"width": 1100, "height": 700})
    try:
        lab.wait(lambda: lab.page.get_by_text("in a window of at least 1200 pixels").count() == 1, "nobody says why")
        assert lab.page.get_by_role("button", name="+ Compare").count() == 0 and len(arenas(lab)) == 3
    finally:
        lab.page.set_viewport_size(size)
    assert not lab.complaints


def test_the_scrubber_goes_back_exactly_and_the_steps_between_pictures_can_be_set(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.press("reset")
    at_step(lab, 0)
    seen = {}
    for k in range(1, 6):
        lab.press("step")
        at_step(lab, k)
        seen[k] = lab.agents()["x"]
    scrub = lab.page.locator(".scrub")
    for k in (2, 4, 5, 1):
        scrub.fill(str(k))
        at_step(lab, k)
        lab.wait(lambda k=k: lab.agents()["x"] == seen[k], f"step {k} is drawn otherwise than before")
    draw = lab.page.locator(".draw input")
    draw.fill("10")
    draw.press("Enter")
    lab.page.evaluate(
        """() => { window.drawn = []; window.addEventListener("swarmviz:frame", (e) => window.drawn.push(e.detail.k)) }"""
    )
    lab.play()
    lab.wait(lambda: lab.step >= 60, "it does not play on")
    drawn = lab.page.evaluate("window.drawn")
    assert len(drawn) > 2 and all(k % 10 == 0 for k in drawn if k > 1), drawn
    assert not lab.complaints


def test_a_click_places_the_swarm_and_further_ones_single_agents(lab, server):
    lab.open(server.page)
    lab.pause()
    lab.page.get_by_role("button", name="Place swarm").click()
    lab.page.mouse.click(*pixel(resting_frame(lab), 3.0, -2.0))
    at_step(lab, 0)
    lab.wait(lambda: abs(sum(lab.agents()["x"]) / 100 - 3) < 0.3, "the swarm is not where it was placed")
    lab.page.get_by_role("button", name="Place agents").click()
    for x, y in ((-3, 1), (0, 2), (2, -4)):
        lab.page.mouse.click(*pixel(resting_frame(lab), x, y))
        lab.wait(
            lambda x=x: any(abs(at - x) < 0.1 for at in lab.agents()["x"]) and len(lab.agents()["x"]) <= 3,
            f"no agent at {x}",
        )
    assert len(lab.agents()["x"]) == 3
    assert not lab.complaints


def test_wells_are_dragged_while_the_swarm_runs(lab, server):
    lab.open(server.page)
    lab.choose("landscape", "GaussianMixture")
    lab.pause()
    where = lab.row("landscape.wells").locator("input, textarea").first
    before = where.input_value()
    frame = frame_of(lab)
    lab.page.mouse.move(*pixel(frame, 1.2, 2.2))
    lab.page.mouse.down()
    lab.page.mouse.move(*pixel(frame, 0.5, 3.0), steps=5)
    lab.page.mouse.move(*pixel(frame, 0.0, 3.5), steps=5)
    lab.page.mouse.up()
    lab.wait(lambda: where.input_value() != before, "the well did not move")
    lab.picture("wells")
    assert not lab.complaints


def test_wells_are_chosen_moved_added_and_removed_by_keys(lab, server):
    lab.open(server.page)
    lab.choose("landscape", "GaussianMixture")
    k = lab.pause()
    keys, said = lab.page.keyboard, lambda: lab.page.locator(".spoken").text_content()
    well = lab.page.locator(".well")
    typed = lab.row("landscape.wells").locator("input, textarea").first
    count = int(well.inner_text().split()[0])
    keys.press("v")
    lab.wait(lambda: said().startswith(f"Well 1 of {count} at "), "V tells no well")
    first, before = said(), typed.input_value()
    keys.press("Shift+ArrowRight")
    lab.wait(lambda: said() not in ("", first) and said().startswith("Well 1"), "the well is not told where it is")
    lab.wait(lambda: typed.input_value() != before, "the well did not move")
    keys.press("+")
    lab.wait(lambda: said().startswith(f"Well {count + 1} of {count + 1} at "), "no well is added")
    keys.press("Delete")
    lab.wait(lambda: said().startswith(f"Well {count} of {count} at "), "no well is removed")
    keys.press("Shift+V")
    lab.wait(lambda: said().startswith(f"Well {count - 1} of {count} at "), "the well before is not chosen")
    assert lab.stand() == k, "the arrow moves the run"
    keys.press("Escape")
    lab.wait(lambda: well.inner_text() == f"{count} wells", "Escape does not leave the wells")
    keys.press("ArrowRight")
    lab.wait(lambda: lab.step == k + 1, "an arrow moves no run after Escape")
    assert not lab.complaints


def test_a_formula_is_drawn_at_once_and_a_bad_one_is_explained_under_its_box(lab, server):
    lab.open(server.page)
    lab.choose("landscape", "Formula")
    over = """(labels) => labels.filter((label) => label.getClientRects().length > 0).map((label) => {
      const [sign, words] = ["b", "span"].map((part) => label.querySelector(part)?.getBoundingClientRect())
      return sign && words ? sign.right - words.left : 0
    })"""
    apart = lab.page.locator(".sheet .label").evaluate_all(over)
    assert len(apart) > 5 and max(apart) <= 0, "a symbol lies over the words beside it"
    lab.type("landscape.text", "x**2 + y**2 + 3*sin(4*x)*cos(3*y)")
    lab.wait(lambda: lab.error("landscape.text") == "", "a good formula is refused", 30)
    k = lab.step
    lab.wait(lambda: lab.step > k, "the swarm does not run on it", 30)
    lab.picture("formula")
    lab.type("landscape.text", '__import__("os").system("true")')
    lab.wait(lambda: lab.error("landscape.text") != "", "a program is accepted as a formula")
    k = lab.step
    lab.wait(lambda: lab.step > k, "the running swarm was lost")
    lab.picture("formula refused")
    assert not lab.complaints


def test_a_parameter_of_a_formula_has_a_slider_that_moves_the_running_swarm(lab, server):
    lab.open(server.page)
    lab.choose("landscape", "Formula")
    assert not lab.row("landscape.a").is_visible()
    lab.type("landscape.text", "x^2 + y^2 + a*cos(b*x)*cos(b*y) with a = 0 in [0, 8], b = 3 in [1, 6]")
    lab.wait(lambda: lab.row("landscape.b").is_visible(), "a parameter has no slider", 30)
    assert lab.row("landscape.a").is_visible() and not lab.row("landscape.g").is_visible()
    k = lab.step
    assert 6.0 < float(lab.slide("landscape.a", 1.0)) <= 8.0
    lab.wait(lambda: lab.step > k + 5, "the swarm does not go on", 30)
    assert lab.error("landscape.a") == ""
    lab.picture("formula with sliders")
    assert not lab.complaints


PASTE = """(box, text) => {
  const clipboardData = new DataTransfer()
  clipboardData.setData("text", text)
  box.focus()
  box.select()
  box.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}))
}"""


def test_a_graph_and_its_values_are_pasted_line_by_line(lab, server):
    lab.open(server.page)
    lab.choose("dynamics", "FiniteSet")
    lab.choose("preset", "finite-own")
    lab.wait(lambda: lab.row("dynamics.edges").is_visible(), "no links can be typed", 60)
    edges, values = (lab.row(name).locator("input") for name in ("dynamics.edges", "landscape.table"))
    edges.evaluate(PASTE, "0,1\n1,2,0.5\r\n2,3\n3,0\n")
    lab.wait(lambda: edges.input_value() == "0, 1; 0, 3; 1, 2, 0.5; 2, 3", f"it shows {edges.input_value()}")
    values.evaluate(PASTE, "0.5\n-1\n2\n0\n")
    lab.wait(lambda: values.input_value() == "0.5, -1, 2, 0", f"it shows {values.input_value()}")
    k = lab.step
    lab.wait(lambda: lab.step > k, "the swarm does not run on it", 30)
    lab.picture("graph of one's own")
    edges.evaluate(PASTE, "0,1\n2,3\n")
    lab.wait(lambda: "no way leads from state 0 to state 2" in lab.error("dynamics.edges"), "two parts are accepted")
    k = lab.step
    lab.wait(lambda: lab.step > k, "the running swarm was lost")
    assert not lab.complaints


def test_the_arena_fills_the_screen_with_the_bar_under_it_and_comes_back(lab, server):
    lab.open(server.page)
    places = [".stage", ".strip", ".scrub", ".curves", ".sheet"]
    boxes = lambda: [lab.page.locator(place).first.bounding_box() for place in places]  # noqa: E731
    usual = boxes()
    lab.page.keyboard.press("f")
    lab.wait(lambda: lab.page.evaluate("document.fullscreenElement != null"), "F does not fill the screen")
    lab.wait(
        lambda: lab.page.locator(".stage").bounding_box()["width"] > 1400, "the arena is not as wide as the screen"
    )
    assert lab.page.locator(".stage").bounding_box()["height"] > 780
    assert not lab.page.locator(".curves").is_visible() and not lab.page.locator(".sheet").is_visible()
    lab.picture("full screen")
    k = lab.step
    lab.wait(lambda: lab.step > k, "it does not run")
    lab.pause()
    lab.page.locator(".scrub").click(position={"x": 10, "y": 10})
    lab.wait(lambda: lab.step < k, "the slider over the steps cannot be used")
    assert lab.page.locator("button.full").get_attribute("title") == "Leave the whole screen (F)"
    lab.press("full")
    lab.wait(lambda: boxes() == usual, "it does not come back")
    assert not lab.complaints


def test_every_slider_tells_its_value_and_not_the_place_of_its_thumb(lab, server):
    lab.open(server.page)
    lab.pause()
    told = lab.page.locator("input[type=range]").evaluate_all("(all) => all.map((s) => [s.ariaLabel, s.ariaValueText])")
    assert len(told) > 4 and all(name and text for name, text in told), told
    assert dict(told)["Speed, steps per second"] == "15 steps per second"
    lab.page.locator(".speed input").press("End")
    assert lab.page.locator(".speed input").get_attribute("aria-valuetext") == "as fast as it goes"
    assert not lab.complaints
