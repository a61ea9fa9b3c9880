"""A condition is met at the first recorded step at which all of it holds."""

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.lessons.conditions import condition, first_step

KNOWN = ["dispersion", "distance"]


@pytest.mark.parametrize(
    "text, parsed",
    [
        ("dispersion < 1e-6", ("dispersion", "<", 1e-6)),
        ("k>=200", ("k", "≥", 200.0)),
        (" distance ≤ .5 ", ("distance", "≤", 0.5)),
        ("t > -1", ("t", ">", -1.0)),
        ("distance <= 1", ("distance", "≤", 1.0)),
    ],
)
def test_a_text_means_a_name_a_sign_and_a_number(text, parsed):
    assert tuple(condition(text, KNOWN)) == parsed


@pytest.mark.parametrize(
    "text",
    ["", "dispersion", "dispersion <", "< 1", "dispersion < x", "dispersion < inf", "dispersion << 1", "f() < 1", "a.b < 1",
     "dispersion < 1 and k > 2", "1 < dispersion", "dispersion = 1", "ｋ > 1"],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):
        condition(text, KNOWN)


def naive(conditions, record, after):
    """Step by step, in Python."""
    for i, k in enumerate(record["k"]):
        values = [(record[name][i], sign, number) for name, sign, number in conditions]
        signs = {"<": lambda a, b: a < b, "≤": lambda a, b: a <= b, ">": lambda a, b: a > b, "≥": lambda a, b: a >= b}
        if k > after and all(signs[sign](value, number) for value, sign, number in values):
            return int(k)
    return None


@pytest.mark.parametrize("every", [1, 3])
def test_the_first_step_is_that_of_a_naive_search(every):
    sim = sv.Simulation(sv.CBO(sigma=1.5), sv.landscapes.Rastrigin(), sv.Swarm(n=20, seed=2), every=every)
    sim.advance(150)
    record, found = sim.record, set()
    texts = (
        ["dispersion < 5"],
        ["dispersion > 10"],
        ["dispersion < 5", "k ≥ 90"],
        ["distance <= 1", "t > 2"],
        ["dispersion < 0"],
    )
    for conditions in ([condition(text, KNOWN) for text in many] for many in texts):
        for after in (-1, 0, 37, 60, 149, 500):
            met = first_step(conditions, record, after)
            assert met == naive(conditions, record, after)
            found.add(met)
    assert len(found) > 6 and None in found


def test_what_is_no_number_meets_nothing():
    record = {"k": np.arange(3), "distance": np.array([np.nan, np.nan, 0.0])}
    assert first_step([condition("distance < 1", KNOWN)], record) == 2
    assert first_step([condition("distance ≥ 0", KNOWN)], record) == 2
    assert first_step([condition("dispersion < 1", KNOWN)], record) is None


def test_a_watcher_looks_only_at_what_is_new():
    """One that looked at the whole record at each picture would cost more and more."""
    touched = []

    class Watched:
        def __init__(self, values):
            self.values = values

        def __len__(self):
            return len(self.values)

        def __getitem__(self, index):
            touched.append(len(self.values[index]) if isinstance(index, slice) else 1)
            return self.values[index]

    record = {"k": np.arange(10_000), "distance": Watched(np.ones(10_000))}
    assert first_step([condition("distance < 1", KNOWN)], record, after=9_989) is None
    assert sum(touched) == 10
