"""What the server's process counts, for whoever watches it: sums over all visitors, nothing about one of them.

Each kind of a number is named here, none comes from outside, so what is counted has a fixed size; and a kind that has not occurred is there
as 0. :func:`exposition` writes them as Prometheus reads them (text format 0.0.4,
https://prometheus.io/docs/instrumenting/exposition_formats/); ``components/server/monitoring.py`` answers with it.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping

Samples = Iterable[tuple[str, str, float]]  # what follows the name, the label with its braces, the value


class Counter:
    """A number that only grows, one for each of its kinds; any thread may add to it.

    Parameters
    ----------
    name : str
        With the unit, and ``_total`` at the end.
    meaning : str
        One line.
    kinds : iterable of str
        Of which each is counted apart; none: there is one number.
    """

    TYPE = "counter"

    def __init__(self, name: str, meaning: str, kinds: Iterable[str] = ("",)):
        self.name, self.meaning = name, meaning
        self._lock, self._sums = threading.Lock(), dict.fromkeys(kinds, 0.0)

    def add(self, amount: float = 1.0, kind: str = "") -> None:
        """Add to the number of a kind.

        Raises
        ------
        KeyError
            When there is no such kind.
        """
        with self._lock:
            self._sums[kind] += amount

    def of(self, kind: str = "") -> float:
        """The number of a kind."""
        return self._sums[kind]

    def samples(self) -> Samples:
        """One of each kind."""
        return [("", labelled(kind), value) for kind, value in self._sums.items()]


class Gauge:
    """Numbers that go up and down, read when they are asked for.

    Parameters
    ----------
    name, meaning : str
        As of a :class:`Counter`.
    read : function () → float or mapping of str to float
        The number, or one for each kind.
    type_ : str
        "counter" for what only grows and is kept elsewhere.
    """

    def __init__(self, name: str, meaning: str, read: Callable[[], float | Mapping[str, float]], type_: str = "gauge"):
        self.name, self.meaning, self.TYPE, self._read = name, meaning, type_, read

    def samples(self) -> Samples:
        """One of each kind."""
        read = self._read()
        return [
            ("", labelled(kind), value) for kind, value in (read if isinstance(read, Mapping) else {"": read}).items()
        ]


class Histogram:
    """How often a number was at most each of some bounds; one thread adds to it.

    Parameters
    ----------
    name, meaning : str
        As of a :class:`Counter`, without ``_total``.
    bounds : sequence of float
        Ascending.
    """

    TYPE = "histogram"

    def __init__(self, name: str, meaning: str, bounds: tuple[float, ...]):
        self.name, self.meaning, self._bounds = name, meaning, bounds
        self._counts, self._sum = [0] * (len(bounds) + 1), 0.0

    def add(self, value: float) -> None:
        """Take note of a number."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def samples(self) -> Samples:
        """How many numbers were within each bound, cumulated, their sum, and how many there were."""
        counts, total = list(self._counts), 0
        for bound, count in zip((*self._bounds, float("inf")), counts, strict=True):
            total += count
            yield "_bucket", f'{{le="{number(bound)}"}}', total
        yield "_sum", "", self._sum
        yield "_count", "", total


def labelled(kind: str) -> str:
    """The label of a kind, none where there is only one number."""
    return f'{{kind="{kind}"}}' if kind else ""


def number(value: float) -> str:
    """A number as it is written there."""
    return "+Inf" if value == float("inf") else f"{value:.15g}"


def exposition(numbers: Iterable[Counter | Gauge | Histogram]) -> str:
    """The text that Prometheus reads."""
    lines = []
    for each in numbers:
        lines += [f"# HELP {each.name} {each.meaning}", f"# TYPE {each.name} {each.TYPE}"]
        lines += [f"{each.name}{suffix}{label} {number(value)}" for suffix, label, value in each.samples()]
    return "\n".join(lines) + "\n"


def by_worker(texts: Mapping[int, str]) -> str:
    """The texts of several workers as one: the numbers of one name stand together, each with its worker's number from 1 as a label."""
    families: dict[str, list[str]] = {}  # by the line that begins one
    for worker, text in texts.items():
        family: list[str] = []
        for line in text.splitlines():
            if line.startswith("# HELP "):
                family = families.setdefault(line, [])
            elif line.startswith("# TYPE "):
                if not family:
                    family.append(line)
            else:
                name, brace, rest = line.partition("{")
                name, label = (name, "," + rest) if brace else (name.partition(" ")[0], "} " + name.partition(" ")[2])
                family.append(f'{name}{{worker="{worker + 1}"{label}')
    return "".join("\n".join((head, *lines)) + "\n" for head, lines in families.items())


VISITS = Counter("swarmviz_visits_total", "Visits that have begun.")
PICTURES = Counter("swarmviz_pictures_total", "Pictures that were sent to browsers.")
BACKGROUND_SECONDS = Counter(
    "swarmviz_background_seconds_total",
    "Processor seconds of what is computed beside the visible swarms.",
    ("replicas", "law", "map", "gallery"),
)
REFUSALS = Counter(
    "swarmviz_refusals_total",
    "What was refused: pages (full, share, often, crowd, ending, session), requests (host, address), "
    "passwords that were not looked at (guess), sockets (token, taken, gone, full, ending), messages (message), "
    "connections that were closed (protocol, flood).",
    (
        "full",
        "share",
        "often",
        "crowd",
        "ending",
        "session",
        "host",
        "address",
        "guess",
        "token",
        "taken",
        "gone",
        "message",
        "protocol",
        "flood",
    ),
)
THREAD_LATENESS = Histogram(
    "swarmviz_page_thread_lateness_seconds",
    "By how much the thread that all visitors share was late, looked at four times a second.",
    (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
)
