"""How fast and how robust the page is, in a real Chromium, beside a plain HoloViews page of the same swarm in the same run.

    python benchmarks/page.py                     the whole table, about 25 minutes
    python benchmarks/page.py --quick             short samples and two minutes for the memory
    python benchmarks/page.py --only rate slider  some rows

Both pages show CBO on Rastrigin in the plane, at 30 steps a second: arena, histogram and curves. They take turns, so that a busy machine
slows both; trust the ratio. What is measured, and how:

rate      A picture counts when the arena's figure was repainted after its source had been given new data, which ``probe.js`` sees by
          wrapping the figure's painting in the browser; it is dated by the animation frame after it. Beside it, per picture: processor
          milliseconds of the server and of all processes of the browser, which a busy machine changes least, and kB of the websocket.
slider    λ = σ = 0, so that the agents stand and only the consensus depends on α. From the slider's input event in the browser to
          the animation frame that follows the first picture with another consensus. A swarm that stands would be started again with the
          new value; that is switched off, and is a row of its own.
lag       The browser is slowed six times (Chromium's CPU throttling). For each picture: how many newer ones the server had written to the
          websocket when it was painted, by the wall clock, which both share. Median and largest.
pause     From the click to the last picture that still moved; 0 when none followed. The largest of several clicks.
opening   From the navigation to the first picture of the arena that lives, nothing cached, the server warm. Beside it the first picture
          of the swarm of a visit without a link, which the HTML of our page holds: an animation frame after its SVG is there. A plain
          page has none. And what came over the network until the first picture that lives, in kB of 1000 bytes as the browser counts
          them, compressed and with headers; those of the websocket, which is not compressed, as messages. Frames that were lost: sent in
          the first ten seconds, but overtaken by another before the browser had painted them.
sessions  Twenty visitors of 500 agents that only drain their websocket and acknowledge (``draining.py``): pictures/s of the slowest.
memory    Growth from the second minute to the last: resident bytes of the server, and the scripts' heap in the browser after a
          collection. A record of a run grows by design until it is thinned, which is less than 2 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from draining import rates  # noqa: E402
from serving import Server, Watched, browser_seconds, chromium, served  # noqa: E402
from weight import MAX_MB, NAMES, PLAY_S, Weighing, lost  # noqa: E402

SIZES = {200: 25, 1000: 25, 10_000: 25, 100_000: 12}  # number of agents → target in pictures per second
VISITORS, VISITORS_AGENTS = 20, 500
SLOWER = 6
MEBI = 2**20
Row = tuple[str, str, list[str]]  # what, target, one result per page


def selection(n: int, moving: bool, again: bool = True) -> str:
    """The query of our page for so many agents that move or stand, and are started again by an edit or not."""
    import swarmviz as sv
    from components import state
    from components.links import permalink

    dynamics = sv.CBO(lam=float(moving), sigma=float(moving))
    chosen = state.Selection(dynamics, sv.landscapes.Rastrigin(), sv.Swarm(n=n, d=2), 30.0)
    written = state.state_of(chosen)._replace(views={} if again else {"start_again": False})
    return f"{permalink.KEY}={permalink.write(written)}"


class Peer:
    """One of the two pages: how to open it and how to work its controls."""

    def __init__(self, name: str, server: Server, browser: Any):
        self.name, self.server, self.browser = name, server, browser
        self.plain = name == "plain"

    @contextlib.contextmanager
    def opened(self, n: int, moving: bool = True, settle: float = 3.0, again: bool = True) -> Iterator[Watched]:
        """The page with so many agents, running and settled."""
        watched = Watched(self.browser)
        try:
            watched.open(self.address(n, moving, again))
            watched.rest(settle)
            yield watched
        finally:
            watched.close()

    def address(self, n: int, moving: bool = True, again: bool = True) -> str:
        """Where so many agents are seen."""
        return self.server.address(f"n={n}&move={int(moving)}" if self.plain else selection(n, moving, again))

    def slide(self, watched: Watched, share: float) -> float:
        """Put the slider of α to a share of its length; seconds since the navigation."""
        if self.plain:
            return watched.ask(
                f"""() => {{ const m = Bokeh.documents.flatMap((d) => Array.from(d._all_models.values())).find((m) => m.title === "alpha")
                const at = performance.now(); m.value = m.start + {share} * (m.end - m.start); return at / 1e3 }}"""
            )
        slider = watched.page.locator("[data-name='dynamics.alpha'] input[type=range]")
        return slider.evaluate(
            """(s, share) => { s.value = share * s.max; const at = performance.now()
            s.dispatchEvent(new Event("input", {bubbles: true})); return at / 1e3 }""",
            share,
        )

    def pause(self, watched: Watched) -> float:
        """Click on Pause; seconds since the navigation at which the browser heard of it."""
        watched.page.get_by_role("button", name="Pause").first.click()
        return watched.ask("probe.clicked") / 1e3


# ---- the rows --------------------------------------------------------------------------------------------------------


def rate(peers: list[Peer], seconds: float) -> list[Row]:
    """Pictures per second and what one costs, by the number of agents."""
    rows = []
    for n, target in SIZES.items():
        results = [_rate(peer, n, seconds) for peer in peers]
        rows.append((f"painted frames/s, {n:,} agents", f"≥ {target}", [f"{r[0]:.1f}" for r in results]))
        costs = [f"{r[1]:.0f} · {r[2]:.0f} · {r[3]:.0f}" for r in results]
        rows.append(("  per frame: server ms · browser ms · kB", "", costs))
    return rows


def _rate(peer: Peer, n: int, seconds: float) -> tuple[float, float, float, float]:
    with peer.opened(n) as watched:
        before = _spent(peer, watched)
        watched.rest(seconds)
        after = _spent(peer, watched)
    duration, pictures, weight, server, browser = (b - a for a, b in zip(before, after, strict=True))
    each = max(pictures, 1)
    return pictures / duration, 1e3 * server / each, 1e3 * browser / each, weight / 1e3 / each


def _spent(peer: Peer, watched: Watched) -> tuple[float, ...]:
    now, pictures, weight = watched.ask("[performance.now() / 1e3, probe.pictures.length, probe.bytes]")
    return now, pictures, weight, peer.server.counters()["cpu"], browser_seconds()


def slider(peers: list[Peer], seconds: float) -> list[Row]:
    """From a slider to the screen."""
    times, rows = int(max(8, 2 * seconds)), []
    for what, target, again in (
        ("slider to paint", "≤ 80 · ≤ 200", False),
        ("  where it starts the swarm again", "", True),
    ):
        waits = [[] if again and peer.plain else _slider(peer, times, again) for peer in peers]
        shown = [f"{1e3 * statistics.median(w):.0f} · {1e3 * _p95(w):.0f}" if w else "–" for w in waits]
        rows.append((f"{what}, 1,000 agents, p50 · p95 (ms)", target, shown))
    return rows


def _slider(peer: Peer, times: int, again: bool) -> list[float]:
    waits = []
    with peer.opened(1000, moving=False, again=again) as watched:
        peer.slide(watched, 1.0)
        watched.rest(2.0)
        for turn in range(times):
            shown = watched.pictures()[-1][2]
            at = peer.slide(watched, (0.0, 1.0)[turn % 2])
            answered = "([was, at]) => probe.pictures.some(([t, , now]) => t > at && Math.abs(now - was) > 1e-4)"
            watched.page.wait_for_function(answered, arg=[shown, 1e3 * at], timeout=60_000)
            waits.append(next(t for t, _, focus in watched.pictures() if t > at and abs(focus - shown) > 1e-4) - at)
            watched.rest(0.3 + 0.037 * (turn % 7))  # out of step with the pictures
    return waits


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def lag(peers: list[Peer], seconds: float) -> list[Row]:
    """How far behind the server a slow browser is."""
    behind = [_lag(peer, seconds) for peer in peers]
    shown = [f"{statistics.median(b):.0f} · {max(b)}" for b in behind]
    return [(f"frames of lag, {SLOWER}× slower client, median · most", "≤ 3", shown)]


def _lag(peer: Peer, seconds: float) -> list[int]:
    peer.server.forget()
    with peer.opened(1000) as watched:
        watched.devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        watched.rest(3.0)
        before = len(watched.pictures())
        watched.rest(2 * seconds)
        origin = watched.ask("performance.timeOrigin") / 1e3
        painted = [(origin + at, number) for at, number, _ in watched.pictures()[before:]]
        sent = list(peer.server.counters()["sent"].values())
    mine = max(sent, key=lambda pictures: pictures[-1][1])  # the session that sent last
    return [sum(at <= when for _, at in mine if _ > number) for when, number in painted] or [sys.maxsize]


def pause(peers: list[Peer], seconds: float) -> list[Row]:
    """From a click on Pause to a swarm that stands."""
    waits = []
    for peer in peers:
        found = []
        for _ in range(int(max(2, seconds / 2))):
            with peer.opened(1000, settle=2.0) as watched:
                at = peer.pause(watched)
                watched.rest(2.0)
                pictures = watched.pictures()
            moves = [b[0] for a, b in pairwise(pictures) if a[2] != b[2]]
            found.append(max(0.0, moves[-1] - at))
        waits.append(max(found))
    return [("Pause answered, longest (s)", "≤ 0.3", [f"{wait:.2f}" for wait in waits])]


def opening(peers: list[Peer], seconds: float) -> list[Row]:
    """The first pictures, and what came until then."""
    times: list[list[float]] = [[] for _ in peers]
    stills: list[list[float]] = [[] for _ in peers]
    weights, frames = [_weight(peer) for peer in peers], [_frames(peer) for peer in peers]
    for _ in range(int(max(3, seconds))):
        for place, peer in enumerate(peers):
            watched = Watched(peer.browser)
            times[place].append(watched.open(peer.address(200)))
            watched.close()
            if not peer.plain:
                watched = Watched(peer.browser)
                watched.open(peer.server.address(""))
                stills[place].append(watched.ask("probe.still") / 1e3)
                watched.close()
    still = [f"{statistics.median(s):.2f} · {max(s):.2f}" if s else "–" for s in stills]
    first = [f"{statistics.median(t):.2f} · {max(t):.2f}" for t in times]
    return [
        ("opening picture of the swarm, median · longest (s)", "", still),
        ("first painted frame, median · longest (s)", "≤ 3", first),
        ("network until the first picture (MB)", f"≤ {MAX_MB}", [f"{sum(w.values()) / 1e6:.2f}" for w in weights]),
        *((f"  {kind} (kB)", "", [f"{w[kind] / 1e3:.0f}" for w in weights]) for kind in NAMES),
        (f"frames lost in {PLAY_S:g} s of play, of those sent", "", [f"{gone} of {sent}" for gone, sent in frames]),
    ]


def _weight(peer: Peer) -> dict[str, int]:
    watched = Watched(peer.browser)
    weighing = Weighing(watched.devtools)
    at = watched.open(peer.address(200))
    watched.rest(0.5)  # in which the devtools tell the rest of what had come
    found = weighing.until(watched.ask("performance.timeOrigin") / 1e3 + at, watched.ask("probe.opened"))
    watched.close()
    return found


def _frames(peer: Peer) -> tuple[int, int]:
    with peer.opened(200, settle=PLAY_S) as watched:
        pictures = watched.pictures()
    return lost(number for at, number, _ in pictures if at <= pictures[0][0] + PLAY_S)


def sessions(peers: list[Peer], seconds: float) -> list[Row]:
    """Many visitors of one process."""
    ours = next(peer for peer in peers if not peer.plain)
    with ThreadPoolExecutor(1) as other:  # Playwright has an event loop on this thread
        found = other.submit(asyncio.run, rates(ours.address(VISITORS_AGENTS), VISITORS, 3.0, seconds)).result()
    shown = f"{min(found):.1f} · {statistics.mean(found):.1f}"
    what = f"{VISITORS} sessions of {VISITORS_AGENTS} agents, frames/s, slowest · mean"
    return [(what, "≥ 15", [shown if peer is ours else "–" for peer in peers])]


def memory(peers: list[Peer], minutes: float) -> list[Row]:
    """Growth of the server and of the browser while a swarm runs."""
    grown = []
    for peer in peers:
        with peer.opened(1000) as watched:
            early = min(1.0, minutes / 3)
            watched.rest(60 * early)
            before = peer.server.counters()["bytes"], watched.heap()
            watched.rest(60 * (minutes - early))
            after = peer.server.counters()["bytes"], watched.heap()
        grown.append([f"{100 * (b / a - 1):+.1f}% of {a / MEBI:.0f}" for a, b in zip(before, after, strict=True)])
    what = f"memory growth in {minutes:g} min, {{}} (MiB)"
    return [(what.format(place), "< 5%", [g[i] for g in grown]) for i, place in enumerate(("server", "browser"))]


ROWS = {
    "rate": rate,
    "slider": slider,
    "lag": lag,
    "pause": pause,
    "opening": opening,
    "sessions": sessions,
    "memory": memory,
}


def table(rows: list[Row], names: list[str]) -> str:
    """Rows under a heading, in columns."""
    lines = [("", "target", names), *rows]
    width = max(len(what) for what, _, _ in lines)
    return "\n".join(
        f"{what:{width}}  {target:>13}  " + "  ".join(f"{r:>18}" for r in results) for what, target, results in lines
    )


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), help="rows to measure")
    parser.add_argument("--quick", action="store_true", help="samples of 4 s instead of 12 s, memory over 2 minutes")
    parser.add_argument("--minutes", type=float, help="how long the memory is watched (10)")
    parser.add_argument("--alone", action="store_true", help="without the plain page")
    parser.add_argument(
        "--beside", type=Path, help="another checkout, measured as a third page: what did a change bring?"
    )
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    asked = arguments()
    seconds = 4.0 if asked.quick else 12.0
    minutes = asked.minutes or (2.0 if asked.quick else 10.0)
    with contextlib.ExitStack() as stack:
        browser = stack.enter_context(chromium())
        homes = {"ours": HERE.parent} | ({"beside": asked.beside} if asked.beside else {})
        peers = [
            Peer(name, stack.enter_context(served(home / "app.py", home)), browser) for name, home in homes.items()
        ]
        if not asked.alone:
            peers.append(Peer("plain", stack.enter_context(served(HERE / "plain_page.py", HERE.parent)), browser))
        rows: list[Row] = []
        for name in asked.only:
            rows += (fresh := ROWS[name](peers, minutes if name == "memory" else seconds))
            print(
                *(f"{what}: {' | '.join(results)}" for what, _, results in fresh), sep="\n", file=sys.stderr, flush=True
            )
    print(table(rows, [peer.name for peer in peers]))


if __name__ == "__main__":
    main()
