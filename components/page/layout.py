"""The layout of a page: its head, the choices at the left, the board, and the drawer of cards at the right.

A part of our own, because everything waits for it: with panel-material-ui's ``Page`` a visitor's browser reads and runs half a megabyte of
scripts before anything is laid out. What lies in the drawer may be of panel-material-ui: it comes when the drawer is first opened.
"""

from __future__ import annotations

from typing import Any

import panel as pn
import param
from panel.viewable import Children
from panel_material_ui._utils import _read_icon
from panel_material_ui.base import BASE_TEMPLATE
from panel_material_ui.template.base import Meta
from panel_material_ui.theme import FAVICON_VAR, THEME_MANAGED_VAR

from components.assets import ASSETS, component


class PageLayout(pn.custom.JSComponent):
    """Holds the parts of a page, opens and closes those at its sides, and has the switch of the theme.

    Parameters
    ----------
    description : str
        Of the page, for those who find it.
    style_sheet : str
        In force for the whole page, outside of all components.
    """

    header = Children(doc="In the head, at its right end.")
    sidebar = Children(doc="The choices.")
    main = Children(doc="The board.")
    contextbar = Children(doc="What is in the drawer; without any there is no drawer.")
    title = param.String("swarmviz")
    logo = param.String(doc="The picture before the name, as an SVG.")
    sidebar_open = param.Boolean(True, doc="Whether the choices are seen.")
    contextbar_open = param.Boolean(False, doc="Whether the drawer is.")
    dark_theme = param.Boolean(False, doc="Whether the page has its dark colours.")

    writable = ("sidebar_open", "contextbar_open", "dark_theme")  # by the browser

    _esm, _stylesheets = component("layout")

    def __init__(self, description: str, style_sheet: str, **params: Any):
        self._description, self._style_sheet = description, style_sheet
        logo = (ASSETS / "logo.svg").read_text(encoding="utf-8")
        super().__init__(**{"margin": 0, "logo": logo, "sizing_mode": "stretch_both"} | params)
        self._tell_theme()

    @param.depends("dark_theme", watch=True)
    def _tell_theme(self) -> None:
        # of what is made from here on, such as a table
        pn.config.theme = "dark" if self.dark_theme else "default"  # type: ignore[misc]

    def server_doc(self, doc: Any = None, title: str | None = None, location: Any = True) -> Any:
        """The document of a visit: there is nothing else on the page."""
        doc = super().server_doc(doc, title or self.title, location)
        icon = _read_icon(ASSETS / "favicon.svg")
        doc.template_variables.update(
            {
                "meta": Meta(title=self.title, description=self._description),
                FAVICON_VAR: icon,
                "favicon": icon,
                THEME_MANAGED_VAR: True,
                "is_page": True,
                "resources": {
                    "css": {},
                    "raw_css": [self._style_sheet],
                    "js": {},
                    "js_modules": {},
                },
            }
        )
        doc.template = BASE_TEMPLATE
        return doc
