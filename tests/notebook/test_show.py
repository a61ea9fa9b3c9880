"""A run that plays in a notebook is the replay of it, in a frame that can do nothing else."""

import re
from html import unescape

import pytest

import swarmviz as sv
from swarmviz import exports
from tests.exports.kinds import opened


@pytest.fixture(scope="module")
def sim():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=3))
    sim.advance(1000)
    return sim


def test_the_frame_holds_the_replay_and_cannot_reach_the_notebook(sim):
    shown = sv.show(sim, every=10, label="A")
    assert shown.html == exports.replay(sim, every=10, label="A")
    (frame,) = re.findall(r"<iframe [^>]*></iframe>", shown._repr_html_())
    assert unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == shown.html
    assert 'sandbox="allow-scripts"' in frame
    assert repr(shown) == f"Shown({len(shown.html):,} characters of HTML)"


@pytest.mark.parametrize("options, first, last", [({}, 0, 1000), ({"start": 900}, 900, 1000), ({"stop": 30}, 0, 30)])
def test_a_long_run_is_played_in_at_most_400_pictures(sim, options, first, last):
    k = opened(sv.show(sim, **options).html)[0]["k"]
    assert k[0] == first and last - (k[1] - k[0]) < k[-1] <= last and len(k) <= 400
    assert len(k) > 200 or k == list(range(first, last + 1))


@pytest.mark.parametrize("height_px", [199, 4001, True, "700", 700.0])
def test_a_height_that_makes_no_sense_is_refused(sim, height_px):
    with pytest.raises(ValueError, match=r"height_px = .*: must be a whole number from 200 to 4000"):
        sv.show(sim, height_px=height_px)


def test_a_run_without_a_step_has_nothing_to_play():
    sim = sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=2, seed=3))
    with pytest.raises(ValueError, match=r"sim\.k = 0: .*call advance first"):
        sv.show(sim)


def test_what_the_replay_refuses_is_refused_by_name(sim):
    with pytest.raises(ValueError, match="start = 2000, stop = 1000"):
        sv.show(sim, start=2000)
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        sv.show(sim, colour="red")
