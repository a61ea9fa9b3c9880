"""A figure is computed again in pieces, with the bits of the library, within its limits, and leaves no thread."""

import contextlib
import dataclasses
import threading
import time

import numpy as np
import pytest
import xarray

from components.gallery import figure_page, work
from components.gallery.work import FigureWork, Places, checked_runs, most_runs, objection
from components.tally import BACKGROUND_SECONDS
from swarmviz import papers
from swarmviz.gallery.stored import Made


def quick(key="001-figure2", **more):
    """A figure of few steps."""
    figure = papers.ALL[key]
    return dataclasses.replace(figure, parts=tuple(part.quick() for part in figure.parts), **more)


def threads():
    return [t for t in threading.enumerate() if t.name == "swarmviz gallery" or t.name.startswith("ensemble-")]


def until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_comes_to_the_result_of_the_library_and_ends_by_itself(monkeypatch):
    seen = []
    monkeypatch.setattr(work, "shown", lambda figure, data, turn: seen.append(data) or work.Result(3, "", ()))
    before = BACKGROUND_SECONDS.of("gallery")
    job = FigureWork(quick(), 3)
    job.start()
    until(lambda: job.standing.over)
    until(lambda: not threads())
    assert not job.standing.trouble and job.standing.done == job.standing.total == 9
    xarray.testing.assert_identical(seen[0], quick().compute(3))
    assert BACKGROUND_SECONDS.of("gallery") > before


def test_agents_at_snapshots_are_the_same_in_turns_too():
    figure, turns = quick("002-figure6.3"), []

    class Turn:
        def __enter__(self):
            turns.append(threading.current_thread().name)

        def __exit__(self, *error):
            pass

    np.testing.assert_array_equal(figure.compute(1, turn=Turn)["positions"], figure.compute(1)["positions"])
    assert len(turns) > len(figure.parts[0].snapshots)


def test_each_panel_is_drawn_in_a_turn_of_its_own():
    """So that other work in the background comes between; a figure may have twenty panels."""
    figure, held, drawn = quick("001-figure4"), [], []

    @contextlib.contextmanager
    def turn():
        held.append(len(drawn))
        yield

    def panels(figure, data):
        for panel in work_panels(figure, data):
            drawn.append(panel)
            yield panel

    work_panels = work.panels
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "panels", panels)
        result = work.shown(figure, figure.compute(1), turn)
    assert list(result.panels) == drawn and len(drawn) == 3
    assert held == [0, 0, 1, 2, 3], "one for the comparison, and one for each panel before it is drawn"


def test_whoever_waits_for_the_core_gets_it_before_a_stored_result_is_whole(monkeypatch):
    """Its thread lets the core go and takes it again: the one that waited must have had it in between."""
    key, order, begun = "001-figure4", [], threading.Event()
    panels = work.panels

    def slow(figure, data):
        for panel in panels(figure, data):
            order.append("panel")
            begun.set()
            time.sleep(0.05)  # so that the other one waits
            yield panel

    monkeypatch.setattr(work, "panels", slow)
    monkeypatch.setattr(figure_page, "_kept", {})
    thread = threading.Thread(target=figure_page._keep, args=(key,))
    thread.start()
    assert begun.wait(30)
    with work.ONE_CORE:
        order.append("other")
    thread.join(30)
    assert order.index("other") < len(order) - 1, "the other one came last"


def test_a_result_has_charts_and_a_comparison():
    job = FigureWork(quick("004-transitions"), 2)
    job.start()
    until(lambda: job.standing.over)
    assert not job.standing.trouble
    assert job.standing.result.runs == 2 and "transition_ratio" in job.standing.result.comparison
    assert len(job.standing.result.panels) == 1 and job.standing.result.panels[0].item


def test_a_stop_ends_it_at_the_next_piece_and_leaves_no_thread():
    job = FigureWork(papers.ALL["002-figure6.7"], 10)  # seconds of work
    job.start()
    until(lambda: len(threads()) == 2)
    job.stop()
    until(lambda: not threads(), 10)
    job.close()
    assert job.standing.trouble == "Stopped." and job.standing.result is None and not job.alive


def test_closing_it_before_it_began_starts_nothing():
    job = FigureWork(quick(), 1)
    job.close()
    job.start()
    assert not threads()


def test_it_does_nothing_while_others_have_the_core():
    with work.ONE_CORE:
        job = FigureWork(quick(), 1)
        job.start()
        time.sleep(0.2)
        assert job.standing.done == 0
        job.stop()
    until(lambda: not threads())


def test_what_takes_too_long_is_ended_with_a_sentence(monkeypatch):
    monkeypatch.setattr(work, "MAX_WALL_S", -1.0)
    job = FigureWork(quick(), 1)
    job.start()
    until(lambda: job.standing.over)
    assert "took longer" in job.standing.trouble and "fewer runs" in job.standing.trouble
    until(lambda: not threads())


def test_a_defect_is_told_in_one_sentence_and_in_the_log(monkeypatch, capsys):
    monkeypatch.setattr(work, "shown", lambda *given: 1 / 0)
    job = FigureWork(quick(), 1)
    job.start()
    until(lambda: job.standing.over)
    assert job.standing.trouble == "Something went wrong (ZeroDivisionError)."
    until(lambda: not threads())
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("runs", [0, -1, 1.5, True, "3", None, [1], 10**9, float("nan"), {"a": 1}, "x" * 1000])
def test_a_number_of_runs_that_is_none_is_refused_with_the_range(runs):
    figure = papers.ALL["001-figure2"]
    with pytest.raises(
        ValueError, match=rf"^runs = .{{0,20}}: must be a whole number from 1 to {most_runs(figure):,} here"
    ):
        checked_runs(figure, runs)
    assert checked_runs(figure, 1) == 1 and checked_runs(figure, most_runs(figure)) == most_runs(figure)


def test_what_may_be_asked_for_follows_from_what_the_reference_result_has_taken(monkeypatch):
    figure, known = papers.ALL["003-table2"], {}
    monkeypatch.setattr(work.stored, "made", lambda: known)
    assert most_runs(figure) == 0
    for runs, seconds, most in ((100, 9.0, 1000), (100, 90.0, 100), (10, 90.0, 10), (1, 100.0, 0)):
        known[figure.key] = Made("", "", runs, seconds)
        assert most_runs(figure) == most
        assert bool(objection(figure)) == (most == 0)
    with pytest.raises(ValueError, match="takes longer than this server gives a visitor"):
        checked_runs(figure, 1)


@pytest.mark.parametrize("key", papers.ALL)
def test_each_figure_is_computed_here_or_says_in_a_sentence_why_not(key):
    figure = papers.ALL[key]
    said = objection(figure)
    assert bool(said) == (most_runs(figure) == 0)
    assert not said or (said.endswith(".") and "command below" in said)


def test_places_are_few_of_one_address_and_in_all_and_free_again():
    places = Places(most=4, of_one=2)
    one, other = "198.51.100.7", "2001:db8::1"
    assert [places.take(one) for _ in range(2)] == ["", ""]
    assert "From your network 2 figures" in places.take(one)
    assert places.take(other) == "" == places.take("2001:db8:1::1")
    assert "4 figures at a time" in places.take("203.0.113.9") and places.taken == 4
    places.leave(one)
    assert places.take(one) == "" and places.taken == 4
    for address in (one, one, other, "2001:db8:1::1"):
        places.leave(address)
    assert places.taken == 0
    assert [places.take("127.0.0.1") for _ in range(4)] == [""] * 4, "this machine itself may be a proxy's"
