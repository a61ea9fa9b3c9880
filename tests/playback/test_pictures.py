"""The pictures of a visit: one frame per run, nothing of another run is painted, and a view that fails keeps no other from being shown."""

from __future__ import annotations

import sys

import pytest

import swarmviz as sv
from components.playback.frame_gate import FrameGate, Picture
from components.playback.pacer import ARENA_ONLY, EVERYTHING, PictureRequest
from components.playback.panes import Panes
from components.playback.pictures import Pictures
from components.views import SIDE_VIEWS
from components.views.base import View
from tests.playback.test_panes import compare
from tests.visit import edit, press, settle


class Spy(View):
    """A view that keeps what it is given."""

    def __init__(self, every=1):
        super().__init__()
        self.every, self.attached, self.frames, self.painted = every, [], [], []

    def name_pane(self, name, said, active, own_colours):
        self.named = name, said, active

    def attach(self, run):
        self.attached.append(run)

    def prepare(self, frame, run):
        self.frames.append((frame, run))
        return run.k

    def paint(self, payload):
        self.painted.append(payload)


def make(seed=0):
    return sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=5, d=2, seed=seed))


def pictures_of(*sims, views=(), report=print):
    panes = Panes([(sim, {}) for sim in sims], lambda place: Spy())
    return Pictures(panes, views, (), report), panes


def test_every_view_of_a_run_is_given_the_same_frame_of_that_run():
    views = Spy(), Spy()
    pictures, panes = pictures_of(make(0), make(1), views=views)
    panes.active = 1
    pictures.attach()
    pictures.prepare(EVERYTHING)
    (first,), (second,) = panes[0].arena.frames, panes[1].arena.frames
    assert first[1] is panes[0].sim and second[1] is panes[1].sim and first[0] is not second[0]
    assert [given for view in views for given in view.frames] == [second, second]
    assert all(view.frames[0][0] is second[0] for view in views)
    assert [pane.arena.named for pane in panes] == [("A", "seed = 0", False), ("B", "seed = 1", True)]


def test_a_view_is_prepared_as_often_as_it_says_and_always_when_everything_is():
    slow = Spy(every=3)
    pictures, panes = pictures_of(make(), views=[slow])
    for request in (
        ARENA_ONLY,
        PictureRequest(False, 2),
        PictureRequest(False, 3),
        PictureRequest(False, 4),
        EVERYTHING,
    ):
        pictures.prepare(request)
    assert len(slow.frames) == 2 and len(panes[0].arena.frames) == 5


def test_news_of_the_background_leave_other_views_alone():
    arena_beside, shows_map = Spy(), Spy()
    shows_map.background = frozenset({"map"})
    pictures, panes = pictures_of(make(), views=[arena_beside, shows_map])
    pictures.attach()
    _, payloads = pictures.prepare(PictureRequest(False, 0, frozenset({"map"})))
    pictures.paint(payloads)
    assert shows_map.painted == [0] and not arena_beside.frames and not panes[0].arena.frames


@pytest.mark.parametrize(("of", "shown"), [
    ("map", {"ViewSwitcher", "Tables", "Lessons"}),
    ("law", {"ViewSwitcher", "Tables", "Lessons", "Curves", "ClaimsCard"}),
    ("replicas", {"Tables", "Lessons", "Curves", "ClaimsCard"}),
])  # fmt: skip
def test_which_views_show_what_of_the_background(session, of, shown):
    assert {type(view).__name__ for view in session.pictures.views if of in view.background} == shown


def test_what_was_prepared_before_other_runs_were_attached_is_not_painted():
    side = Spy()
    pictures, panes = pictures_of(make(), views=[side])
    pictures.attach()
    _, stale = pictures.prepare(EVERYTHING)
    other = make()
    other.advance(7)
    panes.replace([(other, {})])
    pictures.attach()
    pictures.paint(stale)
    assert side.painted == panes[0].arena.painted == [] and len(stale) == 2
    pictures.paint(pictures.prepare(EVERYTHING)[1])
    assert side.painted == panes[0].arena.painted == [7]


class Once(Spy):
    """A view that says what it stands on only when that changes, as the arena does."""

    once = ("ground",)

    def prepare(self, frame, run):
        ground = {"ground": run.k // 10} if run.k % 10 == 0 else {}
        return ground | {"k": run.k}


def test_what_a_view_prepares_once_is_painted_though_newer_pictures_took_the_place_of_its_own():
    """The axes of an arena had kept old numbers: the picture that moved them waited, and was replaced by one that did not."""
    sim, view, gate = make(), Once(), FrameGate()
    pictures, _ = pictures_of(sim, views=[view])
    pictures.attach()

    def offered(*steps):
        for k in steps:
            sim.advance(k - sim.k)
            gate.offer(Picture(*pictures.prepare(EVERYTHING)))
        pictures.paint(gate.take(0.0).payloads)
        gate.expect_nothing()
        return view.painted[-1]

    assert offered(0) == {"ground": 0, "k": 0}
    assert offered(1) == {"k": 1}, "what went out is not sent again"
    assert offered(10, 11, 12) == {"ground": 1, "k": 12}
    assert offered(19, 20, 21, 30) == {"ground": 3, "k": 30}, "the newest counts"
    sim.advance(10)
    gate.offer(Picture(*pictures.prepare(EVERYTHING)))
    pictures.attach()
    assert offered(41) == {"k": 41}, "what was prepared for another run is not inherited"


def test_a_view_that_fails_is_reported_once_a_run_and_no_other_is_missed(capsys):
    side, reports = Spy(), []

    def broken(frame, run):
        raise RuntimeError("no figure")

    pictures, panes = pictures_of(make(), views=[side], report=reports.append)
    panes[0].arena.prepare = broken
    pictures.attach()
    for _ in range(3):
        pictures.paint(pictures.prepare(EVERYTHING)[1])
    assert len(reports) == 1 and "RuntimeError: no figure" in reports[0] and side.painted == [0, 0, 0]
    assert "Traceback" in capsys.readouterr().err
    pictures.attach()
    pictures.prepare(EVERYTHING)
    assert len(reports) == 2


# ---- the views of the page -------------------------------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch):
    """How many frames were made."""
    made = []
    for cls in sv.dynamics.ALL.values():
        frame = cls.frame
        monkeypatch.setattr(cls, "frame", lambda self, state, frame=frame: (made.append(1), frame(self, state))[1])
    return made


@pytest.fixture
def asked(monkeypatch):
    """The modules that asked a run for its frame."""
    modules, frame = [], sv.Simulation.frame.fget
    look = lambda sim: (modules.append(sys._getframe(1).f_globals["__name__"]), frame(sim))[1]  # noqa: E731
    monkeypatch.setattr(sv.Simulation, "frame", property(look))
    return modules


@pytest.mark.parametrize("name", sv.dynamics.ALL)
def test_a_picture_of_everything_takes_one_frame_per_pane(running, counted, asked, name):
    """Five were made when each view took its own; lines of theory may ask the run again, and get the same one."""
    running.maps.close()  # whose thread takes frames of its own runs and asks for pictures, whenever it comes to it
    press(running, "pause")
    edit(running, "dynamics", name)
    settle(running)
    running.history.hurry()

    def look_at_all(panes):
        for label in running.side.offered:
            running.side.show(label)
            counted.clear()
            running.panes.advance(1)
            asked.clear()
            running._picture(EVERYTHING)
            outside = [module for module in asked if not module.startswith("swarmviz.theory")]
            assert outside == ["components.playback.pictures"] * panes, f"{label} asks for a frame of its own"
            assert len(counted) == panes, f"{label} takes a frame of its own"

    look_at_all(1)
    compare(running, "start")
    look_at_all(2)
    assert {"A and B"} < set(running.side.offered) <= {view.label for view in SIDE_VIEWS}
