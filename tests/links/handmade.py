"""Links made by hand, right ones and wrong ones."""

from __future__ import annotations

import base64
import json
import zlib

from components.links import permalink


def encoded(content, version=permalink.VERSION):
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return f"{version}.{base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip('=')}"


def content(
    k=0, cbo=None, landscape=None, swarm=None, changes=(), runs=None, speed=30, draw_every=1, stop=("never", None)
):
    run = [k, ["CBO", cbo or {}], landscape or ["Rastrigin", {}], ["Swarm", swarm or {}], list(changes)]
    return [[run] if runs is None else runs, speed, draw_every, list(stop)]


def finite_set(values, changes=(), k=0, landscape=("FiniteSetCurve", {})):
    """A run on a finite set, for ``content(runs=[…])``."""
    return [k, ["FiniteSet", values], list(landscape), ["Swarm", {"d": 1}], list(changes)]
