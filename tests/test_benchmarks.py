"""The benchmarks run, in miniature, and what they count is right; how fast anything is, no test says."""

from __future__ import annotations

import asyncio
import contextlib
import re
import types

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import crowd, ensembles, first_contact, greedy, guests, hostile, kernels, peers, soak
from benchmarks import map as map_benchmark
from benchmarks.kernels import SECTIONS, TARGETS, main, show_targets
from benchmarks.processor import Count, Processor, bound, bounds, met, per_piece
from benchmarks.timing import interleave, table
from benchmarks.workloads import CASES, prepare

FLOOR_PIECES = {
    "normal",
    "cauchy",
    "uniform",
    "wave",
    "exponential",
    "logarithm",
    "root",
    "move 1",
    "move 2",
    "move 3",
    "gather",
}


@pytest.fixture(scope="module")
def printed():
    done = CliRunner().invoke(main, ["--quick"])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_quick_run_prints_every_dynamics_and_every_peer_and_judges_nothing(printed):
    for name in CASES:
        assert f"8×1         {name} " in printed and f"20×2        {name} " in printed
    for name in ("NumPy", "ours", "ours, 2 threads", *(["CBXpy tuned"] if peers.HAVE_CBX else [])):
        for workload in "ABC":
            assert f"{workload}  {name} " in printed
    assert "No targets" in printed and not re.search(r"\b(met|missed)\b", printed)
    assert "finite set takes no steps of coordinates" in printed and "µs per jump" in printed


def test_what_was_measured_is_held_against_its_targets(capsys):
    show_targets({"event": 0.3, "ssa": 0.7, "normals": 10.0})
    rows = capsys.readouterr().out.splitlines()[4:]
    assert [row.split()[-1] for row in rows] == ["met", "met", "missed"]
    assert [next(name for name, *_ in TARGETS if name in row) for row in rows]
    show_targets({})
    assert not capsys.readouterr().out


def test_every_target_is_measured_by_a_full_run(monkeypatch):
    """Each section in miniature, with the sizes of a full run as labels."""
    found, judged = set(), []
    for size in kernels.SIZES:
        found |= {f"{name} {kernels.label(*size)}" for name in CASES}
    monkeypatch.setattr(kernels, "kernels", lambda *_: {})
    for section, small in (("draws", kernels.draws), ("events", kernels.events), ("fixed", kernels.fixed)):
        monkeypatch.setattr(kernels, section, lambda repetitions, quick, small=small: small(1, True))
    large_small = kernels.large
    monkeypatch.setattr(kernels, "large", lambda repetitions, quick, pool: large_small(1, True, pool))
    peers_small = kernels.against_peers
    monkeypatch.setattr(kernels, "against_peers", lambda repetitions, quick, pool: peers_small(1, True, pool))
    monkeypatch.setattr(kernels.allocations, "show", lambda quick, show=kernels.allocations.show: show(True))
    monkeypatch.setattr(kernels, "show_targets", lambda got: judged.extend(got))
    assert CliRunner().invoke(main, ["--repetitions", "1"]).exit_code == 0
    missing = {key for _, key, _, _ in TARGETS} - found - set(judged)
    assert all(key.startswith("peer") for key in missing) and not (missing and peers.HAVE_CBX)


def test_one_section_or_one_dynamics_can_be_asked_for():
    draws = CliRunner().invoke(main, ["--quick", "--only", "draws"])
    assert "Normal draws" in draws.output and "kernel/floor" not in draws.output
    one = CliRunner().invoke(main, ["--quick", "--only", "SSA"])
    assert "8×1         SSA" in one.output and "CBO" not in one.output and "Normal draws" not in one.output
    wrong = CliRunner().invoke(main, ["--only", "nonsense"])
    assert wrong.exit_code == 2 and all(section in wrong.output for section in SECTIONS)


def test_the_processor_and_its_vectors_are_printed_first_and_every_piece_has_a_bound(printed):
    processor = met()
    assert printed.splitlines()[0] == str(processor) and f"vectors of {processor.bits} bits" in str(processor)
    assert bounds(processor).keys() == FLOOR_PIECES
    for name, ns in bounds(processor).items():
        assert f"{name} " in printed and f"({ns:.2f})" in printed


ZEN_3 = Processor("made up", "znver3", "znver3", bits=256, long_products=False, gigahertz=2.0)


def test_a_bound_is_the_largest_of_what_multipliers_ports_and_dividers_allow():
    """Vectors of four numbers, two cycles per ns."""
    for count, cycles in ((Count(8, 1, 4), 4), (Count(2, 10, 4), 3), (Count(2, 2, 4, occupancy=9), 9)):
        assert bound(count, ZEN_3) == pytest.approx(cycles / 4 / 2)
        assert bound(count, ZEN_3._replace(bits=128)) == pytest.approx(cycles / 2 / 2)
    intel = ZEN_3._replace(host="rocketlake")
    assert bound(Count(2, 10, 4), intel) == pytest.approx(4 / 4 / 2)
    assert bound(Count(2, 10, 4), intel._replace(bits=512)) == pytest.approx(6 / 8 / 2)


def test_products_of_64_bits_without_an_instruction_for_them_cost_seven_instructions():
    assert per_piece(ZEN_3)["uniform"] == Count(6, 18, 4)
    assert per_piece(ZEN_3._replace(long_products=True))["uniform"] == Count(2, 10, 4)


def test_all_is_printed_again_for_avx2_if_asked(capfd):
    main(["--quick", "--only", "draws", "--avx2"], standalone_mode=False)
    first, second = re.findall(r"code for (\S+): vectors of (\d+) bits", capfd.readouterr().out)
    assert second == ("haswell", "256") and first == (met().target, str(met().bits))


@pytest.mark.parametrize("name", CASES)
def test_a_workload_makes_the_steps_that_it_counts_and_its_floor_is_made_of_known_pieces(name):
    work = prepare(CASES[name], 20, 2, 4_000)
    assert work.floor.keys() <= FLOOR_PIECES and all(share >= 0 for share in work.floor.values())
    state, _ = work.run(0)
    if name != "SBGD":
        assert state.k * 20 * 2 == work.numbers
    else:
        assert state.k * 20 * 2 < work.numbers  # every agent that is left tries one length at least, many try more


PEERS = {"NumPy": peers.numpy_by_hand} | (
    {"CBXpy": lambda work: peers.cbxpy(work, tuned=True)} if peers.HAVE_CBX else {}
)


@pytest.mark.parametrize("program", PEERS.values(), ids=PEERS)
def test_the_peers_solve_the_same_problem(program):
    """After many steps every swarm has drawn together, in a place much lower than where it started; F(0) = 0."""
    work = peers.Workload(runs=5, n=200, d=2, steps=500, peer_steps=500, our_runs=1)
    peer, start = program(work), peers.rastrigin(peers.positions(work)).mean()
    peer.run()
    assert peer.positions().shape == (5, 200, 2)
    assert np.median(peers.rastrigin(peer.positions())) < start / 4
    assert np.ptp(peer.positions(), axis=1).mean() < 2.0
    assert peers.rastrigin(np.zeros((1, 1, 2))) == 0.0


def test_threads_and_processes_compute_the_same_cells_and_both_are_timed(monkeypatch):
    with ensembles.ways(dask=False) as ways:
        for work in ensembles.SMALL.values():
            here, there = (found(work) for found in ways.values())
            assert here.keys() == there.keys() == {cell.number for cell in work.cells}
            assert all(here[number].identical(there[number]) for number in here)
        monkeypatch.setattr(ensembles, "ways", lambda dask: contextlib.nullcontext(ways))
        done = CliRunner().invoke(ensembles.main, ["--quick"])
    assert done.exit_code == 0 and all(f"{name:14}  threads" in done.output for name in ensembles.SMALL)


def test_what_watchers_lose_is_counted_by_when_their_pictures_came():
    """Two watchers with a picture every tenth of a second, one of whom sees nothing from second 2 to second 5."""
    watchers = hostile.Watchers.__new__(hostile.Watchers)
    every = [i / 10 + 0.05 for i in range(80)]
    watchers.frames = [every, every, [at for at in every if not 2 < at < 5]]
    assert watchers.rate(0, 2) == pytest.approx(10) and watchers.rate(2, 5) == pytest.approx(10)
    watchers.frames = watchers.frames[1:]
    assert watchers.rate(2, 5) == pytest.approx(5), "the median of two"
    assert watchers.gap(0, 8) == pytest.approx(3.1) and watchers.gap(6, 8) == pytest.approx(0.1, abs=0.051)
    assert watchers.gap(8, 12) == 4, "a server that has ended sends nothing until the end"
    row = hostile.row_of("paths", "here", hostile.Outcome(10.0, 5.0, 0.0, 3.1, 2**21, "THE SERVER ENDED"))
    assert row == ["paths", "here", "10.0", "5.0 (50%)", "0.0 (0%)", "3.10", "2", "THE SERVER ENDED"]


def test_the_links_of_the_attackers_are_as_bad_as_a_link_may_be():
    from components.links import budget, permalink
    from swarmviz.landscapes import ALL

    long = hostile.run(seed=3, n=200, k=5_000_000)
    state = permalink.read(hostile.link_of([long, long]))
    assert [run.initial_swarm.n * run.initial_swarm.d * run.k for run in state.runs] == [budget.MAX_REPLAY_WORK] * 2
    with pytest.raises(permalink.BadLink):
        permalink.read(hostile.link_of([hostile.run(n=200, k=5_000_001)]))
    texts = [hostile.formula(i) for i in range(3)]
    assert len(set(texts)) == 3 and all(ALL["Formula"](text=text).text == text for text in texts)


def test_an_attack_on_a_server_is_carried_out_and_printed(capsys):
    hostile.main(["--quick", "--only", "resets"])
    printed = capsys.readouterr().out
    assert re.search(r"^resets +\d+\.\d  \d+\.\d \(", printed, re.MULTILINE) and "came in" in printed
    assert "2 watchers, samples of 1 s" in printed and "pictures/s" in printed


def test_what_a_greedy_visitor_costs_is_held_against_the_samples_around_it():
    """A machine that grows busier slows both; what the watchers lose beyond that is the greedy visitor's."""
    alone = [greedy.Sample([rate, 2 * rate], 0.01, 0.9) for rate in (12.0, 8.0, 4.0)]
    beside = [greedy.Sample([rate, 2 * rate], 0.03, 0.9) for rate in (5.0, 3.0)]
    assert greedy.shares(alone, beside, min) == [0.5, 0.5]
    row = greedy.row_of("films", alone, beside, "")
    assert row == ["films", "12.0 → 6.0", "50%", "8.0 → 4.0", "50%", "10 → 30", "46 → 80", "NO", ""]
    assert greedy.row_of("films", alone, alone[:2], "2 files")[-2:] == ["yes", "2 files"]
    assert len(row) == len(greedy.HEAD)


def test_a_guest_notes_the_components_that_come_later_and_the_files_that_it_gets():
    guest = guests.Guest("http://localhost/app", "token", None)
    exports = {
        "type": "object",
        "name": "panel.models.esm.ReactiveESM",
        "id": "p7",
        "attributes": {"class_name": "Exports"},
    }
    file = {"type": "map", "entries": [["file", {"type": "map", "entries": [["name", "a.html"]]}]]}
    guest.patches = [
        {"kind": "ModelChanged", "model": {"id": "p1"}, "attr": "children", "new": [exports]},
        {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": {"values": {"entries": [["data", file]]}}},
        {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": {"values": {"entries": [["data", 3]]}}},
    ]
    guest._note()
    assert guest.component("Exports") == "p7" and guest.files == 1 and not guest.patches


def test_a_greedy_visitor_comes_and_goes_and_what_the_watchers_saw_is_printed(capsys):
    greedy.main(["--quick", "--only", "formulas"])
    printed = capsys.readouterr().out
    assert re.search(r"^formulas +\d+\.\d → \d+\.\d  \d+%  \d+\.\d → \d+\.\d  \d+%  \d+ → \d+ ", printed, re.MULTILINE)
    assert "\n0 lines of the log speak of an error" in printed


def test_the_growth_of_a_soaked_server_leaves_its_warm_up_out():
    """Eight rounds: the first two load things, the last two have grown by a tenth beside the two after the warm-up."""
    assert soak.growth([100, 300, 200, 200, 240, 260, 220, 220]) == pytest.approx(0.1)
    assert soak.growth([400, 300, 200, 200, 200, 200, 200, 200]) == 0 and soak.growth([1, 2, 3]) == 0
    assert soak.ERROR.search("Traceback (most recent call last):") and not soak.ERROR.search(
        "WebSocket connection opened"
    )


def test_interleaved_jobs_take_turns_and_each_is_timed_in_every_repetition():
    order = []
    rows = interleave({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, repetitions=3, best_of=2)
    assert order == ["a", "b"] + ["a", "a", "b", "b"] * 3
    assert {name: row.shape for name, row in rows.items()} == {"a": (3,), "b": (3,)} and (rows["a"] >= 0).all()


def test_a_table_is_aligned():
    assert table(["name", "ns"], [["CBO", "1.25"], ["SSA", "12.5"]]).splitlines()[2:] == ["CBO   1.25", "SSA   12.5"]


def test_first_contact_times_fresh_processes(monkeypatch):
    monkeypatch.setattr(first_contact, "RUNS", 1)
    monkeypatch.setattr(first_contact, "PROGRAMS", {"start of Python": "pass", "import": "import swarmviz"})
    done = CliRunner().invoke(main, ["--quick", "--first-contact"])
    assert done.exit_code == 0 and "start of Python" in done.output and "The page was not timed" in done.output


def test_seconds_of_compiling_are_added_up_by_where_the_kernels_lie():
    said = (
        "Compiling kernels, once: 0 of 4 are ready\n"
        "Compiled swarmviz.dynamics.cbo:advance_runs in 20.1 s; 1 of 4 kernels are compiled\n"
        "Compiled swarmviz.dynamics.bgk:advance_runs in 25.0 s; 2 of 4 kernels are compiled\n"
        "Compiled landscape Ackley in 0.5 s; 3 of 4 kernels are compiled\n"
        "Compiled swarmviz.dynamics.cbo:advance_tile in 12.0 s; all kernels are ready\n"
    )
    assert first_contact.by_module(said) == [
        ("dynamics.cbo, 2 kernels", "32.1"),
        ("dynamics.bgk, 1 kernel", "25.0"),
        ("functions of landscapes, 1 kernel", "0.5"),
    ]


def test_before_a_server_is_soaked_each_wish_is_carried_out_so_that_all_is_loaded(monkeypatch):
    carried_out = []

    async def stay(server, name, seconds, met):
        carried_out.append(name)

    async def emptied(server):
        return 7

    monkeypatch.setattr(soak, "stay", stay)
    monkeypatch.setattr(soak, "emptied", emptied)
    assert asyncio.run(soak.warm_up(None, 3, 1.0, None)) == 7
    assert sorted(carried_out) == sorted(list(soak.WISHES) * soak.WARM_UP)


def test_a_crowd_is_told_what_each_worker_counts(monkeypatch):
    text = '# TYPE swarmviz_visitors gauge\nswarmviz_visitors{worker="1"} 3\nswarmviz_visitors{worker="2"} 4\nup 1\n'
    server = types.SimpleNamespace(prefix="/lab", ask=lambda path: types.SimpleNamespace(text=text))
    found = crowd.told(server)
    assert found == {"swarmviz_visitors": {'worker="1"': 3.0, 'worker="2"': 4.0}, "up": {"": 1.0}}
    assert crowd.total(found, "swarmviz_visitors") == 7 and crowd.total(found, "down") == 0


def test_one_of_a_crowd_who_is_not_let_in_reads_why_and_tries_again_when_the_page_says_so(monkeypatch):
    pages = [("<h1>All places are taken</h1>", "10"), ("<h1>All places are taken</h1>", "3"), ('"token": "abc"', None)]
    answers = iter(pages)
    slept, sleep = [], asyncio.sleep

    @contextlib.contextmanager
    def urlopen(address, timeout):
        page, again = next(answers)
        yield types.SimpleNamespace(read=page.encode, headers={"Refresh": again} if again else {})

    async def arrive(self, token):
        self.here.append(token)
        return types.SimpleNamespace(frames=[])

    async def quick(seconds):
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(crowd, "urlopen", urlopen)
    monkeypatch.setattr(crowd.Crowd, "arrive", arrive)
    monkeypatch.setattr(crowd.asyncio, "sleep", quick)
    everybody = crowd.Crowd("http://localhost/app")
    asyncio.run(everybody.come(2.0))
    assert slept == [2.0, 10.0, 3.0] and everybody.here == ["abc"] and len(everybody.opened) == 1
    assert everybody.told == {"All places are taken": 1} and not everybody.met and everybody.waits() == []


def test_a_crowd_comes_within_its_time_and_not_in_step(monkeypatch):
    times = []

    async def come(self, after):
        times.append(after)

    monkeypatch.setattr(crowd.Crowd, "come", come)
    asyncio.run(crowd.Crowd("").gather(400, 100.0))
    gaps = np.diff(times)
    assert len(times) == 400 and 80 < times[-1] < 120 and times[0] == 0
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.2), "as exponential times are"


def test_a_quick_map_prints_its_ratio_and_the_time_of_its_first_cells():
    done = CliRunner().invoke(map_benchmark.main, ["--quick"])
    assert done.exit_code == 0, done.output
    assert re.search(r"refine +[\d.]+ +[\d.]+\nrun_ensemble +[\d.]+ +1\.00", done.output)
    assert re.search(r"SSA \(8, 1\) +[\d.]+", done.output)
