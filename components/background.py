"""What is computed in the background, for all visitors together."""

from __future__ import annotations

import threading

ONE_CORE = threading.Lock()  # held while a piece of work is done: background work of all visitors shares one core
