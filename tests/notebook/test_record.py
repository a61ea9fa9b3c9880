"""What a notebook shows of a record are its numbers."""

import numpy as np

import swarmviz as sv
from swarmviz.notebook.record import record_summary
from swarmviz.record import Record
from tests.notebook.test_simulation import Page


def record(**columns):
    made = Record()
    made.extend({"k": np.arange(len(next(iter(columns.values())))), **columns})
    return made


def test_every_observable_has_its_numbers():
    page = Page(record_summary(record(best=np.array([5.0, 2.0, 3.0]), odd=np.array([np.nan, 1.0, np.inf]))))
    assert page.texts[0] == "3 steps, 0 to 2"
    cells = page.texts[page.texts.index("highest") + 1 :]
    assert cells == ["best", "5", "3", "2", "5", "odd", "—", "∞", "1", "1"]
    assert [image["alt"] for image in page.images] == ["best over the steps", "odd over the steps"]


def test_an_empty_one_says_so():
    assert record_summary(Record()) == "<p>Nothing is recorded yet.</p>"
    assert repr(Record()) == "Record(0 steps of no observables yet)"


def test_a_run_thinned_says_what_is_kept():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=5, seed=1), record_limit=16)
    sim.advance(100)
    assert (
        f"{len(sim.record['k'])} steps, 0 to {sim.record['k'][-1]}, every {sim.record.every}"
        in sim.record._repr_html_()
    )
    assert sim.record.every > 1
