"""A lesson is read as it is written, and whatever is wrong in it is told with its line."""

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import swarmviz as sv
from swarmviz.drawing.comparison import MAX_COMPARED
from swarmviz.lessons import blocks, reader
from swarmviz.lessons.collection import TEXTS
from swarmviz.lessons.lesson import Ask, Lesson, LessonError, Predict, Remember, Text, Until
from swarmviz.lessons.reader import read
from tests.lessons.written import LESSON, with_line


def test_every_word_of_a_lesson_arrives():
    lesson = read(LESSON, "no-noise")
    assert lesson[:5] == ("no-noise", "Without noise", "beginner", 5, "001")
    assert [step.title for step in lesson.steps] == ["A corner", "Two swarms", "The end"]
    assert lesson.dynamics == "CBO"
    first, second, last = lesson.steps
    assert [type(part) for part in first.parts] == [Text, Predict, Until, Text]
    (run,) = first.runs
    assert (run.k, run.swarm.n, run.swarm.seed, run.swarm.low) == (0, 20, 3, 1.0)
    assert run.now.dynamics.noise == "anisotropic" and first.speed == 15
    assert first.views == {"view": "Density"} and second.views is None
    predict = first.first(Predict)
    assert predict.question == "Where does it end?"
    assert [tuple(choice) for choice in predict.choices] == [
        ("In the corner.", True, "Right."),
        ("Outside.", False, "No mean lies outside."),
    ]
    assert [str(c) for c in first.first(Until).conditions] == ["dispersion < 1"] and first.first(Until).within == 300
    assert second.first(Ask).question == "Which is faster?"
    assert not last.runs
    assert last.first(Remember) == (
        ("Without noise a swarm contracts.", "It stays in its box."),
        ("001 Thm 2.9",),
    )


def test_a_step_keeps_what_it_does_not_set_and_swarms_beside_each_other_share_their_start():
    a, b = read(LESSON, "no-noise").steps[1].runs
    assert a.now.dynamics.sigma == b.now.dynamics.sigma == 0.5
    assert (a.now.dynamics.noise, b.now.dynamics.noise) == ("anisotropic", "none")
    assert a.swarm.same_as(b.swarm) and a.swarm.seed == 3 and a.swarm.n == 20


def test_another_dynamics_may_stand_beside():
    text, _ = with_line("noise = none", "dynamics = PSO")
    a, b = read(text, "no-noise").steps[1].runs
    assert isinstance(b.now.dynamics, sv.PSO) and a.swarm.same_as(b.swarm)
    assert a.now.landscape.same_as(b.now.landscape)


def test_values_are_those_of_the_command_line():
    text, _ = with_line("sigma = 0.5", "sigma = Linear(start=1, end=0.1, duration=5)\nlandscape.cosine_factor = 2")
    with pytest.raises(LessonError, match="cosine_factor"):
        read(text, "no-noise")
    text, _ = with_line("sigma = 0.5", "sigma = Linear(start=1, end=0.1, duration=5)\nn = 1e2")
    run = read(text, "no-noise").steps[1].runs[0]
    assert run.now.dynamics.sigma == sv.schedules.Linear(start=1, end=0.1, duration=5) and run.swarm.n == 100


MISTAKES = [
    ("---\ntitle: Without noise", "title: Without noise", "begins with a line ---"),
    ("title: Without noise\n", "title: Without noise\ntitle: Twice\n", "title is given twice", 1),
    ("paper: 001\n", "paper: 001\nauthor: me\n", "author is not known", 1),
    ("minutes: 5", "minutes: five", "whole number from 1 to 240"),
    ("minutes: 5", "minutes: 0", "whole number from 1 to 240"),
    ("level: beginner", "level: easy", "must be one of beginner, intermediate, advanced"),
    ("title: Without noise", f"title: {'x' * 100}", "100 characters, more than the 90"),
    ("## A corner", "# A corner", "begins with ##"),
    ("## A corner", "Words", "before the first heading"),
    ("preset = cbo-no-noise", "preset = cbo-noise", "did you mean 'cbo-no-noise'"),
    ("preset = cbo-no-noise", "dynamics = CBA", "did you mean 'CBO'"),
    ("preset = cbo-no-noise\n", "preset = cbo-no-noise\nlandscape = Ackley\n", "name a preset, or these", 0),
    ("seed = 3", "seeed = 3", "did you mean 'seed'"),
    ("seed = 3", "seed = -3", "0 ≤ seed"),
    ("seed = 3", "seed 3", "must be name = value"),
    ("seed = 3", "n = 3", "n is given twice"),
    ("n = 20", "n = 10000000", "too many for a lesson"),
    ("n = 20", "d = 0", "1 ≤ d"),
    ("sigma = 0.5", "sigma = -1", "0 ≤ σ ≤ 100"),
    ("sigma = 0.5", "sigma = __import__('os').system('true')", "sigma"),
    ("sigma = 0.5", "speed = 0", "steps per second above 0"),
    ("sigma = 0.5", "freedom = 5", "freedom"),
    ("noise = none\n", "seed = 5\n", "the same of all swarms", -1),
    ("noise = none\n", "preset = cbo-few\n", "preset is the same of all swarms", 0),
    ("view = Density", "view = {}", "must be a text, a number"),
    ("```show", "```shew", "did you mean 'show'"),
    ("```show", "```set", "one block set at most"),
    ("- [x] In the corner.", "- [ ] In the corner.", "one choice must be marked as right", -2),
    ("- [ ] Outside.", "- [x] Outside.", "one choice must be marked as right", -4),
    ("    Right.\n", "", "nothing is said to whoever chooses this", -1),
    ("- [ ] Outside.\n    No mean lies outside.\n", "", "there are 1 choices", -4),
    ("- [ ] Outside.", "or outside", r"a choice is - \[ \]"),
    ("Where does it end?\n", "", "no question above", -1),
    ("dispersion < 1", "dispersal < 1", "did you mean 'dispersion'"),
    ("dispersion < 1", "dispersion < nan", "no finite number"),
    ("dispersion < 1", "dispersion == 1", "must be an observable, one of"),
    ("dispersion < 1", "dispersion < 1 or True", "no finite number|must be an observable"),
    ("dispersion < 1", "open('x') < 1", "must be an observable"),
    ("within 300\n", "", "after how many steps at the latest", -2),
    ("within 300", "within 999999999", "take too long"),
    ("dispersion < 1\n", "", "there are 0 conditions", -1),
    ("{slider: sigma from 0 to 3}", "{slider: noise}", "is no number"),
    ("{slider: sigma from 0 to 3}", "{slider: sigma from 3 to 0}", "from a number to a larger one"),
    ("{slider: sigma from 0 to 3}", "{slider: sigma from 0 to 300}", "300 is not allowed, only 0 ≤ σ ≤ 100"),
    ("{slider: sigma from 0 to 3}", "{slider: n}", "acts on a reset only"),
    ("{slider: sigma from 0 to 3}", "{slide: sigma}", "must be {slider: …}"),
    ("{number: dispersion}", "{number: distanse}", "did you mean 'distance'"),
    ("{number: dispersion}", "{number: dispersion", "must be {slider: …}"),
    ("{measured: k at 40 = 40}", "{measured: B k at 40 = 40}", "there is no swarm B"),
    ("{measured: k at 40 = 40}", "{measured: k at 40 = 4.0.0}", "is no number"),
    ("{measured: k at 40 = 40}", "{measured: k at 900000000 = 4}", "take too long"),
    ("{measured: k at 40 = 40}", "{found: 5 of 3 at 40}", "must be some of 1 to"),
    ("{measured: k at 40 = 40}", "{found: 5 of 300 at 900000}", "take too long"),
    ("```compare\nnoise = none", "```compare\nnoyse = none", "compare: no parameter|compare:.*noyse", 1),
    ("Which is faster?\n", "", "there is no question", -1),
    ("Which is faster?", "{number: k}", "belong into the text"),
    ("Go on.", "{measured: k at until = 4}", "no block until"),
    ("It stays in its box.\n", "", "has 1 lines to remember", -2),
    ("statement = 001 Thm 2.9\n", "", "names the paper's statement", -3),
    ("statement = 001 Thm 2.9", "statement = 001 Thm 29", "did you mean '001 Thm 2.9'"),
    ("statement = 001 Thm 2.9\n```", "statement = 001 Thm 2.9", "not closed", -3),
]


@pytest.mark.parametrize("change", MISTAKES, ids=[f"{m[1][:30]!r}" for m in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_its_reason(change):
    """The line is that of the change, unless the mistake is one of the whole block, which is then named by its fence."""
    old, new, says, *shift = change
    text, line = with_line(old, new)
    with pytest.raises(LessonError, match=says) as caught:
        read(text, "no-noise", "some/where.md")
    assert caught.value.line == line + (shift[0] if shift else 0)
    assert str(caught.value).startswith(f"some/where.md, line {caught.value.line}: ")


def test_what_is_missing_is_told():
    for name in ("title", "level", "minutes", "paper"):
        text = "\n".join(line for line in LESSON.split("\n") if not line.startswith(f"{name}:"))
        with pytest.raises(LessonError, match=f"line 1: {name} is missing"):
            read(text, "no-noise")
    with pytest.raises(LessonError, match="line 1: a lesson begins with"):
        read("", "no-noise")
    with pytest.raises(LessonError, match="the last step has no block remember"):
        read(LESSON[: LESSON.index("```remember")], "no-noise")
    with pytest.raises(LessonError, match="the first step must name a preset or a dynamics"):
        read(with_line("preset = cbo-no-noise\n", "")[0], "no-noise")
    with pytest.raises(LessonError, match="the first step needs a block set"):
        read(
            LESSON.replace("```set\npreset = cbo-no-noise\nnoise = anisotropic\nn = 20\nseed = 3\n```", ""), "no-noise"
        )
    with pytest.raises(LessonError, match="nothing to read in this step"):
        read(with_line("## Two swarms\n", "## Nothing\n\n## Two swarms\n")[0], "no-noise")


@pytest.mark.parametrize("name", ["", "No-noise", "no_noise", "../x", "a--b", "a/b", "x" * 41, "ä"])
def test_a_lesson_that_no_link_can_name_is_refused(name):
    with pytest.raises(LessonError, match="the name"):
        read(LESSON, name, "file.md")


def test_what_a_lesson_costs_is_bounded():
    step = "## More\n\nText.\n\n"
    with pytest.raises(LessonError, match="bytes, more than the 65,536"):
        read(LESSON + "x" * reader.MAX_BYTES, "no-noise")
    many = LESSON.replace("## The end", step * (reader.MAX_STEPS - 2) + "## The end")
    with pytest.raises(LessonError, match="there are 31 steps"):
        read(many, "no-noise")
    with pytest.raises(LessonError, match=f"at most {MAX_COMPARED} swarms"):
        read(
            with_line("```compare\nnoise = none\n```", "```compare\nnoise = none\n```\n" * MAX_COMPARED)[0], "no-noise"
        )
    with pytest.raises(LessonError, match="characters, more than the 4,000"):
        read(with_line("Go on.", "x" * 5000)[0], "no-noise")
    with pytest.raises(LessonError, match="a step has at most"):
        read(with_line("Go on.", "Go on.\n```ask\nWhy?\n```\n" * 11)[0], "no-noise")
    with pytest.raises(LessonError, match="more than the 30"):
        options = "\n".join(f"o{i} = 1" for i in range(blocks.MAX_OPTIONS + 1))
        read(with_line("view = Density", options)[0], "no-noise")


def test_nothing_in_a_lesson_is_run(tmp_path):
    mark = tmp_path / "mark"
    code = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    for old in ("sigma = 0.5", "view = Density"):
        text, _ = with_line(old, f"{old.partition('=')[0]}= {code}")
        try:
            read(text, "no-noise")
        except LessonError:
            pass
    assert not mark.exists() and os.listdir(tmp_path) == []


TEXT = [path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*.md"))]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.text(max_size=40))
def test_a_damaged_lesson_is_read_or_refused_and_nothing_else(seed, noise):
    """Lines lost, doubled, exchanged, or cut and filled with anything."""
    chance = random.Random(seed)
    lines = chance.choice([LESSON, *TEXT]).split("\n")
    for _ in range(chance.randrange(1, 4)):
        i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
        kind = chance.randrange(4)
        if kind == 0 and len(lines) > 1:
            del lines[i]
        elif kind == 1:
            lines.insert(i, lines[j])
        elif kind == 2:
            lines[i], lines[j] = lines[j], lines[i]
        else:
            cut = chance.randrange(len(lines[i]) + 1)
            lines[i] = lines[i][:cut] + noise + lines[i][cut:]
    try:
        lesson = read("\n".join(lines), "damaged")
    except LessonError as error:
        assert 1 <= error.line <= len("\n".join(lines).split("\n"))
    else:
        assert isinstance(lesson, Lesson)
