"""What a map costs those who see it, and the others: in a real Chromium, and with twenty visitors at once.

    python benchmarks/map_page.py                     both, about five minutes
    python benchmarks/map_page.py --only visitors     one of them
    python benchmarks/map_page.py --quick             short samples: whether it runs, not how fast

page      A Chromium shows CBO on Rastrigin (100 agents in the plane) at 30 steps a second. Then the view Map is clicked.
          first cells: from the click until the line under the map speaks of 6 × 6 cells, each of 8 runs; and until the figure shows them.
          frames: painted pictures a second before, and while the map fills.
          the map: seconds until all its runs are done (24 × 24 cells × 100 runs × 200 steps), as many times as the same work takes alone,
          in this process, on one thread without a rest, half of it measured before and half after.
visitors  Twenty visitors without a browser, each with a map of its own, whose swarms stand; and a watcher in a process of its own with a
          swarm at 30 steps a second. In turns, so that both meet the same machine: all twenty pages hidden, when nothing is computed for
          them; all twenty seen.
          thread: by how much the page's thread comes back late to a pause of 10 ms (``thread.py``), ms.
          its work: of that what the thread worked itself in one go, in ms of the processor. On a machine that others use, too, this is
          the number that can be trusted.
          its wait: for a core, which others had: the watcher, the visitors, the drawing, the maps.
          but for it: by how much it would come late if a core had been free: its own work, and the interpreter's lock.
          pictures: how much later the watcher's come than they do when it is quiet (their median distance), ms.
          runs: how many runs each visitor's map has at the end; the fewest over the most. Those of a map that began later are fewer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from attacks import Visitor  # noqa: E402
from guests import query  # noqa: E402
from hostile import SETTLE, Server, Watchers  # noqa: E402
from hostile import served as served_to_visitors  # noqa: E402
from page import selection  # noqa: E402
from serving import Watched, chromium, served  # noqa: E402
from timing import table  # noqa: E402
from tornado.websocket import WebSocketClosedError  # noqa: E402

AGENTS, VISITORS, ROUNDS, SPAN = 100, 20, 5, 8.0
RUNS = re.compile(r"([\d,]+) of [\d,]+ runs")
CELLS = """() => {
  const seen = (window.mapped ??= {})
  const models = () => Bokeh.documents.flatMap((doc) => Array.from(doc._all_models.values()))
  seen.words ??= models().find((m) => m.type === "Div" && / cells · /.test(m.text))
  const at = performance.now() / 1e3
  const said = seen.words?.text.match(/([\\d,]+) of [\\d,]+ cells · ([\\d,]+) of ([\\d,]+) runs/)?.slice(1)
  return [at, ...(said ?? ["0", "0", "1"]).map((n) => Number(n.replaceAll(",", "")))]
}"""
DRAWN = """() => Bokeh.documents.some((doc) => Array.from(doc._all_models.values()).some((m) => m.type === "GlyphRenderer"
  && m.glyph.type === "Quad" && m.data_source.data.seeds && Bokeh.index.find_one_by_id(m.id) != null))"""


# ---- in a Chromium ---------------------------------------------------------------------------------------------------


def alone_s(share: float) -> float:
    """Seconds that all runs of the map take on one thread, from those that a part of them takes."""
    import swarmviz as sv
    from components.maps.work import MapWork
    from components.views.map.view import Map

    work = MapWork(Map().order_of(sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=AGENTS, d=2))))
    total, began = work.refinement.total, time.perf_counter()
    while (done := int(work.refinement.runs_done.sum())) < share * total and work.work(0.1):
        pass
    return (time.perf_counter() - began) * total / max(done, 1)


def frames_per_second(watched: Watched, seconds: float) -> float:
    """Painted pictures a second in the next seconds."""
    before, began = watched.ask("probe.pictures.length"), watched.ask("performance.now() / 1e3")
    watched.rest(seconds)
    return (watched.ask("probe.pictures.length") - before) / (watched.ask("performance.now() / 1e3") - began)


def once(browser: Any, page: str, seconds: float, quick: bool) -> dict[str, float]:
    """Numbers of one visit."""
    share = 0.01 if quick else 1.0
    alone, watched = [alone_s(share)], Watched(browser)
    try:
        watched.open(page)
        watched.rest(2.0)
        found = {"frames/s before": frames_per_second(watched, seconds)}
        watched.page.get_by_text("Map", exact=True).first.click()
        clicked = watched.ask("probe.clicked / 1e3")
        while (now := watched.ask(CELLS))[1] < 36:
            watched.rest(0.02)
        found["first cells, s"] = now[0] - clicked
        watched.page.wait_for_function(DRAWN, timeout=60_000)
        found["first cells drawn, s"] = watched.ask("performance.now() / 1e3") - clicked
        pictures, began = watched.ask("[probe.pictures.length, performance.now() / 1e3]")
        while (now := watched.ask(CELLS))[2] < share * now[3]:
            watched.rest(0.1)
        ended, painted = now[0], watched.ask("probe.pictures.length") - pictures
        found["frames/s with the map"] = painted / (watched.ask("performance.now() / 1e3") - began)
        alone.append(alone_s(share))
        found["the map, s"] = (ended - clicked) * share * now[3] / now[2]
        found["the map / alone"] = found["the map, s"] / float(np.mean(alone))
    finally:
        watched.close()
    return found


def page(quick: bool, repetitions: int) -> str:
    """The table of the page."""
    with served(HERE.parent / "app.py", HERE.parent) as server, chromium() as browser:
        address = server.address(selection(AGENTS, True))
        visits = [once(browser, address, 1.0 if quick else 4.0, quick) for _ in range(repetitions)]
    goals = {"first cells, s": "≤ 1", "frames/s with the map": "≥ 20", "the map / alone": "≤ 3"}
    rows = [[name, goals.get(name, ""), *(f"{visit[name]:.2f}" for visit in visits)] for name in visits[0]]
    return table([f"map of {AGENTS} agents", "goal", *(f"visit {i + 1}" for i in range(repetitions))], rows)


# ---- twenty visitors -------------------------------------------------------------------------------------------------


def looks(server: Server) -> np.ndarray:
    """Lateness of the page's thread since the last time, what it worked itself, and its wait for a core, s: (looks, 3)."""
    with urlopen(f"{server.root}/thread", timeout=30) as answer:
        return np.array(json.load(answer), float).reshape(-1, 3)


def runs_of(visitor: Visitor) -> int:
    """How many runs its map has, as the page has said last."""
    found = [RUNS.search(str(change.get("new"))) for change in visitor.patches if change.get("attr") == "text"]
    return max((int(match[1].replace(",", "")) for match in found if match), default=0)


async def measured(
    people: int, rounds: int, span: float
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], list[int]]:
    """What is seen of the thread and the lateness of the watcher's pictures, of each kind, and the runs of each visitor."""
    with served_to_visitors(HERE.parent, "--plugins", "benchmarks.thread") as server:
        seen = Watchers(server.page, 1)
        visitors: list[Visitor] = []
        tasks: list[asyncio.Task] = []
        try:
            await asyncio.to_thread(seen.wait)
            for _ in range(people):
                visitor = await Visitor.arrive(server.page + query(AGENTS, view="Map"))
                visitors.append(visitor)
                tasks.append(asyncio.create_task(visitor.watch()))
                await visitor.act("pause")
                await visitor.act("hidden", True)
            await asyncio.sleep(SETTLE)
            late: dict[str, list[np.ndarray]] = {"no maps": [], "maps": []}
            spans: dict[str, list[tuple[float, float]]] = {"no maps": [], "maps": []}
            for _ in range(rounds):
                for kind in late:
                    for visitor in visitors:
                        with contextlib.suppress(WebSocketClosedError):  # the end tells who was shut out
                            await visitor.act("hidden", kind == "no maps")
                    await asyncio.sleep(2.5)  # a thread in its rest notices that late
                    await asyncio.to_thread(looks, server)
                    began = time.monotonic()
                    await asyncio.sleep(span)
                    spans[kind].append((began, time.monotonic()))
                    late[kind].append(await asyncio.to_thread(looks, server))
            await asyncio.sleep(4.0)  # the last lines of the watcher, and of the maps
            thread = {kind: np.concatenate(found) for kind, found in late.items()}
            return thread, lateness(np.array(seen.frames[0]), spans), [runs_of(visitor) for visitor in visitors]
        finally:
            shut_out = [visitor.closed for visitor in visitors if visitor.closed is not None]
            for visitor in visitors:
                visitor.close()
            for task in tasks:
                task.cancel()
            if shut_out:
                print(f"shut out: {shut_out}")
            await asyncio.gather(*tasks, return_exceptions=True)
            seen.close()


def lateness(at: np.ndarray, spans: dict[str, list[tuple[float, float]]]) -> dict[str, np.ndarray]:
    """Kind → by how many seconds each picture was late, beside their median distance in the first kind; never less than 0."""
    apart, starts, ends = np.diff(at), at[:-1], at[1:]
    within = {
        kind: np.any([(began < starts) & (ends <= ended) for began, ended in found], axis=0)
        for kind, found in spans.items()
    }
    usual = float(np.median(apart[next(iter(within.values()))]))
    return {kind: np.maximum(apart[there] - usual, 0.0) for kind, there in within.items()}


def visitors(quick: bool) -> str:
    """The table of the visitors."""
    os.environ["SWARMVIZ_SESSIONS"] = "200"
    people, rounds, span = (3, 1, 1.0) if quick else (VISITORS, ROUNDS, SPAN)
    thread, pictures, runs = asyncio.run(measured(people, rounds, span))
    rows = []
    parts = [
        ("thread", {kind: seen[:, 0] for kind, seen in thread.items()}),
        ("its work", {kind: seen[:, 1] for kind, seen in thread.items()}),
        ("its wait", {kind: seen[:, 2] for kind, seen in thread.items()}),
        ("but for it", {kind: np.maximum(seen[:, 0] - seen[:, 2], 0.0) for kind, seen in thread.items()}),
    ]
    for what, found in (*parts, ("pictures", pictures)):
        for kind, seconds in found.items():
            ms = 1e3 * seconds if len(seconds) else np.array([np.nan])
            shares = [f"{np.quantile(ms, share):.0f}" for share in (0.5, 0.95, 0.99, 0.999)]
            rows.append([f"{what}, {kind}", str(len(seconds)), *shares, f"{ms.max():.0f}"])
    said = table([f"{people} visitors; late, ms", "looks", "median", "95 %", "99 %", "99.9 %", "largest"], rows)
    return f"{said}\nruns of their maps: {min(runs):,} to {max(runs):,}, {min(runs) / max(max(runs), 1):.2f}"


def main(arguments: list[str] | None = None) -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["page", "visitors"])
    parser.add_argument("--quick", action="store_true", help="short samples: whether it runs")
    parser.add_argument("--repetitions", type=int, default=3, help="visits in the browser")
    given = parser.parse_args(arguments)
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{load} on {os.cpu_count()} cores\n")
    if given.only != "visitors":
        print(page(given.quick, 1 if given.quick else given.repetitions), end="\n\n", flush=True)
    if given.only != "page":
        print(visitors(given.quick), flush=True)


if __name__ == "__main__":
    main()
