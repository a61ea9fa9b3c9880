"""How the page looks: its colours and the places of its parts. With ``layout.py`` the only module that knows panel-material-ui.

Colours are those of Okabe and Ito where they carry meaning, because they stay apart for colour-blind eyes and on a pale projector.
Everything is served from this machine: fonts, icons and scripts come with the installed packages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
from panel.io.resources import get_dist_path
from panel.viewable import Viewable
from panel_material_ui import Tabs

from components import palette
from components.assets import style
from components.page.drawer import DrawerButton
from components.page.layout import PageLayout
from components.views import figures

ACCENT = {"light": "#0a6ba8", "dark": "#7cc7f2"}
ON_ACCENT = {"light": "#ffffff", "dark": "#06263a"}
BAD = {"light": "#b3261e", "dark": "#ff9a8f"}
GOOD = {"light": "#1b6e4b", "dark": "#6fd6a6"}
WARNING = {"light": "#9a5700", "dark": "#ffc266"}
HEADER = {"light": "#123f5c", "dark": "#263440"}
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

    The cards reach the browser when the drawer is first opened.
    """
    button = DrawerButton(cards=list(drawer), sheet=not narrow, module=Tabs._render_esm(server=True))
    cards = pn.Column(margin=0)
    view = PageLayout(
        "Swarm-based optimisation, live",
        _sheet(),
        header=[button],
        sidebar=[choices],
        main=[board],
        contextbar=[cards],
        dark_theme=dark,
        sidebar_open=not narrow,
    )
    view.param.watch(lambda event: on_dark(event.new), "dark_theme")
    view.param.watch(lambda event: _recolour(cards, event.new), "dark_theme")
    view.param.watch(lambda event: _fill(cards, drawer, view.dark_theme), "contextbar_open")
    button.jslink(view, open="contextbar_open", sheet="sidebar_open", bidirectional=True)
    return view


def table_page(
    choices: Viewable, board: Viewable, dark: bool, narrow: bool, on_dark: Callable[[bool], None]
) -> Viewable:
    """The page of a table of runs: choices at the left as on the other page, the board, and no drawer."""
    view = PageLayout(
        "A table of runs of swarm-based optimisation",
        _sheet(),
        sidebar=[choices],
        main=[board],
        dark_theme=dark,
        sidebar_open=not narrow,
    )
    view.param.watch(lambda event: on_dark(event.new), "dark_theme")
    return view


def _sheet() -> str:
    """The style sheet of the whole page, with the colours of both themes under Panel's names for them."""
    rules = [f":root {{ {_variables('light')} }}", f":root.in-the-dark {{ {_variables('dark')} }}"]
    return "\n".join([*rules, style("page")])


def _variables(mode: str) -> str:
    colours, shade = palette.theme(mode == "dark"), {"light": "0 0 0", "dark": "255 255 255"}[mode]
    values = {
        "panel-primary-color": ACCENT[mode], "panel-on-primary-color": ON_ACCENT[mode],
        "panel-background-color": colours.paper, "panel-on-background-color": colours.ink,
        "panel-surface-color": colours.paper, "panel-on-surface-color": colours.ink, "panel-on-secondary-color": colours.soft,
        "success-bg-color": GOOD[mode], "danger-bg-color": BAD[mode], "info-bg-color": WARNING[mode],
        "divider-color": f"rgb({shade} / .12)", "border-color": f"rgb({shade} / .23)", "sv-header": HEADER[mode],
        "bokeh-base-font": FONT, "color-scheme": mode,
    }  # fmt: skip
    return " ".join(f"{'' if name == 'color-scheme' else '--'}{name}: {value};" for name, value in values.items())


def _fill(cards: pn.Column, drawer: dict[str, Viewable], dark: bool) -> None:
    """Put the cards into the drawer, if they are not there yet."""
    if not cards.objects:
        config = {mode: _palette(mode) for mode in ("light", "dark")}
        cards.append(Tabs(*drawer.items(), sizing_mode="stretch_width", dark_theme=dark, theme_config=config))


def _recolour(cards: pn.Column, dark: bool) -> None:
    """What lies in the drawer follows the theme of the page."""
    for part in cards:
        part.dark_theme = dark


def show_choices(view: Viewable, on: bool) -> None:
    """Whether the choices of a page that no browser has yet are open; later the browser links both."""
    view.sidebar_open = view.header[0].sheet = on


def show_card(view: Viewable, drawer: dict[str, Viewable], name: str) -> None:
    """Open the drawer of a page at one of its cards."""
    view.contextbar_open = view.header[0].open = (
        True  # it is filled then; a browser that is not there yet links neither
    )
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
            "MuiTab": {"styleOverrides": {"root": TAB}},
        },
    }
