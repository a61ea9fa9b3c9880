"""Every lesson that comes with swarmviz does what it says: each condition is met within its bound, each stated number is measured again."""

import functools

import pytest

import swarmviz as sv
from swarmviz import success
from swarmviz.lessons.collection import TEXTS, own, read_file
from swarmviz.lessons.inline import Found, is_braced, meaning, pieces
from swarmviz.lessons.lesson import Predict, Remember, Text, Until
from swarmviz.lessons.reader import read
from swarmviz.lessons.trial import found, run_through
from tests.lessons.written import LESSON, with_line

PATHS = sorted(TEXTS.glob("*.md"))
FEWEST = 12


@functools.cache
def tried(path):
    return run_through(read_file(path))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_lesson_does_what_it_says(path):
    lesson, trial = read_file(path), tried(path)
    assert not trial.complaints, "\n".join(map(str, trial.complaints))
    waits = [number for number, step in enumerate(lesson.steps, 1) if step.first(Until)]
    assert [step for step, _ in trial.reached] == waits and waits
    assert trial.stated > 0


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_lesson_asks_before_it_answers_and_ends_with_two_short_lines(path):
    lesson = read_file(path)
    predictions = [step.first(Predict) for step in lesson.steps if step.first(Predict)]
    assert (predictions and lesson.steps[0].first(Predict)) or lesson.steps[0].first(Until)
    assert all(choice.reply for predict in predictions for choice in predict.choices)
    assert max(map(len, lesson.steps[-1].first(Remember).lines)) <= 140
    for step in lesson.steps:  # what is measured is told after the run
        kinds = [type(part) for part in step.parts]
        if Predict in kinds and Until in kinds:
            assert kinds.index(Predict) < kinds.index(Until)


def test_there_are_lessons_for_every_family_and_failures_on_purpose_among_them():
    lessons = own()
    assert len(lessons) >= FEWEST and len(lessons) == len(PATHS)
    used = {
        type(run.now.dynamics).__name__ for lesson in lessons.values() for step in lesson.steps for run in step.runs
    }
    assert used == set(sv.dynamics.ALL)
    failing = [
        lesson.name
        for lesson in lessons.values()
        if any(means.hits <= means.runs / 4 for means in stated(lesson) if isinstance(means, Found))
    ]
    assert len(failing) >= 6


def stated(lesson):
    runs = ()
    for step in lesson.steps:
        runs = step.runs or runs
        for part in step.parts:
            if isinstance(part, Text):
                yield from (meaning(piece, runs) for piece in pieces(part.text) if is_braced(piece))


def test_a_number_that_is_not_what_is_measured_is_told_with_its_line():
    """Else a lesson could state anything."""
    text, line = with_line("{measured: k at 40 = 40}", "{measured: dispersion at 40 = 3.00}")
    (wrong,) = run_through(read(text, "no-noise"), "here.md").complaints
    sim = read(LESSON, "no-noise").steps[0].runs[0].replay()
    sim.advance(40)
    value = sim.record["dispersion"][40]
    assert abs(value - 3) > 0.1
    assert str(wrong) == f"here.md, line {line}: dispersion at step 40 = 3.00: measured is {value:.6g}"
    right, _ = with_line("{measured: k at 40 = 40}", f"{{measured: dispersion at 40 = {value:.3f}}}")
    assert not run_through(read(right, "no-noise")).complaints


def test_a_condition_that_is_not_met_in_time_is_told_with_its_line():
    met = run_through(read(LESSON, "no-noise")).reached[0].k
    for within, complaints in ((met, 0), (met - 1, 1)):
        text, line = with_line("within 300", f"within {within}")
        trial = run_through(read(text, "no-noise"))
        assert len(trial.complaints) == complaints
    assert trial.complaints[0].line == line - 2 and "until dispersion < 1: is not so" in str(trial.complaints[0])


def test_a_condition_of_a_step_that_goes_on_is_met_from_there_on():
    """Not at an earlier step at which it had been met already."""
    text, _ = with_line("## Two swarms", "## On\n\n```until\ndispersion < 100\nwithin 5\n```\n\n## Two swarms")
    first, second = run_through(read(text, "no-noise")).reached[:2]
    assert second.k == first.k and second.step == 2


def test_a_run_that_diverges_is_a_complaint():
    text, _ = with_line("n = 20", "n = 20\nsigma = 100\ndt = 10")
    text = text.replace("dispersion < 1\n", "k >= 300\n")
    complaints = run_through(read(text, "no-noise")).complaints
    assert complaints and "no longer finite" in str(complaints[0])


def test_found_counts_the_runs_with_the_next_seeds():
    """One by one, as single simulations."""
    run, alone = own()["luck-1"].steps[0].runs[0], []
    for seed in range(8):
        swarm = run.swarm.copy()
        swarm.seed = seed
        sim = sv.Simulation(run.now.dynamics.copy(), run.now.landscape.copy(), swarm)
        sim.advance(200)
        alone.append(int(bool(success.succeeded(sim.frame, sim.landscape))))
    assert len(set(alone)) == 2
    for seed in range(7):
        assert found(run.with_seed(seed, 0), 1, 200) == alone[seed + 1]
        assert found(run.with_seed(seed, 0), 7 - seed, 200) == sum(alone[seed + 1 :])
