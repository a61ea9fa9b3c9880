"""Links and stores that were written before the codec was last rewritten say the same today, to the last character."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import pytest

from components.links.permalink import read, write
from swarmviz import serialise

WRITTEN = json.loads((Path(__file__).parent / "links_of_before.json").read_text(encoding="utf-8"))


def content(link):
    """The text of a link; how it is compressed may change with zlib."""
    code = link.partition(".")[2]
    return zlib.decompress(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))).decode()


@pytest.mark.parametrize("written", WRITTEN, ids=lambda written: written["about"])
def test_a_link_of_before_opens_and_is_written_again_as_it_was(written):
    assert json.loads(content(written["link"])) == written["content"]
    assert content(write(read(written["link"]))) == content(written["link"])


@pytest.mark.parametrize("written", [w for w in WRITTEN if "described" in w], ids=lambda written: written["about"])
def test_what_a_store_says_of_the_same_parts_is_what_it_said(written):
    run = read(written["link"]).runs[0]
    now = serialise.described([run.now.dynamics, run.now.landscape, run.swarm])
    for before, after in zip(written["described"], now, strict=True):
        assert after["name"] == before["name"] and before["values"].items() <= after["values"].items()
