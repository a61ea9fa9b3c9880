"""The page of one figure as HTML, and its reference result as JSON; each made once, on a thread beside the page's."""

from __future__ import annotations

import asyncio
import functools
import gzip
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from components.background import ONE_CORE
from components.gallery import wall, work
from swarmviz.drawing.style import DARK, LIGHT
from swarmviz.gallery import stored
from swarmviz.gallery.cards import CARDS, source_title
from swarmviz.papers import ALL, Figure

COLOURS = ("paper", "ink", "soft", "grid", "target", "focus", "bars", "outline")
PAUSE_S = 0.002
ONE_THREAD = ThreadPoolExecutor(
    1, "swarmviz gallery results"
)  # those who wait for a result keep no other answer waiting
_kept: dict[str, bytes] = {}


@functools.cache
def html(key: str) -> str:
    """The page of a figure without its nonce.

    Raises
    ------
    KeyError
        When there is none of that name.
    """
    figure, keys = ALL[key], list(ALL)
    place, made = keys.index(key), stored.made().get(key)
    return wall.render(
        "gallery_figure.html", "../", "gallery_figure",
        figure=figure, card=CARDS[key], live=f"../{wall.live(CARDS[key])}", source=source_title(CARDS[key].source), made=made,
        most=work.most_runs(figure), objection=work.objection(figure), proposed=proposed(figure),
        before=keys[place - 1] if place else None, after=keys[place + 1] if place + 1 < len(keys) else None, titles=ALL,
        picture=f"pictures/{key}-{{}}.webp?v={made.digest if made else 0}", alt=wall.alt(CARDS[key]),
        colours=json.dumps(dict(zip(_colours(LIGHT), _colours(DARK), strict=True))),
    )  # fmt: skip


def _colours(theme: Any) -> list[str]:
    return [*(getattr(theme, name) for name in COLOURS), *theme.curves, *theme.landscape]


def proposed(figure: Figure) -> int:
    """The runs that stand in the field at first."""
    return max(1, min(work.most_runs(figure), figure.runs))


async def reference(key: str) -> bytes:
    """The stored result of a figure as JSON, compressed; seconds at first, and then it is kept: all of them are three megabytes."""
    if key not in _kept:
        await asyncio.get_running_loop().run_in_executor(ONE_THREAD, _keep, key)
    return _kept[key]


def _keep(key: str) -> None:
    if key not in _kept:  # by who asked for the same before
        with _turn():
            data = stored.reference(key)
        result = work.shown(ALL[key], data, _turn)
        with _turn():
            _kept[key] = gzip.compress(as_json(result).encode(), 6, mtime=0)


@contextmanager
def _turn() -> Iterator[None]:
    """A piece of work with the core that all share; whoever waits for that gets it afterwards."""
    with ONE_CORE:
        yield
    time.sleep(PAUSE_S)  # a lock that is let go and taken again at once goes to no other thread


def as_json(result: work.Result) -> str:
    """A result as the page reads it; written panel by panel, because no other thread runs while one text is written."""
    panels = ",".join(_json(panel._asdict()) for panel in result.panels)
    return f'{{"runs":{result.runs},"comparison":{_json(result.comparison)},"panels":[{panels}]}}'


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
