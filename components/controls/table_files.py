"""Joins the files that a visitor brings to the row of the table that they are for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.controls.controls import Controls
from components.controls.tables import carried_over, table_of, with_table
from components.uploads.upload import Table, Upload
from components.weakly import weakly
from swarmviz.parameters import Described

PREFIX = "landscape"


class TableFiles:
    """The uploads of a visit.

    Parameters
    ----------
    controls : Controls
        Whose landscape gets the values, and in whose form it is shown how an upload stands.
    on_page : function (function)
        Carries out a function on the page's thread.
    """

    def __init__(self, controls: Controls, on_page: Callable[[Callable[[], None]], Any]):
        self._controls = controls
        prepare, done = weakly(self._prepare), weakly(self._done)
        self._upload = Upload(weakly(self._show), prepare, done, on_page)
        controls.form.on_upload = weakly(self._upload.handle)

    def close(self) -> None:
        """The visitor has left."""
        self._upload.close()

    def _show(self, state: dict[str, Any]) -> None:
        self._controls.form.upload = state

    def _prepare(self, given: Table) -> tuple[Described, Described]:
        """On the upload's thread: a part is never changed, so that it can be read here."""
        part = self._controls.parts[PREFIX]
        if not table_of(part):
            raise ValueError("another landscape was chosen meanwhile")
        return part, with_table(part, given)

    def _done(self, prepared: tuple[Described, Described]) -> str:
        part = carried_over(self._controls.parts[PREFIX], *prepared)
        self._controls.put(f"{PREFIX}.{table_of(part)}", part)
        reason = part.unlinkable  # type: ignore[attr-defined]
        return f"No link holds it: {reason}." if reason else ""
