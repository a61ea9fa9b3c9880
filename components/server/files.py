"""Which files a browser may fetch: those that the page's own HTML and components name, found when the server starts.

An address is looked up in a table; no part of it ever becomes part of a path, and nothing that it names is imported.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import panel_material_ui
from bokeh.settings import settings
from panel.io.resources import DIST_DIR
from tornado.web import HTTPError, StaticFileHandler

from components.server import own_table
from components.server.pages import PlainTextHandler

# A path as it may stand in an address, and ^, which older browsers leave as it is (a file of Panel's has it in its name).
READABLE = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=^:@/-]|%(?!00)[0-9A-Fa-f]{2})*")
BOKEH = ("js/bokeh*.min.js",)
PANEL = (
    "panel.min.js",
    "css/*.css",
    "bundled/theme/*.css",
    "bundled/reactiveesm/es-module-shims@*/dist/*.js",
    "images/*.png",
)
TABLE = (  # of Panel's table, on a server that shows one
    "bundled/datatabulator/tabulator-tables@*/dist/js/tabulator.min.js",
    "bundled/datatabulator/tabulator-tables@*/dist/css/tabulator_*.min.css",
    "bundled/datatabulator/luxon/build/global/luxon.min.js",
    "bundled/font-awesome/css/all.min.css",
)
MATERIAL = ("panel-material-ui.bundle.js", "*.css", "*.woff2", "*.woff")


def listed(root: Path, patterns: tuple[str, ...], prefix: str = "") -> dict[str, str]:
    """Address → file, for the files of a folder that match."""
    found = (path for pattern in patterns for path in root.glob(pattern) if path.is_file())
    return {prefix + path.relative_to(root).as_posix(): str(path) for path in found}


@functools.cache
def bokeh() -> dict[str, str]:
    """BokehJS's own."""
    return listed(Path(settings.bokehjs_path()), BOKEH)


@functools.cache
def extensions() -> dict[str, str]:
    """Panel's and panel-material-ui's."""
    material = Path(panel_material_ui.__file__).parent / "dist"
    panel = PANEL if own_table.table() is None else PANEL + TABLE
    return listed(Path(DIST_DIR), panel, "panel/") | listed(material, MATERIAL, "panel-material-ui/")


class Files(PlainTextHandler, StaticFileHandler):
    """BokehJS's files."""

    def initialize(self, *args: Any, **options: Any) -> None:
        """Which files these are; Bokeh's own options are not used."""
        self.root, self.default_filename = self.table(), None

    @staticmethod
    def table() -> Any:
        """Address → file."""
        return bokeh()

    @classmethod
    def get_absolute_path(cls, root: Any, path: str) -> str:
        """The file of an address.

        Raises
        ------
        HTTPError
            404 for every other address.
        """
        if path not in root:
            raise HTTPError(404)
        return root[path]

    def parse_url_path(self, url_path: str) -> str:
        """As it is: the table has slashes on every system."""
        return url_path

    def validate_absolute_path(self, root: Any, absolute_path: str) -> str:
        """It comes from the table."""
        return absolute_path


class Extensions(Files):
    """The files of Panel and of panel-material-ui."""

    @staticmethod
    def table() -> Any:
        """Address → file."""
        return extensions()
