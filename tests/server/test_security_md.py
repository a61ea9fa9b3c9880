"""What SECURITY.md says is so: its tests are there, its limits are those of the code."""

from __future__ import annotations

import re

from components.gallery import work
from components.playback import builder
from components.server import application, ending, guesses, limits, session_limit, sockets
from swarmviz.landscapes.formula import parser, program
from tests.server.serving import ROOT


def test_every_test_that_security_md_names_is_there():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8")))
    there = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    assert len(named) > 20 and not named - there


def test_the_limits_that_security_md_states_are_those_of_the_code():
    stated = (ROOT / "SECURITY.md").read_text(encoding="utf-8").replace(",", "")
    waits = application.CONNECTION_LIMITS["idle_connection_timeout"], application.CONNECTION_LIMITS["body_timeout"]
    for said in (
        f"| visitors at a time | {session_limit.MAX_SESSIONS} |",
        f"| {session_limit.VISITS_PER_MINUTE} at most {session_limit.BURST_MINUTES * session_limit.VISITS_PER_MINUTE} at once;",
        f"| {guesses.FROM_ONE.saved_up:.0f} at once {60 * guesses.FROM_ONE.per_second:.0f} per minute; from this machine as in all |",
        f"one /{guesses.IPV6_NETWORK_BITS} network of IPv6) of all workers together |",
        f"| wrong passwords in all | {guesses.IN_ALL.saved_up:.0f} at once {60 * guesses.IN_ALL.per_second:.0f} per minute |",
        f"| age of a token | {application.MAX_TOKEN_AGE_S} s |",
        f"| {application.UNUSED_SESSION_MS // 1000} s looked at every {application.UNUSED_CHECK_MS // 1000} s |",
        f"| path of an address | {application.MAX_PATH_CHARS} characters |",
        f"| body of a request | {application.MAX_BODY_BYTES} bytes |",
        f"| lines of a request | {application.CONNECTION_LIMITS['max_header_size']} bytes |",
        f"| {waits[0]} s {waits[1]} s |",
        f"| {limits.MAX_MESSAGE_BYTES // 1024} kB {limits.MAX_JSON_LEVELS} levels {limits.MAX_JSON_ELEMENTS} elements |",
        f"| {limits.MESSAGES.per_second:.0f} messages and {limits.BYTES.per_second / 1000:.0f} kB per second |",
        f"| {limits.THREAD_SECONDS.per_second:g} s per second {limits.THREAD_SECONDS.saved_up:g} s saved up |",
        f"| wait of a broken connection for its browser | {sockets.GRACE_S:.0f} s |",
        f"| characters operations of a formula | {parser.MAX_CHARS} {program.MAX_OPERATIONS} |",
        f"| figures that are computed again at a time of these from one address | {work.MAX_AT_ONCE} {work.MAX_OF_ONE};",
        f"until it must be done | {work.MAX_SECONDS:.0f} s {work.MAX_WALL_S:.0f} s |",
        f"| for exports under way when the server ends | {ending.END_SECONDS} s |",
        f"| processor time of a replay | {builder.MAX_BUILD_S:.0f} s |",
    ):
        assert said in stated, said
