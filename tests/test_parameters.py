"""A parameter is declared once; what is refused, is refused in a sentence that helps."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.parameters import Real, Switch, Vector, Whole, restoring


def test_the_sentence_names_symbol_value_and_range():
    with pytest.raises(ValueError, match=r"^lam \(λ\) = -101: must be a finite number with -100 ≤ λ ≤ 100$"):
        sv.CBO(lam=-101)
    with pytest.raises(ValueError, match=r"^dt \(Δt\) = 0: must be a finite number with 0 < Δt ≤ 1000$"):
        sv.CBO(dt=0)
    with pytest.raises(ValueError, match=r"^n \(N\) = 0: must be a whole number with 1 ≤ N ≤"):
        sv.Swarm(n=0)
    with pytest.raises(ValueError, match=r"noise \(D\) = 'loud': must be one of anisotropic, isotropic, none"):
        sv.CBO(noise="loud")


def test_open_and_missing_limits_read_as_a_person_writes_them():
    assert Real(1.0, bounds=(0, None), inclusive_bounds=(False, True), symbol="h").range_text == "0 < h"
    assert Real(1.0, bounds=(None, 2), symbol="h").range_text == "h ≤ 2"
    assert Real(1.0, symbol="h").range_text == "h"


def test_numpy_numbers_are_numbers_and_booleans_are_not():
    assert sv.CBO(lam=np.float32(0.5)).lam == 0.5
    assert sv.Swarm(n=np.int64(10)).n == 10
    for value in (True, np.True_, "1", 1 + 0j, np.array([1.0])):
        with pytest.raises(ValueError, match="lam"):
            sv.CBO(lam=value)


def test_only_schedulable_parameters_follow_a_schedule():
    sv.CBO(alpha=sv.schedules.Linear(start=1.0, end=10.0))
    with pytest.raises(ValueError, match=r"lam .*cannot follow a schedule"):
        sv.CBO(lam=sv.schedules.Linear())


def test_a_schedule_that_leaves_the_range_is_refused_at_its_time_and_the_run_goes_on():
    sim = sv.Simulation(sv.CBO(dt=0.5), sv.landscapes.Sphere(), sv.Swarm(seed=1))
    frame = sim.advance(5)
    sim.dynamics.sigma = sv.schedules.Linear(start=1.0, end=-1.0, duration=6.0)
    with pytest.raises(ValueError, match=r"sigma \(σ\) = -0.16.* at t = 3.5: its schedule must keep 0 ≤ σ"):
        sim.advance(10)
    np.testing.assert_array_equal(sim.frame.x, frame.x)
    sim.dynamics.sigma = 1.0
    assert sim.advance(10).k == 15


def test_a_copy_is_independent_and_equal():
    a = sv.CBO(lam=2.0, alpha=sv.schedules.Piecewise([(0, 1), (2, 5)]))
    b = a.copy()
    assert a.same_as(b) and repr(a) == repr(b)
    b.lam = 3.0
    assert a.lam == 2.0 and not a.same_as(b)


def test_the_representation_is_the_python_that_makes_it():
    a = sv.SSA(dt=0.2, profile="annealing", temperature=sv.schedules.Linear(start=2.0))
    names = {"SSA": sv.SSA, **sv.schedules.ALL}
    assert eval(repr(a), names).same_as(a)


def test_a_value_that_would_have_no_effect_is_refused_with_what_it_needs():
    """Before, `Swarm(points=[[1, 1]])` began anywhere in the box, without a word."""
    with pytest.raises(
        ValueError, match=r"points .*has no effect with initial = 'uniform'; it needs initial = 'points'"
    ):
        sv.Swarm(points=[[1, 1]])
    with pytest.raises(ValueError, match=r"temperature .*it needs profile = 'annealing'"):
        sv.SSA(temperature=2.0)
    with pytest.raises(ValueError) as caught:
        sv.Swarm(points=np.zeros((10_000, 2)))
    assert len(str(caught.value)) < 500
    assert (
        sv.Swarm(initial="points", points=[[1, 1]], n=2, d=2).positions(sv.landscapes.Sphere()).tolist() == [[1, 1]] * 2
    )


def another_value(declared):
    """One that is allowed and not the default."""
    if isinstance(declared, Switch):
        return not declared.default
    if isinstance(declared, Vector):
        return [[0.0, 1.0]] if declared.shape == "table" else 2.0 if declared.default == 1.0 else 1.0
    if isinstance(declared, Whole):
        return 7
    low, high = declared.bounds
    return next(v for v in (low + (high - low) / 3, low + (high - low) / 4) if v != declared.default)


@pytest.mark.parametrize("cls", [sv.Swarm, *sv.dynamics.ALL.values(), *sv.landscapes.ALL.values()])
def test_no_parameter_is_ever_swallowed(cls):
    """Each that needs a choice is refused without it, accepted with it, and its default is no request.

    Where choices may change while the swarm runs, a value beside another choice waits; a command line has no later, and refuses it.
    """
    for name, declared in cls.declared().items():
        needs = getattr(declared, "used_when", None)
        if not needs:
            continue
        other = another_value(declared)
        idle = {n: next((o for o in cls.declared()[n].objects if o not in values), None) for n, values in needs.items()}
        assert None not in idle.values(), "there would be no choice"
        if any(cls.declared()[n].default not in values for n, values in needs.items()):
            with pytest.raises(ValueError, match=f"{name} .*has no effect"):
                cls(**{name: other})
        if cls.changes_later:
            assert getattr(cls(**idle, **{name: other}), name) is not None, "it waits for another choice"
        else:
            with pytest.raises(ValueError, match=f"{name} .*has no effect"):
                cls(**idle, **{name: other})
        with pytest.raises(ValueError, match=f"{name} .*has no effect"):
            with restoring():
                part = cls(**idle, **{name: other})
            part.require_used([name])
        assert cls(**idle, **{name: declared.default}) is not None
        assert getattr(cls(**{n: values[0] for n, values in needs.items()}, **{name: other}), name) is not None


def test_what_was_chosen_and_put_aside_is_kept_by_a_copy_and_by_a_link():
    from swarmviz.serialise import built, shortened

    swarm = sv.Swarm(initial="points", points=[[1, 1]])
    swarm.initial = "gaussian"
    assert swarm.copy().points == ((1.0, 1.0),)
    assert built(shortened(swarm), {"Swarm": sv.Swarm}).same_as(swarm)
    with pytest.raises(ValueError, match="has no effect"):
        sv.Swarm(points=[[1, 1]])  # the exception was for them alone


def test_the_python_lines_of_a_run_name_no_value_that_is_refused():
    from swarmviz.exports import python_lines

    swarm = sv.Swarm(n=5, d=2, initial="points", points=[[1, 1]])
    swarm.initial = "uniform"
    dynamics = sv.SSA(profile="annealing", temperature=0.5)
    dynamics.profile = "smooth"
    sim = sv.Simulation(dynamics, sv.landscapes.Sphere(), swarm)
    sim.advance(3)
    sim.dynamics.profile = "annealing"
    sim.advance(3)
    scope = {}
    exec(python_lines(sim), scope)
    assert (scope["frame"].x == sim.frame.x).all() and scope["sim"].dynamics.temperature == 0.5


class TestSchedules:
    T = np.linspace(0, 9, 31)

    @pytest.mark.parametrize(
        "schedule, formula",
        [
            (sv.schedules.Constant(value=3.0), lambda t: 3 + 0 * t),
            (sv.schedules.Linear(start=1.0, end=4.0, duration=3.0), lambda t: np.where(t < 3, 1 + t, 4)),
            (sv.schedules.Exponential(start=2.0, ratio=0.5), lambda t: 2 * 0.5**t),
            (sv.schedules.Logarithmic(c=3.0, t0=2.0), lambda t: 3 / np.log(2 + t)),
            (sv.schedules.Power(gamma=0.25, t0=1.1), lambda t: (1.1 + t) ** 0.25 - 1),
            (sv.schedules.Piecewise([(1, 1), (3, 5), (4, 0)]), lambda t: np.interp(t, [1, 3, 4], [1, 5, 0])),
        ],
    )
    def test_values_are_those_of_the_formula(self, schedule, formula):
        np.testing.assert_allclose(schedule.at(self.T), formula(self.T), rtol=1e-14)
        assert schedule.at(2.0).shape == () and schedule.equation

    @pytest.mark.parametrize("points", [[], [(0, 1), (0, 2)], [(1, 1), (0, 2)], [(0, np.nan)], "ab", [(1,)]])
    def test_points_must_be_finite_pairs_in_the_order_of_time(self, points):
        with pytest.raises(ValueError, match="points"):
            sv.schedules.Piecewise(points)

    def test_classical_annealing_starts_no_earlier_than_two(self):
        with pytest.raises(ValueError, match="t0"):
            sv.schedules.Logarithmic(t0=1.0)


class TestSwarm:
    BOX = sv.landscapes.Rastrigin()

    def test_uniform_fills_the_box_and_the_sub_box(self):
        x = sv.Swarm(n=20_000, d=2, seed=1).positions(self.BOX)
        assert np.abs(x).max() <= 5.12
        error = 5.12 / np.sqrt(3) / np.sqrt(20_000)
        assert (np.abs(x.mean(axis=0)) < 4 * error).all()
        x = sv.Swarm(n=20_000, d=2, seed=1, initial="box", low=[-5, 1], high=[5, 2]).positions(self.BOX)
        assert (x.min(axis=0) >= [-5, 1]).all() and (x.max(axis=0) <= [5, 2]).all() and x[:, 1].max() > 1.99

    def test_gaussian_has_its_centre_and_spread(self):
        x = sv.Swarm(n=20_000, d=2, seed=1, initial="gaussian", centre=[1, -2], spread=0.5).positions(self.BOX)
        assert (np.abs(x.mean(axis=0) - [1, -2]) < 4 * 0.5 / np.sqrt(20_000)).all()
        assert (np.abs(x.std(axis=0) - 0.5) < 4 * 0.5 / np.sqrt(40_000)).all()

    def test_away_keeps_its_distance_from_every_minimiser(self):
        landscape = sv.landscapes.Himmelblau()
        x = sv.Swarm(n=2000, d=2, seed=1, initial="away", radius=0.2).positions(landscape)
        low, high = landscape.limits(2)
        for target in landscape.minimisers(2):
            assert (np.abs(x - target) / ((high - low) / 2)).max(axis=1).min() >= 0.2

    def test_points_are_taken_as_they_are_and_repeated(self):
        x = sv.Swarm(n=5, d=2, initial="points", points=[[0, 1], [2, 3]]).positions(self.BOX)
        np.testing.assert_array_equal(x, [[0, 1], [2, 3], [0, 1], [2, 3], [0, 1]])

    def test_agent_n_starts_at_the_same_place_however_many_there_are(self):
        few, many = (sv.Swarm(n=n, d=2, seed=8).positions(self.BOX) for n in (10, 1000))
        np.testing.assert_array_equal(few, many[:10])

    @pytest.mark.parametrize(
        "options, words",
        [
            ({"initial": "box"}, "low is missing"),
            ({"initial": "box", "low": 2, "high": 1}, "low must be below high"),
            ({"initial": "box", "low": [1, 2, 3], "high": 9}, "2 numbers"),
            ({"initial": "points"}, "points is missing"),
            ({"initial": "points", "points": [[1.0]]}, "columns"),
            ({"initial": "away", "radius": 3.0}, "leaves no room"),
        ],
    )
    def test_an_initial_law_that_cannot_be_drawn_says_why(self, options, words):
        with pytest.raises(ValueError, match=words):
            sv.Swarm(n=4, d=2, **options).positions(self.BOX)

    @pytest.mark.parametrize("points", [[[np.nan, 0]], "here", [[[1.0]]], []])
    def test_points_that_are_no_points_are_refused(self, points):
        with pytest.raises(ValueError, match="points"):
            sv.Swarm(initial="points", points=points)
