"""Axes that are fitted to a part of a map."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from components.maps.order import MARGIN, ends_around, values_of

CBO, SWARM = sv.CBO.declared(), sv.Swarm.declared()


def test_a_part_becomes_the_middle_third_of_its_axis():
    values = np.linspace(0.1, 3.0, 24).tolist()
    low, high = ends_around(CBO["sigma"], (1.0, 2.0), values, False)
    assert (low, high) == (0.0, 3.0) and len(values_of(CBO["sigma"], (low, high))) == len(values)


def test_of_a_single_cell_its_neighbours_are_seen_too():
    values = [0.5, 1.0, 1.5, 2.0]
    assert ends_around(CBO["sigma"], (1.5, 1.5), values, False) == (1.5 - 0.5 * MARGIN, 1.5 + 0.5 * MARGIN)


def test_what_the_axis_has_cut_off_comes_into_sight_but_no_other_sign():
    values = np.linspace(0.1, 3.0, 24).tolist()
    low, high = ends_around(CBO["lam"], (0.1, 0.226), values, False)
    assert low == CBO["lam"].get_soft_bounds()[0] == 0.0 and 0.35 < high < 0.5
    assert ends_around(CBO["lam"], (-0.5, 0.2), values, False)[0] < -1, "a drift away from the consensus was asked for"
    assert ends_around(CBO["sigma"], (2.8, 3.0), values, False)[1] > 3.2


def test_an_end_that_is_not_allowed_is_not_proposed():
    """Δt may be no 0: half way to it."""
    declared = CBO["dt"]
    assert not declared.inclusive_bounds[0]
    low, high = ends_around(declared, (0.0002, 0.0004), [0.0002, 0.0004, 0.0006], False)
    assert (low, high) == (0.0001, 0.0008)
    sv.CBO(dt=low)


def test_on_a_logarithmic_axis_thirds_are_factors():
    assert ends_around(CBO["alpha"], (10.0, 100.0), [1.0, 10.0, 100.0, 1000.0], True) == pytest.approx((0.1, 10_000.0))


def test_numbers_of_agents_are_whole():
    assert ends_around(SWARM["n"], (2, 9), list(range(1, 25)), False) == (2, 16)
    low, high = ends_around(SWARM["n"], (20, 31), np.linspace(5, 50, 24).round().tolist(), False)
    assert (low, high) == (9, 42) and all(v == int(v) for v in values_of(SWARM["n"], (low, high)))
