"""What a process writes and does not keep is removed, even when it was killed; what belongs to a process that lives stays."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from swarmviz import temporary

ROOT = Path(__file__).parents[1]
OWNER = """
import sys
from swarmviz import temporary
(temporary.folder() / "film.mp4").write_bytes(b"unfinished")
print(temporary.folder(), flush=True)
sys.stdin.read()
"""
FILM = """
import sys
import swarmviz as sv
from swarmviz import exports

def stay(done, total):
    print("a picture", flush=True)
    sys.stdin.read()

sim = sv.Simulation(sv.CBO(), sv.landscapes.Sphere(), sv.Swarm(n=5, d=2))
sim.advance(3)
exports.film(sim, "mp4", progress=stay)
"""


@pytest.fixture
def place(monkeypatch, tmp_path):
    """A folder for temporary files that no other test uses, for this process and its children."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(temporary, "_mine", None)
    return tmp_path


def started(script):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_the_folder_of_a_killed_process_goes_at_the_next_start_and_that_of_a_living_one_stays(place):
    with started(OWNER) as killed, started(OWNER) as living:
        try:
            left, kept = Path(killed.stdout.readline().strip()), Path(living.stdout.readline().strip())
            temporary.remove_left_over()
            assert (left / "film.mp4").exists() and (kept / "film.mp4").exists()
            killed.kill()
            killed.wait()
            assert left.exists(), "nobody had the time to remove it"
            mine = temporary.folder()
            assert not left.exists() and (kept / "film.mp4").exists() and mine.stat().st_mode & 0o77 == 0
        finally:
            killed.kill()
            living.stdin.close()
            living.wait()
    assert not kept.exists(), "who ends as usual leaves nothing"


def test_a_film_that_was_cut_short_by_a_kill_goes_at_the_next_start(place):
    pytest.importorskip("imageio_ffmpeg")
    with started(FILM) as server:
        try:
            assert server.stdout.readline() == "a picture\n"
            assert len(list(place.glob("swarmviz-*/film-*"))) == 1
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
    assert list(place.glob("swarmviz-*/film-*"))
    temporary.remove_left_over()
    assert not list(place.glob("swarmviz-*"))


def test_folders_that_only_look_like_ours_are_left_alone(place):
    """Without a lock, a link, a file: who made them knows what for."""
    (place / "swarmviz-else").mkdir()
    (place / "swarmviz-file").touch()
    (place / "elsewhere").mkdir()
    (place / "elsewhere" / temporary.LOCK).touch()
    (place / "swarmviz-link").symlink_to(place / "elsewhere")
    before = sorted(place.rglob("*"))
    temporary.remove_left_over()
    assert sorted(place.rglob("*")) == before


def test_a_folder_that_the_system_cleared_away_is_made_again(place):
    first = temporary.folder()
    assert temporary.folder() == first
    temporary._remove(os.getpid(), first)
    assert temporary.folder() != first and temporary.folder().is_dir()


def test_the_server_removes_them_when_it_starts(monkeypatch):
    from components.server import warm

    removed = []
    monkeypatch.setattr(warm, "_warmed", type(warm._warmed)())
    monkeypatch.setattr(warm, "_load", lambda name: None)
    monkeypatch.setattr(warm, "_load_together", lambda name: None)
    monkeypatch.setattr(warm.COMPILING, "start", lambda processes: None)
    monkeypatch.setattr(temporary, "remove_left_over", lambda: removed.append(True))
    warm.warm()
    assert removed == [True]
