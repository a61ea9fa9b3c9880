"""The views in a real Chromium: the side's buttons, the density's options, the schedule in use."""

from __future__ import annotations

import pytest

import swarmviz as sv
from components.links import permalink
from components.state import Selection, state_of
from swarmviz.presets import ALL

SHOWN = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values())).filter((m) => m.type === "Figure")
  .map((f) => Bokeh.index.find_one_by_id(f.id)).filter((v) => v != null && v.el.getClientRects().length > 0)
  .map((v) => [v.model.below[0]?.axis_label ?? "", v.model.left[0]?.axis_label ?? ""])"""


def link(server, preset, **dynamics):
    dynamic, landscape, swarm = ALL[preset].build()
    dynamic.param.update(**dynamics)
    return f"{server.page}?s={permalink.write(state_of(Selection(dynamic, landscape, swarm, 15.0)))}"


def axes(lab):
    """The axis labels of the figures that are seen."""
    return [tuple(pair) for pair in lab.page.evaluate(SHOWN)]


def press(lab, label):
    lab.page.click(f'button:text-is("{label}")')


def height(lab, selector):
    return lab.page.locator(selector).first.bounding_box()["height"]


def test_the_phase_space_is_seen_in_place_of_the_density_without_a_jump(lab, server):
    lab.open(link(server, "bgk-rastrigin"))
    lab.wait(lambda: axes(lab).count(("x₁", "x₂")) == 1 and ("x₂", "") in axes(lab), "the marginals are not seen")
    before = height(lab, ".density")
    side = lab.page.locator("select", has=lab.page.locator("option", has_text="Phase space")).first
    side.or_(lab.page.locator('button:text-is("Phase space")')).first.wait_for()
    if side.count():  # beside the button of its table there is room for a menu only
        side.select_option(label="Phase space")
    else:
        press(lab, "Phase space")
    lab.wait(lambda: ("x₁", "v₁") in axes(lab) and ("x₂", "") not in axes(lab), "the phase space is not seen")
    assert not lab.page.get_by_label("bins").is_visible(), "the density's options go with it"
    press(lab, "x₂, v₂")
    lab.wait(lambda: ("x₂", "v₂") in axes(lab), "the other coordinate is not seen")
    assert height(lab, ".density") == before
    phase = lab.page.get_by_role("img", name="Phase space: the agents by x₂ and v₂")
    assert "Horizontal axis: x₂; vertical axis: v₂" in phase.get_attribute("aria-label")
    assert "BGK" in lab.page.get_by_role("img", name="Arena").get_attribute("aria-label")
    lab.choose("dynamics", "CBO")
    lab.wait(lambda: ("x₂", "") in axes(lab) and ("x₂", "v₂") not in axes(lab), "no velocities, no phase space")
    lab.wait(
        lambda: "BGK" not in lab.page.get_by_role("img", name="Arena").get_attribute("aria-label"),
        "it tells of the old run",
    )
    assert not lab.complaints


@pytest.mark.parametrize("preset", ["fmc-rastrigin"])
def test_the_plane_and_the_bins_of_the_density_answer_to_their_buttons(lab, server, preset):
    lab.open(link(server, preset))
    lab.pause()
    lab.wait(lambda: ("x₂", "") in axes(lab), "the marginals are not seen")
    press(lab, "2D")
    lab.wait(lambda: axes(lab).count(("x₁", "x₂")) == 2, "the plane is not seen")
    lab.page.get_by_label("bins").select_option("100")
    press(lab, "2D")
    lab.wait(lambda: ("x₂", "") in axes(lab), "the marginals do not come back")
    bars = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
      .filter((m) => m.data && m.data.top && m.data.left).map((m) => m.data.top.length)"""
    lab.wait(lambda: lab.page.evaluate(bars).count(100) == 2, "there are not 100 bins")
    assert not lab.complaints


def test_masses_change_between_the_noise_and_a_coordinate_with_both_scales(lab, server):
    lab.open(link(server, "ssa-ackley"))
    press(lab, "Mass")
    lab.wait(lambda: ("m", "σ(m)") in axes(lab), "σ(m) is not seen")
    press(lab, "x, m")
    lab.wait(lambda: ("x", "m") in axes(lab) and ("m", "σ(m)") not in axes(lab), "masses over x are not seen")
    lab.picture("masses")
    press(lab, "σ(m)")
    lab.wait(lambda: ("m", "σ(m)") in axes(lab), "σ(m) does not come back")
    lab.picture("noise-over-mass")
    lab.choose("dynamics", "CBO")
    lab.wait(lambda: ("m", "σ(m)") not in axes(lab), "no masses, no view of them")
    assert not lab.complaints


def test_the_schedule_in_use_is_offered_and_drawn_with_the_present_time(lab, server):
    lab.open(link(server, "cbo-rastrigin", sigma=sv.schedules.Linear(start=2.0, end=0.5, duration=10.0)))
    lab.page.locator(".curves select:visible, .curves button:text-is('schedule')").first.wait_for()
    menu = lab.page.locator(".curves select:visible").first
    if menu.count():  # five groups have no room as buttons beside "lines", "log" and "log k"
        menu.select_option(label="schedule")
    else:
        lab.page.locator(".curves button:text-is('schedule')").first.click()
    lab.wait(lambda: ("step k", "value") in axes(lab), "the schedule is not seen")
    cursor = """() => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
      .filter((m) => m.type === "Span" && m.visible).map((m) => m.location)"""
    lab.pause()
    lab.wait(lambda: lab.page.evaluate(cursor) == [lab.step], "the cursor is not at the present step")
    assert not lab.complaints
