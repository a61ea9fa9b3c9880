"""What the server counts, and how it is written: by the grammar of Prometheus' text format, against counts made by hand."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from components import tally
from components.under_way import UnderWay

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'({NAME})(?:\{{([a-z]+)="([^"\\\n]*)"\}})? ([0-9.e+-]+|\+Inf)')


def parsed(text: str) -> dict[str, dict[str, float]]:
    """Name → label → value, as the format's description says that a reader reads it; a line that it does not allow is a fault."""
    assert text.endswith("\n")
    found: dict[str, dict[str, float]] = {}
    described, kinds = set(), {}
    for line in text.splitlines():
        if help_ := re.fullmatch(rf"# HELP ({NAME}) .+", line):
            described.add(help_[1])
        elif type_ := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line):
            assert type_[1] not in kinds and not found.get(type_[1]), "a type stands once, before the values"
            kinds[type_[1]] = type_[2]
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            name, _, label, value = sample.groups()
            family = name if name in kinds else re.sub("_(bucket|sum|count)$", "", name)
            assert family in kinds and family in described, line
            assert kinds[family] != "counter" or family.endswith("_total"), "the convention for counters"
            values = found.setdefault(name, {})
            assert (label or "") not in values, "a sample stands once"
            values[label or ""] = float(value.replace("+Inf", "inf"))
    return found


def test_a_histogram_counts_what_is_within_each_bound():
    values = np.random.default_rng(1).exponential(0.1, 500)
    bounds = (0.01, 0.1, 1.0)
    histogram = tally.Histogram("late_seconds", "How late.", bounds)
    for value in [*values, 0.1]:  # one that is exactly a bound is within it
        histogram.add(value)
    read = parsed(tally.exposition([histogram]))
    for bound, label in zip((*bounds, np.inf), ("0.01", "0.1", "1", "+Inf"), strict=True):
        assert read["late_seconds_bucket"][label] == (values <= bound).sum() + (bound >= 0.1)
    assert read["late_seconds_count"][""] == 501
    assert read["late_seconds_sum"][""] == pytest.approx(values.sum() + 0.1, rel=1e-12)


def test_a_counter_loses_nothing_between_threads_and_has_each_kind_from_the_start():
    counter = tally.Counter("done_total", "What was done.", ("good", "bad"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: counter.add(kind="good"), range(4000)))
    assert parsed(tally.exposition([counter])) == {"done_total": {"good": 4000, "bad": 0}}
    with pytest.raises(KeyError):
        counter.add(kind="whatever a visitor sent")


def test_a_large_number_keeps_its_digits():
    assert (
        parsed(tally.exposition([tally.Gauge("bytes", "Many.", lambda: 123_456_789_012)]))["bytes"][""]
        == 123_456_789_012
    )


def test_work_is_under_way_until_it_ends_and_its_kind_is_known():
    board = UnderWay()
    film, csv = board.begin("export", "film.gif"), board.begin("export", "csv")
    build = board.begin("build")
    assert board.counts() == {"export": 2, "build": 1} and board.named("export") == ["csv", "film.gif"]
    film.end()
    film.end()
    build.end()
    assert board.counts() == {"export": 1, "build": 0} and board.named("export") == ["csv"]
    csv.end()
    with pytest.raises(ValueError, match="kind = 'coffee': must be one of export, build"):
        board.begin("coffee")


def test_the_numbers_of_several_workers_stand_together_each_with_its_worker():
    counter = tally.Counter("c_total", "What is counted.", ("a", "b"))
    counter.add(2, "b")
    gauge = tally.Gauge("g", "A number.", lambda: 1.5)
    text = tally.by_worker({0: tally.exposition([counter, gauge]), 1: tally.exposition([gauge]), 2: ""})
    assert text.splitlines() == [
        "# HELP c_total What is counted.",
        "# TYPE c_total counter",
        'c_total{worker="1",kind="a"} 0',
        'c_total{worker="1",kind="b"} 2',
        "# HELP g A number.",
        "# TYPE g gauge",
        'g{worker="1"} 1.5',
        'g{worker="2"} 1.5',
    ]
    assert text.endswith("\n")
