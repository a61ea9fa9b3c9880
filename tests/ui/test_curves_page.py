"""The curves in a real Chromium: names at their ends, values under the pointer, and a click goes to its step; nothing moves the layout."""

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
