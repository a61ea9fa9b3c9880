"""A folder of lessons: what is wrong is told and left out, and the rest is there."""

import os

import pytest

from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.lessons import collection
from swarmviz.lessons.collection import of_folder, own, read_file
from swarmviz.lessons.lesson import LessonError
from swarmviz.lessons.reader import MAX_BYTES
from tests.lessons.written import LESSON


def test_our_own_lessons_are_all_right_and_in_the_order_of_the_dynamics():
    assert of_folder(collection.TEXTS).complaints == ()
    families = [list(DYNAMICS).index(lesson.dynamics) for lesson in own().values()]
    assert families == sorted(families) and all(name == lesson.name for name, lesson in own().items())


def test_a_bad_lesson_is_named_and_left_out(tmp_path):
    (tmp_path / "good.md").write_text(LESSON, encoding="utf-8")
    (tmp_path / "bad.md").write_text(LESSON.replace("sigma = 0.5", "sigma = -1"), encoding="utf-8")
    (tmp_path / "cbo-1.md").write_text(LESSON, encoding="utf-8")
    (tmp_path / "other.txt").write_text("no lesson")
    lessons, complaints = of_folder(tmp_path, taken=own())
    assert list(lessons) == ["good"]
    assert len(complaints) == 2
    assert complaints[0].startswith(f"{tmp_path / 'bad.md'}, line ") and complaints[0].endswith(
        "this lesson is left out"
    )
    assert "there is a lesson cbo-1 already" in complaints[1]


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="there is no such folder"):
        of_folder(tmp_path / "none")


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "latin.md").write_bytes(b"---\ntitle: \xe4\n")
    with pytest.raises(LessonError, match="line 2: is no text in UTF-8"):
        read_file(tmp_path / "latin.md")
    with pytest.raises(LessonError, match="cannot be read"):
        read_file(tmp_path / "none.md")
    with pytest.raises(LessonError, match="cannot be read"):
        read_file(tmp_path)
    (tmp_path / "large.md").write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(LessonError, match="more than the 65,536 bytes"):
        read_file(tmp_path / "large.md")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs a file without an end")
def test_a_file_without_an_end_is_not_read_to_its_end(tmp_path):
    (tmp_path / "endless.md").symlink_to("/dev/zero")
    assert "more than the 65,536 bytes" in of_folder(tmp_path).complaints[0]


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    assert "is a pipe" in of_folder(tmp_path).complaints[0]


def test_a_mark_of_the_byte_order_is_no_mistake(tmp_path):
    (tmp_path / "marked.md").write_text(LESSON.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert read_file(tmp_path / "marked.md").title == "Without noise"


def test_no_more_lessons_are_read_than_a_folder_may_have(tmp_path, monkeypatch):
    monkeypatch.setattr(collection, "MAX_LESSONS", 2)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.md").write_text(LESSON, encoding="utf-8")
    lessons, complaints = of_folder(tmp_path)
    assert list(lessons) == ["a", "b"] and "only the first 2" in complaints[0]
