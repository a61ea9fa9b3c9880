"""The page of the log-in (``login.py``): it leads back to where one wanted to go, also after a wrong password and behind a prefix.

Panel's handler loses that place with the first wrong password, and sends whoever wanted no certain page to ``/``, which is another
program's where the server has a prefix. What it asks of a name and a password, and its cookies, are used as they are.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from panel.auth import BasicLoginHandler
from panel.io.resources import CDN_DIST

from components.server import files, headers
from components.server.pages import PlainTextHandler

MAX_NEXT_CHARS = 20_000  # of an address, which holds a whole run


class Login(PlainTextHandler, BasicLoginHandler):
    """The page, and what its form sends."""

    POLICY = headers.PLUGIN_POLICY  # the owner may have a page of their own, which says more; so does ours
    METHODS = "GET, HEAD, POST, OPTIONS"

    def get(self) -> None:
        """The page."""
        self.set_header("Cache-Control", "no-store")
        html = self._login_template.render(
            login_endpoint=self._login_endpoint,
            errormessage=self.get_argument("error", ""),
            PANEL_CDN=CDN_DIST,
            query=urlencode({"next": self._wanted()}),
        )
        self.write(html)

    head = get

    def post(self) -> None:
        """Let in, or show the page again."""
        name, password = self.get_body_argument("username", ""), self.get_body_argument("password", "", strip=False)
        if name and self._validate(name, password):
            self.set_current_user(name)
            self.redirect(self._wanted())
        else:
            again = {"error": "The name or the password is wrong.", "next": self._wanted()}
            self.redirect(f".{self._login_endpoint}?{urlencode(again)}")

    def _wanted(self) -> str:
        """The address on this server that was asked for; the one that leads to the page where there is none."""
        prefix = self.application.prefix
        wanted = self.get_query_argument("next", "")
        return wanted if within(prefix, wanted) else f"{prefix}/"


def within(prefix: str, address: str) -> bool:
    """Whether an address is one of this server, as a browser reads it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = len(address) <= MAX_NEXT_CHARS and address.isascii() and address.isprintable() and "\\" not in address
    here = not (parts.scheme or parts.netloc) and parts.path.startswith(f"{prefix}/")
    return plain and here and files.READABLE.fullmatch(parts.path) is not None and not address.startswith("//")
