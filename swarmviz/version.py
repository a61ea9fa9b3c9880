"""The version of the installed package, which git's tags have given it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("swarmviz")
except PackageNotFoundError:  # a checkout without installation
    __version__ = "0.0.0"


def release_of(version: str) -> str:
    """The release that a version belongs to: without the number of commits and the commit."""
    return version.partition(".dev")[0].partition("+")[0]
