"""``swarmviz serve mine.py:loss``: the owner's function is in the menu, and a visitor can name nothing but what is there."""

from __future__ import annotations

import base64
import json
import sys
import zlib
from urllib.parse import parse_qsl

import numpy as np
import pytest
from click.testing import CliRunner

import swarmviz as sv
from components import state as visit
from components.controls.heading import chosen, heading_of, parts_of
from components.links import permalink, readable
from components.server import launch, own_functions
from swarmviz.presets import ALL as PRESETS

FILE = (
    "import numpy as np\ndef loss(X):\n    return np.square(X - 1.0).sum(axis=1)\ndef Hidden(X):\n    return X[:, 0]\n"
)


@pytest.fixture
def served(tmp_path, monkeypatch):
    """The address of a function that is in the menu."""
    monkeypatch.setattr(sv.landscapes, "ALL", sv.landscapes.ALL)
    before, path = dict(sv.landscapes.ALL), tmp_path / "served_mine.py"
    path.write_text(FILE)
    classes = own_functions.loaded((f"{path}:loss",), -3.0, 3.0, 2)
    told = list(own_functions.put_into_menu(classes))
    assert len(told) == 1 and "loss is in the menu" in told[0] and "ms" in told[0]
    yield path
    sv.landscapes.ALL.clear()
    sv.landscapes.ALL.update(before)
    sys.modules.pop("served_mine", None)


def link_of(landscape):
    first = visit.state_of(visit.of_preset(next(iter(PRESETS.values()))))
    code = permalink.write(first)
    content = json.loads(zlib.decompress(base64.urlsafe_b64decode(code.partition(".")[2] + "==")))
    content[0][0][2] = landscape
    packed = base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode().rstrip("=")
    return f"{permalink.VERSION}.{packed}"


def test_the_address_that_the_command_names_begins_with_it(served):
    query = own_functions.opening_query([sv.landscapes.ALL["loss"]])
    assert query == "?landscape=loss" and own_functions.opening_query([]) == ""
    found = readable.asked({name: [value.encode()] for name, value in parse_qsl(query[1:])})
    assert not found.complaint and type(found.state.runs[0].journal[0].landscape) is sv.landscapes.ALL["loss"]


def test_it_is_in_the_menu_and_can_be_chosen_linked_and_run(served):
    first = visit.of_preset(next(iter(PRESETS.values())))
    selection = chosen("landscape", "loss", first, False)
    assert np.array_equal(selection.landscape.values(np.array([[1.0, 0.0]])), [1.0])
    row = next(row for row in heading_of(parts_of(selection)) if row.name == "landscape")
    assert ("loss", "loss") in row.options and row.value == "loss"
    state = permalink.read(permalink.write(visit.state_of(selection)))
    assert state.runs[0].journal[0].landscape.same_as(selection.landscape)
    run = state.runs[0]
    sim = sv.Simulation.replay(run.journal, run.swarm, 3)
    assert sim.k == 3 and np.isfinite(sim.frame.energy).all()


@pytest.mark.parametrize(
    "name",
    ["Hidden", "Function", "served_mine.py:Hidden", "served_mine.Hidden", "os.system", "{path}:Hidden", "__import__"],
)
def test_nothing_that_a_visitor_sends_names_a_file_or_code(served, name):
    name = name.format(path=served)
    first = visit.of_preset(next(iter(PRESETS.values())))
    assert chosen("landscape", name, first, False) is None
    with pytest.raises(permalink.BadLink, match="is not known"):
        permalink.read(link_of([name, {}]))


@pytest.mark.parametrize("values", [{"f": "os.system"}, {"low": -1}, {"title": "x"}, {"code": 1}])
def test_nor_changes_what_the_function_is(served, values):
    with pytest.raises(permalink.BadLink, match="has no parameter"):
        permalink.read(link_of(["loss", values]))


def test_a_link_to_it_is_refused_in_a_sentence_where_it_is_not_served(served):
    link = link_of(["loss", {}])
    permalink.read(link)
    del sv.landscapes.ALL["loss"]
    with pytest.raises(permalink.BadLink, match="'loss' is not known"):
        permalink.read(link)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("{}:loss",), "needs its box"),
        (("{}:nothing", "--low", "-1", "--high", "1"), "there is no 'nothing'"),
        (("--low", "-1"), "name it first, as FILE.py:NAME"),
        (("{}:loss", "{}:loss", "--low", "-1", "--high", "1"), "the same name"),
    ],
)
def test_the_owner_is_told_what_does_not_fit(served, words, said):
    outcome = CliRunner().invoke(launch.main, [word.format(served) for word in words] + ["--check", "--port", "5999"])
    assert outcome.exit_code == 2 and said in outcome.output
