"""The curves: what is drawn is the record, beside theory, on an axis that says what it is measured from."""

from __future__ import annotations

import numpy as np
import pytest

from components.views.curves.curves import Curves
from swarmviz.drawing.claims import FAINT
from swarmviz.drawing.curves import OVERLAY_POINTS, OVERLAYS, Overlay
from swarmviz.drawing.law import Distances
from swarmviz.drawing.log_axis import placed
from tests.views.helpers import DYNAMICS, LawAtOnce, attached, paint, simulation


def named(plot):
    """The names at the ends of the lines."""
    return list(plot.names.data["text"])


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
        for group in dict.fromkeys(o.panel for o in sim.dynamics.observables):
            view.choose(1, group)
            names = {f"{o.symbol}: {o.meaning}" for o in sim.dynamics.observables if o.panel == group}
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
    assert (
        "001 Thm 3.5" in claim.name
        and "every hypothesis holds" in claim.name
    )
    sim.dynamics.sigma = 3.0
    sim.advance(1)
    paint(view, sim)
    claim = next(r for name, (_, r) in slots(view.plots[1]).items() if "claimed" in name)
    assert (
        claim.glyph.line_alpha == FAINT
        and "2λ &gt; σ² fails since step 3 (2λ − σ² = −7)" in view.plots[1].reasons.text
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
    assert named(plot) == ["W₁ to the law", "of N independent draws"]
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
