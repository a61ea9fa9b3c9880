"""What the script of the opening changes in BokehJS and Panel is there to be changed."""

from __future__ import annotations

from pathlib import Path

import bokeh
import panel
import pytest

BOKEH = Path(bokeh.__file__).parent / "server/static/js/bokeh.js"
PANEL = Path(panel.__file__).parent / "dist/panel.js"


@pytest.mark.parametrize(
    "script, kind, names",
    [
        (BOKEH, "class PlotView extends", ("        _after_layout() {", "        paint() {")),
        (BOKEH, "class PlotView extends", ("this.schedule_paint()", "this.paint();")),
        (PANEL, "class ReactiveESMView extends", ("        get is_managed() {", "        compute_layout() {")),
        (PANEL, "class ReactiveESM extends", ("        compile() {", "this.esm")),
    ],
)
def test_what_the_script_of_the_opening_changes_is_a_part_of_the_class(script, kind, names):
    _, found, rest = script.read_text(encoding="utf-8").partition(kind)
    assert found, kind
    body = rest.partition("\n    exports.")[0]
    assert [name for name in names if name not in body] == []
