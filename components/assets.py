"""The style sheets, scripts and images of the page, by name.

A component of the page has a script and a style sheet of its name in ``assets/``. A script is an ES module that may import its neighbours,
as in ``import {make} from "./dom.js"``. Panel hands the browser one text for each component, so what is imported is put in front of it,
each module once. All of them then share one scope: no two may declare the same name (tests/test_assets.py).
"""

from __future__ import annotations

import re
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"

IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w.]+)"\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=const|let|function|class)", re.MULTILINE)
COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)  # a line that is nothing else


def text(name: str) -> str:
    """The content of a file."""
    return (ASSETS / name).read_text(encoding="utf-8")


def style(name: str) -> str:
    """A style sheet."""
    return text(f"{name}.css")


def modules(name: str) -> list[str]:
    """The files that a script consists of: each after those that it imports, the script itself last."""
    found: list[str] = []
    for imported in IMPORT.findall(text(name)):
        found += [module for module in modules(imported) if module not in found]
    return [*found, name]


def script(name: str) -> str:
    """A component's script with the modules that it imports in front of it; it alone exports something, and comments stay behind."""
    *imported, own = (COMMENT.sub("", IMPORT.sub("", text(module))) for module in modules(f"{name}.js"))
    return "".join([*(EXPORT.sub("", module) for module in imported), own])


def component(name: str) -> tuple[str, list[str]]:
    """``_esm`` and ``_stylesheets`` of a ``JSComponent``: its script and its style sheet, after what all of them share."""
    return script(name), [style("component") + style(name)]
