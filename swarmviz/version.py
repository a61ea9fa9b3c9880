"""The version of the installed package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("swarmviz")
except PackageNotFoundError:  # a checkout without installation
    __version__ = "0.0.0"
