"""What the page gains by moving one large swarm on all cores: in a real Chromium, beside a server whose swarms have one thread.

    python benchmarks/large_page.py               about six minutes
    python benchmarks/large_page.py --quick       short samples of one swarm: whether it runs, not how fast

Two servers, of which the first is started with ``SWARMVIZ_THREADS=1``, take turns. Each shows a swarm on Rastrigin in the plane, as fast
as it goes; the browser and the server share the cores.

steps     a second, by the page's own clock.
pictures  painted a second, as ``page.py`` counts them.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from serving import Server, Watched, chromium, served  # noqa: E402
from timing import table  # noqa: E402

SIZES = (100_000, 1_000_000)
NAMES = ("CBO", "SSA", "BGK", "PSO", "FMC")
TURNS, SECONDS, SETTLE_S = 3, 6.0, 3.0
NOW = """() => {
  const clock = Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values())).find((m) => m.type.endsWith("Clock"))
  return [performance.now() / 1e3, clock.k, probe.pictures.length]
}"""


def selection(name: str, n: int) -> str:
    """The query of the page for so many agents of a dynamics, as fast as they go."""
    import swarmviz as sv
    from components import state
    from components.links import permalink

    chosen = state.Selection(getattr(sv, name)(), sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=2), None)
    return f"{permalink.KEY}={permalink.write(state.state_of(chosen))}"


def rates(browser: Any, server: Server, query: str, seconds: float) -> tuple[float, float]:
    """Steps and pictures a second."""
    watched = Watched(browser)
    try:
        watched.open(server.address(query))
        watched.rest(SETTLE_S)
        began, first, painted = watched.ask(NOW)
        watched.rest(seconds)
        ended, last, since = watched.ask(NOW)
    finally:
        watched.close()
    return (last - first) / (ended - began), (since - painted) / (ended - began)


def measured(
    browser: Any, servers: list[Server], name: str, n: int, turns: int, seconds: float
) -> tuple[list[str], list[str]]:
    """The rows of a swarm: its steps and its pictures, on one thread and on all."""
    found: list[list[tuple[float, float]]] = [[] for _ in servers]
    for _ in range(turns):
        for server, rows in zip(servers, found, strict=True):
            rows.append(rates(browser, server, selection(name, n), seconds))
    rows = []
    for i, what in enumerate(("steps/s", "pictures/s")):
        one, all_cores = ([row[i] for row in rows] for rows in found)
        ratios = [b / max(a, 1e-9) for a, b in zip(one, all_cores, strict=True)]
        shown = f"{statistics.median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"
        rows.append(
            [f"{name}, {n:,}: {what}", f"{statistics.median(one):.1f}", f"{statistics.median(all_cores):.1f}", shown]
        )
    return rows[0], rows[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--quick", action="store_true", help="short samples of one swarm: whether it runs")
    asked = parser.parse_args()
    turns, seconds, sizes = (1, 2.0, SIZES[:1]) if asked.quick else (TURNS, SECONDS, SIZES)
    rows: list[list[str]] = []
    with contextlib.ExitStack() as stack:
        browser = stack.enter_context(chromium())
        home, one = HERE.parent, {"SWARMVIZ_THREADS": "1"}
        servers = [stack.enter_context(served(home / "app.py", home, **more)) for more in (one, {})]
        for name in asked.only[:1] if asked.quick else asked.only:
            for n in sizes:
                rows += (fresh := measured(browser, servers, name, n, turns, seconds))
                print(*("  ".join(row) for row in fresh), sep="\n", file=sys.stderr, flush=True)
    print(table(["", "one thread", "all cores", "all / one"], rows))


if __name__ == "__main__":
    main()
