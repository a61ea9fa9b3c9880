"""The card of claims: what is sent to the browser, when, and what comes back from it."""

import json

import pytest

import swarmviz as sv
from components.page.claims_card import NO_CLAIMS, ClaimsCard, row_of
from swarmviz.theory import LivedRun, Verdict, assessments, judge


def run(**parameters):
    sim = sv.Simulation(sv.CBO(**parameters), sv.landscapes.Sphere(), sv.Swarm(n=20, seed=1))
    sim.advance(10)
    return sim


def seen_card(sim, **wiring):
    card = ClaimsCard(**wiring)
    card.attach(sim)
    card.pane._handle_msg({"act": "seen", "on": True})
    return card


def test_every_lamp_says_what_decided_and_the_verdict_is_beside_the_claim():
    verdict = Verdict("differs", 1.2, 1.1, 1.3, 1.5, 50, "1.2 [1.1, 1.3] = 1.5: differs (z = -6.0)")
    card = seen_card(run(sigma=2.0), verdicts=lambda sim: {"cbo-almost-sure": verdict})
    rows = {row["name"]: row for row in card.pane.claims}
    assert rows["cbo-mean-square"]["state"] == "fails"
    lamps = {h["words"]: h for h in rows["cbo-mean-square"]["hypotheses"]}
    assert lamps["2λ > σ²"] == {"words": "2λ > σ²", "state": "fails", "detail": "2λ − σ² = −2", "since": 0}
    assert rows["cbo-almost-sure"]["verdict"] == {"outcome": "differs", "words": verdict.words, "runs": 50}
    assert rows["cbo-mean-square"]["verdict"] is None
    assert rows["cbo-mean-square"]["this_run"].startswith("V/V₀ = ")
    json.dumps(card.pane.claims, allow_nan=False)


def test_a_claim_of_which_replicas_have_no_number_counts_none_of_them():
    """ssa-limit predicts a limit, of which no run has a number; 0 replicas would be a statement about those that run."""
    sim = sv.Simulation(sv.SSA(), sv.landscapes.Sphere(), sv.Swarm(n=20, d=1, seed=1))
    sim.advance(3)
    held = {held.claim.name: held for held in assessments(sim)}
    empty = judge(held["ssa-limit"].claim, [LivedRun.of(sim)] * 20)
    row = row_of(held["ssa-limit"], empty, False)
    assert (row["verdict"], row["note"]) == (None, "No replica has a number for this claim.")
    assert row_of(held["ssa-limit"], None, False)["note"] == "", "replicas would not measure it either"
    few = judge(held["ssa-arrival"].claim, [LivedRun.of(sim)] * 3)
    assert few.runs == 0 and few.outcome == "open", "nothing is promised so soon"


def test_a_claim_about_a_mean_asks_for_replicas_until_they_say_something():
    held = next(held for held in assessments(run()) if held.claim.name == "cbo-identity")
    few = judge(held.claim, [LivedRun.of(run())] * 3)
    assert row_of(held, None, False)["note"] == "A claim about the mean: replicas (under Luck) measure it."
    row = row_of(held, few, False)
    assert row["note"] == "" and row["verdict"]["runs"] == 3 and "3 have a number" in row["verdict"]["words"]


def test_beside_a_run_that_is_far_below_a_mean_that_rare_runs_carry_stands_why_that_decides_nothing():
    sim = sv.Simulation(sv.CBO(sigma=3.0, dt=0.05), sv.landscapes.Sphere(), sv.Swarm(n=50, seed=1))
    sim.advance(400)
    held = next(held for held in assessments(sim) if held.claim.name == "cbo-identity")
    assert held.state == "holds" and held.measured < 1e-6 * held.predicted
    open_ = Verdict("open", 1e-9, 0.0, 1e-8, 1.0, 50, "open: …")
    assert row_of(held, None, False)["note"].startswith("Rare runs carry such a mean")
    assert row_of(held, open_, False)["note"].startswith("Rare runs carry such a mean")


def test_where_a_hypothesis_fails_a_run_below_its_line_is_no_rare_run():
    """PSO whose bests move: V is far below what it would be about bests at rest, and that is why."""
    sim = sv.Simulation(sv.PSO(), sv.landscapes.Rastrigin(), sv.Swarm(n=50, seed=1))
    sim.advance(100)
    held = next(held for held in assessments(sim) if held.claim.name == "pso-second-moments")
    assert held.state == "fails" and held.measured < 0.01 * held.predicted
    assert row_of(held, None, False)["note"] == "A claim about the mean: replicas (under Luck) measure it."


def test_what_no_run_measures_says_which_card_does():
    held = {
        held.claim.name: held for held in assessments(sv.Simulation(sv.BGK(), sv.landscapes.Sphere(), sv.Swarm(n=20)))
    }
    assert row_of(held["bgk-chaos"], None, False)["note"] == "Measured by “Error against N” (under Luck)."


def test_that_no_claim_is_known_is_said_only_once_they_were_looked_for(monkeypatch):
    """It had been said of every dynamics, until the first look had its answer."""
    assert ClaimsCard().pane.remark == ""
    card = seen_card(run())
    assert card.pane.claims and card.pane.remark == ""
    monkeypatch.setattr("components.page.claims_card.assessments", lambda run: [])
    card = seen_card(run())
    assert not card.pane.claims and card.pane.remark == "No claim about this dynamics is known."


def test_nothing_is_computed_while_nobody_sees_it(monkeypatch):
    asked = []
    monkeypatch.setattr("components.page.claims_card.assessments", lambda run: asked.append(run) or [])
    sim, card = run(), ClaimsCard()
    card.attach(sim)
    assert card.prepare(sim.frame, sim) is None and not asked
    card.pane._handle_msg({"act": "seen", "on": True})
    assert asked == [sim]
    assert card.prepare(sim.frame, sim) is None and len(asked) == 1, "not more often than once a second"
    card.hurry()
    again = card.prepare(sim.frame, sim)
    assert again == {"claims": [], "of_step": "", "remark": NO_CLAIMS} and len(asked) == 2
    card.pane._handle_msg({"act": "seen", "on": False})
    card.hurry()
    assert card.prepare(sim.frame, sim) is None and len(asked) == 2


def test_a_new_verdict_is_shown_at_once():
    verdicts = {}
    sim = run()
    card = seen_card(sim, verdicts=lambda sim: dict(verdicts))
    assert card.prepare(sim.frame, sim) is None
    verdicts["cbo-identity"] = Verdict("agrees", 1.0, 0.9, 1.1, 1.0, 20, "…")
    assert card.prepare(sim.frame, sim) is not None


def test_while_an_earlier_step_is_shown_the_card_says_of_which_step_the_claims_are():
    sim = run()
    card = seen_card(sim)
    before = card.pane.claims
    assert before and card.pane.of_step == ""
    sim.goto(4)
    card.paint(card.prepare(sim.frame, sim))  # at once, not after a second
    assert card.pane.of_step == "Of step 10, the last that is known of this run; an earlier one is shown."
    assert card.pane.claims == before
    sim.goto(10)
    card.paint(card.prepare(sim.frame, sim))
    assert card.pane.of_step == ""


MALFORMED = [
    None,
    3,
    "seen",
    {"act": "seen"},
    {"act": "seen", "on": 1},
    {"act": "draw", "on": True},
    {"act": "draw", "name": "cbo-unknown", "on": True},
    {"act": "draw", "name": ["cbo-identity"], "on": True},
]


@pytest.mark.parametrize("message", MALFORMED)
def test_a_message_of_another_form_does_nothing(message):
    drawn, seen = [], []
    card = ClaimsCard(draw=lambda *what: drawn.append(what), seen=seen.append)
    card.pane.claims = [row_of(held, None, True) for held in assessments(run())]
    card.pane._handle_msg(message)
    assert not drawn and not seen


def test_a_line_is_drawn_at_the_press_of_its_button():
    drawn = []
    card = seen_card(run(), draw=lambda *what: drawn.append(what), drawn=lambda name, default: (name, True) in drawn)
    before = {row["name"]: row["drawn"] for row in card.pane.claims}
    card.pane._handle_msg({"act": "draw", "name": "cbo-mean-square-step", "on": True})
    after = {row["name"]: row["drawn"] for row in card.pane.claims}
    assert drawn == [("cbo-mean-square-step", True)]
    assert not before["cbo-mean-square-step"] and after["cbo-mean-square-step"]
    assert not after["cbo-laplacian"], "it has no line"
