"""The button in the page's header that opens the drawer of cards, with a name that says what is in it; beside it the way to the gallery.

The drawer itself is panel-material-ui's; the name of its own button is fixed and says only "contextbar".
"""

from __future__ import annotations

from typing import Any

import panel as pn
import param

from components.assets import component


class DrawerButton(pn.custom.JSComponent):
    """Opens and closes the drawer, and lets the browser's Back do the same: its values are linked with the page's state there."""

    open = param.Boolean(False, doc="Whether the drawer is open.")
    sheet = param.Boolean(False, doc="Whether the choices are open, which on a phone are a sheet that Back closes.")
    cards = param.List([], doc="Titles of the drawer's tabs.")

    writable = ("open", "sheet")  # by the browser

    _esm, _stylesheets = component("drawer")

    def __init__(self, **params: Any):
        super().__init__(**{"margin": 0, "sizing_mode": "fixed", "width": 80, "height": 40} | params)
