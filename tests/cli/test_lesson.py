"""``swarmviz lesson check``: what is right is told, and what is wrong with file, line and reason."""

from swarmviz.lessons.collection import TEXTS
from tests.cli.commands import call
from tests.lessons.written import LESSON, with_line


def test_a_lesson_that_is_right_is_told_where_it_goes_on():
    path = TEXTS / "cbo-1.md"
    done = call("lesson", "check", path)
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"{path}: What the noise is for, 5 steps; step 1 goes on at k = 173")


def test_every_lesson_that_is_wrong_is_told_and_the_others_are_checked_all_the_same(tmp_path):
    bad, line = with_line("sigma = 0.5", "sigma = -1")
    untrue, stated = with_line("{measured: k at 40 = 40}", "{measured: k at 40 = 41}")
    for name, text in (("good", LESSON), ("bad", bad), ("untrue", untrue)):
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    done = call("lesson", "check", tmp_path / "bad.md", tmp_path / "good.md", tmp_path / "untrue.md")
    assert done.exit_code == 2
    assert f"{tmp_path / 'bad.md'}, line {line}: sigma (σ) = -1" in done.output
    assert f"{tmp_path / 'good.md'}: Without noise, 3 steps" in done.output
    assert f"{tmp_path / 'untrue.md'}, line {stated}: k at step 40 = 41: measured is 40" in done.output
    assert done.output.rstrip().endswith("Error: 2 of 3 lessons are wrong")


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    done = call("lesson", "check", tmp_path / "none.md")
    assert done.exit_code == 2 and "none.md, line 1: cannot be read" in done.output and "Traceback" not in done.output


def test_a_lesson_is_written_as_one_file(tmp_path):
    (tmp_path / "mine.md").write_text(LESSON, encoding="utf-8")
    for what, more in ((tmp_path / "mine.md", ()), ("mine", ("--lessons", tmp_path))):
        out = tmp_path / f"{len(more)}.html"
        done = call("lesson", "export", what, "--out", out, *more)
        assert done.exit_code == 0 and done.output.rstrip().endswith(f"{out} is written."), done.output
        assert "<title>Without noise</title>" in out.read_text(encoding="utf-8")


def test_a_lesson_that_is_not_known_is_one_line_and_nothing_is_written(tmp_path):
    done = call("lesson", "export", "cbo-l", "--out", tmp_path / "lesson.html")
    assert done.exit_code == 2 and "lesson cbo-l: is no lesson" in done.output and "cbo-1" in done.output
    done = call("lesson", "export", "cbo-1", "--out", tmp_path / "none" / "lesson.html")
    assert done.exit_code == 2 and "there is no folder" in done.output and "Traceback" not in done.output
    assert not list(tmp_path.iterdir())
