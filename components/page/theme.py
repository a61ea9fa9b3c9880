"""How the page looks: its frame, its colours and the places of its parts. The only module that knows panel-material-ui.

Colours are those of Okabe and Ito where they carry meaning, because they stay apart for colour-blind eyes and on a pale projector.
Everything is served from this machine: fonts, icons and scripts come with the installed packages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
from panel.io.resources import get_dist_path
from panel.viewable import Viewable
from panel_material_ui import Page, Tabs

from components import palette
from components.assets import ASSETS, style
from components.page.drawer import DrawerButton
from components.server.bokeh_patches.page_busy import forget_busy
from components.views import figures

ACCENT = {"light": "#0a6ba8", "dark": "#7cc7f2"}
ON_ACCENT = {"light": "#ffffff", "dark": "#06263a"}
BAD = {"light": "#b3261e", "dark": "#ff9a8f"}
GOOD = {"light": "#1b6e4b", "dark": "#6fd6a6"}
WARNING = {"light": "#9a5700", "dark": "#ffc266"}
HEADER = {"light": "#123f5c", "dark": "#10202c"}
TAB = {
    "minWidth": 0,
    "padding": "12px 8px",  # six of them fit into the drawer
    "&.Mui-focusVisible": {"outline": "2px solid", "outlineOffset": "-2px"},
}
SIDEBAR_WIDTH = 320
CARD_WIDTH = 400
FONT = "'Roboto', 'Liberation Sans', Arial, sans-serif"


def extension(*more: str) -> None:
    """Set Panel up once per session: what the page loads, and from this server only; ``more`` are names of Panel's extensions."""
    pn.extension(*more, sizing_mode="stretch_width", notifications=False, loading_indicator=False)
    if pn.state.curdoc:
        pn.state.curdoc.theme = figures.OWN_LOOKS
        # Panel says where its style sheets lie when it renders the page's HTML. A browser that connects so late that its session had to be
        # made anew never gets there, and would look for them on a public server.
        pn.state.curdoc.template_variables.setdefault("dist_url", get_dist_path(cdn=False))


def page(
    choices: Viewable,
    board: Viewable,
    drawer: dict[str, Viewable],
    dark: bool,
    narrow: bool,
    on_dark: Callable[[bool], None],
) -> Viewable:
    """The page: choices at the left (a sheet at the bottom of a phone), the board, cards in the right drawer.

    The button that ``Page`` has for the drawer says "contextbar"; ``frame.css`` hides it, and ours does the same. The cards reach the
    browser when the drawer is first opened.
    """
    button = DrawerButton(cards=list(drawer), sheet=not narrow)
    cards = pn.Column(margin=0)
    view = Page(
        title="swarmviz",
        meta_description="Swarm-based optimisation, live",
        header=[button],
        sidebar=[choices],
        main=[board],
        contextbar=[cards],
        contextbar_width=CARD_WIDTH,
        contextbar_variant="auto",
        **_frame(dark, narrow),
    )
    view.param.watch(lambda event: on_dark(event.new), "dark_theme")
    view.param.watch(lambda event: _fill(cards, drawer), "contextbar_open")
    button.jslink(view, open="contextbar_open", sheet="sidebar_open", bidirectional=True)
    forget_busy(view)
    return view


def table_page(
    choices: Viewable, board: Viewable, dark: bool, narrow: bool, on_dark: Callable[[bool], None]
) -> Viewable:
    """The page of a table of runs: choices at the left as on the other page, the board, and no drawer."""
    view = Page(
        title="swarmviz",
        meta_description="A table of runs of swarm-based optimisation",
        sidebar=[choices],
        main=[board],
        **_frame(dark, narrow),
    )
    view.param.watch(lambda event: on_dark(event.new), "dark_theme")
    forget_busy(view)
    return view


def _frame(dark: bool, narrow: bool) -> dict[str, Any]:
    """What both pages have in common."""
    return {
        "logo": ASSETS / "logo.svg",
        "favicon": ASSETS / "favicon.svg",
        "sidebar_open": not narrow,
        "sidebar_width": SIDEBAR_WIDTH,
        "busy_indicator": None,
        "theme": "dark" if dark else "default",
        "theme_config": {mode: _palette(mode) for mode in ("light", "dark")},
        "stylesheets": [style("frame")],
        "raw_css": [style("page")],
    }


def _fill(cards: pn.Column, drawer: dict[str, Viewable]) -> None:
    """Put the cards into the drawer, if they are not there yet."""
    if not cards.objects:
        cards.append(Tabs(*drawer.items(), sizing_mode="stretch_width"))


def show_card(view: Viewable, drawer: dict[str, Viewable], name: str) -> None:
    """Open the drawer of a page at one of its cards."""
    view.contextbar_open = True  # it is filled then
    view.contextbar[0][0].active = list(drawer).index(name)


def stage(modes: Viewable, *arenas: Viewable) -> pn.Column:
    """The place of one arena, or of up to four, under the modes of the mouse."""
    sheet = style("stage")
    row = pn.Row(*arenas, sizing_mode="stretch_both", margin=0, css_classes=["arenas"], stylesheets=[sheet])
    return pn.Column(modes, row, sizing_mode="stretch_both", margin=0, css_classes=["stage"], stylesheets=[sheet])


def show_arenas(board: pn.Column, arenas: list[Viewable]) -> None:
    """Put these arenas on the stage of the board, which makes room for them."""
    row = board[0][1]
    if list(row) != arenas:
        row.objects = arenas
        of = ["", "of-two", "of-three", "of-four"][len(arenas) - 1]
        row.css_classes = ["arenas", *([of] if of else [])]
        board.css_classes = ["board", *(["comparing", of] if of else [])]


def board(arena: Viewable, density: Viewable, curves: Viewable, bar: Viewable, anchor: Any) -> Viewable:
    """The middle of the page: the arena is the largest, the bar is always in sight."""
    for name, part in (("arena", arena), ("density", density), ("curves", curves), ("transport", bar)):
        part.css_classes = [*part.css_classes, name]
    return pn.Column(
        arena,
        density,
        curves,
        bar,
        pn.pane.Bokeh(anchor, width=0, height=0, margin=0, css_classes=["anchor"]),
        sizing_mode="stretch_both",
        margin=0,
        css_classes=["board"],
        stylesheets=[style("board")],
    )


def _palette(mode: str) -> dict:
    colours = palette.theme(mode == "dark")
    return {
        "palette": {
            "primary": {"main": ACCENT[mode], "contrastText": ON_ACCENT[mode]},
            "error": {"main": BAD[mode]},
            "info": {"main": WARNING[mode]},
            "success": {"main": GOOD[mode]},
            "text": {"primary": colours.ink, "secondary": colours.soft},
            "background": {"default": colours.paper, "paper": colours.paper},
        },
        "typography": {"fontFamily": FONT},
        "components": {
            "MuiAppBar": {"styleOverrides": {"root": {"backgroundColor": HEADER[mode], "color": "#fff"}}},
            "MuiTab": {"styleOverrides": {"root": TAB}},
        },
    }
