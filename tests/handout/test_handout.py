"""Handouts: a lesson with its runs in one file, the runs those of the lesson, small, and closed to the network."""

import base64
import gzip
import hashlib
import json
import re

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.handout import handout, plan
from swarmviz.lessons.collection import own
from swarmviz.lessons.reader import read
from swarmviz.lessons.trial import found, run_through
from swarmviz.replay import Cancelled
from tests.lessons.written import LESSON

GOES_ON = LESSON.replace("Go on.", "Go on with σ {slider: sigma from 0 to 3}.")


def opened(page):
    """Lesson, metadata and block of a handout."""
    parts = dict(re.findall(r'<script type="\S+" id="(\w+)">(.*?)</script>', page, re.DOTALL))
    return json.loads(parts["lesson"]), json.loads(parts["metadata"]), gzip.decompress(base64.b64decode(parts["data"]))


def positions(header, block):
    """The agents of a run as they are drawn, shape (frames, agents, 2)."""
    array = header["arrays"]["x"]
    data = np.frombuffer(block, f"<{array['type']}", int(np.prod(array["shape"])), array["at"]).reshape(array["shape"])
    low, high = np.array(header["range"])
    return low + (high - low) * data / 65535


@pytest.fixture(scope="module")
def lesson():
    return read(GOES_ON, "without-noise")


@pytest.fixture(scope="module")
def page(lesson):
    return handout(lesson)


def test_each_step_has_the_run_of_the_lesson_up_to_the_step_at_which_its_condition_is_met(lesson, page):
    content, about, block = opened(page)
    reached = dict(run_through(lesson).reached)
    first = content["scenes"][content["steps"][0]["scene"]]
    (header,) = first["runs"]
    assert header["k"][0] == 0 and header["k"][-1] == reached[1]
    assert first["until"] == f"Step {reached[1]}: dispersion < 1."
    sim = lesson.steps[0].runs[0].replay()
    for place in (0, len(header["k"]) // 2, -1):
        frame = sim.goto(header["k"][place])
        low, high = np.array(header["range"])
        assert np.abs(positions(header, block)[place] - np.clip(frame.x, low, high)).max() <= (high - low).max() / 65535
    assert header["numbers"]["dispersion"][-1].startswith("0.") and len(header["numbers"]["dispersion"]) == len(
        header["k"]
    )
    assert header["curve"]["label"] == "V", "the curve is of what is waited for"
    made = about["scenes"][content["steps"][0]["scene"]][0]
    assert (about["version"], made["seed"], made["k"]) == (sv.__version__, 3, reached[1])
    assert made["dynamics"]["parameters"]["noise"] == "anisotropic"


def test_a_slider_has_a_run_at_each_value_and_counts_runs_with_other_seeds(lesson, page):
    content, about, _ = opened(page)
    step = content["steps"][0]
    (slider,) = step["sliders"].values()
    values = [about["scenes"][scene][0]["dynamics"]["parameters"]["sigma"] for scene in slider["scenes"]]
    start = lesson.steps[0].runs[0]
    assert len(values) == plan.VALUES and values == sorted(values) and values[0] == 0 and values[-1] == 3
    assert values[slider["own"]] == start.now.dynamics.sigma and step["scene"] == slider["scenes"][slider["own"]]
    last = content["scenes"][slider["scenes"][-1]]
    k = last["runs"][0]["k"][-1]
    other = sv.replay.RunSpec.at_start(start.now.dynamics.copy(), start.now.landscape, start.swarm)
    other.now.dynamics.sigma = 3.0
    hits = found(other, plan.REPLICAS, k)
    assert last["found"] == f"With other seeds, {hits} of {plan.REPLICAS} runs have found the minimum at step {k}."
    ours = content["scenes"][step["scene"]]["found"]
    assert ours.startswith(
        f"With other seeds, {found(start, plan.REPLICAS, about['scenes'][step['scene']][0]['k'])} of"
    )


def test_swarms_beside_each_other_are_named_by_what_they_have_otherwise(page):
    content, _, _ = opened(page)
    scene = content["scenes"][content["steps"][1]["scene"]]
    assert [run["caption"] for run in scene["runs"]] == ["A: D = anisotropic", "B: D = none"]
    assert scene["runs"][0]["k"] == scene["runs"][1]["k"]


def test_a_step_that_goes_on_changes_the_parameter_where_the_swarm_stands(page):
    content, about, _ = opened(page)
    before = content["scenes"][content["steps"][1]["scene"]]["runs"][0]["k"][-1]
    (slider,) = content["steps"][2]["sliders"].values()
    for place, scene in enumerate(slider["scenes"]):
        assert content["scenes"][scene]["runs"][0]["k"][0] == before
        changes = about["scenes"][scene][0]["journal"][1:]
        assert [change["k"] for change in changes] == ([] if place == slider["own"] else [before])
        counted = content["scenes"][scene]["found"] != ""
        assert counted == (place == slider["own"]), "runs that were changed on their way are not counted"


def test_a_step_without_a_run_shows_where_the_one_before_ended():
    content, _, _ = opened(handout(read(LESSON, "without-noise")))
    assert content["steps"][2]["still"] and content["steps"][2]["scene"] == content["steps"][1]["scene"]
    assert "Density" in content["steps"][0]["note"] and not content["steps"][1]["note"]


def test_the_file_asks_for_nothing_and_runs_no_text_of_a_lesson():
    hostile = LESSON.replace(
        "Go on.", "<script>alert(1)</script></script><img src=x onerror=alert(1)> [a](javascript:alert(1))"
    )
    page = handout(read(hostile.replace("title: Without noise", "title: </title><script>x</script>"), "hostile"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "unsafe" not in policy and policy.startswith("default-src 'none'; ")
    (script,), (style,) = (
        re.findall(r"<script>(.*?)</script>", page, re.S),
        re.findall(r"<style>(.*?)</style>", page, re.S),
    )
    for text in (script, style):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in policy
    assert page.count("</script") == 4 and "<img" not in page and "@@" not in page
    html = json.dumps(opened(page)[0]["steps"][2]["parts"])
    assert "&lt;script&gt;" in html and "<script" not in html and "href" not in html
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page)


def test_it_tells_how_far_it_is_and_ends_when_it_is_cancelled(lesson):
    told = []
    with pytest.raises(Cancelled):
        handout(lesson, progress=lambda done, total: told.append((done, total)), cancelled=lambda: len(told) == 3)
    assert [done for done, _ in told] == [1, 2, 3]
    assert {total for _, total in told} == {sum(step.scenes for step in plan.plans_of(lesson))}


def test_what_costs_too_much_is_refused_before_anything_runs(lesson, monkeypatch):
    monkeypatch.setattr(plan, "MAX_SLIDERS", 1)
    with pytest.raises(ValueError, match="without-noise: has 2 sliders, and a handout may have 1"):
        plan.plans_of(lesson)
    monkeypatch.undo()
    monkeypatch.setattr(plan, "MAX_WORK", 1000)
    with pytest.raises(ValueError, match=r"N d times steps of all its runs is .* and may be 1,000"):
        plan.plans_of(lesson)


def test_dear_runs_have_fewer_values_and_none_with_other_seeds(lesson, monkeypatch):
    monkeypatch.setattr(plan, "SLIDER_WORK", 1)
    assert {len(values) for step in plan.plans_of(lesson) for values in step.values.values()} == {plan.MIN_VALUES}
    run = lesson.steps[0].runs[0]
    assert plan.replicas_of(run, 100) == plan.REPLICAS
    assert plan.replicas_of(run, plan.REPLICA_WORK) == 0


def test_every_lesson_is_planned_within_its_bounds():
    for name, lesson in own().items():
        assert plan.plans_of(lesson), name


def test_a_swarm_that_diverges_is_shown_as_far_as_there_are_numbers(monkeypatch):
    lesson = read(LESSON, "without-noise")
    whole, advance = sv.Simulation.advance, sv.Simulation.advance

    def breaks(sim, steps=1):
        if sim.k + steps > 7:
            whole(sim, max(7 - sim.k, 0))
            raise sv.Diverged(8, 0)
        return advance(sim, steps)

    monkeypatch.setattr(sv.Simulation, "advance", breaks)
    content, _, _ = opened(handout(lesson))
    scene = content["scenes"][content["steps"][0]["scene"]]
    assert scene["runs"][0]["k"][-1] == 7 and scene["until"].startswith("The swarm diverged at step 8")
    assert "found" not in scene


def test_a_file_that_grows_too_large_is_refused(lesson, monkeypatch):
    monkeypatch.setattr("swarmviz.handout.page.MAX_BYTES", 10_000)
    with pytest.raises(ValueError, match=r"without-noise: the file has .* MB, more than 0 MB"):
        handout(lesson)
