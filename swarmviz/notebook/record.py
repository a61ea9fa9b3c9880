"""The summary of a record: every observable with its first, last, lowest and highest value, and what it does in between."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from swarmviz.notebook.chart import HEIGHT, WIDTH, chart, is_logarithmic
from swarmviz.notebook.markup import cell, picture, table
from swarmviz.record import Record
from swarmviz.summary import summary
from swarmviz.theory.wording import decimal

DIGITS = 5
NOT_DRAWN = ("k", "t")


@summary.register
def record_summary(record: Record) -> str:
    """HTML of a record."""
    if not len(record):
        return "<p>Nothing is recorded yet.</p>"
    k = record["k"]
    kept = f"{len(k):,} steps, {k[0]:,} to {k[-1]:,}" + (f", every {record.every:,}" if record.every > 1 else "")
    return f"<p>{kept}</p>{observables_table(record)}"


def observables_table(record: Record, labels: Mapping[str, str] | None = None, most: int | None = None) -> str:
    """One row per observable, at most ``most``; ``labels`` are their names for people."""
    names = [name for name in record if name not in NOT_DRAWN][:most]
    rows = [[cell((labels or {}).get(name, name)), *_numbers(record[name]), _drawn(record, name)] for name in names]
    return table(rows, ("", "first", "last", "lowest", "highest", ""))


def _numbers(y: np.ndarray) -> list[str]:
    known = y[np.isfinite(y)]
    ends = [y[0], y[-1], *((known.min(), known.max()) if known.size else (np.nan, np.nan))]
    return [decimal(float(value), DIGITS) if not np.isnan(value) else "—" for value in ends]


def _drawn(record: Record, name: str) -> str:
    known = record[name][np.isfinite(record[name])]
    scale = ", logarithmic" if known.size and is_logarithmic(known) else ""
    return picture(chart(record["k"], record[name]), WIDTH, HEIGHT, f"{name} over the steps{scale}")
