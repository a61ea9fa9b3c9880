"""What docs/limits.md says that a visitor may ask for is what the code grants."""

from __future__ import annotations

import re

import pytest

from components import background
from components.explore import page as explore
from components.gallery import work
from components.law import worker as law
from components.links import budget, journal_codec
from components.maps import order as map_order
from components.maps import work as map_work
from components.maps import worker as maps
from components.page import export_job, exports, history
from components.playback import build_pool, builder, frame_gate, pacer, slow_step, undo
from components.replicas import card, law_error, pool
from components.replicas import worker as replicas
from components.server import arrivals, limits, pages, session_limit
from components.uploads import apart, upload
from swarmviz import simulation
from swarmviz.exports.film import MAX_FRAMES
from swarmviz.handout import page as handout_page
from swarmviz.handout import plan as handout_plan
from swarmviz.landscapes.formula import formula, parser, program
from swarmviz.replay import PAGE_RECORD_LIMIT
from tests.server.serving import ROOT

MEBI = 2**20


def share(least: float) -> str:
    return f"{100 * least:.0f} to {100 * background.MAX_SHARE:.0f} %"


# Row → what stands in it, made of the constants of the code.
ROWS = {
    "messages": (
        f"{limits.MESSAGES.per_second:.0f} messages",
        f"{limits.BYTES.per_second / 1000:.0f} kB",
        f"{limits.THREAD_SECONDS.per_second:g} s of the shared thread per second",
        f"{limits.MAX_BACKLOG_COMMANDS} commands",
    ),
    "a visit that begins": (
        f"{session_limit.VISITS_PER_MINUTE} a minute from one address",
        {0.5: "a rest of half as long"}[arrivals.REST],
        f"more than {arrivals.MAX_WAIT_S:g} s",
        f"tries again after {pages.AGAIN_S} s",
    ),
    "the visible swarm": (
        f"N d ≤ {budget.MAX_COORDINATES:,}",
        f"{budget.FULL_RUNS * budget.MAX_COORDINATES:,} together",
        f"{1 / pacer.PICTURE_PERIOD_S:.0f} pictures per second",
        f"{frame_gate.MAX_UNACKNOWLEDGED} of them unacknowledged",
        f"{100 * pacer.STEPPING_SHARE:.0f} % of a core",
        f"at most {pacer.MAX_BATCH_S:g} s",
    ),
    "what a visit keeps": (
        f"{simulation.SNAPSHOT_BYTES // MEBI} MiB of snapshots",
        f"{PAGE_RECORD_LIMIT:,} recorded steps",
        f"{undo.MAX_STATES} states",
        f"{history.MAX_RUNS} runs and {history.MAX_PINNED} pinned",
        f"{budget.MAX_CHANGES:,} changes",
    ),
    "a Reset, another dynamics": (
        f"{build_pool.ALLOWANCE_S:.0f} s of the processor",
        f"{build_pool.REFILL_PER_S:g} s per second",
        f"{build_pool.SHORT_PLACES} at a time",
    ),
    "a replay: a link, a step back": (
        f"N d k ≤ {budget.MAX_REPLAY_WORK:,}",
        f"{builder.MAX_BUILD_S:.0f} s of the processor",
        f"turns of {build_pool.TURN_S:g} s",
        f"{100 * build_pool.MIN_SHARE:.0f} to {100 * build_pool.MAX_SHARE:.0f} %",
    ),
    "an export": (
        f"{build_pool.MAX_JOB_S:.0f} s of the processor",
        f"{MAX_FRAMES['mp4']:,} pictures (GIF: {MAX_FRAMES['gif']})",
        f"{exports.MAX_FILE_BYTES // 10**6} MB",
    ),
    "a lesson to take away": (
        f"{build_pool.MAX_JOB_S:.0f} s of the processor",
        f"{handout_plan.MAX_WORK:,} coordinates times steps",
        f"{handout_page.MAX_BYTES // 10**6} MB",
    ),
    "replicas": (
        f"{card.NUMBERS[-1]} and",
        f"{pool.MAX_STATE_BYTES // MEBI} MiB",
        f"{1e3 * replicas.PIECE_S:.0f} ms",
        share(replicas.LEAST_SHARE),
    ),
    "the law of infinitely many agents": (share(law.LEAST_SHARE),),
    "the error against N": (f"{law_error.MOST_AGENT_STEPS:,} agents times steps", share(law_error.LEAST_SHARE)),
    "a map": (
        f"N d ≤ {map_order.MAX_COORDINATES:,}",
        f"{map_order.RUNS} runs of a cell",
        f"{map_work.MAX_BYTES // MEBI} MiB; {maps.KEPT_MAPS} kept",
        f"{maps.ALL_KEPT_BYTES // MEBI} MiB of kept maps",
        share(maps.LEAST_SHARE),
    ),
    "a figure of the gallery computed again": (
        f"{work.MAX_OF_ONE} from one address",
        f"{work.MAX_SECONDS:.0f} s of the processor",
        f"{work.MAX_WALL_S:.0f} s in all",
        f"{work.MAX_BYTES // MEBI} MiB",
        f"{work.MAX_AT_ONCE} at a time",
        share(work.LEAST_SHARE),
    ),
    "a formula": (
        f"{parser.MAX_CHARS:,} characters",
        f"{program.MAX_OPERATIONS:,} operations",
        f"{journal_codec.MAX_TEXTS} different ones",
        f"{formula._known_text.cache_parameters()['maxsize']} programs kept",
    ),
    "a file for a table": (
        f"{upload.MAX_FILE_BYTES:,} bytes",
        f"{apart.MOST_MEMORY_BYTES // 2**30} GiB",
        f"{apart.MOST_CPU_SECONDS} s of the processor",
        f"{apart.MOST_SECONDS:.0f} s",
    ),
    "a slow step": (f"{slow_step.MOST_AGENTS} agents", f"{slow_step.MOST_S:g} s for a picture"),
    "the page of a table (`--explore`)": (f"each of {len(explore.PARTS)} pictures",),
}
STATED = dict(
    re.findall(r"^\| ([^|]+) \| (.+) \|$", (ROOT / "docs/limits.md").read_text(encoding="utf-8"), re.MULTILINE)
)


def test_every_row_is_compared():
    assert set(STATED) == {"work", *ROWS}


@pytest.mark.parametrize("row", ROWS)
def test_the_limits_that_the_documentation_states_are_those_of_the_code(row):
    for said in ROWS[row]:
        assert re.search(rf"(?<![\d,.]){re.escape(said)}", STATED[row]), f"{row}: {said}"


def test_places_that_no_constant_names():
    assert export_job.AT_A_TIME._initial_value == 2 and "2 at a time" in STATED["an export"]
    assert apart.TURN._initial_value == 1 and "one at a time" in STATED["a file for a table"].split("|")[1]
    assert explore.WORK._max_workers == 1 and "one thread for all" in STATED["the page of a table (`--explore`)"]
