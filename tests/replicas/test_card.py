"""What the card says of replicas."""

from __future__ import annotations

import math

import swarmviz as sv
from components.replicas.card import ReplicaCard, ReplicaStatus
from components.replicas.pool import ReplicaPool, SuccessCount
from swarmviz import presets
from tests.replicas.runs import RUNS, finish, judged_by_hand, visible_run


def test_the_card_says_it_in_words():
    chosen = []
    card = ReplicaCard(chosen.append)
    assert "Was it luck?" in card.state["headline"] and card.state["progress"] is None
    card._handle_msg(50)
    for nonsense in (7, True, "20", None, {"n": 20}):
        card._handle_msg(nonsense)
    assert chosen == [50] and card.count == 50
    card.show(ReplicaStatus(50, 50, 0.62, (1, 50), SuccessCount(420, 50, 2, 37, 0.6045, 0.8413)))
    state = card.state
    assert state["headline"] == "37 of 50 replicas have found the minimum: 74% (95%: 60–84%) at step 420"
    assert state["remarks"] == "2 replicas diverged, which count as failure."
    assert (state["share"], state["interval"], state["doing"]) == (0.74, [0.6045, 0.8413], "62% of the way")
    assert "1 to 50" in state["seeds"]
    card.show(ReplicaStatus(50, 50, 1.0, (1, 50), SuccessCount(420, 50, 0)))
    assert card.state["share"] is None and card.state["doing"] == "keeping up with the visible run"
    card.show(ReplicaStatus(20, 20))
    assert card.state["headline"] == "20 replicas start …"


def test_the_card_takes_a_tolerance_from_a_person_and_refuses_what_means_nothing():
    heard, shown = [], []
    card = ReplicaCard(print, heard.append, shown.append)
    card.attach(visible_run(steps=0, landscape=sv.landscapes.Griewank()))
    assert (card.state["within"], card.state["usual"]) == (0.0036, 0.0036)
    assert card.state["criterion"] == "Found: nearer than 0.0036 half widths of the box to a known minimiser."
    card._handle_msg({"act": "tolerance", "value": 0.25})
    assert heard == [0.25] and card.tolerance == 0.25 and card.state["within"] == 0.25 and card.state["usual"] == 0.0036
    for nonsense in (0, -1, 1e-7, 2.1, 1e400, math.nan, True, "0.1", [0.1], {"x": 1}, "z" * 5000):
        card._handle_msg({"act": "tolerance", "value": nonsense})
        assert card.tolerance == 0.25 and heard == [0.25]
        said = card.state["complaint"]
        assert said.startswith("tolerance = ") and len(said) <= 200
        if len(str(nonsense)) < 50:
            assert "must be a number with 1e-06 ≤ tolerance ≤ 2" in said
    for nonsense in (
        {"act": "show"},
        {"act": "show", "found": 1},
        {"act": ["show"]},
        {},
        {"act": "show", "found": True},
    ):
        card._handle_msg(nonsense)
    assert not shown, "there is nothing to show yet"
    card._handle_msg({"act": "tolerance", "value": None})
    assert heard[-1] is None and card.state["complaint"] == "" and card.state["within"] == 0.0036
    finite = sv.Simulation(*presets.ALL["finite-set"].build())
    card.attach(finite)
    assert card.state["within"] is None and card.state["errors"] is None


def test_the_card_shows_the_errors_and_one_replica_that_failed():
    sim, shown = visible_run(), []
    tally = finish(ReplicaPool(), sim).tally(sim.k)
    card = ReplicaCard(print, print, shown.append)
    card.show(ReplicaStatus(RUNS, RUNS, 1.0, (12, 16), tally))
    expected = judged_by_hand(sim, None)
    assert (card.state["succeeded"], card.state["failed"]) == (sum(expected), RUNS - sum(expected))
    assert f"{sum(expected)} errors below 0.05" in card.state["errors"]["text"]
    for found in (False, True):
        card._handle_msg({"act": "show", "found": found})
        assert shown[-1].seed == 12 + expected.index(found) and shown[-1].k == sim.k
    card.tolerance = 2.0
    card.show(ReplicaStatus(RUNS, RUNS, 1.0, (12, 16), tally.judged(2.0)))
    card._handle_msg({"act": "show", "found": False})
    assert card.state["failed"] == 0 and len(shown) == 2
