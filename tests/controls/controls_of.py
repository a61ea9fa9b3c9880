"""Controls of one part, for the tests of this folder."""

from __future__ import annotations

from components.controls.controls import Controls


def controls(part, **more):
    """The controls of a part under the prefix ``dynamics``, and the edits that they report: (prefix, part, final)."""
    calls = []
    made = Controls(
        {"dynamics": part}, lambda parts: [], lambda *edit: calls.append(edit), lambda name, value: None, **more
    )
    return made, calls
