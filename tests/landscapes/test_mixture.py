"""Wells of one's own: a landscape that is edited, dragged and described."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from swarmviz.landscapes import ALL
from tests.landscapes.points import points


def test_editing_wells_makes_a_new_landscape_and_compiles_nothing():
    mixture = ALL["GaussianMixture"]()
    compiled, wells = mixture.values_function(), mixture.wells
    mixture.values(np.zeros((1, 2)))
    more = mixture.with_well((4, 4), depth=9, width=0.3)
    assert len(more.wells) == len(wells) + 1 and mixture.wells == wells
    assert more.minimisers(2) == pytest.approx(np.array([[4, 4]]), abs=0.01)
    dragged = more.with_well_changed(4, centre=(-4, 4))
    assert dragged.minimisers(2) == pytest.approx(np.array([[-4, 4]]), abs=0.01)
    assert dragged.wells[4].depth == 9 and dragged.wells[:4] == wells
    assert dragged.without_well(4).wells == wells
    assert dragged.nearest_well((-3.9, 3.9)) == 4
    mixture.wells = dragged.wells  # the live one
    assert mixture.minimum(2) == dragged.minimum(2)
    assert mixture.values_function() is compiled and len(compiled.signatures) == 1


def test_a_row_of_numbers_is_a_well_and_a_well_is_a_row_of_numbers():
    rows = ALL["GaussianMixture"](wells=[(1, 2, 3, 0.5), [1, 3, 0.5]])
    assert rows.wells == ALL["GaussianMixture"](wells=[((1, 2), 3, 0.5), (1, 3, 0.5)]).wells
    well = rows.wells[0]
    assert (well.centre, well.depth, well.width) == ((1, 2), 3, 0.5) and tuple(well) == (1, 2, 3, 0.5)
    assert repr(rows.wells[1]) == "Well((1.0,), 3.0, 0.5)"
    assert ALL["GaussianMixture"](wells=np.array([[1, 2, 3, 0.5]])).wells == rows.wells[:1]
    assert pickle.loads(pickle.dumps(well)) == well


def test_one_can_have_one_well_or_64_and_nothing_is_lower_than_the_minimisers():
    rng = np.random.default_rng(5)
    for trial in range(60):
        d, n = 1 + trial % 3, (1, 2, 3, 8, 64)[trial % 5]
        wells = [(rng.normal(0, 1.2, d).clip(-5, 5), 0.5 + rng.random(), 0.2 + rng.random()) for _ in range(n)]
        mixture = ALL["GaussianMixture"](wells=wells, bowl=(0.0, 0.05)[trial % 2])
        at = mixture.minimisers(d)
        assert np.abs(mixture.gradient(at)).max() < 1e-12 * n
        X = np.concatenate(
            [points(mixture, d, 4000), rng.normal(0, 1.2, (4000, d)), at + rng.normal(0, 0.1, (1000, d))]
        )
        assert mixture.values(X).min() >= mixture.minimum(d) - 1e-12


def test_equal_wells_are_all_minimisers_and_merged_wells_have_one_between_them():
    apart = ALL["GaussianMixture"](wells=[((-2, 0), 1, 0.5), ((2, 0), 1, 0.5)], bowl=0.1)
    assert sorted(np.sign(apart.minimisers(2)[:, 0])) == [-1, 1]
    merged = ALL["GaussianMixture"](wells=[((-0.3, 0), 1, 0.5), ((0.3, 0), 1, 0.5)], bowl=0.1)
    assert merged.minimisers(2) == pytest.approx(np.zeros((1, 2)), abs=1e-15)


@pytest.mark.parametrize(
    ("wells", "complaint"),
    [
        ([], "between 1 and 64"),
        ([((0, 0), 1, 1)] * 65, "between 1 and 64"),
        ("wells", "well 0"),
        (3, "list of wells"),
        (None, "list of wells"),
        ([(0, 0)], "well 0 must have"),
        ([((), 1, 1)], "well 0 must have"),
        ([((0, 0), 1, 1, 1)], "coordinate 1 of well 0"),
        ([((0, 9), 1, 1)], "coordinate 2 of well 0"),
        ([(0, 0, 1, 1), (0, 9, 1, 1)], "coordinate 2 of well 1"),
        ([((0, np.nan), 1, 1)], "coordinate 2"),
        ([((0, 0), 0, 1)], "depth of well 0"),
        ([((0, 0), 1, -1)], "width of well 0"),
        ([((0, 0), True, 1)], "depth"),
        ([((0, 0), np.inf, 1)], "depth"),
        ([((0, "0"), 1, 1)], "coordinate 1"),
    ],
)
def test_wells_that_make_no_sense_are_refused_and_the_old_ones_stay(wells, complaint):
    mixture = ALL["GaussianMixture"]()
    before = mixture.wells
    with pytest.raises(ValueError, match=complaint):
        mixture.wells = wells
    assert mixture.wells == before
    with pytest.raises(ValueError, match=complaint):
        ALL["GaussianMixture"](wells=wells)


def test_wells_are_taken_hold_of_dragged_added_and_removed():
    wells = ALL["GaussianMixture"]()
    assert wells.handles(2).shape == (4, 2) and wells.handles(1).shape == (4, 1)
    np.testing.assert_array_equal(wells.with_handle_moved(1, (0.5, -7.0)).handles(2)[1], [0.5, -5.0])
    assert len(wells.with_handle((1.0, 2.0)).handles(2)) == 5
    np.testing.assert_array_equal(wells.without_handle(0).handles(2), wells.handles(2)[1:])
    single = ALL["GaussianMixture"](wells=[((0.0, 0.0), 1.0, 1.0)])
    with pytest.raises(ValueError, match="between 1 and"):
        single.without_handle(0)
    assert len(ALL["Rastrigin"]().handles(2)) == 0
    with pytest.raises(ValueError, match="nothing that could be dragged"):
        ALL["Rastrigin"]().with_handle_moved(0, (0, 0))
