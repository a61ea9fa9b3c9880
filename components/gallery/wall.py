"""The wall of cards as HTML: rendered once for all visitors, and filled with the nonce of each answer."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from components import state as visit
from components.assets import ASSETS, script, style
from components.links import permalink
from components.page import theme
from components.server import files
from swarmviz.drawing.style import DARK, LIGHT, Theme
from swarmviz.gallery import stored
from swarmviz.gallery.cards import CARDS, Card, source_title
from swarmviz.presets.preset import TOPICS

NONCE = secrets.token_urlsafe(16)  # stands where that of an answer will
FONT = "panel-material-ui/roboto-latin-{}-normal-"
WEIGHTS = (400, 700)
THEMES: tuple[Theme, ...] = (LIGHT, DARK)


class Shown(NamedTuple):
    """A card as the template writes it."""

    card: Card
    live: str
    picture: str
    alt: str
    words: str


def live(card: Card) -> str:
    """The address of the arena with a card's run, from the folder of the server's addresses."""
    return f"app?{permalink.KEY}={permalink.write(visit.state_of(visit.of_preset(card.preset)))}"


def alt(card: Card) -> str:
    """What is seen on a card, for those who do not see it."""
    known = stored.made().get(card.key)
    if card.figure is not None:
        return f"{card.title}, a chart of the figure in small"
    return f"{card.title}, the swarm at step {known.runs if known else 0}"


def shown(card: Card) -> Shown:
    """A card with its link, its picture and the words by which it is found."""
    words = " ".join((card.key, card.title, card.number, card.question, source_title(card.source), *sorted(card.names)))
    known = stored.made().get(card.key)
    return Shown(
        card, live(card), f"{card.key}-{{}}.webp?v={known.digest if known else 0}", alt(card), words.casefold()
    )


def by_source(cards: Iterable[Card]) -> dict[str, list[Shown]]:
    """Heading → cards, figures before presets."""
    groups: dict[str, list[Shown]] = {}
    for card in sorted(cards, key=lambda card: card.source):
        groups.setdefault(source_title(card.source), []).append(shown(card))
    return groups


@functools.cache
def html() -> str:
    """The wall without its nonce; some tenths of a second at first."""
    return render("gallery.html", "", "gallery", groups=by_source(CARDS.values()), topics=TOPICS, count=len(CARDS))


def render(template: str, root: str, name: str, **values: Any) -> str:
    """A page of the gallery, whose addresses begin with ``root``; ``NONCE`` stands where its nonce will.

    Parameters
    ----------
    template : str
        A file of ``assets/``.
    root : str
        The way from the page to the folder of the server's addresses: "" or "../".
    name : str
        Of the page's script and style sheet in ``assets/``.
    **values
        What the template is filled with.
    """
    pages = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    common = {
        "nonce": NONCE,
        "root": root,
        "themes": THEMES,
        "looks": [look(colours) for colours in THEMES],
        "font_family": theme.FONT,
        "fonts": {weight: f"{root}static/extensions/{font(weight)}" for weight in WEIGHTS},
        "bokeh": f"{root}static/js/bokeh.min.js",
        "logo": (ASSETS / "logo.svg").read_text(encoding="utf-8"),
        "style": style(name),
        "theme_script": script("gallery_theme"),
        "script": script(name),
    }
    return pages.get_template(template).render(common | values)


def look(colours: Theme) -> dict[str, str]:
    """The colours of a theme as the page's own style sheet names them."""
    mode = colours.name
    return {
        "name": mode, "ink": colours.ink, "soft": colours.soft, "paper": colours.paper, "line": colours.grid,
        "accent": theme.ACCENT[mode], "on_accent": theme.ON_ACCENT[mode], "header": theme.HEADER[mode], "bad": theme.BAD[mode],
    }  # fmt: skip


def font(weight: int) -> str:
    """The address of the page's type, among the files that the server hands out."""
    return next(name for name in files.extensions() if name.startswith(FONT.format(weight)) and name.endswith(".woff2"))
