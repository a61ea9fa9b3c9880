"""The log-in of an owner who asked for one (``--basic-auth PASSWORD`` or ``FILE.json``, of ``panel serve``): a page of ours, and a secret.

Panel's own page fetches its picture from a server elsewhere; ours fetches nothing, and tells the browser so. Panel signs the cookie of
who has logged in with a secret, without which every request is answered with 500: where the owner names none it is made here, before the
workers are started, which share it. After the server was started again, everybody logs in again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import MutableMapping, Sequence

from components.assets import ASSETS

PASSWORDS, SECRET = "--basic-auth", "--cookie-secret"
PASSWORDS_VARIABLE, SECRET_VARIABLE = "PANEL_BASIC_AUTH", "PANEL_COOKIE_SECRET"
TEMPLATES = {"--basic-login-template": ASSETS / "login.html", "--logout-template": ASSETS / "logout.html"}


def options_among(words: Sequence[str], names: Sequence[str]) -> list[str]:
    """Which of the options stand among words; Panel takes the beginning of a name for the name."""
    given = [word.partition("=")[0] for word in words]
    return [name for name in names if any(len(word) > 2 and name.startswith(word) for word in given)]


def asked(more: Sequence[str], environment: MutableMapping[str, str] = os.environ) -> bool:
    """Whether the owner wants visitors to log in."""
    return bool(options_among(more, [PASSWORDS]) or environment.get(PASSWORDS_VARIABLE))


def words(more: Sequence[str], environment: MutableMapping[str, str] = os.environ) -> list[str]:
    """What is added to the command line of Panel: our pages, where the owner names none."""
    if not asked(more, environment):
        return []
    return [word for name, file in TEMPLATES.items() if not options_among(more, [name]) for word in (name, str(file))]


def keep_secret(more: Sequence[str], environment: MutableMapping[str, str] = os.environ) -> None:
    """Put a secret into the environment, which workers inherit, where a log-in needs one and has none."""
    if asked(more, environment) and not options_among(more, [SECRET]):
        environment.setdefault(SECRET_VARIABLE, secrets.token_urlsafe(32))
