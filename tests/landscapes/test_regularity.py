"""What landscapes declare of their smoothness and of their growth, against their values."""

import numpy as np
import pytest

from swarmviz.landscapes import ALL

KINKS = {  # class → a point at which the slope jumps along the first coordinate, or nearly so
    "Ackley": (0.0, 0.0), "AlpineN1": (0.0, 1.0), "BukinN6": (1.0, 0.01), "CrossInTray": (0.0, 1.3), "Eggholder": (52.0, 5.0),
    "Grid": (3.0, 0.5),
    "HolderTable": (0.0, 1.0), "Tabulated": (1.0,), "Salomon": (0.0, 0.0), "Schwefel220": (0.0, 1.0), "XinSheYang": (0.0, 1.0),
}  # fmt: skip
VALLEYS = {  # far places that random ones do not meet
    "Beale": [[s, 1.0] for s in np.linspace(-1e6, 1e6, 101)],
    "McCormick": [[-s, -s] for s in np.linspace(1e6, 2e6, 101)],
    "AlpineN1": [[2 * np.pi * m - np.arcsin(0.1)] * 2 for m in range(100_000, 100_100)],
}
LANDSCAPES = [cls() for cls in ALL.values() if cls.smoothness is not None]


def name(landscape):
    return type(landscape).__name__


def dimension(landscape):
    smallest, largest = landscape.dims
    return smallest if largest == smallest else max(smallest, 2)


@pytest.mark.parametrize("landscape", LANDSCAPES, ids=name)
def test_a_landscape_is_confining_when_it_grows_in_every_direction(landscape):
    """Far outside F exceeds min F by more than √r/20, which is enough for a finite integral; where it does not, it is not confining."""
    d, rng = dimension(landscape), np.random.default_rng(0)
    low, high = landscape.limits(d)
    half = (high - low).max() / 2
    directions = rng.standard_normal((100_000, d))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    X = directions * half * rng.uniform(1e8, 2e8, (len(directions), 1))
    if name(landscape) in VALLEYS:
        X = np.concatenate([X, VALLEYS[name(landscape)]])
    with np.errstate(all="ignore"):
        rise = landscape.values(X) - landscape.values(landscape.minimisers(d)[:1])[0]
        grows = bool((rise > np.sqrt(np.linalg.norm(X, axis=1)) / 20).all())
    assert landscape.confining == grows


def slopes(landscape, at, h=1e-6):
    x = np.array([at[: dimension(landscape)]] * 3)
    x[0, 0], x[2, 0] = x[0, 0] - h, x[2, 0] + h
    f = landscape.values(x)
    return (f[1] - f[0]) / h, (f[2] - f[1]) / h


@pytest.mark.parametrize("landscape", LANDSCAPES, ids=name)
def test_where_a_kink_is_declared_the_slope_jumps_and_elsewhere_it_does_not(landscape):
    at = KINKS.get(name(landscape), (0.0,) * dimension(landscape))
    left, right = slopes(landscape, at)
    jump = abs(right - left) / max(abs(left), abs(right), 1e-3)
    assert (name(landscape) in KINKS) == (landscape.smoothness == 0)
    assert jump > 0.5 if landscape.smoothness == 0 else jump < 0.01 or abs(right - left) < 1e-3


def test_the_cliff_is_declared_as_one():
    cliff = next(landscape for landscape in LANDSCAPES if landscape.smoothness == -1)
    below, above = cliff.values(np.array([[0.5, 0.5], [0.5 + 1e-12, 0.5]]))
    assert above - below > 1
