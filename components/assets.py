"""The style sheets, scripts and images of the page, by name.

A component of the page has a script and a style sheet of its name in ``assets/``. A script is an ES module that may import its neighbours,
as in ``import {make} from "./dom.js"``, and a style sheet begins with others by ``@import "./component.css";``. Panel hands the browser
one text of each for every component, so what is imported is put in front of it, each file once. The modules of a script then share one
scope: no two may declare the same name (tests/test_assets.py).
"""

from __future__ import annotations

import re
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"

IMPORT = re.compile(r'^(?:import (?:\{[^}]*\} from )?"\./([\w.]+)"|@import "\./([\w.]+)";)\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=const|let|function|class)", re.MULTILINE)
COMMENT = re.compile(r"^ *//.*\n|^/\*.*\*/\n", re.MULTILINE)  # a line that is nothing else


def component(name: str) -> tuple[str, list[str]]:
    """``_esm`` and ``_stylesheets`` of a ``JSComponent``."""
    return script(name), [style(name)]


def script(name: str) -> str:
    """A script with the modules that it imports in front of it; it alone exports something."""
    *imported, own = (_content(file) for file in parts(f"{name}.js"))
    return "".join([*(EXPORT.sub("", module) for module in imported), own])


def style(name: str) -> str:
    """A style sheet with those that it imports in front of it."""
    return "".join(_content(file) for file in parts(f"{name}.css"))


def parts(file: str) -> list[str]:
    """The files that a script or a style sheet consists of: each after those that it imports, itself last."""
    found: list[str] = []
    for names in IMPORT.findall(_text(file)):
        found += [part for part in parts("".join(names)) if part not in found]
    return [*found, file]


def _content(file: str) -> str:
    """A file without its imports and comments."""
    return COMMENT.sub("", IMPORT.sub("", _text(file)))


def _text(file: str) -> str:
    return (ASSETS / file).read_text(encoding="utf-8")
