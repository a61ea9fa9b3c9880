"""The thread of the map: nothing without a map that is seen, one map at a time, maps of before come back at once."""

from __future__ import annotations

import threading
import time

import pytest

import swarmviz as sv
from components.maps import worker as module
from components.maps.work import python_lines
from tests.maps.orders import Watched, small_order


@pytest.fixture
def watched():
    made = Watched()
    yield made
    made.worker.close()


def map_threads():
    return [thread for thread in threading.enumerate() if thread.name == "swarmviz map"]


def test_nothing_runs_before_a_map_is_asked_for_and_nothing_after(watched):
    assert not map_threads()
    watched.worker.ask(small_order())
    known = watched.wait(lambda known: known.done)
    assert known.statistics["runs"].tolist() == [[100, 100]] * 3 and not known.trouble
    (thread,) = map_threads()
    watched.worker.ask(None)
    thread.join(10)
    assert not map_threads()
    watched.worker.close()
    watched.worker.ask(small_order())
    assert not map_threads(), "a closed one stays closed"


def test_a_map_of_before_comes_back_at_once_and_few_are_kept(watched, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    first = small_order()
    watched.worker.ask(first)
    watched.wait(lambda known: known.done)
    work = watched.worker.kept()
    other = small_order(dynamics=sv.CBO(alpha=3.0))
    watched.worker.ask(other)
    watched.wait(lambda known: known.order.key == other.key and known.done)
    watched.worker.ask(first)
    known = watched.wait(lambda known: known.order.key == first.key)
    assert known.done and watched.worker.kept() is work
    for n in range(7, 7 + module.KEPT_MAPS):
        order = small_order(swarm=sv.Swarm(n=n, d=2))
        watched.worker.ask(order)
        watched.wait(lambda known, key=order.key: known.order.key == key)
    assert len(watched.worker._kept) == module.KEPT_MAPS
    watched.worker.ask(first)
    assert watched.worker.kept() is None, "the oldest was let go of"


def test_what_is_kept_takes_no_more_memory_than_is_allowed(watched, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    first = small_order()
    watched.worker.ask(first)
    watched.wait(lambda known: known.done)
    taken = watched.worker.kept().nbytes
    assert taken >= watched.worker.table().success.nbytes > 0
    monkeypatch.setattr(module, "KEPT_BYTES", 2 * taken)
    for alpha in (2.0, 3.0, 4.0):
        order = small_order(dynamics=sv.CBO(alpha=alpha))
        watched.worker.ask(order)
        watched.wait(lambda known, key=order.key: known.order.key == key)
    assert len(watched.worker._kept) == 2
    monkeypatch.setattr(module, "KEPT_BYTES", taken // 2)
    watched.worker.ask(first)
    watched.wait(lambda known: known.order.key == first.key)
    assert list(watched.worker._kept) == [first.key], "the one that is seen stays, whatever it takes"


def test_parameters_that_are_still_moving_begin_no_map(watched, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_S", 0.5)
    watched.worker.ask(small_order())
    watched.wait(lambda known: known.done)
    for alpha in range(1, 9):
        watched.worker.ask(small_order(dynamics=sv.CBO(alpha=float(alpha))))
        time.sleep(0.05)
    last = watched.worker.key
    watched.wait(lambda known: known.order.key == last)
    assert set(watched.worker._kept) == {small_order().key, last}


def test_a_map_that_cannot_be_says_why_and_another_one_is_made_after_it(watched, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    watched.worker.ask(small_order(swarm=sv.Swarm(n=20_001, d=1)))
    known = watched.wait(lambda known: known.trouble)
    assert "too many for a map" in known.trouble and not known.statistics
    watched.worker.ask(small_order())
    assert not watched.wait(lambda known: known.done and not known.trouble).trouble


def test_a_defect_is_told_and_kept_in_the_servers_log(watched, monkeypatch, capfd):
    def broken(self, seconds):
        raise ZeroDivisionError("no")

    monkeypatch.setattr(module.MapWork, "work", broken)
    watched.worker.ask(small_order())
    assert "something went wrong (ZeroDivisionError: no)" in watched.wait(lambda known: known.trouble).trouble
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_the_first_cells_are_told_as_soon_as_they_are_there(watched, monkeypatch):
    monkeypatch.setattr(module, "REPORT_EVERY_S", 3600.0)
    told = []
    watched.worker._notify = lambda: told.append(watched.worker.known)
    watched.worker.ask(small_order())
    assert watched.wait(lambda known: known.done)
    first, last = (known.statistics["runs"] for known in told if known.statistics)
    assert (first >= 8).all() and first.sum() < last.sum(), (
        "a piece of work that ends the round may have begun the next"
    )


def test_while_nobody_sees_the_page_nothing_is_computed(watched, monkeypatch):
    monkeypatch.setattr(module, "MAX_REST_S", 0.05)
    watched.unseen = True
    watched.worker.ask(small_order())
    time.sleep(0.3)
    assert watched.worker.known is None
    watched.unseen = False
    assert watched.wait(lambda known: known.done)


def test_the_table_and_the_lines_are_those_of_the_map_that_was_seen_last(watched):
    worker = watched.worker
    with pytest.raises(ValueError, match="no map yet: the view Map makes one"):
        worker.table()
    assert not worker.has_table
    order = small_order()
    worker.ask(order)
    watched.wait(lambda known: known.done)
    table = worker.table()
    assert worker.has_table and table["success_rate"].dims == ("dynamics.sigma", "dynamics.lam")
    assert table.attrs["runs_done"] == table.attrs["runs_planned"] == 600
    table["success_rate"][:] = -1.0
    assert (worker.table()["success_rate"] >= 0).all(), "a copy"
    worker.ask(None)
    assert worker.table().attrs["runs_done"] == 600 and worker.lines() == python_lines(order), (
        "while another view is shown"
    )
    worker.close()
    with pytest.raises(ValueError, match="no map"):
        worker.lines()


def test_a_map_that_failed_half_way_is_never_shown_as_done(watched, monkeypatch):
    """Its generator has ended; asked for again it must fail, or succeed, anew."""
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    put, broken, failed = module.MapWork.work, threading.Event(), threading.Event()
    broken.set()

    def work(self, seconds):
        if broken.is_set() and self.refinement.runs_done.any():
            failed.set()
            self._pieces.close()
            raise ZeroDivisionError("half way")
        return put(self, seconds)

    monkeypatch.setattr(module.MapWork, "work", work)
    order, other = small_order(), small_order(dynamics=sv.CBO(alpha=3.0))
    watched.worker.ask(order)
    assert failed.wait(60) and "half way" in watched.wait(lambda known: known.trouble).trouble
    broken.clear()
    watched.worker.ask(other)
    watched.wait(lambda known: known.order.key == other.key and known.done)
    watched.worker.ask(order)
    known = watched.wait(lambda known: known.order.key == order.key and known.done)
    assert not known.trouble and known.statistics["runs"].sum() == 600


def test_all_that_takes_time_is_done_with_the_core_that_visitors_share(watched, monkeypatch):
    """Python that many visitors' threads run at the same time keeps the page's thread waiting for each of them."""
    free = []
    for name in ("__init__", "work", "known"):
        was = getattr(module.MapWork, name)

        def watching(self, *of, was=was, name=name):
            if not module.ONE_CORE.locked():
                free.append(name)
            return was(self, *of)

        monkeypatch.setattr(module.MapWork, name, watching)
    watched.worker.ask(small_order())
    watched.wait(lambda known: known.done)
    assert not free


def test_the_table_that_is_seen_is_there_while_another_map_begins(watched, monkeypatch):
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    first = small_order()
    watched.worker.ask(first)
    watched.wait(lambda known: known.done)
    monkeypatch.setattr(module, "KEPT_BYTES", 0)
    monkeypatch.setattr(module.MapWork, "work", lambda self, seconds: time.sleep(0.01) or True)
    second = small_order(dynamics=sv.CBO(alpha=3.0))
    watched.worker.ask(second)
    watched.wait(lambda known: known.order.key == second.key)
    assert list(watched.worker._kept) == [second.key]
    assert watched.worker.has_table and watched.worker.table().attrs["runs_done"] == 600
    assert watched.worker.lines() == python_lines(first)


def test_visitors_share_the_memory_of_kept_maps(monkeypatch):
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    several = [Watched() for _ in range(3)]
    taken = module.MapWork(small_order()).nbytes
    monkeypatch.setattr(module, "ALL_KEPT_BYTES", 6 * taken)
    orders = [small_order(dynamics=sv.CBO(alpha=alpha)) for alpha in (1.0, 2.0, 3.0, 4.0)]
    try:
        for one in several:
            for order in orders:
                one.worker.ask(order)
                one.wait(lambda known, key=order.key: known.order.key == key and known.done)
        assert [len(one.worker._kept) for one in several] == [4, 3, 2]
        several[1].worker.close()
        several[0].worker.ask(orders[0])
        several[0].wait(lambda known: known.order.key == orders[0].key and known.done)
        assert len(several[0].worker._kept) == 3, "shared by two"
    finally:
        for one in several:
            one.worker.close()
    assert not any(one.worker in module._KEEPING for one in several)
