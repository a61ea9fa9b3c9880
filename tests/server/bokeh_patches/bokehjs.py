"""The installed BokehJS as text, for tests of what the page's scripts change in it."""

from __future__ import annotations

import re
from pathlib import Path

import bokeh

BOKEHJS = (Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.js").read_text(encoding="utf-8")


def bodies(name: str) -> str:
    """The text of the classes of BokehJS with this name."""
    return "".join(re.findall(rf"\bclass {name}(?: extends [\w.]+)? \{{\n.*?exports\.{name} = {name};", BOKEHJS, re.S))


def without_comments(script: str) -> str:
    return re.sub(r"//.*", "", script)


def modules(script: str) -> list[str]:
    """The modules of BokehJS that a script asks for."""
    return re.findall(r'part\("([^"]+)"\)', without_comments(script))
