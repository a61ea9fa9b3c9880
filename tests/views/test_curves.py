"""The curves: what is drawn is the record, beside theory, on an axis that says what it is measured from."""

from __future__ import annotations

import numpy as np
import pytest
from bokeh.events import Tap
from bokeh.models import LinearScale, LogScale

from components.links.view_options import chosen, restore
from components.palette import theme
from components.views.curves.curve_plot import ROW_PX
from components.views.curves.curves import Curves
from swarmviz.drawing.claims import FAINT
from swarmviz.drawing.curves import OVERLAY_POINTS, OVERLAYS, Overlay, groups_of
from swarmviz.drawing.law import Distances
from swarmviz.drawing.log_axis import BELOW, placed
from swarmviz.theory.wording import set_symbols
from tests.views.helpers import DYNAMICS, LawAtOnce, attached, paint, simulation


def named(plot):
    """The names at the ends of the lines."""
    return [text for text in plot.names.data["text"] if text]


def slots(plot):
    return {renderer.name: (data.data, renderer) for data, renderer in plot.slots if renderer.visible}


def test_the_curves_are_the_record():
    sim = simulation()
    sim.advance(50)
    view = attached(Curves(), sim)
    view.choose(0, "value", log=False)
    for observable, (data, _) in zip(
        (o for o in sim.dynamics.observables if o.panel == "value"), view.plots[0].slots, strict=False
    ):
        np.testing.assert_array_equal(data.data["y"], sim.record[observable.name])
        np.testing.assert_array_equal(data.data["k"], sim.record["k"])


def test_every_group_of_observables_can_be_chosen():
    for dynamics in DYNAMICS:
        sim = simulation(dynamics)
        view = attached(Curves(), sim)
        for group in groups_of(sim.dynamics.observables):
            view.choose(1, group)
            names = {set_symbols(f"{o.symbol}: {o.meaning}") for o in sim.dynamics.observables if o.panel == group}
            assert names <= set(slots(view.plots[1]))
    with pytest.raises(ValueError, match="must be one of"):
        view.choose(0, "no such group")


def test_a_logarithmic_value_axis_is_measured_from_the_minimum_and_says_so():
    sim = simulation(landscape="Himmelblau")
    sim.advance(20)
    view = attached(Curves(), sim)
    view.choose(0, "value", log=True)
    y = view.plots[0].slots[0][0].data["y"]
    np.testing.assert_allclose(y, sim.record["best"] - sim.landscape.minimum(2), rtol=1e-9)
    assert view.plots[0].figure.yaxis.axis_label == "F − min F"
    view.choose(0, "value", log=False)
    assert view.plots[0].figure.yaxis.axis_label == "F"


def test_a_logarithmic_axis_copes_with_zeros():
    sim = simulation(sigma=0.0, lam=20.0, dt=0.05)  # one step takes all agents to the consensus: the dispersion is 0
    sim.advance(20)
    assert sim.record["dispersion"][-1] == 0
    view = attached(Curves(), sim)
    view.choose(1, "dispersion", log=True)
    plot = view.plots[1]
    assert all((data.data["y"] > 0).all() for data, _ in plot.slots[:2])
    assert 0 < plot.figure.y_range.start < plot.figure.y_range.end < np.inf


def test_theory_is_drawn_beside_the_record_and_faint_with_its_reason_where_a_hypothesis_fails():
    sim = simulation(lam=1.0, sigma=1.0)
    view = attached(Curves(), sim)
    claim = next(r for name, (_, r) in slots(view.plots[1]).items() if "claimed" in name)
    assert claim.glyph.line_dash == [2, 4] and claim.glyph.line_alpha == 1 and view.plots[1].reasons.text == ""
    assert "001 Thm 3.5" in claim.name and "every hypothesis holds" in claim.name
    sim.dynamics.sigma = 3.0
    sim.advance(1)
    paint(view, sim)
    claim = next(r for name, (_, r) in slots(view.plots[1]).items() if "claimed" in name)
    assert (
        claim.glyph.line_alpha == FAINT
        and "need not hold for the measured V: the hypothesis “2λ &gt; σ²” fails since step 3 (2λ − σ² = −7)"
        in view.plots[1].reasons.text
        and view.plots[1].reasons.visible
    )


def test_the_distance_to_the_law_is_chosen_like_what_is_recorded_and_stands_beside_that_of_independent_draws():
    sim = simulation("CBO", d=1, steps=4)
    laws = LawAtOnce(
        distances=Distances(np.array([0, 2, 4]), np.array([0.3, 0.2, 0.1]), np.array([0.2, 0.2, 0.15])), needed=99.0
    )
    view = attached(Curves(law=laws), sim)
    assert view.law_parts == frozenset() and laws.asked == 0
    view.curves = [["value", True], ["W₁", False]]
    assert view.law_parts == {"distance"}
    plot = view.plots[1]
    assert named(plot) == ["W₁ to the law", "N independent draws"]
    measured, expected = (data.data for data, _ in plot.slots[:2])
    np.testing.assert_array_equal(measured["k"], [0, 2, 4])
    np.testing.assert_array_equal(measured["y"], laws.known.measured)
    np.testing.assert_array_equal(expected["y"], laws.known.expected)
    assert plot.figure.yaxis.axis_label == "W₁" and "N* = 99" in plot.reasons.text
    assert [label for _, label, _ in view._buttons[1].choices].count("W₁") == 1
    assert view.export_options(sim.frame) == {"log": {"value": True}, "law": True}


def test_what_another_view_says_of_the_law_is_not_said_twice():
    told = []
    view = attached(Curves(law=LawAtOnce(needed=99.0), law_told=lambda: bool(told)), simulation("CBO", d=1, steps=4))
    view.curves = [["value", True], ["W₁", False]]
    assert "N* = 99" in view.plots[1].reasons.text
    told.append("by the density")
    view.refresh()
    assert view.plots[1].reasons.text == ""


@pytest.mark.parametrize(("dynamics", "d"), [("CBO", 2), ("SBGD", 1)])
def test_where_no_law_is_computed_its_distance_is_not_offered(dynamics, d):
    view = attached(Curves(law=LawAtOnce()), simulation(dynamics, d=d))
    with pytest.raises(ValueError, match="curves = "):
        view.curves = [["value", True], ["W₁", False]]


def behind(plot):
    """The curves of other runs as the browser has them: tip → steps and values."""
    data = plot.behind[0].data
    return {tip: (k, y) for tip, k, y in zip(data["tip"], data["k"], data["y"], strict=True)}


def test_another_run_is_drawn_behind_on_the_same_axis_in_one_set_of_lines():
    sim, other = simulation(), simulation(seed=5)
    sim.advance(10)
    other.advance(80)
    view = attached(Curves(), sim)
    assert all(plot.behind is None for plot in view.plots), "without other runs they cost no model"
    view.choose(0, "value", log=True)
    view.overlays = [Overlay.of(other, "run 3")]
    for plot, group in zip(view.plots, view.groups, strict=True):
        observables = [o for o in sim.dynamics.observables if o.panel == group]
        assert list(behind(plot)) == [f"{o.symbol} of run 3" for o in observables]
        zero = sim.landscape.minimum(2) if group == "value" else 0.0
        for o, (k, y) in zip(observables, behind(plot).values(), strict=True):
            np.testing.assert_array_equal(k, other.record["k"])
            np.testing.assert_allclose(y, placed(other.record[o.name] - zero))
        assert plot.figure.x_range.end >= 80, "the axis reaches to the end of what is drawn"
        assert plot.figure.renderers[0] is plot.behind[1], "under every curve"
        assert named(plot)[-1] == "run 3" and plot.lines[-1][:2] == (OVERLAYS, "run 3")
    before = view.plots[0].behind[0].data
    paint(view, sim)
    assert view.plots[0].behind[0].data is before, "what does not change is sent once"
    view.overlays = []
    assert behind(view.plots[0]) == {} and not view.plots[0].behind[1].visible
    assert view.plots[0].figure.x_range.end < 80


def test_a_run_of_another_dynamics_is_drawn_behind_as_far_as_it_records_the_same():
    sim, other = simulation("CBO"), simulation("SSA", landscape="Ackley")
    other.advance(5)
    view = attached(Curves(), sim)
    view.overlays = [Overlay.of(other, "run 1")]
    names = {o.name for o in other.dynamics.observables}
    drawn = [o for o in sim.dynamics.observables if o.panel == "value" and o.name in names]
    assert drawn and list(behind(view.plots[0])) == [f"{o.symbol} of run 1" for o in drawn]


def test_a_long_run_keeps_its_extremes_in_few_points():
    sim = simulation()
    sim.advance(5000)
    for name, (k, y) in Overlay.of(sim).series.items():
        assert len(k) == len(y) <= 1.5 * OVERLAY_POINTS
        assert y.min() == np.min(sim.record[name]) and y.max() == np.max(sim.record[name])


def test_names_at_the_ends_follow_the_lines_and_never_lie_on_each_other():
    sim = simulation(landscape="Rastrigin", steps=150)
    view = attached(Curves(), sim)
    for plot in view.plots:
        for height in (60, 120, 300):
            for side, pixels in (("inner_height", height), ("inner_width", 370)):
                plot.figure.set_from_json(side, pixels)  # as the browser tells
            told, ends = len(named(plot)), plot.figure.y_range
            names = {column: values[:told] for column, values in plot.names.data.items()}
            log = view.log[view.plots.index(plot)]
            place = (lambda y: np.log10(y)) if log else (lambda y: np.asarray(y, float))
            at = height * (place(names["y"]) - place(ends.start)) / (place(ends.end) - place(ends.start))
            assert np.diff(np.sort(at)).min() >= ROW_PX - 1e-6 and at.min() >= ROW_PX / 2 - 1e-6
            assert at.max() <= height - ROW_PX / 2 + 1e-6
            shown = view.prepare(sim.frame, sim).pictures[view.plots.index(plot)].curves
            assert len(names["text"]) == min(len(shown), int(height / ROW_PX))
            assert set(names["k"]) == {150.0} and plot.figure.x_range.end * 0.8 > 150, "with room for the names"


def test_a_plot_never_has_fewer_texts_than_before_since_bokehjs_would_look_for_the_colours_of_those_that_are_gone():
    view = attached(Curves(), simulation())
    plot, lengths = view.plots[1], []
    for group in ("dispersion", "value", "dispersion"):
        view.choose(1, group)
        columns = {len(values) for values in plot.names.data.values()}
        assert len(columns) == 1 and len(named(plot)) <= min(columns)
        lengths.append((*columns, len(named(plot))))
        nowhere = [
            np.isnan(y) for y, text in zip(plot.names.data["y"], plot.names.data["text"], strict=True) if not text
        ]
        assert len(nowhere) == max(columns) - len(named(plot)) and all(nowhere)
    assert lengths[0] == lengths[2] and lengths[1][1] < lengths[0][1] and lengths[1][0] == lengths[0][0]


@pytest.mark.parametrize("dark", [False, True])
def test_a_line_is_hidden_and_shown_from_the_list_and_by_nothing_else(dark):
    view = attached(Curves(dark=dark), simulation())
    plot, buttons = view.plots[1], view._buttons[1]
    keys = [key for key, *_ in buttons.lines]
    assert [text for _, text, *_ in buttons.lines][:2] == ["V", "|X̄ − ν|²"] and len(keys) == len(slots(plot))
    buttons._handle_msg(["line", keys[1]])
    assert plot.hidden == {keys[1]} == {key for key, *_, shown in buttons.lines if not shown}
    assert not plot.slots[1][1].visible and "|X̄ − ν|²" not in named(plot) and "V" in named(plot)
    step_again = view.plots[1].slots[1][1]
    view._sim.advance(1)
    paint(view, view._sim)
    assert not step_again.visible, "it stays hidden while the run goes on"
    for hostile in (
        ["line", "no line"],
        ["line"],
        ["line", 3],
        ["line", [keys[0]]],
        {"line": keys[0]},
        keys[0],
        ["x", keys[0]],
    ):
        buttons._handle_msg(hostile)
    assert plot.hidden == {keys[1]}
    buttons._handle_msg(["line", keys[1]])
    assert plot.hidden == set() and "|X̄ − ν|²" in named(plot)
    view.set_dark(not dark)
    assert buttons.lines[0][2] == theme(not dark).curves[0], "the list has the colours of the theme"


def test_what_is_hidden_is_known_by_names_that_stay_and_is_an_option_of_the_view():
    """The name of a claim has its number: a line that was hidden by it came back as soon as σ was moved, and was in no link."""
    sim = simulation()
    view = attached(Curves(), sim)
    plot = view.plots[1]
    claimed = "cbo-mean-square"
    before = {key: name for key, name, *_ in plot.lines}[claimed]
    plot.toggle(claimed)
    sim.dynamics.sigma = 0.5
    sim.advance(1)
    paint(view, sim)
    (now,) = [line for line in plot.lines if line[0] == claimed]
    assert not now[-1] and now[1] != before and now[1].startswith("claimed rate")
    assert chosen(view)["hidden"] == [[], [claimed]] and view.export_options(sim.frame)["hidden"] == [claimed]
    other = attached(Curves(), simulation())
    assert restore({"hidden": [["best"], [claimed, "bands", "other runs"]]}, other) == ""
    assert other.hidden == [["best"], ["bands", claimed, "other runs"]] and claimed not in named(other.plots[1])
    assert restore({}, other) == "" and other.hidden == [[], []] and all(line[-1] for line in other.plots[1].lines)


def test_a_click_on_a_step_goes_there_and_whatever_else_a_browser_sends_does_not():
    asked = []
    view = attached(Curves(go_to=asked.append), simulation(steps=40))
    plot = view.plots[0]
    middle = (plot.figure.y_range.start + plot.figure.y_range.end) / 2
    click = lambda x, y=middle: plot.figure._trigger_event(Tap(plot.figure, x=x, y=y))  # noqa: E731
    click(17.4)
    click(0.2)
    click(41.7)  # between the end of the run and that of the axis
    assert asked == [17, 0, 40]
    for x, y in (
        (None, middle),
        (5, None),
        (float("nan"), middle),
        (-3, middle),
        (1e300, middle),
        (5, 1e300),
        (5, float("nan")),
    ):
        click(x, y)
    assert asked == [17, 0, 40]


def test_a_logarithmic_axis_of_steps_shows_the_whole_history_from_step_1_and_belongs_to_the_link():
    sim = simulation(
        sigma=0.0, lam=20.0, dt=0.05, steps=3000
    )  # λΔt = 1: all agents meet exactly, whatever the last bits of sums are
    view = attached(Curves(), sim)
    assert view.log_steps == [False, False] == view.defaults["log_steps"]
    view._buttons[1]._handle_msg("log k")
    plot = view.plots[1]
    assert view.log_steps == [False, True] and view._buttons[1].active == ["log", "log k"]
    assert isinstance(plot.figure.x_scale, LogScale) and plot.figure.x_range.start == 1
    assert plot.figure.xaxis.axis_label == "step k, from 1 on", "that step 0 has no place is told"
    k, y = (plot.slots[0][0].data[column] for column in "ky")
    np.testing.assert_array_equal(k[:40], np.arange(40))
    assert k[-1] == 3000 and y.max() == sim.record["dispersion"].max() and y.min() == BELOW, "it fell to 0"
    assert view.export_options(sim.frame)["log_steps"] == {"dispersion": True}
    assert chosen(view)["log_steps"] == [False, True]
    assert restore({"log_steps": [True, False]}, view) == ""
    assert isinstance(plot.figure.x_scale, LinearScale) and view._buttons[0].active == ["log k"]
    for wrong in (True, [True], [1, 0], ["a", True], [True, False, True]):
        with pytest.raises(ValueError, match="log_steps = "):
            view.log_steps = wrong


def test_a_switch_to_a_logarithmic_axis_shows_all_values_that_have_a_logarithm_and_tells_of_the_others():
    sim = simulation(sigma=0.0, lam=20.0, dt=0.05, steps=1)
    sim.advance(3000)
    view = attached(Curves(), sim)
    view.choose(1, "dispersion", log=False)
    view.choose(1, "dispersion", log=True)
    plot, record = view.plots[1], sim.record["dispersion"]
    assert record[-1] == 0 and plot.figure.y_range.end >= record.max()
    assert plot.slots[0][0].data["k"][0] == 0 and plot.slots[0][0].data["y"][0] == record[0]
    assert "no place for values" in plot.reasons.text and "V" in plot.reasons.text


def test_the_place_for_notes_is_kept_whatever_they_say():
    sim = simulation(lam=1.0, sigma=1.0)
    view = attached(Curves(), sim)
    plot = view.plots[1]
    assert plot.reasons.visible and plot.reasons.text == ""
    sim.dynamics.sigma = 3.0
    sim.advance(1)
    paint(view, sim)
    assert plot.reasons.visible and plot.reasons.text
    first = view.plots[0]
    assert not first.reasons.visible, "where nothing can be said there is no place for it"
    view.choose(0, "value", log=True)
    assert first.reasons.visible, "a logarithmic axis may have something to say at any step"


def test_ticks_are_as_people_write_them():
    sim = simulation(steps=1500)
    view = attached(Curves(), sim)
    steps = view.plots[1].figure.xaxis.major_label_overrides
    assert steps[1000.0] == "1\u202f000" and set(steps) == set(view.plots[1].step_ticker.ticks)
    values = view.plots[1].figure.yaxis.major_label_overrides
    assert any("10⁻" in text for text in values.values()) and not any("e" in text for text in values.values())


def test_what_a_plot_is_drawn_over_is_chosen_by_a_switch_and_belongs_to_the_link_and_to_the_picture():
    sim = simulation(steps=30)
    view = attached(Curves(), sim)
    assert view.curves_over == ["steps", "steps"] == view.defaults["curves_over"]
    plot, asked = view.plots[1], []
    plot.on_step = asked.append
    view._buttons[1]._handle_msg("evals")
    assert view.curves_over == ["steps", "evaluations"] and view._buttons[1].active == ["log", "evals"]
    paint(view, sim)
    assert plot.figure.xaxis.axis_label == "evaluations of F"
    np.testing.assert_array_equal(plot.slots[0][0].data["k"], sim.record["evaluations"])
    middle = (plot.figure.y_range.start * plot.figure.y_range.end) ** 0.5
    plot.figure._trigger_event(Tap(plot.figure, x=float(sim.record["evaluations"][12]), y=middle))
    assert asked == [12], "a click goes to the step"
    assert view.export_options(sim.frame)["over"] == {"dispersion": "evaluations"}
    view._buttons[1]._handle_msg("t")
    assert view.curves_over == ["steps", "time"] and view._buttons[1].active == ["log", "t"], "at most one is on"
    paint(view, sim)
    assert plot.figure.xaxis.axis_label == "time t" and plot.figure.x_range.end >= sim.t
    assert chosen(view)["curves_over"] == ["steps", "time"]
    view._buttons[1]._handle_msg("t")
    assert view.curves_over == ["steps", "steps"] and "curves_over" not in chosen(view)
    assert restore({"curves_over": ["evaluations", "time"]}, view) == "" and view.curves_over == ["evaluations", "time"]
    for wrong in (["time"], "time", ["time", 1], ["time", "soon"], None, ["time"] * 3, [["time"], "time"]):
        with pytest.raises(ValueError, match="curves_over = "):
            view.curves_over = wrong
