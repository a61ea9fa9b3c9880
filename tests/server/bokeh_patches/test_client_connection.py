"""What the script of the connection uses of BokehJS is there."""

from __future__ import annotations

import re

import pytest

from components.playback.bar import Bar
from components.server.bokeh_patches.client_connection import CODE as SCRIPT
from tests.server.bokeh_patches.bokehjs import BOKEHJS, bodies, modules, without_comments

CODE = without_comments(SCRIPT)
TAKEN = re.search(r"const \{(.*)\} = ClientConnection\.prototype", CODE)[1].split(",")


@pytest.mark.parametrize("module", modules(CODE))
def test_bokehjs_has_the_modules_that_are_patched(module):
    assert f"/* {module}.js */" in BOKEHJS


@pytest.mark.parametrize("method", [name.partition(":")[0].strip() for name in TAKEN])
def test_a_connection_has_the_methods_that_are_patched(method):
    assert re.search(rf"^\s+(?:async )?{method}\(", bodies("ClientConnection"), re.M)


@pytest.mark.parametrize("field", ["socket", "session", "_receiver"])
def test_a_connection_has_the_fields_that_are_read(field):
    assert re.search(rf"connection\.{field}\b|current\.{field}\b|\{{{field}\}} = connection|this\.{field}\b", CODE)
    assert re.search(rf"this\.{field}\b|^\s+{field} = ", bodies("ClientConnection"), re.M)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Document", "replace_with_json"),
        ("Document", "create_json_patch"),
        ("Document", "_new_models"),
        ("Document", "is_idle"),
        ("ClientSession", "request_server_info"),
    ],
)  # fmt: skip
def test_a_document_and_a_session_have_what_is_used_of_them(name, part):
    assert part in CODE
    assert re.search(rf"\b{part}\b", bodies(name))


@pytest.mark.parametrize("event", re.findall(r'doc\.on_event\("(\w+)"', CODE))
def test_bokehjs_tells_when_a_connection_is_lost_and_when_it_is_back(event):
    assert f'"{event}"' in BOKEHJS


def test_the_bar_brings_the_script():
    lines = [line for line in SCRIPT.splitlines() if not line.lstrip().startswith("//")]
    assert len(lines) > 50 and "\n".join(lines) in Bar._esm
