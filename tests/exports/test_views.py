"""Pictures of the views beside the arena: phase space, occupation, the plane of a density, and two runs; against the numbers of the run."""

import io
import json
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from PIL import Image

import swarmviz as sv
from swarmviz import exports, theory
from swarmviz.drawing import style
from swarmviz.drawing.coordinates import names_of
from swarmviz.drawing.finite_set import MOST_BARS
from swarmviz.exports.mpl.comparison import comparison_figure, told
from swarmviz.exports.mpl.density import density_figure
from swarmviz.exports.mpl.occupation import occupation_figure
from swarmviz.exports.mpl.phase_space import phase_figure
from swarmviz.exports.mpl.picture import VIEWS
from swarmviz.schedules import Power
from tests.views.arena.test_finite_set import eta

RASTRIGIN = sv.landscapes.Rastrigin()
EVERY_THEME = pytest.mark.parametrize("dark", [False, True])


def simulation(dynamics="BGK", n=40, d=2, steps=6, **parameters):
    sim = sv.Simulation(sv.dynamics.ALL[dynamics](**parameters), RASTRIGIN, sv.Swarm(n=n, d=d, seed=2))
    sim.advance(steps)
    return sim


def on_states(n=80, steps=6, **parameters):
    dynamics = sv.FiniteSet(**{"graph": "cycle", "states": 20} | parameters)
    sim = sv.Simulation(dynamics, sv.landscapes.FiniteSetCurve(), sv.Swarm(n=n, d=1, seed=3))
    sim.advance(steps)
    return sim


def pair(steps=30, every=1):
    a = simulation("CBO", steps=0)
    b = sv.Simulation(sv.CBO(sigma=0.2), RASTRIGIN, sv.Swarm(n=40, d=2, seed=2), every=every)
    for sim in (a, b):
        sim.advance(steps)
    return a, b


FITTING = {
    "phase": lambda: (simulation("PSO"), {}),
    "occupation": lambda: (on_states(), {}),
    "density": lambda: (simulation("FMC", n=60), {"bins": 12}),
    "comparison": lambda: (simulation("CBO"), {"other": simulation("FMC")}),
}


def dots(axes):
    return next(artist for artist in axes.collections if isinstance(artist, PathCollection))


def marks(axes):
    """Marker → the points (M, 2) that are drawn with it."""
    return {line.get_marker(): line.get_xydata() for line in axes.lines if line.get_linestyle() == "None"}


def named(figure):
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def said(figure):
    return " ".join(figure.legends[0].get_title().get_text().split())


# ---- what can be made of which run ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_the_pictures_that_fit_a_run_are_those_that_can_be_made(name):
    sim = on_states() if name == "FiniteSet" else simulation(name, n=10)
    fitting = exports.views_of(sim.frame)
    assert ("phase" in fitting) == (sim.frame.v is not None) and ("occupation" in fitting) == (name == "FiniteSet")
    assert exports.views_of(sim.frame, comparing=True) == [*fitting, "comparison"]
    for view in set(VIEWS) - {*fitting, "comparison"}:
        with pytest.raises(ValueError, match=f"view = '{view}': the agents of {sim.dynamics.title} (have|do not)"):
            exports.picture(sim, view)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"view": "phase"}, "view = 'phase': the agents of CBO have no velocities"),
        ({"view": "occupation"}, "view = 'occupation': the agents of CBO do not live on a finite set of states"),
        ({"view": "comparison"}, "view = 'comparison': needs a second run, other"),
        ({"view": "curves", "other": simulation("CBO")}, "other = .*: is for the view comparison, not for curves"),
        ({"bins": 60}, "bins = 60: is for the view density, not for arena"),
        ({"coordinates": [0]}, r"coordinates = \[0\]: is for the view density or phase, not for arena"),
        ({"view": "density", "bins": 1}, "bins = 1: must be a whole number from 2 to 1000"),
        ({"view": "density", "bins": 2.5}, "bins = 2.5: must be"),
        ({"view": "density", "bins": "7"}, "bins = '7': must be"),
        ({"view": "density", "smooth": 1}, "smooth = 1: must be True or False"),
        *(
            ({"view": "density", "coordinates": bad}, "coordinates = .*: must be one or two different whole numbers from 0 to 1")
            for bad in ([], [0, 2], [-1], [0, 0], [0, 1, 0], 2, [0.5], [True, False], "01")
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(wrong, reason):
    with pytest.raises(ValueError, match=reason):
        exports.picture(simulation("CBO"), **wrong)


@pytest.mark.filterwarnings("error::UserWarning")  # a glyph that no font has
@EVERY_THEME
@pytest.mark.parametrize("view", FITTING)
def test_every_view_is_a_picture_with_its_origin_inside(view, dark):
    sim, options = FITTING[view]()
    with Image.open(io.BytesIO(exports.picture(sim, view, dpi=50, dark=dark, **options))) as image:
        about = json.loads(image.text["Description"])
        corner = image.convert("RGB").getpixel((0, 0))
    assert corner == tuple(round(255 * c) for c in style.ramp((style.theme(dark).paper,), 1)[0])
    second = about.pop("other", None)
    if view == "comparison":
        assert second == exports.metadata(options["other"]) and about["title"].startswith("A: CBO on Rastrigin")
        about["title"] = exports.metadata(sim)["title"]
    assert about == exports.metadata(sim)


@pytest.mark.parametrize("view", FITTING)
def test_the_same_run_gives_the_same_bytes_and_a_well_formed_svg(view):
    for kind in ("png", "svg"):
        (first, options), (second, again) = FITTING[view](), FITTING[view]()
        data = exports.picture(first, view, kind, dpi=50, **options)
        assert data == exports.picture(second, view, kind, dpi=50, **again)
    (about,) = ElementTree.fromstring(data).iter("{http://purl.org/dc/elements/1.1/}description")
    assert json.loads(about.text)["version"] == sv.__version__


# ---- phase space -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dynamics", ["BGK", "PSO"])
@pytest.mark.parametrize(("d", "coordinates"), [(1, None), (2, None), (5, (4, 1)), (5, [3])])
def test_the_phase_space_has_the_agents_of_the_frame(dynamics, d, coordinates):
    sim = simulation(dynamics, d=d)
    frame, figure = sim.frame, phase_figure(sim, coordinates=coordinates)
    places = coordinates or range(min(d, 2))
    assert len(figure.axes) == len(places)
    best = np.argmin(frame.energy)
    for axes, i in zip(figure.axes, places, strict=True):
        np.testing.assert_array_equal(dots(axes).get_offsets(), np.column_stack([frame.x[:, i], frame.v[:, i]]))
        np.testing.assert_array_equal(dots(axes).get_facecolors()[:, :3], style.agent_colours(frame, style.LIGHT))
        assert (axes.get_xlabel(), axes.get_ylabel()) == names_of(i, d)
        at = marks(axes)
        assert at["o"].tolist() == [[frame.x[best, i], frame.v[best, i]]] and at["P"].tolist() == [[frame.focus[i], 0]]
        assert at["*"].tolist() == [[0, 0]], "the minimiser of Rastrigin"
        assert ("+" in at) == (frame.memory is not None)
        if frame.memory is not None:
            np.testing.assert_array_equal(at["+"], np.column_stack([frame.memory[:, i], np.zeros(frame.n)]))
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        x, v = frame.x[:, i], frame.v[:, i]
        hidden = ((x < left) | (x > right) | (v < bottom) | (v > top)).sum()
        notes = [text.get_text() for text in axes.texts]
        assert bottom == -top and (np.abs(v) <= top).all() and (f"{hidden} agent" in "".join(notes)) == (hidden > 0)
    assert "lowest agent" in named(figure) and ("personal best, at v = 0" in named(figure)) == (dynamics == "PSO")


@pytest.mark.parametrize(("settings", "applies"), [({}, True), ({"noise": "cauchy"}, False)])
def test_the_law_of_velocities_lies_under_the_agents_with_its_source_and_its_limits(settings, applies):
    sim = simulation(d=2, **settings)
    frame, law, figure = sim.frame, theory.velocity_law(sim), phase_figure(sim)
    for i, axes in enumerate(figure.axes):
        (line,) = (line for line in axes.lines if line.get_linestyle() == ":")
        x, centre = line.get_xydata().T
        X = np.tile(frame.focus, (len(x), 1))
        X[:, i] = x
        np.testing.assert_allclose(centre, law.centre(X)[:, i], atol=1e-12)
        (band,) = (artist for artist in axes.collections if not isinstance(artist, PathCollection))
        (low, high), spread = band.get_paths()[0].get_extents().intervaly, law.spread(X)[:, i]
        assert low == pytest.approx((centre - spread).min()) and high == pytest.approx((centre + spread).max())
        assert band.zorder < line.zorder < dots(axes).zorder and frame.focus[i] in x
    assert any(law.title in label and law.reference in label for label in named(figure))
    assert law.applies == applies and (law.reason in said(figure)) == (not applies)


@pytest.mark.parametrize("name, settings", [("PSO", {}), ("BGK", {"form": "inertial"})], ids=["PSO", "inertial"])
def test_no_law_is_drawn_where_theory_gives_none(name, settings):
    sim = simulation(name, **settings)
    figure = phase_figure(sim)
    assert not any(line.get_linestyle() == ":" for axes in figure.axes for line in axes.lines)
    assert not any("±" in label for label in named(figure))


def test_a_large_swarm_in_phase_space_is_an_image_of_all_agents_in_view():
    sim = simulation(n=20_000)
    axes, frame = phase_figure(sim, coordinates=[1]).axes[0], sim.frame
    (image,) = axes.images
    shades = np.asarray(image.get_array())
    ends = (axes.get_ylim(), axes.get_xlim())
    cells = np.histogram2d(frame.v[:, 1], frame.x[:, 1], bins=shades.shape, range=ends)[0]
    np.testing.assert_array_equal(shades > 0, cells > 0)
    assert image.get_extent() == [*ends[1], *ends[0]] and not any(
        isinstance(c, PathCollection) for c in axes.collections
    )
    note = " ".join(axes.texts[0].get_text().split())
    assert note == f"20,000 agents, drawn as a density · {int(20_000 - cells.sum()):,} agents outside the view"


# ---- occupation ----------------------------------------------------------------------------------------------------------------


def stairs(figure):
    """Band, bars and the law, as (values, edges, baseline)."""
    from matplotlib.patches import StepPatch

    return [patch.get_data() for patch in figure.axes[0].patches if isinstance(patch, StepPatch)]


def test_the_occupation_is_that_of_the_frame_less_the_target_beside_the_room_that_chance_has():
    sim = on_states(beta=5.0)
    frame, figure = sim.frame, occupation_figure(sim)
    band, bars, line = stairs(figure)
    share, goal = np.bincount(frame.node, minlength=20) / 80, eta(frame.heights, 5.0)
    law = theory.law(sim).density(frame.sites) / 20
    error = 2 * np.sqrt(law * (1 - law) / 80)
    np.testing.assert_allclose(bars.values, share - goal, atol=1e-9)
    np.testing.assert_allclose(line.values, law - goal, atol=1e-9)
    np.testing.assert_allclose(band.values, law - goal + error, atol=1e-9)
    np.testing.assert_allclose(band.baseline, law - goal - error, atol=1e-9)
    assert bars.edges.tolist() == (np.arange(21) - 0.5).tolist()
    low, high = figure.axes[0].get_ylim()
    assert low <= band.baseline.min() and high >= max(bars.values.max(), band.values.max())
    assert named(figure) == ["80 agents", "η_β at β = 5", "exact law", "± 2σ of 80 independent agents"]


def test_where_the_exact_law_is_not_known_chance_is_measured_around_the_target():
    sim = on_states(n=300, states=1000, steps=2)
    figure = occupation_figure(sim)
    band, bars = stairs(figure)
    assert len(bars.values) == MOST_BARS and theory.law(sim) is None and len(named(figure)) == 3
    goal = eta(sim.frame.heights, sim.dynamics.beta).reshape(-1, 2).sum(axis=1)
    np.testing.assert_allclose(bars.values, sim.frame.occupation.reshape(-1, 2).sum(axis=1) - goal, atol=1e-9)
    np.testing.assert_allclose(band.values, 2 * np.sqrt(goal * (1 - goal) / 300), atol=1e-9)


@pytest.mark.parametrize(("gamma", "fails"), [(0.9, True), (0.2, False)])
def test_a_theorem_that_does_not_apply_is_said_in_words(gamma, fails):
    figure = occupation_figure(on_states(beta=Power(gamma=gamma)))
    assert ("target law: " in said(figure) and "does not hold" in said(figure)) == fails


# ---- density ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("d", "coordinates"), [(2, None), (5, (4, 1))])
def test_the_plane_of_a_density_holds_every_agent_of_the_box(d, coordinates):
    sim = simulation("CBO", n=3000, d=d, sigma=3.0)
    first, second, plane = density_figure(sim, coordinates=coordinates, bins=20, smooth=False).axes
    i, j = coordinates or (0, 1)
    low, high = sim.landscape.limits(d)
    box = ((low[j], high[j]), (low[i], high[i]))
    count = np.histogram2d(sim.frame.x[:, j], sim.frame.x[:, i], bins=20, range=box)[0]
    np.testing.assert_array_equal(np.asarray(plane.images[0].get_array()) > 0, count > 0)
    assert plane.images[0].get_extent() == [low[i], high[i], low[j], high[j]]
    assert (plane.get_xlabel(), plane.get_ylabel()) == (names_of(i, d)[0], names_of(j, d)[0])
    assert f"{int(3000 - count.sum()):,} outside" in [text.get_text() for text in plane.texts]
    for axes, k in ((first, i), (second, j)):
        top = axes.patches[0].get_data()
        inside = np.histogram(sim.frame.x[:, k], 20, (low[k], high[k]))[0]
        np.testing.assert_allclose(top.values * np.diff(top.edges) * 3000, inside, atol=1e-6)
        assert not axes.lines, "no smooth line was asked for, and CBO has no target"


@pytest.mark.parametrize("coordinates", [(0, 1), (1, 0)])
def test_the_target_is_drawn_over_both_coordinates_and_as_contours_in_the_plane(monkeypatch, coordinates):
    s = np.array([0.3, 1.0])
    law = theory.Target("normal", "here", lambda X: np.exp(-(((X - 1) / s) ** 2).sum(axis=1) / 2), True, "")
    monkeypatch.setattr("swarmviz.exports.mpl.density.theory_target", lambda sim: law)
    figure = density_figure(simulation("CBO", n=500), coordinates=coordinates)
    *histograms, plane = figure.axes
    for axes, i in zip(histograms, coordinates, strict=True):
        smooth, target = (line.get_xydata().T for line in axes.lines)
        np.testing.assert_allclose(
            target[1], np.exp(-(((target[0] - 1) / s[i]) ** 2) / 2) / (s[i] * np.sqrt(2 * np.pi)), atol=0.02
        )
        assert 0.9 < np.trapezoid(smooth[1], smooth[0]) <= 1.001
    (contours,) = (c for c in plane.collections if hasattr(c, "levels"))
    radii = [np.hypot(*((path.vertices - 1) / s[list(coordinates)]).T).mean() for path in contours.get_paths()]
    np.testing.assert_allclose(sorted(radii), np.sqrt(-2 * np.log([0.5, 0.1])), rtol=0.03)
    assert "normal: where 50% and 90% of it lie" in named(figure)


def test_a_target_that_does_not_apply_is_faint_and_says_why():
    sim = simulation("FMC", n=60, sigma=0.0)
    law, figure = theory.target(sim), density_figure(sim)
    assert not law.applies and law.reason in said(figure)
    assert figure.axes[0].lines[-1].get_alpha() < 1


def test_a_smooth_plane_has_its_middle_where_the_swarm_has():
    sim = simulation("CBO", n=3000)
    low, high = sim.landscape.limits(2)
    x = sim.frame.x[((sim.frame.x >= low) & (sim.frame.x <= high)).all(axis=1)]
    image = np.asarray(density_figure(sim).axes[-1].images[0].get_array()).astype(float)
    step = (high - low) / image.shape[::-1]
    at = [low[i] + (np.arange(image.shape[1 - i]) + 0.5) * step[i] for i in (0, 1)]
    middle = [at[0] @ image.sum(axis=0), at[1] @ image.sum(axis=1)] / image.sum()
    np.testing.assert_allclose(middle, x.mean(axis=0), atol=0.1)


# ---- two runs --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [1, 4])
def test_a_comparison_has_both_records_and_their_difference(every):
    a, b = pair(every=every)
    figure = comparison_figure(a, other=b)
    rows = np.reshape(figure.axes, (-1, 2))
    assert [left.get_ylabel() for left, _ in rows] == [o.symbol for o in a.dynamics.observables]
    steps = np.arange(0, 31, every)
    for (left, right), observable in zip(rows, a.dynamics.observables, strict=True):
        values = [a.record[observable.name][::every], b.record[observable.name][: len(steps)]]
        for line, value in zip(left.lines, values, strict=True):
            np.testing.assert_array_equal(line.get_xydata(), np.column_stack([steps, value]))
        np.testing.assert_array_equal(right.lines[-1].get_ydata(), values[0] - values[1])
        assert (left.get_yscale() == "log") == observable.log and right.get_yscale() == "linear"
    assert figure.get_suptitle().splitlines() == [
        "A: CBO on Rastrigin, to k = 30", "B: CBO on Rastrigin, to k = 30", "σ = 1 in A, 0.2 in B",
    ]  # fmt: skip


def test_two_dynamics_are_compared_in_what_both_record():
    a, b = simulation("CBO"), simulation("BGK")
    rows = np.reshape(comparison_figure(a, other=b).axes, (-1, 2))
    shared = [o.symbol for o in a.dynamics.observables if o.name in b.record]
    assert [left.get_ylabel() for left, _ in rows] == shared and 0 < len(shared) < len(a.dynamics.observables)
    assert told(a, b) == ""


def test_what_two_runs_differ_in_is_told_briefly():
    many = sv.Simulation(sv.CBO(lam=2, sigma=Power(gamma=0.9)), RASTRIGIN, sv.Swarm(n=41, d=3, seed=9))
    text = told(simulation("CBO"), many)
    assert text.startswith("λ = 1 in A, 2 in B; σ = 1 in A, Power(") and "seed = 2 in A, 9 in B" in text
    assert told(many, many.fork()) == ""


def test_two_runs_that_record_nothing_alike_are_refused(monkeypatch):
    a, b = pair(3)
    monkeypatch.setattr("swarmviz.exports.mpl.comparison.common", lambda sims: [])
    with pytest.raises(ValueError, match=r"other = .*: records nothing that .* records, too"):
        exports.picture(a, "comparison", other=b)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("view", ["phase", "density", "comparison"])
def test_a_diverged_swarm_is_drawn_as_it_stood_at_its_last_finite_step(view):
    dynamics = sv.PSO(sigma_own=60.0, sigma_common=60.0, boundary="none")
    sim = sv.Simulation(dynamics, sv.landscapes.Sphere(), sv.Swarm(n=30, d=2))
    with pytest.raises(sv.Diverged):
        sim.advance(5000)
    assert np.abs(sim.frame.x).max() > 1e60
    assert exports.picture(sim, view, dpi=50, other=simulation("CBO") if view == "comparison" else None)
