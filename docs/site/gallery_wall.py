"""The directive ``gallery-wall``: every figure, table and preset with its picture, by paper, as on the page's gallery."""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from swarmviz.gallery.cards import CARDS, Card, source_title
from swarmviz.gallery.stored import FOLDER, THEMES

PICTURES = "_images/gallery"


def figure(card: Card, folder: str) -> str:
    """One card."""
    pictures = "".join(
        f'<img class="in-{theme}" loading="lazy" alt="" src="{folder}/{card.key}-{theme}.webp">' for theme in THEMES
    )
    command = f"swarmviz figure {card.key}" if card.figure else f"/app?preset={card.key}"
    return (
        f"<figure>{pictures}<figcaption><b>{escape(card.title)}</b> <small>{escape(card.number)}</small><br>"
        f"{escape(card.question)}<br><code>{escape(command)}</code></figcaption></figure>"
    )


def by_paper() -> dict[str, list[Card]]:
    """The cards of each paper, figures first, in the order of the gallery."""
    groups: dict[str, list[Card]] = {}
    for card in CARDS.values():
        groups.setdefault(card.source, []).append(card)
    return groups


class GalleryWall(SphinxDirective):
    """Sections by paper."""

    def run(self) -> list[nodes.Node]:
        """The nodes that stand for the directive."""
        folder = "../" * self.env.docname.count("/") + PICTURES
        sections: list[nodes.Node] = []
        for source, cards in by_paper().items():
            section = nodes.section(ids=[f"paper-{len(sections)}"])
            section += nodes.title(text=source_title(source))
            wall = "".join(figure(card, folder) for card in cards)
            section += nodes.raw("", f'<div class="wall">{wall}</div>', format="html")
            sections.append(section)
        return sections


def copy_pictures(app: Any, error: Exception | None) -> None:
    """What the cards show lies beside the pages."""
    if error is None and app.builder.format == "html":
        to = Path(app.outdir) / PICTURES
        to.mkdir(parents=True, exist_ok=True)
        for path in FOLDER.glob("*.webp"):
            shutil.copy(path, to)


def setup(app: Any) -> dict[str, Any]:
    """Sphinx calls it."""
    app.add_directive("gallery-wall", GalleryWall)
    app.connect("build-finished", copy_pictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
