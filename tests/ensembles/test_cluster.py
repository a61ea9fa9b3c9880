"""Sweeps on a real dask cluster of two worker processes, one of which is killed."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.ensembles import Stall, When, dataset

PARTS = (
    sv.CBO(),
    sv.landscapes.Formula("x^2 + 3*sin(2*y)^2"),
    sv.Swarm(n=20, d=2, seed=5, initial="gaussian", centre=[1.0, 2.0]),
)
OPTIONS = {
    "grid": {"sigma": [0.3, 1.0, sv.schedules.Linear(start=1.0, end=0.1)], "dt": [0.05, 0.1, 3.0]},
    "runs": 6,
    "steps": 2000,
    "record": ["best"],
    "every": 50,
    "stop": Stall(1e-6, 1500),
}


@pytest.fixture(scope="module")
def client():
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_a_worker_killed_in_mid_sweep_loses_nothing_and_the_result_is_that_of_this_machine(client, tmp_path):
    """Formula, schedules, a stop and diverging cells travel; the store is written here."""
    victim, *others = client.run(os.getpid).values()
    assert others and os.getpid() not in (victim, *others)
    killed_after = []

    def kill(done, total):
        if not killed_after:
            os.kill(victim, signal.SIGKILL)
            killed_after.append(done)

    there = sv.sweep(*PARTS, **OPTIONS, client=client, store=tmp_path / "s", progress=kill)
    assert killed_after and killed_after[0] < 9 * 6
    here = sv.sweep(*PARTS, **OPTIONS)
    assert there.identical(here)
    assert there["finished"].values.all() and (here["diverged_step"].sel(dt=3.0) > 0).all()
    assert len(list((tmp_path / "s").glob("cell-*.nc"))) == 9
    client.wait_for_workers(2)
    assert victim not in client.run(os.getpid).values()


def test_an_interrupt_takes_the_tasks_back_and_keeps_what_came(client, tmp_path):
    def interrupt(done, total):
        if done == 6:
            raise KeyboardInterrupt

    part = sv.sweep(*PARTS, **OPTIONS, client=client, store=tmp_path / "s", progress=interrupt)
    assert part.attrs["interrupted"] == 1 and int(part["finished"].sum()) == 6
    assert len(list((tmp_path / "s").glob("cell-*.nc"))) == 1
    assert not client.futures
    whole = sv.sweep(*PARTS, **OPTIONS, store=tmp_path / "s")
    done = part["finished"].values
    np.testing.assert_array_equal(part["final_best"].values[done], whole["final_best"].values[done])
    assert whole.identical(sv.sweep(*PARTS, **OPTIONS, client=client))


def test_the_example_of_the_documentation_runs_on_an_existing_cluster(client, tmp_path, monkeypatch):
    text = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text(encoding="utf-8")
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "Client(" in block)
    assert "tcp://scheduler:8786" in code
    names: dict = {}
    monkeypatch.chdir(tmp_path)
    exec(code.replace("tcp://scheduler:8786", client.scheduler.address), names)
    assert names["table"]["finished"].values.all() and len(list((tmp_path / "cbo-sweep").glob("*.nc"))) == 4


def test_a_mistake_in_a_cell_and_a_worker_of_another_version_are_errors(client, monkeypatch):
    def stop(frame):
        raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError, match="no"):
        sv.sweep(*PARTS, {"sigma": [1.0]}, runs=1, steps=10, stop=stop, client=client)
    monkeypatch.setattr(dataset, "__version__", "99.0")
    with pytest.raises(RuntimeError, match=r"a worker has version .* here it is version 99.0"):
        sv.sweep(*PARTS, {"sigma": [1.0]}, runs=1, steps=10, client=client)
    monkeypatch.undo()
    monkeypatch.setattr(dataset, "sources_digest", lambda parts: "0123456789ab")
    with pytest.raises(RuntimeError, match=r"\(sources [0-9a-f]{12}\), here it is .*\(sources 0123456789ab\)"):
        sv.sweep(*PARTS, {"sigma": [1.0]}, runs=1, steps=10, client=client)
    assert not client.futures


def test_a_store_that_a_cluster_filled_is_taken_up_here_with_the_same_function(client, tmp_path):
    """Its name travels."""
    value = 1.0
    stop = When(lambda frame: frame.energy.min() < value, name="below 1")
    options = {"grid": {"sigma": [0.3, 1.0]}, "runs": 2, "steps": 20, "stop": stop}
    there = sv.sweep(*PARTS, **options, client=client, store=tmp_path / "s")
    again = sv.sweep(*PARTS, **options, store=tmp_path / "s", progress=lambda *_: pytest.fail("something ran"))
    assert again.identical(there) and again.identical(sv.sweep(*PARTS, **options))
