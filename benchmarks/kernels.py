"""How fast the kernels are, beside what they cannot do without and beside others: ``python -m benchmarks.kernels``.

One process prints, from interleaved repetitions on the machine as it is now:

    processor    which one, and for which vectors the code is
    kernels      ns per agent, coordinate and step of every dynamics at six sizes, on one thread and two (independent runs), the floor
                 of each (benchmarks/floors.py says what it is made of), and what the ports allow of that (benchmarks/processor.py)
    peers        CBXpy, NumPy by hand and ours on the workloads A, B, C (benchmarks/peers.py)
    draws        our normals beside NumPy's Generator
    events       µs per jump on the finite set, for three numbers of agents
    fixed        what a step costs when the swarm is tiny
    tiny         many runs of tiny swarms in one call, beside the floor and beside one run
    large        one large swarm on two threads, beside one thread, and beside two such swarms at once: what the machine has room for
    allocations  what a step allocates
    targets      the ratios that are aimed at, and whether they are met; not with --quick, whose sizes are toys

Trust the ratios: each is the median over repetitions in which both sides met the same machine. The times are the smallest ones. With
``--avx2`` all is printed a second time, with code for vectors of 256 bits and without the instructions of AVX-512. With
``--first-contact`` it prints instead how long one waits: for the import, for the first step, for the first painted page.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import click
import numpy as np

import swarmviz as sv
from benchmarks import allocations, first_contact, peers
from benchmarks.floors import pieces
from benchmarks.processor import AVX2, bounds, met
from benchmarks.timing import Job, interleave, on_threads, table
from benchmarks.workloads import CASES, prepare, prepare_many
from swarmviz.kernels.randomness import normals, scratch

SIZES = ((8, 1), (100, 2), (1000, 2), (200, 20), (10_000, 2), (1_000_000, 2))
SMALL_SIZES = ((8, 1), (20, 2))
NUMBERS = 4_000_000  # agent-coordinate-steps in a call, as in a run of 1000 steps of 200 agents in 20 dimensions
TINY, TINY_RUNS, TINY_STEPS = ("CBO", "SSA", "PSO", "BGK Gaussian"), 64, 1024
TINY_SIZES = ((8, 1), (8, 2), (16, 1), (24, 2))
LARGE = ("CBO", "SSA", "BGK Gaussian", "PSO", "FMC")
LARGE_SIZES = ((1_000_000, 2), (100_000, 2))
SECTIONS = ("kernels", "peers", "draws", "events", "fixed", "tiny", "large", "allocations")
Found = dict[str, float]  # what the targets are about

TARGETS = (
    *((f"kernel / floor, CBO {size}", f"CBO {size}", "≤", bound)
      for size, bound in (("200×20", 1.3), ("1000×2", 1.5), ("100×2", 2.0))),
    *((f"kernel / floor, {name} 200×20", f"{name} 200×20", "≤", 1.5)
      for name in ("SSA", "BGK Gaussian", "BGK Cauchy", "BGK limit", "BGK limit Cauchy", "PSO", "FMC")),
    *((f"CBXpy tuned / ours, {name}", f"peer {name}", "≥", 30.0) for name in "ABC"),
    *((f"CBXpy tuned / ours, {name}, 2 threads", f"peer {name} 2", "≥", 60.0) for name in "ABC"),
    ("NumPy's normals / ours", "normals", "≥", 10.0),
    ("finite-set event, µs (S = 20, N = 50)", "event", "≤", 0.4),
    ("finite-set event, N = 10⁶ / N = 50", "event growth", "≤", 1.5),
    ("SSA, N = 8, d = 1, 10⁶ steps, s", "ssa", "≤", 0.6),
    *((f"many runs / floor, {name} 8×1", f"tiny {name}", "≤", 2.5) for name in ("CBO", "SSA", "PSO", "BGK Gaussian")),
    *((f"one swarm of 10⁶×2, one thread / two, {name}", f"large {name}", "≥", 1.7) for name in LARGE),
    ("allocations per step", "allocations", "≤", 0.0),
)  # fmt: skip


def label(n: int, d: int) -> str:
    """How a size is written."""
    return f"{n}×{d}"


def kernels(repetitions: int, quick: bool, pool: ThreadPoolExecutor, chosen: list[str]) -> Found:
    """Every dynamics beside its floor."""
    found, rows, least = {}, [], bounds(met())
    for n, d in SMALL_SIZES if quick else SIZES:
        works = {name: prepare(CASES[name], n, d, 2_000 if quick else NUMBERS) for name in chosen}
        floor_jobs = pieces(n, d)
        jobs = {("floor", name): job for name, (job, _) in floor_jobs.items()}
        for name, work in works.items():
            jobs[name, 1] = partial(work.run, 0)
            jobs[name, 2] = on_threads([partial(work.run, seed) for seed in (0, 1)], pool)
        seconds = interleave(jobs, repetitions)
        piece = {name: seconds["floor", name] / numbers * 1e9 for name, (_, numbers) in floor_jobs.items()}
        for name, work in works.items():
            floor = sum(piece[part] * share for part, share in work.floor.items())
            one, two = (seconds[name, k] / (k * work.numbers) * 1e9 for k in (1, 2))
            ratio = found[f"{name} {label(n, d)}"] = float(np.median(one / floor))
            ports = sum(least[part] * share for part, share in work.floor.items())
            times = f"{one.min():.2f}", f"{two.min():.2f}", f"{floor.min():.2f}", f"{ports:.2f}"
            ratios = f"{ratio:.2f}", f"{one.min() / ports:.2f}", f"{np.median(one / two):.2f}"
            rows.append([f"{label(n, d):11} {name}", *times, *ratios])
        show_pieces(n, d, piece, least)
    click.echo("\nns per agent, coordinate and step (SBGD: per coordinate of a value taken)")
    click.echo(
        table(["N×d", "1 thread", "2 threads", "floor", "ports", "kernel/floor", "kernel/ports", "1 thread/2"], rows)
    )
    click.echo(
        "The finite set takes no steps of coordinates: its jumps are timed in the section events and have no floor."
    )
    return found


def show_pieces(n: int, d: int, piece: dict[str, np.ndarray], least: dict[str, float]) -> None:
    """The pieces of the floors, ns per number, and what the ports allow."""
    shown = (f"{name} {ns.min():.2f} ({least[name]:.2f})" for name, ns in piece.items())
    click.echo(f"pieces at {label(n, d)}, ns (ports allow): " + " · ".join(shown))


def against_peers(repetitions: int, quick: bool, pool: ThreadPoolExecutor) -> Found:
    """The workloads of benchmarks/peers.py."""
    found, rows = {}, []
    for name, work in (peers.SMALL if quick else peers.WORKLOADS).items():
        programs = peers.programs(work, pool)
        seconds = interleave({key: timed.run for key, timed in programs.items()}, repetitions, best_of=2)
        ns = {key: seconds[key] / timed.numbers * 1e9 for key, timed in programs.items()}
        for key in ns:
            beside = [f"{np.median(ns[key] / ns[mine]):.1f}" for mine in ("ours", "ours, 2 threads")]
            rows.append([f"{name}  {key}", f"{ns[key].min():.2f}", *beside])
        if "CBXpy tuned" in ns:
            found[f"peer {name}"] = float(np.median(ns["CBXpy tuned"] / ns["ours"]))
            found[f"peer {name} 2"] = float(np.median(ns["CBXpy tuned"] / ns["ours, 2 threads"]))
    click.echo("\nCBO by others, ns per agent, coordinate and step")
    click.echo(table(["workload, program", "ns", "/ ours", "/ ours on 2 threads"], rows))
    if not peers.HAVE_CBX:
        click.echo("CBXpy is not installed: pip install '.[benchmarks]'")
    return found


def draws(repetitions: int, quick: bool) -> Found:
    """Our normals beside NumPy's, both into an array that is there."""
    n, times, fewer = 4096, 2 if quick else 200, 2 if quick else 16  # both take as long, and are interrupted as often
    z, (raw, radius), rng, out = (
        np.empty((2, n // 2), np.float32),
        scratch(n // 2, 2),
        np.random.default_rng(1),
        np.empty(n),
    )
    single = np.empty(n, np.float32)
    jobs = {
        "ours (float32)": lambda: [normals(z, raw, radius, np.uint64(s), 0) for s in range(times)],
        "NumPy (float64)": lambda: [rng.standard_normal(out=out) for _ in range(fewer)],
        "NumPy (float32)": lambda: [rng.standard_normal(dtype=np.float32, out=single) for _ in range(fewer)],
    }
    seconds = interleave(jobs, repetitions)
    ns = {name: row / n / (times if "ours" in name else fewer) * 1e9 for name, row in seconds.items()}
    mine = ns["ours (float32)"]
    click.echo("\nNormal draws, ns each")
    click.echo(
        table(["program", "ns", "/ ours"], [[k, f"{v.min():.2f}", f"{np.median(v / mine):.1f}"] for k, v in ns.items()])
    )
    return {"normals": float(np.median(ns["NumPy (float64)"] / mine))}


def events(repetitions: int, quick: bool) -> Found:
    """Jumps on a cycle of 20 states, in continuous time; the agents are spread evenly, so that the same moves happen for every N."""
    jobs, counts, target = {}, {}, 200 if quick else 20_000
    for n in (50, 1000, 1_000_000):
        dynamics, landscape = sv.FiniteSet(dt=1.0), sv.landscapes.FiniteSetCurve()
        start = dynamics.init(np.linspace(0, 19, n)[:, None], landscape, 1)
        dynamics.dt = target / max(dynamics.advance(start, landscape, 4, every=10**9)[0].transitions / 4, 1) / 4
        counts[n] = dynamics.advance(start, landscape, 4, every=10**9)[0].transitions
        jobs[n] = partial(dynamics.advance, start, landscape, 4, every=10**9)
    micro = {n: row / counts[n] * 1e6 for n, row in interleave(jobs, repetitions).items()}
    rows = [[f"N = {n}", f"{row.min():.3f}", f"{np.median(row / micro[50]):.2f}"] for n, row in micro.items()]
    click.echo("\nFinite set of 20 states, µs per jump")
    click.echo(table(["agents", "µs", "/ N = 50"], rows))
    return {"event": float(micro[50].min()), "event growth": float(np.median(micro[1_000_000] / micro[50]))}


def fixed(repetitions: int, quick: bool) -> Found:
    """What a step costs apart from its agents: N = 8, d = 1, every hundredth step recorded; for SSA the million steps of the target."""
    names = [name for name in sv.dynamics.ALL if name != "FiniteSet"]
    steps = dict.fromkeys(names, 1_000 if quick else 100_000) | {"SSA": 2_000 if quick else 1_000_000}

    def run(name: str) -> None:
        swarm = sv.Swarm(n=8, d=1)
        sv.Simulation(sv.dynamics.ALL[name](), sv.landscapes.Rastrigin(), swarm, every=100).advance(steps[name])

    seconds = interleave({name: partial(run, name) for name in names}, repetitions, best_of=1)
    best = {name: row.min() for name, row in seconds.items()}
    rows = [[name, f"{steps[name]}", f"{s:.3f}", f"{s / steps[name] * 1e6:.3f}"] for name, s in best.items()]
    click.echo("\nN = 8, d = 1, every 100th step recorded")
    click.echo(table(["dynamics", "steps", "s", "µs per step"], rows))
    return {"ssa": float(best["SSA"])}


def tiny(repetitions: int, quick: bool) -> Found:
    """A step of one of many runs that go together, of one that goes alone, and the floor, by processor time."""
    found, rows, steps = {}, [], 20 if quick else TINY_STEPS
    for n, d in TINY_SIZES:
        works = {name: prepare(CASES[name], n, d, n * d * 4 * steps) for name in TINY}
        floor_jobs = pieces(n, d)
        jobs = {("floor", name): job for name, (job, _) in floor_jobs.items()}
        for name, work in works.items():
            jobs[name, "one"] = partial(work.run, 0)
            jobs[name, "many"] = prepare_many(CASES[name], n, d, TINY_RUNS, steps)
        seconds = interleave(jobs, repetitions, clock=time.process_time)
        piece = {name: seconds["floor", name] / numbers * 1e9 for name, (_, numbers) in floor_jobs.items()}
        for name, work in works.items():
            floor = n * d * sum(piece[part] * share for part, share in work.floor.items())
            one = seconds[name, "one"] / work.numbers * n * d * 1e9
            many = seconds[name, "many"] / (TINY_RUNS * steps) * 1e9
            if (n, d) == TINY_SIZES[0]:
                found[f"tiny {name}"] = float(np.median(many / floor))
            times = (f"{ns.min():.0f}" for ns in (many, one, floor))
            ratios = (f"{np.median(ratio):.2f}" for ratio in (many / floor, one / floor, one / many))
            rows.append([f"{label(n, d):6} {name}", *times, *ratios])
    click.echo(f"\nns per step and run: {TINY_RUNS} runs of tiny swarms in one call, and one run by itself")
    click.echo(table(["N×d", "many", "one", "floor", "many/floor", "one/floor", "one/many"], rows))
    return found


def with_threads(threads: int, job: Job) -> Job:
    """A job whose swarms may take so many threads each."""

    def run() -> None:
        sv.set_threads(threads)
        job()
        sv.set_threads(1)

    return run


def large(repetitions: int, quick: bool, pool: ThreadPoolExecutor) -> Found:
    """One swarm on one thread and on two, which give the same bits; and two swarms, each on a thread of its own."""
    found, rows = {}, []
    for n, d in ((40_000, 2),) if quick else LARGE_SIZES:
        for name in LARGE:
            work = prepare(CASES[name], n, d, 20 * n * d)
            jobs = {threads: with_threads(threads, partial(work.run, 0)) for threads in (1, 2)}
            jobs["two swarms"] = with_threads(1, on_threads([partial(work.run, seed) for seed in (0, 1)], pool))
            seconds = interleave(jobs, repetitions, best_of=1 if quick else 3)
            found.setdefault(f"large {name}", float(np.median(seconds[1] / seconds[2])))  # of the first size
            ns = (f"{seconds[threads].min() / work.numbers * 1e9:.2f}" for threads in (1, 2))
            ratios = (
                f"{np.median(ratio):.2f}" for ratio in (seconds[1] / seconds[2], 2 * seconds[1] / seconds["two swarms"])
            )
            rows.append([f"{label(n, d):11} {name}", *ns, *ratios])
    click.echo("\nns per agent, coordinate and step of one swarm")
    click.echo(table(["N×d", "1 thread", "2 threads", "1 thread/2", "two swarms: 2 · 1 thread/both"], rows))
    return found


def show_targets(found: Found) -> None:
    """What is aimed at beside what was measured."""
    rows = []
    for name, key, sign, bound in TARGETS:
        if key in found:
            met = found[key] <= bound if sign == "≤" else found[key] >= bound
            rows.append([name, f"{sign} {bound:g}", f"{found[key]:.2f}", "met" if met else "missed"])
    if rows:
        click.echo("\nTargets")
        click.echo(table(["", "target", "now", ""], rows))


@click.command(help=__doc__.split("\n\n")[0])
@click.option(
    "--only", multiple=True, type=click.Choice([*SECTIONS, *CASES]), help="Sections, or dynamics of the first one."
)
@click.option("--quick", is_flag=True, help="Tiny sizes: whether it runs, not how fast.")
@click.option("--repetitions", default=9, show_default=True, type=click.IntRange(1), help="Of which medians are taken.")
@click.option("--avx2", is_flag=True, help="Then all of it again with code for AVX2, as older machines get it.")
@click.option("--first-contact", "contact", is_flag=True, help="How long one waits for the import, a step, the page.")
def main(only: tuple[str, ...], quick: bool, repetitions: int, avx2: bool, contact: bool) -> None:
    """Print the tables."""
    if contact:
        first_contact.show(page=not quick)
        return
    chosen = [name for name in CASES if name in only] or list(CASES)
    sections = [name for name in SECTIONS if name in only or (name == "kernels" and set(only) & set(CASES))] or SECTIONS
    repetitions, found = 1 if quick else repetitions, {}
    before = sv.threads.THREADS.most
    sv.set_threads(1)  # also of large swarms, but in the section about them
    click.echo(met())
    with ThreadPoolExecutor(2) as pool:
        parts = {
            "kernels": lambda: kernels(repetitions, quick, pool, chosen),
            "peers": lambda: against_peers(repetitions, quick, pool),
            "draws": lambda: draws(repetitions, quick),
            "events": lambda: events(repetitions, quick),
            "fixed": lambda: fixed(repetitions, quick),
            "tiny": lambda: tiny(repetitions, quick),
            "large": lambda: large(repetitions, quick, pool),
            "allocations": lambda: allocations.show(quick),
        }
        for name in sections:
            found |= parts[name]()
    sv.set_threads(before)
    if quick:
        click.echo("\nNo targets: these sizes are toys, and say whether it runs, not how fast.")
    else:
        show_targets(found)
    if avx2:
        again([argument for name in only for argument in ("--only", name)], quick, repetitions)


def again(sections: list[str], quick: bool, repetitions: int) -> None:
    """The same in a process of its own whose code is for AVX2; the cache of compiled code keeps both."""
    click.echo()
    sys.stdout.flush()
    given = [*sections, *(["--quick"] if quick else []), "--repetitions", str(repetitions)]
    subprocess.run([sys.executable, "-m", "benchmarks.kernels", *given], env=os.environ | AVX2, check=True)


if __name__ == "__main__":
    main()
