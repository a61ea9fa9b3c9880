"""The page of the log-in (``login.py``): it leads back to where one wanted to go, also after a wrong password and behind a prefix.

Panel's handler loses that place with the first wrong password, and sends whoever wanted no certain page to ``/``, which is another
program's where the server has a prefix. What it asks of a name and a password, and its cookies, are used as they are. How often somebody
may be wrong is said by ``guesses.py``; a cookie of ours tells, signed, that a browser has logged in before.
"""

from __future__ import annotations

import hashlib
import logging
import math
from urllib.parse import urlencode, urlsplit

from panel.auth import BasicLoginHandler
from panel.io.resources import CDN_DIST

from components import tally
from components.server import files, headers
from components.server.guesses import GUESSES
from components.server.pages import PlainTextHandler

log = logging.getLogger(__name__)

WRONG = "The name or the password is wrong."
TOO_OFTEN = "Too many wrong passwords: try again in {}."
KNOWN, KNOWN_DAYS = "known", 90  # the cookie of a browser that has logged in, and for how long it is kept
MAX_NEXT_CHARS = 20_000  # of an address, which holds a whole run


class Login(PlainTextHandler, BasicLoginHandler):
    """The page, and what its form sends."""

    POLICY = headers.PLUGIN_POLICY  # the owner may have a page of their own, which says more; so does ours
    METHODS = "GET, HEAD, POST, OPTIONS"

    def get(self) -> None:
        """The page."""
        self._show(WRONG if self.get_query_argument("error", "") else "")

    head = get

    def _show(self, message: str) -> None:
        self.set_header("Cache-Control", "no-store")
        html = self._login_template.render(
            login_endpoint=self._login_endpoint,
            errormessage=message,
            PANEL_CDN=CDN_DIST,
            query=urlencode({"next": self._wanted()}),
        )
        self.write(html)

    def post(self) -> None:
        """Let in, or show the page again."""
        name, password = self.get_body_argument("username", ""), self.get_body_argument("password", "", strip=False)
        address, digest = str(self.request.remote_ip), hashlib.sha256(name.encode()).hexdigest()
        known = digest if self._knows(digest) else ""
        if wait := GUESSES.wait(address, known):
            tally.REFUSALS.add(kind="guess")
            self.set_status(429)
            self.set_header("Retry-After", str(math.ceil(wait)))
            self._show(TOO_OFTEN.format(worded(wait)))
        elif name and self._validate(name, password):
            self.set_current_user(name)
            path = f"{self.application.prefix}/"
            self.set_secure_cookie(KNOWN, digest, expires_days=KNOWN_DAYS, httponly=True, samesite="Lax", path=path)
            self.redirect(self._wanted())
        else:
            GUESSES.wrong(address, known)
            log.info("A wrong password (%s)", address)
            again = {"error": "wrong", "next": self._wanted()}
            self.redirect(f".{self._login_endpoint}?{urlencode(again)}")

    def _knows(self, digest: str) -> bool:
        """Whether the browser has logged in under the name of this digest before."""
        said = self.get_secure_cookie(KNOWN, max_age_days=KNOWN_DAYS)
        return said is not None and said == digest.encode()

    def _wanted(self) -> str:
        """The address on this server that was asked for; the one that leads to the page where there is none."""
        prefix = self.application.prefix
        wanted = self.get_query_argument("next", "")
        return wanted if within(prefix, wanted) else f"{prefix}/"


def worded(seconds: float) -> str:
    """A time to wait, in whole seconds or minutes, not less than it is."""
    if seconds <= 60:
        return f"{math.ceil(seconds)}\N{NO-BREAK SPACE}s"
    return f"{math.ceil(seconds / 60)}\N{NO-BREAK SPACE}minutes"


def within(prefix: str, address: str) -> bool:
    """Whether an address is one of this server, as a browser reads it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = len(address) <= MAX_NEXT_CHARS and address.isascii() and address.isprintable() and "\\" not in address
    here = not (parts.scheme or parts.netloc) and parts.path.startswith(f"{prefix}/")
    return plain and here and files.READABLE.fullmatch(parts.path) is not None and not address.startswith("//")
