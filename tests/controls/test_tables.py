"""A file for the table of a landscape, on a visit without a browser: it acts like any edit, and what does not fit changes nothing."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from components.controls.rows import rows_of
from components.controls.tables import MOST_SHOWN_NUMBERS, table_of, with_table
from components.links import permalink
from components.uploads.apart import Decoded
from components.uploads.upload import PIECE_BYTES
from swarmviz.drawing.differences import text_of
from swarmviz.landscapes import Grid, Sphere
from tests.visit import edit, press, settle, wait

RNG = np.random.default_rng(8)
FILE = "landscape.table.file"


def csv(values):
    return "\n".join(",".join(map(repr, np.atleast_1d(row).tolist())) for row in values).encode()


def send(session, content, name="u.csv", number=1, **more):
    """Upload a file as the browser does, and return what is said of it in the end."""
    form = session.controls.form
    form._handle_msg({"upload": {"act": "begin", "number": number, "name": name, "size": len(content)} | more})
    while (at := form.upload.get("want")) is not None:
        piece = base64.b64encode(content[at : at + PIECE_BYTES]).decode()
        form._handle_msg({"upload": {"act": "piece", "number": number, "at": at, "data": piece}})
    assert wait(lambda: "read" not in form.upload["text"], 40)
    settle(session)
    return form.upload["level"], form.upload["text"]


@pytest.fixture
def on_a_table(running):
    edit(running, "landscape", "Grid")
    settle(running)
    assert wait(lambda: running._sim.landscape.title == Grid.title)
    return running


def test_a_file_of_the_same_dimension_acts_on_the_running_swarm_and_is_in_its_journal_and_link(on_a_table):
    visit, values = on_a_table, RNG.normal(size=(6, 7))
    press(
        visit, "speed", 5
    )  # else on a slow machine the swarm is at rest before the file is read, and an edit starts again
    assert wait(lambda: visit._sim.k > 3)
    sim = visit._sim
    assert send(visit, csv(values), low="-2, 0", high="2, 5") == ("info", "u.csv: 6 × 7 values.")
    assert wait(lambda: np.array_equal(sim.landscape.table.array, values))
    assert wait(lambda: len(sim.journal) == 2)  # it is written with the next step
    assert visit._sim is sim and sim.journal[1].k > 0, "no other run has begun"
    assert np.array_equal(sim.landscape.limits(2), [[-2, 0], [2, 5]])
    press(visit, "pause")
    settle(visit)
    again = permalink.read(permalink.write(visit.links.state())).runs[0]
    assert again.journal[-1].landscape.same_as(sim.landscape)


def test_a_file_of_another_dimension_begins_a_run_that_undo_takes_back(on_a_table):
    visit = on_a_table
    assert wait(lambda: visit._sim.k > 0)
    press(visit, "pause")
    settle(visit)
    before = visit._sim.landscape
    assert send(visit, csv(np.linspace(-1, 1, 21) ** 2)) == ("info", "u.csv: 21 values.")
    assert wait(lambda: visit._sim.swarm.d == 1) and visit._sim.landscape.axes == 1
    assert visit.controls.parts["swarm"].d == 1
    settle(visit)
    press(visit, "undo")
    assert wait(lambda: visit._sim.swarm.d == 2 and visit._sim.landscape.same_as(before))


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (b"1,2\n3\n", {}, "as many in each line"),
        (b"1,nan\n3,4\n", {}, "table (U) = nan: value (0, 1) must be a number"),
        (b"1,1e15\n3,4\n", {}, "table (U) = 1000000000000000.0: value (0, 1)"),
        (b"1,2\n3,4\n", {"low": "2", "high": "1"}, "low must be smaller than high"),
        (b"1\n3\n4\n", {"low": "0, 0", "high": "1, 1"}, "as the table has 1 axes"),
        (b"5\n", {}, "at least 2 values"),
    ],
)
def test_what_does_not_fit_is_told_and_the_swarm_goes_on_as_it_was(on_a_table, content, more, words):
    visit = on_a_table
    sim, before = visit._sim, visit._sim.landscape
    level, text = send(visit, content, **more)
    assert level == "error" and words in text
    k = sim.k
    assert wait(lambda: sim.k > k) and visit._sim is sim and sim.landscape is before and len(sim.journal) == 1


def test_a_table_that_no_link_holds_is_named_where_it_is_uploaded_and_where_runs_are_exported(on_a_table):
    visit = on_a_table
    assert visit.exports.lost == ""
    _, text = send(visit, csv(RNG.normal(size=(9, 9))))
    assert text == "u.csv: 9 × 9 values. No link holds it: a link holds a table of at most 64 values, and this has 81."
    assert wait(lambda: "a link holds a table of at most 64 values, and this has 81" in visit.exports.lost)
    press(visit, "pause")
    settle(visit)
    from swarmviz.exports import python_lines

    space: dict = {}
    exec(python_lines(visit._sim), space)
    assert np.array_equal(space["frame"].x, visit._sim.frame.x), "the lines hold all of it"
    send(visit, csv(RNG.normal(size=(8, 8))), number=2)
    press(visit, "reset")
    settle(visit)
    assert wait(lambda: visit.exports.lost == "")


def test_a_file_that_comes_when_another_landscape_was_chosen_is_not_used(on_a_table):
    visit = on_a_table
    edit(visit, "landscape", "Sphere")
    settle(visit)
    level, text = send(visit, b"1,2\n3,4\n")
    assert (level, text) == ("error", "u.csv: another landscape was chosen meanwhile.") and isinstance(
        visit._sim.landscape, Sphere
    )


def test_what_is_edited_while_a_file_is_prepared_stays(on_a_table):
    visit, values = on_a_table, RNG.normal(size=(5, 5))
    prepared = visit.uploads._prepare((Decoded(values, None), None, None))
    edit(visit, "landscape.span", "-2, 2")
    visit.uploads._done(prepared)
    settle(visit)
    landscape = visit.controls.parts["landscape"]
    assert np.array_equal(landscape.table.array, values) and np.array_equal(landscape.limits(2), [[-2, -2], [2, 2]])
    prepared = visit.uploads._prepare((Decoded(values, None), [-1.0], [1.0]))
    edit(visit, "landscape", "Sphere")
    settle(visit)
    with pytest.raises(ValueError, match="another landscape was chosen meanwhile"):
        visit.uploads._done(prepared)


def test_a_large_table_is_not_written_out_with_every_row_and_every_picture():
    small, large, other = (Grid(RNG.normal(size=(n, n)), -1, 1) for n in (8, 60, 60))
    rows = {row.name: row for row in rows_of(large, "landscape")}
    assert large.table.array.size > MOST_SHOWN_NUMBERS
    assert rows["landscape.table"].value == "" and rows["landscape.table"].placeholder == "60 × 60 values"
    assert rows[FILE].kind == "upload"
    said = text_of(large.table)
    assert said.startswith("3,600 numbers (#") and said != text_of(other.table) and len(text_of(small.table)) > 500


def test_the_box_is_what_was_typed_else_that_of_the_file_else_as_it_was():
    part = Grid(np.zeros((3, 3)), (-1, -2), (1, 2))
    values = RNG.normal(size=(3, 3))
    assert table_of(part) == "table" and table_of(Sphere()) == ""
    boxes = [
        np.array(with_table(part, (Decoded(values, box), *typed)).limits(2)).tolist()
        for box, typed in (
            (None, (None, None)),
            (([0.0, 0.0], [4.0, 5.0]), (None, None)),
            (([0.0, 0.0], [4.0, 5.0]), ([-3.0], [3.0, 4.0])),
        )
    ]
    assert boxes == [[[-1, -2], [1, 2]], [[0, 0], [4, 5]], [[-3, -3], [3, 4]]]
    assert part.table.array.any() == 0, "a part is never changed"
