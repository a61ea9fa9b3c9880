"""The patches as a whole: each says why it is there, and the server puts them in place."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bokeh.core.serialization import Serializer
from bokeh.resources import Resources
from panel.reactive import Syncable

from components.server import bokeh_patches
from components.server.bokeh_patches import inline_arrays

MODULES = sorted(module.name for module in pkgutil.iter_modules(bokeh_patches.__path__))
HERE = Path(__file__).parent


@pytest.mark.parametrize("name", MODULES)
def test_every_patch_says_why_for_which_versions_what_is_lost_without_it_and_what_upstream_would_need(name):
    text = importlib.import_module(f"{bokeh_patches.__name__}.{name}").__doc__
    assert all(f"\n{heading}\n    " in text for heading in ("Why", "Written for", "Without it", "Upstream"))
    assert "http" not in text, "a note without links"
    assert f"\n{name} " in bokeh_patches.__doc__, "the table names it"
    assert (HERE / f"test_{name}.py").exists(), "a test tells when it no longer applies"


def patched():
    """What the patches of the whole process change, as it is now."""
    messages = importlib.import_module("bokeh.protocol.messages.patch_doc")  # the package has a class of the same name
    scripts = {kind: list(names) for kind, names in Resources._component_defs.items()}
    return dict(Serializer._encoders), messages.Serializer, vars(Syncable._event_coroutine).copy(), scripts


def test_a_second_installation_changes_nothing():
    bokeh_patches.install()
    before = patched()
    assert before[0][np.ndarray] is inline_arrays.inline_array and before[2]["lock"]
    bokeh_patches.install()
    assert patched() == before


def test_the_application_puts_the_patches_in_place():
    code = (
        "from components.server import application; application.install();"
        "import importlib; from bokeh.resources import Resources; from panel.reactive import Syncable;"
        "print(importlib.import_module('bokeh.protocol.messages.patch_doc').Serializer.__name__,"
        "Syncable._event_coroutine.lock, 'bokeh-gl' in Resources._component_defs['js'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE.parents[2], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ReferencePruningSerializer", "True", "False"]
