"""What leaves the laboratory as text and data: the Python lines give the same bits, and every file says where it comes from."""

import io
import json

import numpy as np
import pandas
import pytest
import xarray

import swarmviz as sv
from swarmviz import exports, presets
from swarmviz.exports import Cancelled, Run
from swarmviz.schedules import Exponential, Piecewise


def of_preset(preset, steps=25):
    sim = sv.Simulation(*preset.build())
    sim.advance(steps)
    return sim


def changed_in_mid_run():
    """Schedules, another landscape, a change at the very start, two at once, and one that waits for the next step."""
    sim = sv.Simulation(
        sv.CBO(sigma=Piecewise(((0.0, 1.0), (0.7, 0.1 + 0.2)))), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=3)
    )
    sim.dynamics.lam = 0.5
    sim.apply()
    sim.advance(7)
    sim.dynamics.sigma, sim.dynamics.alpha = Exponential(start=0.7, ratio=1 / 3), 50.0
    sim.advance(4)
    wells = [((-3.0, 1.5), 2.0, 0.7), ((0.1, 2.2), 1 / 3, 0.8)]
    sim.landscape = sv.landscapes.GaussianMixture(bowl=0.05, wells=wells)
    sim.dynamics.dt = 0.02
    sim.advance(5)
    sim.landscape = sim.landscape.with_well_changed(1, depth=4.0)
    sim.dynamics.noise = "isotropic"
    sim.apply()
    return sim


def went_back():
    """It stands before its furthest step, beyond which a change is known."""
    sim = sv.Simulation(
        sv.BGK(), sv.landscapes.Ackley(), sv.Swarm(n=15, d=3, seed=5, initial="gaussian", centre=(1, 0, 2))
    )
    sim.advance(300)
    sim.dynamics.sigma = 0.2
    sim.advance(30)
    sim.goto(290)
    return sim


def from_points():
    points = np.random.default_rng(1).uniform(-2, 2, (30, 2))
    swarm = sv.Swarm(n=30, seed=2, initial="points", points=points)
    sim = sv.Simulation(sv.PSO(), sv.landscapes.Formula("x^2 + 3*sin(2*y) + abs(x*y)", box=(-3, 4)), swarm)
    sim.advance(12)
    return sim


def thinned():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.DoubleWell(tilt=0.1), sv.Swarm(n=40, d=1), record_limit=16)
    sim.advance(100)
    assert sim.record.every == 8
    return sim


def with_seed_changed_for_the_next_reset():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=40, seed=4))
    sim.advance(5)
    sim.swarm.seed = 9
    return sim


SPECIAL = [changed_in_mid_run, went_back, from_points, thinned, with_seed_changed_for_the_next_reset]
CASES = [pytest.param(lambda p=p: of_preset(p), id=name) for name, p in presets.ALL.items()]
CASES += [pytest.param(make, id=make.__name__) for make in SPECIAL]


def same(sim, other):
    """Whether frames and records are the same bits."""
    fields = [name for name in sim.frame.__slots__ if isinstance(getattr(sim.frame, name), np.ndarray)]
    return (
        list(sim.record) == list(other.record)
        and all(np.array_equal(sim.record[name], other.record[name], equal_nan=True) for name in sim.record)
        and all(np.array_equal(getattr(sim.frame, name), getattr(other.frame, name), equal_nan=True) for name in fields)
    )


# ---- the Python lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", CASES)
def test_the_python_lines_live_the_run_again_bit_for_bit(make):
    sim = make()
    there = {}
    exec(compile(exports.python_lines(sim), "lines", "exec"), there)
    assert (there["frame"].k, there["frame"].t) == (sim.k, sim.t)
    assert np.array_equal(there["frame"].x, sim.frame.x)
    assert same(sim, there["sim"])


def test_the_lines_of_a_snapshot_end_where_it_stands():
    """Also when the simulation has been further, through a change that the snapshot then leaves out."""
    sim, there = went_back(), {}
    lines = exports.python_lines(Run.of(sim))
    exec(compile(lines, "lines", "exec"), there)
    assert np.array_equal(there["frame"].x, sim.frame.x) and there["sim"].furthest == sim.k < sim.furthest
    assert "goto" not in lines and "goto" in exports.python_lines(sim)


def test_the_lines_say_only_what_differs_from_the_defaults():
    sim = sv.Simulation(sv.CBO(sigma=0.5), sv.landscapes.Rastrigin(), sv.Swarm(seed=7))
    sim.advance(10)
    assert exports.python_lines(sim).splitlines()[2:] == [
        "",
        "dynamics = sv.CBO(sigma=0.5)",
        "landscape = sv.landscapes.Rastrigin()",
        "swarm = sv.Swarm(seed=7)",
        "sim = sv.Simulation(dynamics, landscape, swarm)",
        "sim.advance(10)",
        "frame = sim.frame",
    ]


def test_a_dynamics_from_elsewhere_is_imported_from_where_it_is():
    kind = type("Own", (sv.CBO,), {"__module__": "my.laboratory"})
    lines = exports.python_lines(sv.Simulation(kind(), sv.landscapes.Sphere(), sv.Swarm(n=5)))
    assert "from my.laboratory import Own\n" in lines and "dynamics = Own()\n" in lines


def test_no_line_of_a_script_is_too_wide_to_read():
    assert max(map(len, exports.python_lines(from_points()).splitlines())) <= 110


# ---- a run lived again -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", CASES)
def test_a_run_is_lived_again_as_by_the_simulation_itself(make):
    sim = make()
    run = Run.of(sim)
    again = run.again()
    there = sv.Simulation.replay(
        sim.journal, sim.initial_swarm, sim.k, every=sim.record.every, record_limit=sim.record_limit
    )
    assert same(again, there) and np.array_equal(again.frame.x, sim.frame.x)
    assert run.t == sim.t


def test_the_frames_of_a_run_are_those_of_going_back_in_it():
    sim = changed_in_mid_run()
    steps = range(0, sim.k)
    for k, again in zip(steps, Run.of(sim).frames(steps), strict=True):
        assert np.array_equal(again.frame.x, sim.goto(k).x) and again.t == sim.t
        assert np.array_equal(again.frame.energy, sim.frame.energy)


def test_a_run_that_was_cancelled_says_so_and_a_snapshot_does_not_follow_the_simulation():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=10))
    sim.advance(5)
    run = Run.of(sim)
    sim.dynamics.sigma = 0.1
    sim.advance(5)
    assert run.again().k == 5 and len(run.journal) == 1
    with pytest.raises(Cancelled):
        run.again(lambda: True)


@pytest.mark.parametrize(
    ("start", "stop", "every", "said"),
    [
        (0, 200, 1, "stop = 200"),
        (-1, 50, 1, "start = -1"),
        (50, 50, 1, "start = 50"),
        (0, None, 0, "every = 0"),
        (0, None, 1, "every = 1: gives 101 pictures, must be 2 to 50; take at least 3"),
        (0, None, 200, "every = 200: gives 1 pictures, must be 2 to 50; take at most 100"),
        (0, "end", 1, "stop = 'end'"),
    ],
)
def test_a_stretch_that_does_not_exist_is_refused_by_name(start, stop, every, said):
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=10))
    sim.advance(100)
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        Run.of(sim).steps(start, stop, every, 50)
    assert list(Run.of(sim).steps(0, None, 3, 50))[-1] == 99


# ---- metadata --------------------------------------------------------------------------------------------------------


def test_the_metadata_hold_every_declared_parameter_and_every_change():
    sim = changed_in_mid_run()
    about = json.loads(json.dumps(exports.metadata(sim)))
    assert (about["version"], about["seed"], about["k"], about["t"]) == (sv.__version__, 3, sim.k, sim.t)
    assert set(about["dynamics"]["parameters"]) == set(sim.dynamics.declared())
    assert set(about["swarm"]["parameters"]) == set(sv.Swarm.declared())
    assert about["dynamics"]["parameters"]["sigma"] == {"schedule": "Exponential", "start": 0.7, "ratio": 1 / 3}
    assert [entry["k"] for entry in about["journal"]] == [0, 0, 7, 11, 16]
    assert about["journal"][0]["dynamics"]["parameters"]["sigma"]["schedule"] == "Piecewise"
    assert about["journal"][1]["dynamics"]["parameters"] == {"lam": 0.5}
    assert about["journal"][4]["dynamics"]["parameters"] == {"noise": "isotropic"}
    assert about["journal"][4]["landscape"]["parameters"]["wells"][1][-2:] == [4.0, 0.8]


def test_a_file_is_called_by_what_is_in_it():
    assert exports.file_name(with_seed_changed_for_the_next_reset(), ".png") == "swarmviz-CBO-Sphere-seed4-k5.png"


# ---- data ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", CASES)
def test_the_netcdf_file_holds_curves_and_states_with_their_meaning(make, tmp_path):
    sim = make()
    path = tmp_path / "run.nc"
    exports.write_netcdf(sim, path)
    with xarray.open_dataset(path) as data:
        for o in sim.dynamics.observables:
            np.testing.assert_array_equal(data[o.name], sim.record[o.name])
            assert (data[o.name].attrs["long_name"], data[o.name].attrs["symbol"]) == (o.meaning, o.symbol)
        np.testing.assert_array_equal(data["t"], sim.record["t"])
        assert data["x"].dims == ("agent", "coordinate")
        for name in sim.frame.__slots__:
            value = getattr(sim.frame, name)
            if isinstance(value, np.ndarray):
                stored = f"agent_{name}" if name in sim.record else name
                np.testing.assert_array_equal(data[stored], value)
        assert json.loads(data.attrs["metadata"]) == exports.metadata(sim)
        assert (data.attrs["version"], data.attrs["seed"], data.attrs["k"]) == (
            sv.__version__,
            sim.initial_swarm.seed,
            sim.k,
        )


def test_metadata_too_long_for_an_attribute_are_a_variable():
    points = np.random.default_rng(0).uniform(-5, 5, (3000, 2))
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=3000, initial="points", points=points))
    with xarray.open_dataset(io.BytesIO(exports.netcdf(sim)), engine="h5netcdf") as data:
        about = json.loads(data["metadata"].item())
    assert np.array_equal(about["swarm"]["parameters"]["points"], points)


@pytest.mark.parametrize("make", CASES)
def test_the_csv_files_are_read_back_bit_for_bit(make, tmp_path):
    sim = make()
    for table in ("curves", "states"):
        path = tmp_path / f"{table}.csv"
        exports.write_csv(sim, path, table)
        comments = [line[2:].split(": ", 1) for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        assert {name: json.loads(value) for name, value in comments} == exports.metadata(sim)
        columns = pandas.read_csv(path, comment="#", float_precision="round_trip")
        if table == "curves":
            assert list(columns) == list(sim.record)
            for name in sim.record:
                np.testing.assert_array_equal(columns[name], sim.record[name])
            numbers = np.genfromtxt(path, delimiter=",", skip_header=len(comments) + 1)
            np.testing.assert_array_equal(numbers, np.column_stack(list(sim.record.values())))
        else:
            np.testing.assert_array_equal(columns[[f"x{i + 1}" for i in range(sim.frame.d)]], sim.frame.x)
            np.testing.assert_array_equal(columns["energy"], sim.frame.energy)
            if sim.frame.role is not None:
                assert list(columns["role"]) == [sim.frame.roles[i] for i in sim.frame.role]


def test_there_is_no_third_table():
    with pytest.raises(ValueError, match="table = 'agents': must be one of curves, states"):
        exports.csv(thinned(), "agents")
