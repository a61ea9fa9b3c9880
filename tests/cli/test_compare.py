"""``swarmviz compare``: the numbers are those of the library, and files that cannot be compared are refused in one line."""

import numpy as np
import pytest

import swarmviz as sv
from tests.cli.commands import call

SPHERE = ["--dynamics", "CBO", "--landscape", "Sphere", "--n", 12, "--steps", 60, "--every", 1]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Files of the commands, by their names."""
    folder = tmp_path_factory.mktemp("compare")
    made = {
        "few": ("run", "--seed", 1, "--runs", 12, "--set", "sigma=0.3", "--target", 1),
        "many": ("run", "--seed", 50, "--runs", 8, "--set", "sigma=1.2", "--target", 1),
        "sweep": ("sweep", "--seed", 1, "--runs", 6, "--grid", "sigma=0.3,1.2", "--target", 1),
        "beside": ("sweep", "--seed", 50, "--runs", 6, "--grid", "sigma=0.3,1.2", "--set", "lam=2", "--target", 1),
        "bare": ("run", "--seed", 1, "--runs", 3, "--record", "dispersion"),
    }
    for name, (command, *more) in made.items():
        done = call(command, *SPHERE, *more, "--out", folder / f"{name}.nc")
        assert done.exit_code == 0, done.output
    (folder / "text.nc").write_text("no table")
    return {path.stem: path for path in folder.iterdir()}


def test_two_settings_are_compared_target_by_target_as_in_the_library(files):
    done = call("compare", files["few"], files["many"], "--target", "1e-3,1")
    assert done.exit_code == 0 and "a run of few.nc reaches" in done.output, done.output
    sphere = sv.landscapes.Sphere()
    few = sv.run_ensemble(sv.CBO(sigma=0.3), sphere, sv.Swarm(n=12, seed=1), runs=12, steps=60)
    many = sv.run_ensemble(sv.CBO(sigma=1.2), sphere, sv.Swarm(n=12, seed=50), runs=8, steps=60)
    expected = sv.ensembles.compare(*(sv.ensembles.hitting(data, [1.0, 1e-3]) for data in (few, many)))
    rows = [line.split() for line in done.output.splitlines()[-2:]]
    assert [row[0] for row in rows] == ["1", "0.001"]
    for i, row in enumerate(rows):
        found = [float(number) for number in row[1:]]
        names = (
            "superiority",
            "superiority_low",
            "superiority_high",
            "ert_ratio",
            "ert_ratio_low",
            "ert_ratio_high",
            "logrank_p",
        )
        np.testing.assert_allclose(found, [float(expected[name][i]) for name in names], rtol=1e-3)
    assert float(rows[1][1]) < 0.5, "σ = 1.2 is the faster one within 60 steps"


def test_sweeps_are_compared_cell_by_cell(files):
    done = call("compare", files["sweep"], files["beside"], "--target", 1)
    assert done.exit_code == 0 and [line.split()[0] for line in done.output.splitlines()[-2:]] == ["0.3", "1.2"], (
        done.output
    )


@pytest.mark.parametrize(
    ("a", "b", "target", "words"),
    [
        ("few", "sweep", "1", "the axes none and sigma (2) must be the same"),
        ("few", "bare", "1", "best and evaluations are not recorded"),
        ("few", "text", "1", "text.nc"),
        ("few", "many", "-1", "--target -1"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_in_one_line(files, a, b, target, words):
    done = call("compare", files[a], files[b], "--target", target)
    assert done.exit_code == 2 and words in done.output and len(done.output.strip().splitlines()) == 1, done.output


def test_a_file_that_is_none_is_refused(files, tmp_path):
    done = call("compare", files["few"], tmp_path / "none.nc", "--target", 1)
    assert done.exit_code == 2 and "none.nc" in done.output and "Traceback" not in done.output
