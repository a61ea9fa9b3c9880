"""The addresses of the gallery: the wall of cards, its pictures, the pages of the figures, and their results.

A figure is computed again while the request for it is open: its progress is sent line by line, and when the browser closes the connection,
by its stop button or because it leaves, the work ends. So there is no name of a job that somebody else could guess, and of several workers
the one that computes is the one that is asked.
"""

from __future__ import annotations

import asyncio
import functools
import json
import secrets
import time
from typing import Any
from urllib.parse import urlparse

from bokeh.server.util import check_allowlist
from bokeh.server.views.auth_request_handler import AuthRequestHandler
from bokeh.settings import settings
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from components.assets import ASSETS
from components.gallery import figure_page, wall, work
from components.server import files, headers
from components.server.pages import PlainTextHandler
from components.under_way import UNDER_WAY
from swarmviz import papers
from swarmviz.gallery import stored
from swarmviz.gallery.cards import CARDS

WALL = "/gallery"
PICTURE_SECONDS = 86_400  # for which a browser keeps a picture; its address changes with it
REPORT_EVERY_S = 0.25
TAKING_S = 60.0  # in which a browser takes a line, also the last one, which is long
MAX_BODY_CHARS = 200
OTHER_SITE = "Only the page of this server may ask for this."


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


class FigurePage(GalleryPage):
    """The page of a figure."""

    @authenticated
    async def get(self, key: str) -> None:
        """The page, or that there is none of this name."""
        if key not in papers.ALL:
            self.answer(404, "404: there is no figure of this name.")
            return
        html = await asyncio.get_running_loop().run_in_executor(None, figure_page.html, key)
        await self._answer(html, headers.figure_policy)

    head = get


class Reference(GalleryPage):
    """The reference result of a figure."""

    POLICY = headers.NOTHING_POLICY

    @authenticated
    async def get(self, key: str) -> None:
        """JSON; it was compressed once, for all."""
        if key not in stored.made() or key not in papers.ALL:
            self.answer(404, "404: there is no result of this name.")
            return
        content = await figure_page.reference(key)
        self.set_header("Content-Type", "application/json")
        self.set_header("Content-Encoding", "gzip")
        self.set_header("Cache-Control", "no-cache")
        self.write(content)


class Again(GalleryPage):
    """A figure that is computed again while the request is open."""

    POLICY, METHODS = headers.NOTHING_POLICY, "POST, OPTIONS"

    _work: work.FigureWork | None = None

    @authenticated
    async def post(self, key: str) -> None:
        """Lines of JSON: ``{"done", "total"}`` as it goes on, at last ``{"result"}`` or ``{"trouble"}``, a sentence."""
        if not self._from_our_page():
            self.answer(403, OTHER_SITE)
            return
        if key not in papers.ALL:
            self.answer(404, "404: there is no figure of this name.")
            return
        figure = papers.ALL[key]
        try:
            runs = work.checked_runs(figure, self._runs())
        except ValueError as error:
            self.answer(400, str(error))
            return
        refused = "This server is ending." if UNDER_WAY.ending else work.PLACES.take(self.request.remote_ip)
        if refused:
            self.set_header("Retry-After", "60")
            self.answer(503 if UNDER_WAY.ending else 429, refused)
            return
        await self._compute(figure, runs)

    def _from_our_page(self) -> bool:
        """Whether a page of this very server asks, as the browser says, or one that the owner has named; as of the visits' socket."""
        asks = urlparse(self.request.headers.get("Origin", "")).netloc.lower()
        allowed = settings.allowed_ws_origin() or self.application.websocket_origins
        return bool(asks) and (asks == self.request.host.lower() or check_allowlist(asks, allowed))

    def _runs(self) -> Any:
        """What was sent as the number of runs.

        Raises
        ------
        ValueError
            When nothing of the kind was sent.
        """
        try:
            sent = json.loads(self.request.body[:MAX_BODY_CHARS].decode("utf-8"))
        except ValueError:
            sent = None
        if not isinstance(sent, dict) or set(sent) != {"runs"}:
            raise ValueError('The request must be {"runs": a whole number}.')
        return sent["runs"]

    async def _compute(self, figure: papers.Figure, runs: int) -> None:
        late_s = 0.0
        self._work = job = work.FigureWork(figure, runs, lambda: late_s)
        loop = asyncio.get_running_loop()
        self.set_header("Content-Type", "application/x-ndjson")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")  # nginx hands each line on as it comes
        try:
            job.start()
            while not job.standing.over:
                await self._tell({"done": job.standing.done, "total": job.standing.total})
                planned = time.monotonic() + REPORT_EVERY_S
                await asyncio.sleep(REPORT_EVERY_S)
                late_s = max(0.0, time.monotonic() - planned)
            standing = job.standing
            if standing.result is None:
                await self._tell({"trouble": standing.trouble})
            else:
                text = await loop.run_in_executor(None, figure_page.as_json, standing.result)
                await self._tell(text)
        except StreamClosedError:  # nobody waits for it any more
            pass
        except TimeoutError:  # somebody waits, and takes nothing: it would keep the place for good
            self.request.connection.stream.close()
        finally:
            await loop.run_in_executor(None, job.close)  # which waits for the piece that is under way
            work.PLACES.leave(self.request.remote_ip)

    async def _tell(self, line: Any) -> None:
        self.write(f'{{"result":{line}}}\n' if isinstance(line, str) else json.dumps(line) + "\n")
        await asyncio.wait_for(self.flush(), TAKING_S)

    def on_connection_close(self) -> None:
        """The browser has gone, or its stop button was pressed."""
        super().on_connection_close()
        if self._work is not None:
            self._work.stop()


@functools.cache
def pictures() -> dict[str, str]:
    """Address → file, of the pictures that there are, and the page's icon; looked for once, not at every request."""
    names = (name for key in CARDS for name in stored.files_of(key) if name.endswith(".webp"))
    found = {name: str(stored.FOLDER / name) for name in names if (stored.FOLDER / name).is_file()}
    return found | {"favicon.svg": str(ASSETS / "favicon.svg")}


def routes(prefix: str) -> list[tuple[str, Any]]:
    """The addresses, for Tornado's router."""
    here = f"{prefix}{WALL}"
    return [
        (f"{here}/pictures/(.*)", Pictures),
        (f"{here}/results/([\\w.-]+)$", Reference),
        (f"{here}/again/([\\w.-]+)$", Again),
        (f"{here}(/?)$", Wall),
        (f"{here}/([\\w.-]+)$", FigurePage),
    ]
