"""The page does not load BokehJS's part for WebGL.

Why
    No figure of the page uses it, and it is 0.2 MB of script.
Written for
    Bokeh 3.9 and 3.10: ``Resources._component_defs`` lists the scripts of a page.
Without it
    The page loads one script more.
Upstream
    Resources that are loaded for the output backends in use.
"""

from __future__ import annotations

import contextlib

from bokeh.resources import Resources

COMPONENT = "bokeh-gl"


def install() -> None:
    """Leave the script out of every page of the process; nothing where this Bokeh lists its scripts elsewhere."""
    with contextlib.suppress(AttributeError, KeyError, ValueError):  # ValueError: it is out already
        Resources._component_defs["js"].remove(COMPONENT)
