"""The button in the page's header that opens the drawer of cards, with a name that says what is in it.

The drawer itself is panel-material-ui's; the name of its own button is fixed and says only "contextbar".
"""

from __future__ import annotations

from typing import Any

import panel as pn
import param

from components.assets import component


class DrawerButton(pn.custom.JSComponent):
    """Opens and closes the drawer: ``open`` is linked with the page's state in the browser."""

    open = param.Boolean(False, doc="Whether the drawer is open.")
    cards = param.List([], doc="Titles of the drawer's tabs.")

    writable = ("open",)  # by the browser

    _esm, _stylesheets = component("drawer")

    def __init__(self, **params: Any):
        super().__init__(**{"margin": 0, "sizing_mode": "fixed", "width": 40, "height": 40} | params)
