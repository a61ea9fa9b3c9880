"""A link holds a run as it is: lived again it gives the same bits, and whatever else is written into one is refused in a sentence."""

from __future__ import annotations

import json
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import swarmviz as sv
from components.links import budget, permalink
from components.links.permalink import BadLink, Unlinkable, fitting, read, write
from components.playback.pause_at import KINDS
from components.state import VisitState, first, of_preset, state_of
from swarmviz import dynamics, landscapes, presets, schedules
from swarmviz.replay import RunSpec
from swarmviz.swarm import Swarm
from tests.links.dragged import dragged
from tests.links.handmade import content, encoded, finite_set

FRAME = ("x", "energy", "focus", "v", "memory", "mass", "weight", "partner", "node", "shift")


def started(name="cbo-rastrigin", **swarm):
    preset = presets.ALL[name]
    dynamic, landscape, initial_swarm = preset.build()
    return sv.Simulation(dynamic, landscape, Swarm(**(initial_swarm.values_now() | swarm)))


def linked(sim, **edits):
    return VisitState((RunSpec.of(sim, edits),), 30.0)


def assert_same_frame(a, b):
    assert a.k == b.k and a.t == b.t
    for name in FRAME:
        one, other = getattr(a, name), getattr(b, name)
        assert (one is None) == (other is None)
        assert one is None or np.array_equal(one, other), name


def test_a_seed_beyond_what_a_browser_can_hold_is_refused_and_not_rounded():
    assert read(encoded(content(swarm={"seed": 2**53}))).selection.swarm.seed == 2**53
    assert read(encoded(content(swarm={"seed": 1764194000123456}))).selection.swarm.seed == 1764194000123456
    for seed in (2**53 + 1, float(2**53)):
        with pytest.raises(BadLink, match=r"seed \(seed\) = 9007199254740993|seed \(seed\) = 9007199254740992\.0"):
            read(encoded(content(swarm={"seed": seed})))


# ---- there and back ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", presets.ALL)
def test_a_link_brings_back_exactly_what_was_selected_and_is_short(name):
    selection = of_preset(presets.ALL[name])
    again = read(write(state_of(selection))).selection
    assert again.speed == selection.speed
    assert all(a.same_as(b) for a, b in zip(again[:3], selection[:3], strict=True))
    assert len(write(state_of(selection))) < 250


@pytest.mark.parametrize("name", dynamics.ALL)
def test_a_run_reopens_at_the_same_step_with_the_same_swarm_and_the_same_future(name):
    sim = started(presets.opening(name).name)
    number = next(
        n for n, p in sim.dynamics.declared().items() if getattr(p, "schedulable", False) or n in ("lam", "h0")
    )
    sim.advance(7)
    setattr(sim.dynamics, number, 0.8 * float(sim.dynamics.param[number].default if name == "SSA" else 1.0))
    sim.advance(5)
    again = read(write(linked(sim))).runs[0].replay()
    assert_same_frame(again.frame, sim.frame)
    assert len(again.journal) == len(sim.journal) == 2 and again.initial_swarm.same_as(sim.initial_swarm)
    assert_same_frame(again.advance(6), sim.advance(6))


def test_schedules_points_vectors_wells_and_formulas_survive_and_so_do_their_changes():
    dynamic = dynamics.CBO(
        sigma=schedules.Exponential(start=2.0, ratio=0.5), alpha=schedules.Piecewise(((0, 1), (2, 3)))
    )
    sim = sv.Simulation(
        dynamic, landscapes.GaussianMixture(), Swarm(n=3, d=2, initial="points", points=[[1, -0.0], [2, 1e-300]])
    )
    sim.advance(3)
    sim.dynamics.sigma = schedules.Exponential(start=2.0, ratio=0.25)
    sim.advance(2)
    sim.dynamics.sigma = 0.5
    sim.landscape = sim.landscape.with_well_changed(1, depth=1.25)
    sim.advance(2)
    sim.landscape = sim.landscape.with_well((1.0, 2.0))
    sim.advance(2)
    sim.landscape = landscapes.Formula("x^2 + y^2 + 0.25*x", box=(-3.0, 4.0))
    sim.advance(2)
    run = read(write(linked(sim))).runs[0]
    assert [e.k for e in run.journal] == [e.k for e in sim.journal] == [0, 3, 5, 7, 9]
    for a, b in zip(run.journal, sim.journal, strict=True):
        assert a.dynamics.same_as(b.dynamics) and a.landscape.same_as(b.landscape)
    assert_same_frame(run.replay().frame, sim.frame)
    assert math.copysign(1, run.initial_swarm.points[0][1]) == -1


def own_graph(links):
    dynamic = dynamics.FiniteSet(graph="own", edges=links, measure="own", mu=(1.0, 2.0, 0.5, 1.5))
    return sv.Simulation(dynamic, landscapes.Tabulated(table=(0.5, -1.0, 2.0, 0.25)), Swarm(n=20, d=1))


def test_a_graph_of_ones_own_its_law_and_its_values_survive_and_so_do_their_changes():
    sim = own_graph([[0, 1], [1, 2, 0.5], [2, 3], [3, 0]])
    sim.advance(3)
    sim.dynamics.edges = [[0, 1], [1, 2, 0.75], [2, 3], [3, 0]]
    sim.advance(2)
    sim.dynamics.measure, sim.dynamics.mu = "degree", (1.0, 2.0, 0.5, 3.5)
    sim.advance(2)
    sim.landscape = landscapes.Tabulated(table=(0.5, -1.0, 2.0, -3.0))
    sim.advance(2)
    sim.dynamics.edges = [[0, 1], [1, 2]]
    sim.advance(2)
    code = write(linked(sim))
    run = read(code).runs[0]
    assert [e.k for e in run.journal] == [0, 3, 5, 7, 9]
    for a, b in zip(run.journal, sim.journal, strict=True):
        assert a.dynamics.same_as(b.dynamics) and a.landscape.same_as(b.landscape)
    assert_same_frame(run.replay().frame, sim.frame)
    assert len(code) < 500


def test_a_graph_too_large_for_an_address_has_no_link_and_the_sentence_says_so():
    rng = np.random.default_rng(1)
    links = [[x, x + 1, float(w)] for x, w in enumerate(rng.uniform(0.1, 1.0, 1500))]
    sim = sv.Simulation(dynamics.FiniteSet(graph="own", edges=links), landscapes.FiniteSetCurve(), Swarm(n=5, d=1))
    with pytest.raises(Unlinkable, match="too long for an address"):
        fitting(linked(sim))
    small = sv.Simulation(
        dynamics.FiniteSet(graph="own", edges=links[:300]), landscapes.FiniteSetCurve(), Swarm(n=5, d=1)
    )
    assert read(fitting(linked(small)).code).runs[0].now.dynamics.same_as(small.dynamics)


def test_two_runs_and_how_they_are_shown():
    a, b = started(), started("bgk-rastrigin", seed=3)
    a.advance(4)
    b.advance(4)
    b.dynamics.sigma = 0.1
    b.advance(1)
    state = VisitState((RunSpec.of(a, {}), RunSpec.of(b, {})), None, 5, ("stall", 120))
    again = read(write(state))
    assert again.speed is None and again.draw_every == 5 and again.stop == ("stall", 120)
    for run, sim in zip(again.runs, (a, b), strict=True):
        assert_same_frame(run.replay().frame, sim.frame)
    assert type(again.selection.dynamics).__name__ == "CBO"


def test_four_runs_are_a_link_and_a_third_that_is_too_long_beside_two_is_refused_before_a_fourth_is_read(monkeypatch):
    runs = [started(seed=seed) for seed in range(4)]
    for sim in runs:
        sim.advance(10)
    link = write(VisitState(tuple(RunSpec.of(sim, {}) for sim in runs), 30.0))
    for run, sim in zip(read(link).runs, runs, strict=True):
        assert_same_frame(run.replay().frame, sim.frame)
    spec = RunSpec.of(runs[0], {})
    monkeypatch.setattr(budget, "MAX_REPLAY_WORK", spec.work)
    with pytest.raises(Unlinkable, match="living all of them again would take minutes"):
        write(VisitState((spec,) * 4, 30.0))
    built, whole = [], permalink._run
    monkeypatch.setattr(permalink, "_run", lambda content: built.append(whole(content)) or built[-1])
    with pytest.raises(BadLink, match="living all of them again would take minutes"):
        read(link)
    assert len(built) == 3
    assert read(write(VisitState((spec,) * 2, 30.0))).runs[1].k == 10


@pytest.mark.parametrize("kind", KINDS)
def test_every_stop_survives(kind):
    assert read(write(state_of(first("CBO"))._replace(stop=(kind, 12.5)))).stop[0] == kind


def test_an_edit_the_run_has_yet_to_hear_of_is_in_the_link():
    sim = started()
    sim.advance(5)
    run = read(write(linked(sim, dynamics=dynamics.CBO(sigma=0.3)))).runs[0]
    assert run.k == 5 and run.now.k == 5 and run.now.dynamics.sigma == 0.3
    assert np.array_equal(run.replay().frame.x, sim.frame.x) and sim.dynamics.sigma == 1.0


def test_a_run_that_went_back_is_linked_as_it_would_go_on():
    """Changes that lie ahead are left out; the present values act from the present step on."""
    sim = started()
    sim.advance(5)
    sim.dynamics.sigma = 0.3
    sim.advance(5)
    sim.dynamics.sigma = 0.6
    sim.advance(5)
    sim.goto(8)
    again = read(write(linked(sim))).runs[0].replay()
    assert again.k == 8 and np.array_equal(again.frame.x, sim.frame.x)
    assert np.array_equal(again.advance(4).x, sim.advance(4).x)


def test_a_seed_chosen_for_the_next_reset_does_not_change_what_is_linked():
    sim = started()
    sim.advance(3)
    sim.swarm.seed = 99
    assert_same_frame(read(write(linked(sim))).runs[0].replay().frame, sim.frame)


def test_numbers_of_numpy_are_numbers():
    sim = started()
    sim.dynamics.lam = np.float64(0.1) * 3
    sim.swarm.seed = np.int64(5)
    sim.reset()
    assert_same_frame(read(write(linked(sim))).runs[0].replay().frame, sim.frame)


values = st.floats(0.01, 5.0) | st.sampled_from([1.0, -0.0, 0.1])
edits = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["lam", "sigma", "alpha", "barrier"]), values), max_size=10
)


@settings(max_examples=20, deadline=None)
@given(edits, st.integers(0, 2**53))
def test_whatever_is_changed_on_the_way_comes_back_bit_for_bit(changes, seed):
    sim = sv.Simulation(dynamics.CBO(), landscapes.DoubleWell(), Swarm(n=5, d=2, seed=seed))
    for wait, name, value in changes:
        sim.advance(wait)
        if name == "barrier":
            sim.landscape = landscapes.DoubleWell(barrier=abs(value) + 0.1)
        elif name != "alpha" or value > 0:
            setattr(sim.dynamics, name, value)
        sim.apply()
    again = read(write(linked(sim)))
    assert_same_frame(again.runs[0].replay().frame, sim.frame)
    assert write(again) == write(linked(sim))


# ---- length --------------------------------------------------------------------------------------------------------------------


def test_two_hundred_steps_of_a_dragged_slider_take_less_than_a_thousand_characters():
    state = dragged(200, lambda i: float(f"{1 + 0.0125 * i:.6g}"))
    assert len(write(state)) < 1000
    assert [e.dynamics.sigma for e in read(write(state)).runs[0].journal] == [
        e.dynamics.sigma for e in state.runs[0].journal
    ]


def test_what_does_not_fit_becomes_its_present_parameters_and_that_is_said():
    draw = random.Random(1).random
    state = dragged(900, lambda i: draw())
    with pytest.raises(Unlinkable, match="too long for an address"):
        write(state)
    link = fitting(state)
    assert "step 0" in link.lost and "too long for an address" in link.lost
    run = read(link.code).runs[0]
    assert run.k == 0 and len(run.journal) == 1 and run.now.dynamics.same_as(state.runs[0].now.dynamics)


def test_a_run_too_long_to_be_lived_again_is_linked_at_step_0_and_that_is_said():
    state = VisitState(
        (RunSpec.at_start(dynamics.CBO(), landscapes.Rastrigin(), Swarm(n=10_000))._replace(k=10**6),), None
    )
    link = fitting(state)
    assert "would take minutes" in link.lost and read(link.code).runs[0].k == 0
    assert fitting(state_of(first("CBO"))).lost == ""


def test_no_link_is_written_that_cannot_be_opened():
    draw = random.Random(3).random
    points = [[draw()] for _ in range(2000)]
    with pytest.raises(Unlinkable):
        fitting(
            VisitState(
                (
                    RunSpec.at_start(
                        dynamics.CBO(), landscapes.Rastrigin(), Swarm(d=1, initial="points", points=points)
                    ),
                ),
                None,
            )
        )


# ---- what is refused -------------------------------------------------------------------------------------------------------------


def test_a_link_of_the_first_version_is_refused_politely():
    old = encoded([["CBO", {}], ["Rastrigin", {}], ["Swarm", {}], 30], version="1")
    with pytest.raises(BadLink, match="of another version of swarmviz; the opening example is shown instead"):
        read(old)


DRAG = [["d/sigma"], [1, 2], [0.5, 0.6]]


BAD = {
    "nothing": [],
    "null": None,
    "numbers": [1, 2, 3, 4],
    "no run": content(runs=[]),
    "five runs": content(runs=[content()[0][0]] * 5),
    "out of range": content(cbo={"lam": -101}),
    "wrong type": content(cbo={"lam": "1"}),
    "a truth for a number": content(cbo={"lam": True}),
    "an unknown name": content(cbo={"lambda": 1}),
    "param's own name": content(cbo={"name": "x"}),
    "NaN": json.dumps(content(cbo={"lam": math.nan})).encode(),
    "infinity": json.dumps(content(speed=math.inf)).encode(),
    "an overflow": json.dumps(content()).replace("30", "1e999").encode(),
    "a name twice": json.dumps(content(cbo={"lam": 1})).replace('"lam": 1', '"lam": 1, "lam": 2').encode(),
    "an unknown dynamics": content(runs=[[0, ["object", {}], ["Rastrigin", {}], ["Swarm", {}], []]]),
    "an unhashable name": content(runs=[[0, [{}, {}], ["Rastrigin", {}], ["Swarm", {}], []]]),
    "a dimension that is not there": content(landscape=["Himmelblau", {}], swarm={"d": 5}),
    "an unknown schedule": content(cbo={"sigma": {"schedule": "__import__"}}),
    "a schedule with a stranger's value": content(cbo={"sigma": {"schedule": "Linear", "speed": 1}}),
    "a formula that is none": content(landscape=["Formula", {"text": "__import__('os')"}]),
    "a negative speed": content(speed=-1),
    "draw every 0": content(draw_every=0),
    "draw every half": content(draw_every=0.5),
    "an unknown stop": content(stop=("soon", 1)),
    "a stop at a text": content(stop=("k", "12")),
    "a stop at -1": content(stop=("k", -1)),
    "a negative step": content(k=-1),
    "a broken step": content(k=1.5),
    "a true step": content(k=True),
    "too many steps": content(k=10**9),
    "too many agents": content(swarm={"n": 10_000_000, "d": 1000}),
    "a change after the end": content(k=2, changes=[DRAG]),
    "changes in disorder": content(k=9, changes=[[["d/sigma"], [3, 0], [0.5, 0.6]]]),
    "changes backwards": content(k=9, changes=[[["d/sigma"], [3, -1], [0.5, 0.6]]]),
    "a change at half a step": content(k=9, changes=[[["d/sigma"], [1.5], [0.5]]]),
    "a column too short": content(k=9, changes=[[["d/sigma"], [1, 2], [0.5]]]),
    "a column too few": content(k=9, changes=[[["d/sigma"], [1, 2]]]),
    "a change out of range": content(k=9, changes=[[["d/sigma"], [1], [-3]]]),
    "a change of nothing known": content(k=9, changes=[[["d/sigmoid"], [1], [3]]]),
    "a change of no place": content(k=9, changes=[[[7], [1], [3]]]),
    "a change deep inside": content(k=9, changes=[[["d/" + "/".join("abcdefgh")], [1], [3]]]),
    "a change of the dynamics": content(k=9, changes=[[["d"], [1], [["SSA", {}]]]]),
    "a change to another dimension": content(k=9, swarm={"d": 3}, changes=[[["n", "l"], [1], ["Himmelblau"], [{}]]]),
    "too many changes": content(k=10**6, changes=[[["d/sigma"], [1] * 2000, [0.5, 0.6] * 1000]]),
    "too many formulas": content(
        k=10**6, landscape=["Formula", {}], changes=[[["l/text"], [1] * 9, [f"x^2 + {i}*y^2" for i in range(9)]]]
    ),
    "a graph in two parts": content(runs=[finite_set({"graph": "own", "edges": [[0, 1], [2, 3]]})]),
    "a graph of texts": content(runs=[finite_set({"graph": "own", "edges": [["0", "1"]]})]),
    "a graph without end": content(runs=[finite_set({"graph": "own", "edges": [[0, 1]] * 100_000})]),
    "a link changed into a loop": content(runs=[finite_set({"graph": "own"}, [[["d/edges/0/1"], [1], [0]]], k=2)]),
    "a negative law": content(runs=[finite_set({"measure": "own", "mu": [-1, 1]})]),
    "a table of truths": content(runs=[finite_set({}, landscape=["Tabulated", {"table": [True, False]}])]),
    "a deep nest": b"[" * 5000,
    "a bomb": b'"' + b"a" * 30_000_000 + b'"',
    "a long number": b"[" + b"9" * 5000 + b"]",
    "a number beyond floats": json.dumps(content(cbo={"lam": 10**400})).encode(),
    "not text": b"\xff\xfe",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_link_is_checked_like_typed_values(bad):
    with pytest.raises(BadLink, match=r"^The link .*the opening example is shown instead\.$"):
        read(encoded(bad))


def test_the_links_that_were_made_bad_are_good_otherwise():
    assert read(encoded(content())).runs[0].k == 0
    run = read(encoded(content(k=3, changes=[DRAG]))).runs[0]
    assert [(e.k, e.dynamics.sigma) for e in run.journal] == [(0, 1.0), (1, 0.5), (3, 0.6)]


def test_a_damaged_or_lengthened_link_is_refused():
    good = write(state_of(first("SSA")))
    for bad in (
        good[:-9] + "AAAAAAAAA",
        good[:-2],
        good + "AAAA",
        good[2:],
        good.replace(".", ""),
        good + "?",
        "2.",
        "",
        "2",
    ):
        with pytest.raises(BadLink):
            read(bad)
    with pytest.raises(BadLink, match="too long"):
        read("2." + "A" * 10_000)


@given(st.text(max_size=60) | st.text(alphabet="ABCabc019-_=", max_size=60).map(lambda code: f"2.{code}"))
def test_a_bad_link_is_one_sentence_never_a_traceback(link):
    with pytest.raises(BadLink, match="link"):
        read(link)


leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8) | st.sampled_from(
    ["CBO", "Rastrigin", "Swarm", "d/sigma", "l/wells/0/0", "k", "GaussianMixture", "Linear", 10**400]
)  # fmt: skip
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["sigma", "lam", "schedule", "points", "wells", "n", "d"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@st.composite
def nearly_right(draw):
    """A right link with something else at one of its places."""
    right = content(3, {"sigma": {"schedule": "Linear", "end": 0.1}}, ["GaussianMixture", {}], {"n": 5}, [DRAG])
    right[0] = right[0] * draw(st.integers(1, 2))
    place, inside = right, draw(st.integers(0, 6))
    for _ in range(inside):
        keys = list(place) if isinstance(place, dict) else range(len(place))
        steps = [k for k in keys if isinstance(place[k], list | dict) and place[k]]
        if not steps:
            break
        place = place[draw(st.sampled_from(steps))]
    place[draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))] = draw(anything)
    return right


@settings(max_examples=120, deadline=None)
@given(nearly_right() | anything)
def test_no_link_raises_anything_but_bad_link_and_what_is_read_can_be_written(thing):
    try:
        state = read(encoded(json.dumps(thing).encode()))
    except BadLink:
        return
    assert read(write(state)).runs[0].k == state.runs[0].k
    assert write(read(write(state))) == write(state)


# ---- small things ------------------------------------------------------------------------------------------------------------


def test_two_edits_at_one_step_are_one_change():
    sim = started()
    sim.advance(5)
    for sigma in (0.3, 0.6):
        sim.dynamics.sigma = sigma
        sim.apply()
    run = read(write(linked(sim, dynamics=dynamics.CBO(sigma=0.9)))).runs[0]
    assert [(entry.k, entry.dynamics.sigma) for entry in run.journal] == [(0, 1.0), (5, 0.9)]


def test_a_negative_zero_is_not_taken_for_the_default():
    state = state_of(first("CBO")._replace(dynamics=dynamics.CBO(epsilon=-0.0)))
    assert math.copysign(1, read(write(state)).selection.dynamics.epsilon) == -1


def test_a_page_that_has_lost_its_connection_says_how_far_the_swarm_has_come():
    link = permalink.write(state_of(first("CBO")))
    assert [run.k for run in permalink.read(f"{link}~57").runs] == [57]
    there = permalink.read(f"{link}~57").runs[0].replay()
    here = permalink.read(link).runs[0].replay()
    here.advance(57)
    assert (there.frame.x == here.frame.x).all()
    for bad in ("~-1", "~1.5", "~x", "~1~2", "~" + "9" * 30, "~٣"):
        with pytest.raises(permalink.BadLink):
            permalink.read(link + bad)
    assert [run.k for run in permalink.read(f"{link}~9999999999999").runs] == [0], (
        "too long to be lived again: from its start"
    )
