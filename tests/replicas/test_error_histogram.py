"""The errors of replicas as bars."""

from __future__ import annotations

import math

import pytest

from components.replicas.error_histogram import histogram


@pytest.mark.parametrize(
    "errors", [[0.001, 0.002, 0.19, 0.39, 0.0499999, 0.05], [0.0] * 5, [3.0, 1e9], [1e-12, 0.05, 0.05]]
)
@pytest.mark.parametrize(("tolerance", "said"), [(0.05, "0.05"), (1e-6, "10⁻⁶"), (2.0, "2")])
def test_each_bar_of_the_errors_is_found_or_is_not_and_none_is_lost(errors, tolerance, said):
    drawn = histogram([*errors, math.inf], tolerance)
    assert sum(count for *_, count, _ in drawn["bars"]) == len(errors)
    found = sum(error < tolerance for error in errors)
    assert sum(count for *_, count, yes in drawn["bars"] if yes) == found
    for left, right, _, yes in drawn["bars"]:
        assert -1e-9 <= left < right <= 1 + 1e-9
        assert right <= drawn["mark"] + 1e-9 if yes else left >= drawn["mark"] - 1e-9
    assert f"{found} errors below {said} half" in drawn["text"] and f"{len(errors) - found} above" in drawn["text"]
    assert "1 diverged" in drawn["text"] and len(drawn["ticks"]) >= 1 and 0 < drawn["mark"] < 1
    assert histogram([math.inf], tolerance) is None
