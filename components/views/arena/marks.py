"""The names of what shows a quantity in the arena: ``assets/arena_marks.js`` looks for them when its symbol is pointed at."""

from __future__ import annotations

from typing import Any

# Mark → attributes of the renderers of the arena that draw it; not each has each.
MARKS = {
    "agents": ("dots", "quads", "wedges"),
    "focus": ("focus",),
    "level": ("level",),
    "best": ("best", "fullest"),
    "minimisers": ("stars",),
    "velocities": ("velocities",),
    "memories": ("memories",),
    "links": ("partners", "edges"),
    "target": ("target",),
}


def name_marks(renderer: Any) -> None:
    """Name the glyphs of a renderer of the arena, once it has them."""
    for mark, attributes in MARKS.items():
        for attribute in attributes:
            if (drawn := getattr(renderer, attribute, None)) is not None:
                drawn.name = f"mark {mark}"
