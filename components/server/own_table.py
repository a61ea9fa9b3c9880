"""The table of runs that the owner of the server names on its command line, and which the page at ``/explore`` shows.

It is read and checked before the server begins, not for a visitor; no file is ever named by what a visitor sends.
"""

from __future__ import annotations

from swarmviz.explore import RunTable, read
from swarmviz.explore.reading import WRITTEN_BY

_tables: list[RunTable] = []


def put(path: str) -> None:
    """Read a file and keep its table; nothing where no file is named.

    Raises
    ------
    ValueError, OSError
        When it cannot be read, or is none of swarmviz.
    """
    if path:
        table = RunTable(read(path))
        if not table.numbers:  # which makes the columns, too
            raise ValueError(f"{path}: holds no numbers of its runs; expected {WRITTEN_BY}")
        _tables[:] = [table]


def table() -> RunTable | None:
    """The table of this server, None where it has none."""
    return _tables[0] if _tables else None
