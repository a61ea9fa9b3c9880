"""The lessons that the owner of the server has in a folder, beside those that come with swarmviz.

A visitor opens a lesson by its name, among those that were read when the server began; no file is ever named by what a visitor sends.
"""

from __future__ import annotations

import functools
import logging
import os
from pathlib import Path

from components.server.worker import This
from swarmviz.lessons import collection
from swarmviz.lessons.lesson import Lesson

FOLDER_VARIABLE = "SWARMVIZ_LESSONS"

log = logging.getLogger(__name__)


def complaints_of(folder: str) -> tuple[str, ...]:
    """What is wrong with the files of a folder, a sentence for each lesson that is left out; nothing where no folder is named.

    Raises
    ------
    ValueError
        When there is no such folder.
    """
    return collection.of_folder(Path(folder), collection.own()).complaints if folder else ()


@functools.cache
def lessons() -> dict[str, Lesson]:
    """Every lesson by its name, swarmviz's first; read once per server, and what is wrong with the folder goes to its log."""
    own, folder = collection.own(), os.environ.get(FOLDER_VARIABLE, "")
    try:
        more = collection.of_folder(Path(folder), own) if folder else collection.Collection({}, ())
    except ValueError as error:
        more = collection.Collection({}, (f"{FOLDER_VARIABLE}: {error}",))
    if This.worker is None or This.worker.number == 0:  # once for all workers
        for complaint in more.complaints:
            log.warning("%s", complaint)
    return {**own, **more.lessons}
