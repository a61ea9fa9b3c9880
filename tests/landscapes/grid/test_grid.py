"""The spline through a table: SciPy's, twice differentiable, clamped outside, with the minimisers of the spline."""

from __future__ import annotations

import pickle
import tracemalloc

import numpy as np
import pytest
from scipy.interpolate import CubicSpline, RectBivariateSpline

import swarmviz as sv
from components.links import permalink
from swarmviz.landscapes import Grid
from tests.server.test_own_functions import link_of

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("S", [2, 3, 4, 5, 6, 40, 1000])
def test_on_a_line_it_is_the_spline_of_scipy(S):
    U, x = RNG.normal(size=S), np.linspace(-1, 2, 997)
    grid, spline = Grid(U, -1, 2), CubicSpline(np.linspace(-1, 2, S), U)
    assert np.allclose(grid.values(x[:, None]), spline(x), rtol=0, atol=1e-12)
    assert np.allclose(grid.gradient(x[:, None])[:, 0], spline(x, 1), rtol=0, atol=1e-12 * S)


@pytest.mark.parametrize("shape", [(4, 4), (17, 30), (100, 5)])
def test_on_a_plane_it_is_the_spline_of_scipy(shape):
    U, low, high = RNG.normal(size=shape), (-1.0, 0.0), (2.0, 5.0)
    X = RNG.uniform(low, high, (800, 2))
    spline = RectBivariateSpline(np.linspace(-1, 2, shape[0]), np.linspace(0, 5, shape[1]), U)
    grid = Grid(U, low, high)
    assert np.allclose(grid.values(X), spline.ev(*X.T), rtol=0, atol=1e-12)
    slopes = np.stack([spline.ev(*X.T, dx=1), spline.ev(*X.T, dy=1)], axis=1)
    assert np.allclose(grid.gradient(X), slopes, rtol=0, atol=1e-10)


def test_rows_are_the_first_coordinate_and_columns_the_second():
    grid = Grid([[0.0, 1.0], [10.0, 11.0]], (0, 0), (1, 1))
    assert np.allclose(grid.values(np.array([[1.0, 0.0], [0.0, 1.0]])), [10.0, 1.0])


def test_outside_it_is_the_value_of_the_nearest_point_of_the_box_without_a_slope_outwards():
    grid = Grid(RNG.normal(size=(5, 6)), (-1, -2), (1, 2))
    out = np.array([[-9.0, 0.3], [5.0, 7.0], [0.2, -1e300]])
    assert np.array_equal(grid.values(out), grid.values(np.clip(out, [-1, -2], [1, 2])))
    slopes = grid.gradient(out)
    assert slopes[0, 0] == 0 and slopes[2, 1] == 0 and not slopes[1].any()
    assert slopes[0, 1] == grid.gradient(np.array([[-1.0, 0.3]]))[0, 1]
    for bad in ([np.nan, 0.0], [0.0, np.inf], [-np.inf, 0.0]):
        assert np.isnan(grid.values(np.array([bad])))[0] and np.isnan(grid.gradient(np.array([bad]))).any()


@pytest.mark.parametrize("trial", range(6))
def test_its_minimisers_are_lower_than_any_of_many_places(trial):
    rng = np.random.default_rng(trial)
    for values in (rng.normal(size=9), rng.normal(size=(6, 8))):
        grid = Grid(values, -1, 1)
        d = values.ndim
        at = grid.minimisers(d)
        X = np.stack(np.meshgrid(*[np.linspace(-1, 1, 20_001 if d == 1 else 301)] * d), axis=-1).reshape(-1, d)
        assert len(at) and (grid.values(at) <= grid.values(X).min() + 1e-12).all()
        inside = (np.abs(at) < 1).all(axis=1)
        assert np.abs(grid.gradient(at[inside])).max(initial=0) < 1e-9


def test_two_basins_as_deep_are_two_minimisers():
    x = np.linspace(-2, 2, 41)
    grid = Grid((x**2 - 1) ** 2, -2, 2)
    assert np.allclose(np.sort(grid.minimisers(1)[:, 0]), [-1, 1], atol=1e-3) and len(grid.minimisers(1)) == 2
    assert len(Grid(np.zeros((4, 4)), -1, 1).minimisers(2))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0], r"has shape \(1,\): must be a row"),
        ([[1.0, 2.0]], r"has shape \(1, 2\)"),
        (np.zeros((2, 2, 2)), r"has shape \(2, 2, 2\)"),
        (np.zeros(65_537), "at most 65,536"),
        ([1.0, np.nan, 2.0], r"value \(1,\) must be a number from"),
        ([1.0, np.inf], r"value \(1,\)"),
        ([1.0, 1e13], r"value \(1,\)"),
        ([1.0, 1j], "must be real numbers"),
        (["a", "b"], "must be real numbers"),
        ([[1.0, 2.0], [1.0]], "rows of the same length"),
        ([True, False], "must be real numbers"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_name_and_value(values, words):
    with pytest.raises(ValueError, match=f"(?s)table.*{words}"):
        Grid(values, -1, 1)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1, -1, "must be .low, high."),
        ((0, 0), (1, -1), "must be .low, high."),
        (0, 2e6, "within"),
        ((0, 0, 0), (1, 1, 1), "must be .low, high."),
        (0, None, "give both or neither"),
        (0, np.nan, "finite"),
    ],
)
def test_a_box_that_is_none_is_refused(low, high, words):
    with pytest.raises(ValueError, match=words):
        Grid([1.0, 2.0], low, high)


def test_another_table_compiles_nothing_and_copies_share_what_was_computed():
    one, two = Grid(RNG.normal(size=9), -1, 1), Grid(RNG.normal(size=(7, 7)), -1, 1)
    assert one.values_function() is two.values_function()
    assert one.copy().table is one.table and one.same_as(pickle.loads(pickle.dumps(one)))


def test_the_separation_is_sought_once_for_a_table_whatever_its_box(monkeypatch):
    from swarmviz.landscapes.grid import grid as module
    from swarmviz.landscapes.separation import sought

    asked = []
    monkeypatch.setattr(module, "sought", lambda *given: asked.append(given) or sought(*given))
    x = np.linspace(-3, 3, 61)
    grid = Grid(x**2 + 2 * np.cos(40 * x), -3, 3)
    moved = grid.copy()
    moved.span = (0.0, 1000.0)
    found = grid.separation(1)
    assert 0 < found < 0.1 and moved.separation(1) == found == sought(moved, 1) and len(asked) == 1


# ---- files ---------------------------------------------------------------------------------------------------------------


def test_numbers_between_commas_are_read_as_they_stand(tmp_path):
    path = tmp_path / "u.csv"
    path.write_text("1,2,3\n4,5,6\n")
    assert Grid.read(path, -1, 1).table == ((1, 2, 3), (4, 5, 6))
    path.write_text("1\n2\n3\n")
    assert Grid.read(path).table == (1, 2, 3)
    path.write_text("1,2\n3,4\n", encoding="utf-8-sig")  # as a spreadsheet writes it
    assert Grid.read(path, -1, 1).table == ((1, 2), (3, 4))
    path.write_text("1,2\n3\n")
    with pytest.raises(ValueError, match="numbers between commas, as many in each line"):
        Grid.read(path)


def test_a_variable_brings_its_coordinates_as_box(tmp_path):
    import xarray

    path, values = tmp_path / "u.nc", RNG.normal(size=(4, 5))
    x, y = np.linspace(0, 1, 4), np.linspace(3, -3, 5)
    data = xarray.Dataset({"u": (("x", "y"), values), "v": ("x", x)}, {"x": x, "y": y})
    data.to_netcdf(path, engine="h5netcdf")
    grid = Grid.read(path, variable="u")
    assert np.array_equal(grid.limits(2), [[0, -3], [1, 3]])
    assert np.isclose(grid.values(np.array([[0.0, 3.0]]))[0], values[0, 0])
    with pytest.raises(ValueError, match="name one of its variables: u, v"):
        Grid.read(path)
    with pytest.raises(ValueError, match="variable = 'w'"):
        Grid.read(path, variable="w")


def test_a_picture_is_seen_as_it_is(tmp_path):
    image = pytest.importorskip("PIL.Image")
    path, pixels = tmp_path / "u.png", np.full((40, 60), 255, np.uint8)
    pixels[:10, 50:] = 0  # a dark corner, above on the right
    image.fromarray(pixels).save(path)
    grid = Grid.read(path, -1, 1)
    assert grid.table.array.shape == (60, 40)
    assert grid.values(np.array([[0.99, 0.99]]))[0] < 0.01 < 0.9 < grid.values(np.array([[-0.9, 0.9]]))[0]
    image.fromarray(np.zeros((1000, 500), np.uint8)).save(path)
    assert Grid.read(path).table.array.shape == (128, 256)
    path.write_bytes(b"no picture")
    with pytest.raises(ValueError, match="is no picture"):
        Grid.read(path)
    with pytest.raises(ValueError, match="must end in"):
        Grid.read(tmp_path / "u.py")


# ---- links ---------------------------------------------------------------------------------------------------------------


def state_with(grid, k=2):
    from components import state as visit
    from swarmviz.presets import ALL as PRESETS
    from swarmviz.replay import RunSpec

    sim = sv.Simulation(sv.CBO(), grid, sv.Swarm(n=5, d=grid.axes))
    sim.advance(k)
    first = visit.state_of(visit.of_preset(next(iter(PRESETS.values()))))
    return first._replace(runs=(RunSpec.of(sim),))


def test_a_link_holds_64_values_and_says_of_more_that_it_does_not():
    grid = Grid(RNG.normal(size=(8, 8)), -1, 1)
    landscape = permalink.read(permalink.write(state_with(grid))).runs[0].journal[0].landscape
    assert landscape.same_as(grid)
    with pytest.raises(permalink.Unlinkable, match="a link holds a table of at most 64 values, and this has 65"):
        permalink.fitting(state_with(Grid(RNG.normal(size=65), -1, 1)))


def test_a_hostile_link_with_a_larger_table_is_refused_before_a_spline_is_computed():
    with pytest.raises(permalink.BadLink, match="at most 64 values"):
        permalink.read(link_of(["Grid", {"table": [0.5] * 65}]))


@pytest.mark.parametrize("shape", [(65_536,), (2, 32_768), (256, 256)])
def test_the_longest_table_that_may_be_typed_costs_little_memory(shape):
    """A matrix of places × values took 128 GB for a row, which any visitor can type."""
    table = np.random.default_rng(1).normal(size=shape)
    tracemalloc.start()
    try:
        grid = Grid(table, -3, 3)
        found = grid.minimisers(len(shape))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 256 << 20
    assert len(found) and (grid.values(found) <= table.min()).all()
