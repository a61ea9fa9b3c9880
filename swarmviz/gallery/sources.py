"""What a card's picture and result were made of, as a digest: another digest says that they are stale, without computing them again.

Counted are the values of the card, and the statements of the files that its runs go through: its dynamics and its landscapes with all that
those import, what runs them, and the functions of its paper. Comments, docstrings and blank lines count nothing, so that a corrected
sentence makes nothing stale. What only draws is not counted.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import io
import tokenize
from collections.abc import Iterable
from pathlib import Path

from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.gallery.cards import Card
from swarmviz.landscapes import ALL as LANDSCAPES
from swarmviz.papers.compute import provenance
from swarmviz.papers.error import ErrorFigure
from swarmviz.serialise import as_json, described

PACKAGE = Path(__file__).parents[1]
COMPUTING = ("papers/compute.py", "ensembles/engine.py", "ensembles/sweeps.py", "ensembles/stopping.py", "success.py")
MEASURING = ("papers/error.py", "ensembles/law_error.py", "ensembles/occupation_error.py")  # an error against N …
LAWS = "laws/registry.py"  # … to a law
RUNNING = ("swarm.py", "simulation.py")


def digest_of(card: Card) -> str:
    """A short hash of what a card's picture and result depend on."""
    files, said = {*RUNNING}, described_card(card)
    roots = {_file_of(DYNAMICS[card.preset.dynamics]), _file_of(LANDSCAPES[card.preset.landscape])}
    figure = card.figure
    if figure is not None:
        files |= {*COMPUTING}
        for part in figure.parts:
            roots |= {
                _file_of(DYNAMICS[part.dynamics]),
                *(_file_of(LANDSCAPES[n]) for n in (*part.landscapes, part.landscape)),
            }
        for function in (figure.derive, getattr(figure, "measure", None)):
            if function is not None:
                files.add(_file_of(function))
        if isinstance(figure, ErrorFigure):
            files |= {*MEASURING}
            roots.add(LAWS)
    whole = hashlib.sha256(said.encode())
    for file in sorted(files | _reached(roots)):
        whole.update(file.encode() + b"\0" + _digest(file))
    return whole.hexdigest()[:12]


def described_card(card: Card) -> str:
    """The values of a card."""
    figure, preset = card.figure, card.preset
    if figure is None:
        return as_json([*map(described, preset.build()), preset.steps])
    about = provenance(figure, figure.runs, False)
    return as_json(
        [about["parts"], figure.runs, figure.each_run, figure.tolerance, repr(figure.charts), repr(figure.printed)]
    )


def _file_of(thing: object) -> str:
    """The file of a class or a function, from the package's folder."""
    name: str = thing.__module__
    return name.partition(".")[2].replace(".", "/") + ".py"


def _reached(roots: Iterable[str]) -> set[str]:
    """The files with all that they import of this package; what a package gives by its ``__init__`` is not followed from there."""
    found: set[str] = set()
    left = list(roots)
    while left:
        file = left.pop()
        if file not in found:
            found.add(file)
            left += _imports(file)
    return found


@functools.cache
def _imports(file: str) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    ours = (name.partition(".")[2].replace(".", "/") + ".py" for name in names if name.startswith("swarmviz."))
    return tuple(sorted({other for other in ours if (PACKAGE / other).is_file()}))


@functools.cache
def _digest(file: str) -> bytes:
    return hashlib.sha256(statements((PACKAGE / file).read_text(encoding="utf-8")).encode()).digest()


def statements(source: str) -> str:
    """A source without comments, docstrings, blank lines and blanks at line ends; the same in every version of Python."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for row in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[row] = ""
    return "\n".join(filter(None, (line.rstrip() for line in lines)))
