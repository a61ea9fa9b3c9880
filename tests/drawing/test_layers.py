"""The layers of an arena that can be switched off."""

import pytest

from swarmviz.drawing.layers import ALL, TITLES, Layers, checked, layers_of


def test_layers_are_what_is_named_and_nothing_else():
    assert layers_of(["trails", "inset"]) == Layers(True, False, False, False, True)
    assert layers_of([]).shown == [] and layers_of(ALL.shown) == ALL
    assert checked(arrows=False) == ALL._replace(arrows=False) and set(TITLES) == set(Layers._fields)


@pytest.mark.parametrize("names", ["trails", ["trail"], [1], [["trails"]], None, 7, [None], ["_fields"]])
def test_what_is_no_layer_is_refused(names):
    with pytest.raises(ValueError, match=r"layers = .*must be some of trails, arrows, links, contours, inset"):
        layers_of(names)


@pytest.mark.parametrize("value", [1, "yes", None])
def test_a_switch_is_on_or_off(value):
    with pytest.raises(ValueError, match=r"contours = .*must be True or False"):
        checked(contours=value)
