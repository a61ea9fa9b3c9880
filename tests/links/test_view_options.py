"""How a run is shown is in its link: the same views come back, and what makes no sense is told and leaves all else as it says."""

from __future__ import annotations

import numpy as np
import pytest

from components.links import permalink, view_options
from components.page import theme
from components.session import Session
from tests.links.handmade import content, encoded
from tests.visit import edit, press, settle, wait


def query(link):
    return link.removeprefix("?s=")


def options(one):
    return one._view_options()


def opened(views, **more):
    theme.extension()
    return Session(encoded([*content(**more), views]))


@pytest.fixture
def dressed(running):
    """A running visit to a swarm with velocities whose views are all other than usual."""
    edit(running, "dynamics", "PSO")
    settle(running)
    density = running.side.views["Density"]
    density.bins, density.kde, density.plane, density.law = 100, False, True, True
    running.side.buttons._handle_msg("Phase space")
    running.side.views["Phase space"].coordinate, running.side.views["Phase space"].phase_law = 1, True
    running.curves.choose(1, "value", log=True)
    running.curves._buttons[0]._handle_msg(["line", running.curves.plots[0].lines[0][0]])
    running.replicas.card.tolerance = 0.1
    press(running, "again", False)
    return running


ALL = {"view": "Phase space", "bins": 100, "kde": False, "plane": True, "law": True, "coordinate": 1, "phase_law": True,
       "tolerance": 0.1, "start_again": False}  # fmt: skip


def test_nothing_is_in_the_link_as_long_as_nobody_chose(running):
    assert options(running) == {}
    running._write_link()
    assert permalink.read(query(running.bar.link)).views is None


def test_a_copied_link_shows_the_same_views_with_the_same_options(dressed):
    press(dressed, "pause")
    settle(dressed)
    press(dressed, "copy")
    link = query(dressed.bar.copied["link"])
    assert len(link) < 300
    again = Session(link)
    again.start()
    assert wait(lambda: again._sim.k == dressed._sim.k and options(again) == options(dressed))
    assert ALL.items() <= options(dressed).items() and options(dressed)["curves"][1] == ["value", True]
    assert len(options(dressed)["hidden"][0]) == 1 and again.curves.hidden == dressed.curves.hidden
    assert again.side.shown == "Phase space" and again.side.buttons.value == "Phase space"
    assert again.side.views["Density"]._buttons.active == ["plane", "law"] and again.curves.log[1]
    assert np.array_equal(again._sim.frame.x, dressed._sim.frame.x) and again.bar.message == {}
    again.close()


def test_a_link_holds_what_masses_are_drawn_over(running):
    edit(running, "dynamics", "SSA")
    settle(running)
    running.side.buttons._handle_msg("Mass")
    assert options(running) == {"view": "Mass"}, "σ(m) is the usual"
    running.side.views["Mass"]._buttons._handle_msg("0")
    running.side.views["Mass"].mass_law = True
    press(running, "pause")
    settle(running)
    again = Session(query(running.bar.link))
    again.start()
    assert options(running) == {"view": "Mass", "mass_over": 0, "mass_law": True}
    assert wait(lambda: again._sim.k == running._sim.k and options(again) == options(running))
    assert again.bar.message == {} and again.side.shown == "Mass"
    assert again.side.views["Mass"].options.value == "0"
    again.close()


def test_the_address_follows_every_choice(running):
    edit(running, "dynamics", "PSO")
    settle(running)
    seen = [running.bar.link]

    def pressed(chips, name):
        chips._handle_msg(name)
        assert running.bar.link not in seen, f"the address does not follow {name}"
        seen.append(running.bar.link)

    density, phase = running.side.views["Density"], running.side.views["Phase space"]
    pressed(density._buttons, "100")
    pressed(density._buttons, "plane")
    pressed(running.side.buttons, "Phase space")
    pressed(phase._buttons, "1")
    pressed(running.curves._buttons[0], "log")
    pressed(running.replicas.card, {"act": "tolerance", "value": 0.02})
    assert permalink.read(query(running.bar.link)).views == options(running)


def test_two_swarms_reopen_with_what_is_compared(running):
    running.choices.compare("start", None)
    both = running.side.views["A and B"]
    other = both._buttons.choices[1][0]
    both._buttons._handle_msg(other)
    assert options(running)["view"] == "A and B" and options(running)["compared"][0] == other
    press(running, "pause")
    settle(running)
    again = Session(query(running.bar.link))
    again.start()
    assert wait(lambda: again._sim.k == running._sim.k and options(again) == options(running))
    assert wait(lambda: again.side.views["A and B"]._buttons.value == other), (
        "the page's thread sets one after the other"
    )
    again.close()


def test_a_row_of_the_history_leaves_the_views_as_they_are(dressed):
    assert wait(lambda: dressed._sim.k > 0)  # a run without a step leaves no row
    press(dressed, "seed")
    settle(dressed)
    dressed.side.views["Density"].bins = 60
    dressed.history.pane._handle_msg({"act": "open", "number": dressed.history.pane.rows[0]["number"]})
    settle(dressed)
    assert options(dressed)["bins"] == 60 and dressed.side.shown == "Phase space"


def test_a_link_from_before_there_were_options_opens_as_usual():
    one = Session(encoded(content(swarm={"n": 7})))
    assert one._sim.frame.n == 7 and options(one) == {} and one.bar.message == {}


BAD = {
    "bins that are too many": ({"bins": 5000}, "bins = 5000: must be a whole number from 2 to 1000"),
    "bins that are broken": ({"bins": 12.5}, "bins = 12.5"),
    "bins in words": ({"bins": "forty"}, "bins = 'forty'"),
    "true bins": ({"bins": True}, "bins = True"),
    "a switch that is a number": ({"kde": 0}, "kde = 0: must be true or false"),
    "a list for a switch": ({"plane": []}, "plane = []: must be true or false"),
    "a view that is not there": ({"view": "Surface"}, "view = 'Surface': must be one of Density"),
    "a view for other swarms": ({"view": "Phase space"}, "view = 'Phase space': must be one of Density"),
    "a view without a name": ({"view": [1]}, "view = [1]"),
    "a coordinate below 0": ({"coordinate": -1}, "coordinate = -1: must be from 0 to 4"),
    "a text for a coordinate": ({"coordinate": "0"}, "coordinate = '0'"),
    "a group that is not recorded": ({"curves": [["magic", True], ["value", False]]}, "curves = [['magic', True]"),
    "one plot": ({"curves": [["value", True]]}, "curves = [['value', True]]: must be 2 pairs"),
    "an axis that is a number": ({"curves": [["value", 1], ["value", 0]]}, "curves = "),
    "plots that are none": ({"curves": 3}, "curves = 3"),
    "a line that is not there": (
        {"hidden": [["magic"], []]},
        "hidden = [['magic'], []]: must be 2 lists of names of lines, such as",
    ),
    "lines of one plot": ({"hidden": [["best"]]}, "hidden = [['best']]: must be 2 lists"),
    "lines that are no names": ({"hidden": [[["best"]], []]}, "hidden = [[['best']], []]"),
    "more lines than there are": ({"hidden": [["best"] * 1000, []]}, "hidden = [['best', 'best'"),
    "an unknown option": ({"colour": "red"}, "there is no option 'colour'"),
    "a comparison of one swarm": ({"compared": ["best", True]}, "there is no option 'compared'"),
    "no options": (3, "3 names no options"),
    "an empty list": ([], "[] names no options"),
    "a list": (["bins", 100], "['bins', 100] names no options"),
    "a start that is a number": ({"start_again": 0}, "start_again = 0: must be true or false"),
    "script": ({"<script>": 1}, "there is no option '<script>'"),
}


@pytest.mark.parametrize("views, said", BAD.values(), ids=BAD)
def test_an_option_that_makes_no_sense_is_told_and_the_run_is_there_all_the_same(views, said):
    one = opened(views, swarm={"n": 7}, stop=("k", 70))
    assert said in one.bar.message["text"] and one.bar.message["level"] == "warning"
    assert one._sim.frame.n == 7 and one.panes.pause_at.at == 70, "nothing else of the link may be lost"
    assert options(one) == {}, "the usual stands in for it"


def test_a_bad_option_does_not_take_the_good_ones_along():
    one = opened({"bins": 0, "kde": False, "curves": [["value", True], ["distance", False]], "view": "?"})
    assert options(one) == {"kde": False, "curves": [["value", True], ["distance", False]]}
    said = one.bar.message["text"]
    assert "bins = 0" in said and "view = '?'" in said and "kde" not in said


def test_what_is_said_of_a_value_is_short_and_a_longer_content_is_refused():
    one = opened({"view": "x" * 5000, "b": 1, "c": 1, "d": 1, "e": 1})
    assert len(one.bar.message["text"]) < 600
    with pytest.raises(permalink.BadLink, match="more than it may"):
        permalink.read(encoded([*content(), {}, {}]))


def test_a_link_that_stands_at_a_step_says_it_too_once_the_run_is_there(session):
    one = opened({"bins": 3, "coordinate": None}, k=4)
    one.start()
    assert wait(lambda: one._sim.k == 4 and "coordinate = None" in one.bar.message.get("text", ""))
    assert options(one) == {"bins": 3}
    one.close()


def test_every_option_has_a_name_of_its_own_and_is_what_it_says(running):
    running.choices.compare("start", None)
    views = running._with_options(dict.fromkeys([*ALL, "mass_over", "compared"]))
    names = [name for view in views for name in view.defaults]
    others = {
        "mass_over",
        "mass_law",
        "curves",
        "lines",
        "log_steps",
        "curves_over",
        "hidden",
        "compared",
        "difference",
        "region",
        "layers",
        "projector",
        "agent",
        "pause_when",
    }
    assert len(names) == len(set(names)) and {*ALL, *others} == set(names)
    assert view_options.restore({}, *views) == "" and options(running) == {}
