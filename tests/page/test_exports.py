"""The panel of exports without a browser: what it makes, what it says, and that nobody waits for it."""

from __future__ import annotations

import base64
import io
import json
import sys
import threading

import pytest
from PIL import Image

import swarmviz as sv
from components.page.export_job import ExportJobs
from components.page.export_table import EXPORTS, Order, offered, stretch_of
from components.page.exports import Exports
from components.views import SIDE_VIEWS
from components.views.curves.curves import Curves
from swarmviz import exports
from swarmviz.exports import Run

MIME = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "html": "text/html",
    "csv": "text/csv",
    "nc": "application/x-netcdf",
    "py": "text/x-python",
}
STARTS = {
    "png": b"\x89PNG",
    "svg": b"<?xml",
    "gif": b"GIF89a",
    "html": b"<!DOCTYPE html>",
    "csv": b"# program",
    "nc": b"\x89HDF",
    "py": b"# swarmviz",
}


def simulation(steps=8, dynamics="SSA"):
    sim = sv.Simulation(sv.dynamics.ALL[dynamics](), sv.landscapes.Ackley(), sv.Swarm(n=8, d=1, seed=3))
    sim.advance(steps)
    return sim


SUITABLE = {"phase": "PSO", "occupation": "FiniteSet", "map": "CBO"}  # others fit every dynamics


class Maps:
    """The map of a visit."""

    def table(self):
        sim = simulation(0, "CBO")
        *_, table = sv.refine(
            sim.dynamics, sim.landscape, sim.initial_swarm, {"sigma": [0.3, 2.0], "lam": [0.5, 1.0]}, runs=8, steps=9
        )
        return table

    def lines(self):
        return "# swarmviz lines of a map"


class Panel(Exports):
    """Keeps what it would send; everything is done when ``wait`` returns."""

    def __init__(self, run, visit=None, **more):
        self.sent, self.done = [], threading.Event()
        super().__init__(run, ExportJobs(visit=visit), **more)

    def _send_msg(self, data):
        self.sent.append(data["file"])

    def _finish(self, outcome):
        super()._finish(outcome)
        self.done.set()

    def order(self, what, **fields):
        self.done.clear()
        self._handle_msg({"act": "make", "what": what, **fields})
        assert self.done.wait(60)


@pytest.mark.parametrize("what", sorted(EXPORTS))
def test_each_button_sends_a_file_with_a_telling_name(what):
    name = SUITABLE.get(what.partition(".")[0], "SSA")
    sim = simulation(dynamics=name)
    panel = Panel(lambda: Run.of(sim), pair=lambda: [Run.of(sim), Run.of(sim)], maps=Maps())
    panel.order(what, start="2", stop="", every="3")
    kind = what.rpartition(".")[2]
    (file,) = panel.sent
    of_run = "" if what.startswith("map.") else "-seed3-k8"
    assert file["name"].startswith(f"swarmviz-{name}-Ackley{of_run}") and file["name"].endswith(f".{kind}")
    assert file["type"] == EXPORTS[what].mime == MIME[kind]
    data = base64.b64decode(file["data"])
    assert data[4:8] == b"ftyp" if kind == "mp4" else data.startswith(STARTS[kind])
    assert panel.busy == "" and panel.message["text"].startswith(file["name"]) and panel.message["level"] == "info"
    assert sim.k == 8


def test_the_browser_is_offered_every_file_of_the_table_in_its_group_and_row():
    rows = {(group["name"], label, fits): [what for what, *_ in buttons]
            for group in offered() for label, buttons, fits in group["rows"]}  # fmt: skip
    assert rows["picture", "Phase space", "phase"] == ["phase.png", "phase.svg"]
    assert rows["film", "", ""] == ["film.mp4", "film.gif", "replay.html"]
    assert rows["data", "", ""] == ["curves.csv", "states.csv", "run.nc"]
    assert rows["data", "Map", "map"] == ["map.nc", "map.csv", "map.py"]
    assert {fits for *_, fits in rows} - {""} == set(exports.VIEWS)
    assert {what for whats in rows.values() for what in whats} == {*EXPORTS} - {"lines.py"}, (
        "which has a place of its own"
    )


def test_a_film_that_the_installation_cannot_make_is_not_offered_and_the_card_says_why(monkeypatch):
    notes = {group["name"]: group["note"] for group in offered()}
    assert not any("imageio" in note for note in notes.values())
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    (film,) = (group for group in offered() if group["name"] == "film")
    assert [what for _, buttons, _ in film["rows"] for what, *_ in buttons] == ["film.gif", "replay.html"]
    assert (
        film["note"] == f"{notes['film']} No MP4 here: the server lacks imageio-ffmpeg, pip install 'swarmviz[films]'."
    )
    panel = Panel(lambda: Run.of(simulation()))
    panel.order("film.mp4")  # a browser may ask for it all the same
    assert panel.message["level"] == "error" and "swarmviz[films]" in panel.message["text"] and not panel.sent


def test_views_and_tables_of_one_step_have_different_names():
    panel = Panel(lambda: Run.of(simulation()))
    for what in ("arena.svg", "density.svg", "curves.svg", "curves.csv", "states.csv"):
        panel.order(what)
    assert len({file["name"] for file in panel.sent}) == 5


def about(panel):
    """What the last picture says of its origin."""
    with Image.open(io.BytesIO(base64.b64decode(panel.sent[-1]["data"]))) as image:
        return json.loads(image.text["Description"])


def test_a_picture_of_both_swarms_has_the_runs_of_both():
    a, b = simulation(), simulation(dynamics="CBO")
    panel = Panel(lambda: Run.of(b), pair=lambda: (Run.of(a), Run.of(b)))
    panel.order("comparison.png")
    assert about(panel) == exports.metadata(a) | {"title": about(panel)["title"], "other": exports.metadata(b)}
    assert panel.sent[-1]["name"] == "swarmviz-SSA-Ackley-seed3-k8-comparison.png"
    panel._pair = lambda: (Run.of(a),)  # the second one has just been left
    panel.order("comparison.png")
    assert panel.message == {"text": "view = 'comparison': needs a second run, other.", "level": "error"}


def test_without_a_map_its_files_say_so():
    panel = Panel(lambda: Run.of(simulation()))
    for what in ("map.png", "map.nc", "map.csv", "map.py"):
        panel.order(what)
        assert panel.message == {"text": "There is no map.", "level": "error"}
    assert not panel.sent


def test_a_picture_that_no_longer_fits_is_explained():
    panel = Panel(lambda: Run.of(simulation()))
    panel.order("phase.svg")
    assert panel.message["text"] == "view = 'phase': the agents of SSA have no velocities." and not panel.sent


def test_a_picture_has_the_options_with_which_the_view_is_seen(monkeypatch):
    seen, look = [], {"density": {"bins": 7, "smooth": False}, "phase": {"coordinates": [0]}}
    monkeypatch.setattr(exports, "picture", lambda sim, view, kind, cancelled, **options: seen.append(options) or b"")
    panel = Panel(lambda: Run.of(simulation()), look=lambda: look)
    for what in ("density.png", "phase.png", "arena.png"):
        panel.order(what)
    common = {"other": None, "table": None, "dark": False}
    assert seen == [common | {"bins": 7, "smooth": False}, common | {"coordinates": [0]}, common]


def test_pictures_and_films_of_the_arena_show_its_region_and_its_layers(monkeypatch):
    seen, look = [], {"arena": {"region": [-1.0, 1.0], "trails": False}, "density": {"bins": 7}}
    monkeypatch.setattr(exports, "picture", lambda sim, view, kind, cancelled, **options: seen.append(options) or b"")
    monkeypatch.setattr(exports, "film", lambda run, kind, **options: seen.append(options) or b"")
    panel = Panel(lambda: Run.of(simulation()), look=lambda: look)
    for what in ("arena.svg", "film.gif"):
        panel.order(what)
        assert look["arena"].items() <= seen[-1].items() and "bins" not in seen[-1]
    assert len(seen) == 2


def test_a_replay_shows_the_region_and_the_layers_of_the_arena_and_leaves_out_hidden_lines(monkeypatch):
    seen, look = (
        [],
        {"arena": {"region": [-1.0, 1.0], "links": False}, "curves": {"hidden": ["best"], "log": {"value": True}}},
    )
    monkeypatch.setattr(exports, "replay", lambda run, **options: seen.append(options) or "")
    panel = Panel(lambda: Run.of(simulation()), look=lambda: look)
    panel.order("replay.html")
    assert look["arena"].items() <= seen[0].items() and seen[0]["hidden"] == ["best"] and "log" not in seen[0]
    look.clear()
    panel.order("replay.html")
    assert not {"region", "links", "hidden"} & set(seen[1])


def test_the_python_lines_are_shown_and_those_of_the_snapshot():
    panel = Panel(lambda: Run.of(simulation()))
    panel._handle_msg({"act": "show"})
    assert panel.done.wait(20) and not panel.sent
    assert panel.lines == exports.python_lines(simulation())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"start": "-1"}, "from = '-1': must be a whole number"),
        ({"stop": "1e2"}, "to = '1e2': must be a whole number"),
        ({"every": "٣"}, "every = '٣'"),
        ({"start": "5", "stop": "3"}, "from = 5, to = 3: must be 0 ≤ from < to ≤ 8"),
        ({"stop": "9"}, "to = 9"),
        ({"every": "0"}, "every = 0"),
        ({"every": "100"}, "every = 100: gives 1 picture,"),
    ],
)
def test_a_film_that_cannot_be_made_is_explained(fields, said):
    panel = Panel(lambda: Run.of(simulation()))
    panel.order("replay.html", **fields)
    assert said in panel.message["text"] and panel.message["level"] == "error" and not panel.sent and not panel.busy


def test_an_empty_pace_gives_about_300_pictures():
    for k in (1, 2, 299, 300, 12_345, 10**9):
        stretch = stretch_of(Order("film.gif"), k)
        steps = Run((), sv.Swarm(), k).steps(stretch["start"], stretch["stop"], stretch["every"], 300)
        assert len(steps) >= min(k + 1, 150)


def test_one_at_a_time_and_cancel_ends_it():
    began, go_on = threading.Event(), threading.Event()

    def run():
        began.set()
        go_on.wait(20)
        return Run.of(simulation(400))

    panel = Panel(run)
    panel._handle_msg({"act": "make", "what": "film.mp4"})
    assert began.wait(20) and panel.busy == "film.mp4"
    panel._handle_msg({"act": "make", "what": "arena.png"})
    assert "One export at a time" in panel.message["text"]
    panel._handle_msg({"act": "cancel"})
    go_on.set()
    assert panel.done.wait(20) and panel.message["text"] == "Cancelled." and not panel.sent
    panel.order("run.nc")
    assert len(panel.sent) == 1, "after that another one may be made"


def test_our_own_mistake_is_told_and_the_panel_lives_on(capsys):
    def broken():
        raise KeyError("x")

    panel = Panel(broken)
    panel.order("run.nc")
    assert "Something went wrong (KeyError" in panel.message["text"] and "Traceback" in capsys.readouterr().err
    assert panel.busy == ""


@pytest.mark.parametrize("data", ["text", 3, {}, {"act": "make", "what": "../etc"}, {"act": "make"}, {"act": "shout"},
                                  {"act": "make", "what": ["run.nc"]}])  # fmt: skip
def test_what_no_button_says_is_not_heard(data):
    panel = Panel(lambda: Run.of(simulation()))
    panel._handle_msg(data)
    assert panel.busy == "" and panel._job is None


def test_nothing_happens_when_the_visitor_has_left():
    panel = Panel(lambda: None)
    panel.order("run.nc")
    assert not panel.sent and panel.busy == "" and panel.message == {}


def test_an_export_takes_turns_with_the_replays_of_others_and_ends_while_it_waits(monkeypatch):
    """The only place is taken: the export waits for it, is cancelled there, and leaves nothing behind."""
    from components.page import export_job as module
    from components.playback.build_pool import Pool
    from components.playback.transport import Transport

    pool, sim = Pool(long=1), simulation()
    monkeypatch.setattr(module, "POOL", pool)
    visit = Transport(lambda steps: None, lambda count: None, lambda payloads: None, lambda error: None)
    panel = Panel(lambda: Run.of(sim), visit=visit)
    with pool.job(visit, lambda: True, float("inf")):
        panel._handle_msg({"act": "make", "what": "curves.csv"})
        assert not panel.done.wait(0.5) and pool.long.waiting == 1
        panel._handle_msg({"act": "cancel"})
        assert panel.done.wait(60) and panel.message["text"] == "Cancelled." and panel.sent == []
    panel.order("curves.csv")
    assert len(panel.sent) == 1 and pool.long._free == 1 and pool.long.waiting == 0


def test_who_chooses_a_film_is_told_what_it_leaves_out():
    notes = {group["name"]: group["note"] for group in offered()}
    assert "no law of infinitely many agents" in notes["film"] and "with the law" in notes["picture"].lower()
    shown = {view for view in exports.VIEWS if "law" in exports.VIEWS[view].options}
    assert shown == {view.picture for view in (*SIDE_VIEWS, Curves) if "law_parts" in vars(view)}, (
        "pictures have what views have"
    )


@pytest.mark.parametrize(
    ("what", "name", "wanted"),
    [
        ("curves.csv", "", "swarmviz-CBO-Ackley-seed3-k8-curves.csv"),
        ("curves.csv", "B", "swarmviz-CBO-Ackley-seed3-k8-B-curves.csv"),
        ("lines.py", "A", "swarmviz-CBO-Ackley-seed3-k8-A.py"),
        ("comparison.png", "A", "swarmviz-CBO-Ackley-seed3-k8-comparison.png"),
        ("map.py", "B", "swarmviz-CBO-Ackley-map.py"),
    ],
)
def test_a_file_s_name_says_which_of_the_compared_runs_it_is_and_a_map_is_of_no_one_run(what, name, wanted):
    sim = simulation(dynamics="CBO")
    panel = Panel(lambda: Run.of(sim), pair=lambda: [Run.of(sim)] * 2, maps=Maps(), named=lambda: name)
    panel.make(Order(what))
    assert panel.done.wait(60)
    assert [file["name"] for file in panel.sent] == [wanted]


def test_a_run_is_taken_and_named_in_the_same_moment():
    """Else who chooses the other run between the two has its letter on the file of the first."""
    sim, lock, held = simulation(dynamics="CBO"), threading.Lock(), []

    def taken():
        held.append(lock.locked())
        return Run.of(sim)

    def named():
        held.append(lock.locked())
        return "A"

    panel = Panel(taken, named=named, lock=lock)
    panel.order("lines.py")
    assert held == [True, True] and not lock.locked()
