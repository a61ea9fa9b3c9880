"""The addresses of the gallery: the wall of cards and its pictures."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from bokeh.server.views.auth_request_handler import AuthRequestHandler
from tornado.web import authenticated

from components.gallery import wall
from components.server import files, headers
from components.server.pages import PlainTextHandler
from swarmviz.gallery import stored
from swarmviz.gallery.cards import CARDS

WALL = "/gallery"
PICTURE_SECONDS = 86_400  # for which a browser keeps a picture; its address changes with it


class GalleryPage(PlainTextHandler, AuthRequestHandler):
    """A page of the gallery, behind the log-in where the owner has one."""

    POLICY = headers.SENTENCE_POLICY

    async def _answer(self, html: str, policy: Any) -> None:
        """A page with a nonce of its own."""
        nonce = secrets.token_urlsafe(16)
        self.set_header("Content-Security-Policy", policy(nonce))
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.write(html.replace(wall.NONCE, nonce))


class Wall(GalleryPage):
    """The wall of cards."""

    @authenticated
    async def get(self, slash: str = "") -> None:
        """The wall, which is the same for everybody; a slash at the end is taken away, because the cards' addresses lie beside it."""
        if slash:
            self.redirect("../gallery" + (f"?{self.request.query}" if self.request.query else ""))
            return
        html = await asyncio.get_running_loop().run_in_executor(None, wall.html)  # some tenths of a second at first
        await self._answer(html, headers.gallery_policy)

    head = get


class Pictures(files.Files):
    """The cards' pictures."""

    @staticmethod
    def table() -> Any:
        """Address → file."""
        return pictures()

    def get_cache_time(self, *given: Any) -> int:
        """Seconds for which a browser keeps it."""
        return PICTURE_SECONDS


def pictures() -> dict[str, str]:
    """Address → file, of the pictures that there are."""
    names = (name for key in CARDS for name in stored.files_of(key) if name.endswith(".webp"))
    return {name: str(stored.FOLDER / name) for name in names if (stored.FOLDER / name).is_file()}


def routes(prefix: str) -> list[tuple[str, Any]]:
    """The addresses, for Tornado's router."""
    return [(f"{prefix}{WALL}/pictures/(.*)", Pictures), (f"{prefix}{WALL}(/?)$", Wall)]
