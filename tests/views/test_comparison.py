"""The view of two swarms: what both recorded, where both have a value, and the difference."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.palette import theme
from components.playback.panes import Panes
from components.views.base import View
from components.views.comparison import Comparison
from swarmviz.drawing.comparison import at_common_steps, common, comparison_picture
from swarmviz.drawing.strokes import strokes


def make(**options):
    return sv.Simulation(sv.CBO(**options), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=2, seed=3))


def compared():
    """The view of two swarms with another strength of the noise."""
    sims = [make(), make(sigma=0.2)]
    for sim in sims:
        sim.advance(5)
    view = Comparison(runs=lambda: sims)
    view.attach(sims[0])
    return view


def test_the_comparison_draws_what_both_recorded_and_the_difference():
    a = make()
    b = sv.Simulation(sv.dynamics.ALL["BGK"](), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=2, seed=3))
    panes = Panes([(sim, {}) for sim in (a, b)], lambda place: View())
    panes.advance(50)
    names = [o.name for o in common(panes.sims)]
    assert "best" in names and all(name in a.record and name in b.record for name in names)
    upper, lower = comparison_picture(panes.sims, common(panes.sims)[0], log=False)
    np.testing.assert_array_equal(upper.curves[0].y, a.record[names[0]])
    np.testing.assert_array_equal(lower.curves[0].y, a.record[names[0]] - b.record[names[0]])
    view = Comparison(runs=lambda: panes.sims)
    assert view.fits(a.frame, 2) and not view.fits(a.frame, 1)
    view.attach(a)
    np.testing.assert_array_equal(view.plots[1].slots[0][0].data["y"], a.record[names[0]] - b.record[names[0]])


def test_records_of_different_density_are_compared_where_both_have_a_value():
    a, b = make(), sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=2, seed=3), every=3)
    for sim in (a, b):
        sim.advance(20)
    steps, (left, right) = at_common_steps([a, b], "best")
    assert steps.tolist() == [0, 3, 6, 9, 12, 15, 18]
    np.testing.assert_array_equal(left, right)


def test_the_difference_has_the_colour_of_neither_swarm_in_both_themes():
    view = compared()
    for dark in (False, True):
        view.set_dark(dark)
        both, difference = ([renderer.glyph.line_color for _, renderer in plot.slots] for plot in view.plots)
        assert both == list(theme(dark).curves[:2]) and difference == [theme(dark).ink]


def test_the_line_of_a_swarm_is_hidden_from_the_list_of_lines():
    view = compared()
    (tip, *_), _ = view._buttons.lines
    view._buttons._handle_msg(["line", tip])
    assert [renderer.visible for _, renderer in view.plots[0].slots[:2]] == [False, True]
    assert [seen for *_, seen in view._buttons.lines] == [False, True]


def four(marked=0):
    """The view of four swarms, of which one is marked."""
    sims = [make(), make(sigma=0.2), make(sigma=0.4), make(sigma=0.6)]
    for sim in sims:
        sim.advance(5)
    view = Comparison(runs=lambda: sims)
    view.attach(sims[marked])
    return view, sims


def test_all_of_four_swarms_are_drawn_in_their_colours_and_the_difference_is_that_of_the_marked_one_and_a_chosen_other():
    view, sims = four()
    name = common(sims)[0].name
    drawn = [source.data["y"] for source, _ in view.plots[0].slots]
    np.testing.assert_array_equal(drawn, [sim.record[name] for sim in sims])
    assert [renderer.glyph.line_color for _, renderer in view.plots[0].slots] == list(theme(False).curves[:4])
    difference = lambda: view.plots[1].slots[0][0].data["y"]  # noqa: E731
    np.testing.assert_array_equal(difference(), sims[0].record[name] - sims[1].record[name])
    assert [text for _, text, _ in view._others.choices] == ["A − B", "A − C", "A − D"] and view._others.visible
    view._others._handle_msg("3")
    view.attach(sims[0])  # as a session redraws
    np.testing.assert_array_equal(difference(), sims[0].record[name] - sims[3].record[name])
    assert view.difference == [0, 3] and view.export_options(sims[0].frame) == {"pair": [0, 3]}
    view.attach(sims[2])
    np.testing.assert_array_equal(difference(), sims[0].record[name] - sims[2].record[name])
    assert [text for _, text, _ in view._others.choices] == ["A − C", "B − C", "C − D"] and view._others.value == "0"
    assert (view.label_of(2), view.label_of(4)) == ("A and B", "A to D")


def test_a_link_says_whose_difference_is_drawn_and_nonsense_is_refused():
    view, sims = four()
    assert view.defaults["difference"] == [0, 1]
    view.difference = [1, 3]
    assert view.difference == [1, 3]
    for nonsense in ([1], [3, 1], [0, 4], [0, True], ["0", "1"], None, [0.0, 1.0], [1, 1]):
        with pytest.raises(ValueError, match=r"difference = .*: must be two places from 0 to 3, in order"):
            view.difference = nonsense
    del sims[2:]
    view.attach(sims[0])
    assert view.difference == [0, 1] and view.defaults["difference"] == [0, 1] and not view._others.visible


def test_equal_swarms_take_turns_and_others_do_not():
    sims = [make() for _ in range(4)]
    for sim in sims:
        sim.advance(20)
    observable = common(sims)[0]
    for log in (False, True):
        drawn = comparison_picture(sims, observable, log).together
        assert [(stroke.dash, stroke.offset) for stroke in strokes(drawn)] == [
            ((), 0), ((6, 18), -6), ((6, 18), -12), ((6, 18), -18)
        ]  # fmt: skip
    apart = [make(), make(sigma=3.0)]
    for sim in apart:
        sim.advance(20)
    assert not any(stroke.dash for stroke in strokes(comparison_picture(apart, observable, False).together))
