"""``swarmviz serve --lessons DIR``: the owner's lessons are beside those that come with swarmviz; what is wrong is told and left out."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from components.server import launch, own_lessons
from swarmviz.lessons import collection
from tests.lessons.written import LESSON
from tests.server.serving import free_port


@pytest.fixture
def folder(tmp_path):
    for name in ("mine", "cbo-1"):
        (tmp_path / f"{name}.md").write_text(LESSON)
    (tmp_path / "wrong.md").write_text("nothing")
    return tmp_path


def test_they_are_read_beside_the_others(folder, monkeypatch, caplog):
    monkeypatch.setenv(own_lessons.FOLDER_VARIABLE, str(folder))
    lessons = own_lessons.lessons.__wrapped__()
    assert list(lessons) == [*collection.own(), "mine"] and lessons["cbo-1"] is collection.own()["cbo-1"]
    assert "wrong.md, line 1" in caplog.text and "there is a lesson cbo-1 already" in caplog.text


def test_a_folder_that_is_gone_keeps_nobody_from_the_others(folder, monkeypatch, caplog):
    monkeypatch.setenv(own_lessons.FOLDER_VARIABLE, str(folder / "gone"))
    assert (
        list(own_lessons.lessons.__wrapped__()) == list(collection.own()) and "there is no such folder" in caplog.text
    )


def test_the_command_says_what_it_leaves_out_and_refuses_what_is_no_folder(folder):
    serve = ["--check", "--port", str(free_port()), "--lessons"]
    done = CliRunner().invoke(launch.main, [*serve, str(folder)])
    assert done.exit_code == 0 and "wrong.md, line 1" in done.output and "this one is left out" in done.output
    done = CliRunner().invoke(launch.main, [*serve, str(folder / "gone")])
    assert done.exit_code == 2 and "there is no such folder" in done.output
