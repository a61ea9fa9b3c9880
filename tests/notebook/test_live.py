"""A run that goes on in a notebook: its pieces are the run, and no message can do anything else to it."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.layers import Layers
from swarmviz.notebook.live import EARLIER, MAX_EVERY, MAX_VIEWS, PICTURES, Live
from tests.exports.kinds import KINDS, made


def run(**parameters):
    return sv.Simulation(sv.CBO(**parameters), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=3))


def arrays(answer):
    header, block = answer
    return {
        name: np.frombuffer(block, f"<{a['type']}", int(np.prod(a["shape"])), a["at"]).reshape(a["shape"])
        for name, a in header["arrays"].items()
    }


def positions(answer):
    """What is drawn, in the units of the run."""
    low, high = np.array(answer[0]["range"])
    return low + (high - low) * arrays(answer)["x"] / 65535


def follows(answer, twin):
    """Whether each picture of a piece is that of a run that is left alone."""
    for place, k in enumerate(answer[0]["k"]):
        spacing = np.ptp(answer[0]["range"], axis=0) / 65535
        assert (np.abs(positions(answer)[place] - twin.goto(k).x[:, :2]) <= 0.51 * spacing).all(), k


def started(sim, **options):
    live = Live(sim, **options)
    live.page()
    return live


@pytest.mark.parametrize("every", [1, 3])
def test_piece_by_piece_it_is_the_run_with_pictures_of_before_for_the_trails(every):
    live, twin, seen = started(run(), every=every), run(), [0]
    for _ in range(4):
        header, block = live.answer({"do": "more"})
        new = header["k"][header["live"]["first"] :]
        seen += new
        assert len(new) == PICTURES and len(header["k"]) <= PICTURES + EARLIER
        assert header["k"] == list(range(header["k"][0], new[-1] + 1, every))
        follows((header, block), twin)
    assert seen == list(range(0, 4 * PICTURES * every + 1, every))
    assert header["live"]["furthest"] == live.sim.k == seen[-1] and header["curve"]["k"][-1] == seen[-1]


def test_the_image_of_the_landscape_is_sent_once_and_again_when_there_is_another():
    live = started(run(sigma=0.0))
    header, block = live.answer({"do": "more"})
    assert "background0" not in header["arrays"] and len(block) == max(
        a["at"] + int(a["type"][1]) * int(np.prod(a["shape"])) for a in header["arrays"].values()
    )
    live.sim.landscape = sv.landscapes.Ackley()
    backgrounds = [
        [name for name in live.answer({"do": "more"})[0]["arrays"] if "background" in name] for _ in range(3)
    ]
    assert backgrounds == [["background0", "background1"], ["background0"], []], "at first both are seen"
    other = Live(live.sim)
    assert '"background0"' in other.page(), "each view has its own"


def test_another_landscape_in_the_same_box_is_sent_too():
    sim = sv.Simulation(sv.CBO(sigma=0.0), sv.landscapes.Formula("x^2 + y^2"), sv.Swarm(n=30, seed=3))
    live = started(sim)
    live.answer({"do": "more"})
    sim.landscape = sv.landscapes.Formula("x^2 + 2*y^2")
    sim.advance(50)
    header, _ = live.answer({"do": "more"})
    assert [name for name in header["arrays"] if "background" in name] == ["background0"]


def test_the_same_step_of_another_run_is_not_gone_on_from():
    live, twin = started(run()), run()
    live.answer({"do": "more"})
    for sim in (live.sim, twin):
        sim.swarm.seed = 99
        sim.reset()
        sim.advance(5)
    answer = live.answer({"do": "more"})
    assert answer[0]["live"]["first"] == 0 and answer[0]["k"] == list(range(5, 5 + PICTURES + 1))
    follows(answer, twin)


def test_each_frame_gets_the_image_that_it_has_not():
    """A notebook may show a run in two frames, or load one again, which then begins with the page as it was made."""
    sim = run(sigma=0.0)
    live = started(sim)
    assert "background0" not in live.answer({"do": "now"}, "a")[0]["arrays"]
    sim.landscape = sv.landscapes.Ackley()
    sim.advance(50)
    seen = [(view, "background0" in live.answer({"do": "now"}, view)[0]["arrays"]) for view in "abab"]
    assert seen == [("a", True), ("b", True), ("a", False), ("b", False)]
    for place in range(MAX_VIEWS + 1):
        assert "background0" in live.answer({"do": "now"}, f"view {place}")[0]["arrays"]


def test_the_present_picture_is_told_and_moves_nothing():
    live = started(run())
    live.answer({"do": "more"})
    header, _ = live.answer({"do": "now"})
    assert header["k"][header["live"]["first"] :] == [PICTURES] and live.sim.k == live.sim.furthest == PICTURES


def test_of_more_than_two_dimensions_the_slice_is_told():
    told = started(made("projected")).answer({"do": "now"})[0]["notes"]
    assert [note for note in told if note.startswith("d = 5: slice through ")] and len(set(told)) == len(told)


def test_back_and_a_parameter_from_there_is_what_the_simulation_does():
    live, twin = started(run()), run()
    live.answer({"do": "more"})
    live.answer({"do": "more"})
    header, _ = live.answer({"do": "set", "name": "sigma", "value": 0.2, "k": 7})
    assert (live.sim.k, live.sim.dynamics.sigma, header["k"][-1]) == (7, 0.2, 7)
    live.answer({"do": "more"})
    twin.advance(7)
    twin.dynamics.sigma = 0.2
    twin.advance(PICTURES)
    np.testing.assert_array_equal(live.sim.frame.x, twin.frame.x)
    assert live.sim.furthest == 7 + PICTURES
    live.answer({"do": "goto", "k": 3})
    assert live.sim.dynamics.sigma == 1.0, "what acted there"
    live.answer({"do": "more"})
    assert live.sim.k == 3 + PICTURES and live.sim.dynamics.sigma == 0.2, "the run as it was lived"
    np.testing.assert_array_equal(live.sim.frame.x, twin.goto(3 + PICTURES).x)


def test_what_a_cell_does_to_the_run_is_in_the_next_piece():
    live, twin = started(run()), run()
    live.answer({"do": "more"})
    live.sim.dynamics.sigma = 0.1
    live.sim.advance(100)
    header, block = live.answer({"do": "more"})
    twin.advance(PICTURES)
    twin.dynamics.sigma = 0.1
    twin.advance(200)
    follows((header, block), twin)
    assert header["k"][0] == PICTURES + 100 and header["live"]["first"] == 0, "it has no picture of the steps between"
    live.sim.swarm.n = 7
    live.sim.reset()
    header, block = live.answer({"do": "more"})
    assert header["n"] == 7 and header["k"][0] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_goes_on(kind):
    live = started(made(kind))
    header, block = live.answer({"do": "more"})
    assert header["k"][header["live"]["first"] :] == list(range(7, 7 + PICTURES)) and block
    assert live.answer({"do": "goto", "k": 2})[0]["k"] == [2]


def test_a_run_that_diverges_says_so_and_ends():
    sim = sv.Simulation(sv.CBO(sigma=30.0, dt=1.0), sv.landscapes.Rosenbrock(), sv.Swarm(n=10, seed=1))
    live = started(sim)
    for _ in range(50):
        header, _ = live.answer({"do": "more"})
        if header["live"]["ended"]:
            break
    assert header["live"]["ended"] and any("diverged at step" in note for note in header["notes"])
    assert live.answer({"do": "goto", "k": 0})[0]["live"]["ended"] is False


@pytest.mark.parametrize(
    "message, said",
    [
        (7, "message = 7: must be a dict"),
        ({}, "do = None: must be now, more, goto or set"),
        ({"do": "exec", "code": "1"}, "do = 'exec': must be now, more, goto or set"),
        ({"do": "goto", "k": 13}, "k = 13: must be at most 12, the furthest step"),
        ({"do": "goto", "k": -1}, "k = -1"),
        ({"do": "goto", "k": "1"}, "k = '1'"),
        ({"do": "goto", "k": True}, "k = True"),
        (
            {"do": "set", "k": 3, "name": "sigma", "value": -1},
            "sigma (σ) = -1: must be a finite number with 0 ≤ σ ≤ 100",
        ),
        ({"do": "set", "k": 3, "name": "sigma", "value": "1"}, "sigma (σ) = '1'"),
        (
            {"do": "set", "k": 3, "name": "noise", "value": "none"},
            "name = 'noise': must be a number among the parameters",
        ),
        ({"do": "set", "k": 3, "name": "__class__", "value": 1}, "name = '__class__': must be a number among"),
        ({"do": "set", "k": 3, "name": ["sigma"], "value": 1}, "name = ['sigma']: must be a number among"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name_and_changes_nothing(message, said):
    live = started(run())
    live.answer({"do": "more"})
    header, block = live.answer(message)
    assert header.keys() == {"error"} and header["error"].startswith(said) and block == b""
    twin = run()
    twin.advance(live.sim.k)
    np.testing.assert_array_equal(live.sim.frame.x, twin.frame.x)
    assert live.sim.dynamics.same_as(twin.dynamics) and live.sim.furthest == 12


def test_sliders_are_those_of_the_page():
    from components.controls.rows import rows_of

    dynamics = sv.CBO()
    live = started(sv.Simulation(dynamics, sv.landscapes.Rastrigin(), sv.Swarm(n=10)))
    mine = {slider["name"]: slider for slider in live.answer({"do": "goto", "k": 0})[0]["live"]["sliders"]}
    page = {row.name.removeprefix("d."): row for row in rows_of(dynamics, "d")}
    assert set(mine) >= {"lam", "sigma", "alpha"}
    for name, slider in mine.items():
        row = page[name]
        assert {key: slider[key] for key in row.slider} == row.slider
        assert (slider["symbol"], slider["label"], slider["value"]) == (row.symbol, row.label, row.value)


def test_a_parameter_that_follows_a_schedule_has_no_slider():
    sim = run(sigma=sv.schedules.Linear(start=1.0, end=0.1, duration=1.0))
    sliders = started(sim).answer({"do": "more"})[0]["live"]["sliders"]
    assert "sigma" not in [slider["name"] for slider in sliders]


def test_layers_are_those_that_were_asked_for():
    live = started(run(), layers=Layers(trails=False))
    assert live.answer({"do": "more"})[0]["trail"] == 0 and started(run()).answer({"do": "more"})[0]["trail"] > 0


@pytest.mark.parametrize("every", [0, -1, 1.5, "2", True, MAX_EVERY + 1])
def test_a_spacing_that_makes_no_sense_is_refused(every):
    with pytest.raises(ValueError, match="every = "):
        Live(run(), every=every)
