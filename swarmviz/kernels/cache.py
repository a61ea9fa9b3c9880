"""Where compiled code is kept between two starts, and why a damaged file of it ends nothing.

Numba's own cache trusts what it finds: a file that was cut short, or in which one bit has changed, is an exception in the middle of a
run, or machine code that ends the process. Two processes that compile two signatures of one function may each put theirs under the
same name. Here every file carries a digest of its content, which is compared before anything of it is read, and the name of a file is
made of what it holds, so that whoever writes second writes the same. What is damaged or cannot be read counts as absent: it is compiled
again, and one warning says so.

Compiled code is found by the content of the sources, wherever they lie (:mod:`swarmviz.kernels.sources`, :mod:`swarmviz.kernels.by_place`).
Where they have changed since the process began, it neither finds nor keeps any.

This stands on names that are numba's own affair. Where a version lacks one of them, its cache works as it is, without the guard
(tests/kernels/test_cache.py tells).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import re
import shutil
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba import config, njit

from swarmviz import temporary
from swarmviz.kernels import sources

try:
    from swarmviz.kernels.by_place import ByPlace
except (ImportError, AttributeError):
    ByPlace = None  # type: ignore[assignment, misc]

CACHE_DAYS = 7
MOST_FOLDERS = 8  # of code compiled from other sources, each up to 60 MB
SIZE = 32  # bytes of a digest
UNUSABLE = (RuntimeError, OSError)  # numba finds no place for the function's code, or no file with its source

_told = False


class CacheWarning(UserWarning):
    """Compiled code could not be read or kept; nothing but time is lost."""


def jit(function: Callable | None = None, signature: Any = None, **options: Any) -> Any:
    """Numba's ``njit`` with the guarded cache; without a cache where the function has no file, as on standard input.

    Parameters
    ----------
    signature : signature of numba, optional
        The only one that is compiled, at once; when absent, each is compiled when it is first needed.
    """
    if function is None:
        return lambda f: jit(f, signature, **options)
    dispatcher = kept(function, **options)
    if signature is not None:
        compile_only(dispatcher, signature)
    return dispatcher


def kept(function: Callable, **options: Any) -> Any:
    """Numba's dispatcher with the guarded cache."""
    dispatcher = njit(**options)(function)
    with contextlib.suppress(*UNUSABLE):
        if ByPlace is None:
            dispatcher.enable_caching()
        else:
            dispatcher._cache = ByPlace(function)
        guard(dispatcher)
    return dispatcher


def compile_only(dispatcher: Any, signature: Any) -> None:
    """Compile this signature, or load it, and never another."""
    dispatcher.compile(signature)
    dispatcher.disable_compile()


def keeps(dispatcher: Any, signature: Any) -> bool:
    """Whether the compiled signature lies in the cache; False also where this version of numba does not tell."""
    try:
        return dispatcher._cache.keeps(signature, dispatcher.targetctx)
    except (AttributeError, OSError):
        return False


def guard(dispatcher: Any) -> bool:
    """Put the guard before the cache of a compiled function; whether this version of numba allows it."""
    try:
        cache = dispatcher._cache
        file = SealedFiles(
            Path(cache._cache_path), cache._impl.filename_base, cache._impl.locator.get_source_stamp(), _dumps()
        )
        if not (hasattr(cache, "_cache_file") and callable(cache.load_overload) and callable(cache.save_overload)):
            return False
    except (AttributeError, ImportError):
        return False
    cache._cache_file = file
    dispatcher._cache = Guarded(cache)
    return True


def _dumps() -> Callable[[Any], bytes]:
    from numba.core.serialize import dumps  # pickles functions, too

    return dumps


class Guarded:
    """A cache of numba's to which nothing happens that would end a run."""

    def __init__(self, cache: Any):
        self._cache = cache

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled function, None where it is not there or not to be had."""
        if not sources.unchanged():
            return None
        try:
            return self._cache.load_overload(signature, target)
        except Exception as error:  # whatever is wrong with the file: the compiler knows what belongs there
            reason = error
        _tell(f"compiled code in {self._cache.cache_path} is not usable ({reason}) and is compiled again")
        return None

    def keeps(self, signature: Any, target: Any) -> bool:
        """Whether there is a file with the compiled function; whether it is whole is seen when it is loaded."""
        if not sources.unchanged():
            return False
        target.refresh()
        return self._cache._cache_file.keeps(self._cache._index_key(signature, target.codegen()))

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep a compiled function, if there is a place for it."""
        if not sources.unchanged():
            return None
        try:
            return self._cache.save_overload(signature, result)
        except OSError as error:
            reason = error.strerror or error
        _tell(f"compiled code cannot be kept in {self._cache.cache_path} ({reason}): every start compiles again")
        return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)


class Damaged(Exception):
    """A file of compiled code is not what was written."""


class SealedFiles:
    """The compiled signatures of one function: one file each, that holds (key, data) after a digest of all of it.

    Takes the place of numba's ``IndexDataCacheFile``.

    Parameters
    ----------
    base : str
        Begins the names of the files; numba makes it of the module, the function and the line.
    stamp : object
        Changes when the source does; what has another one is old, not damaged.
    dumps : function (object) → bytes
    """

    def __init__(self, folder: Path, base: str, stamp: Any, dumps: Callable[[Any], bytes]):
        self._folder, self._base, self._dumps = folder, base, dumps
        self._stamp = _digest(repr((numba.__version__, llvmlite.__version__, stamp)).encode())

    def load(self, key: Any) -> Any:
        """What was saved under the key, None where nothing was.

        Raises
        ------
        Damaged, OSError
        """
        try:
            content = self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        if content[:SIZE] != _digest(content[SIZE:]):
            raise Damaged(f"{self._path(key).name} is damaged")
        if content[SIZE : 2 * SIZE] != self._stamp:
            return None
        kept, data = pickle.loads(content[2 * SIZE :])
        return data if kept == key else None

    def keeps(self, key: Any) -> bool:
        """Whether there is a file."""
        return self._path(key).is_file()

    def save(self, key: Any, data: Any) -> None:
        """Replace a file atomically."""
        content = self._stamp + self._dumps((key, data))
        path = self._path(key)
        draft = path.with_name(f"{uuid.uuid4().hex[:16]}.tmp")
        try:
            draft.write_bytes(_digest(content) + content)
            os.replace(draft, path)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise

    def flush(self) -> None:
        """Forget everything."""
        for path in self._folder.glob(f"{self._base}.*.kernel"):
            path.unlink(missing_ok=True)

    def _path(self, key: Any) -> Path:
        """By the key as it is printed, without addresses; should two print alike, ``load`` tells them apart."""
        printed = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(key))
        return self._folder / f"{self._base}.{_digest(printed.encode()).hex()[:16]}.kernel"


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=SIZE).digest()


def _tell(message: str) -> None:
    """Once per process."""
    global _told
    if not _told:
        _told = True
        warnings.warn(f"swarmviz: {message}.", CacheWarning, stacklevel=2)


# ---- the folder -------------------------------------------------------------------------------------------------------


def choose(name: str) -> None:
    """Keep compiled code in a folder of a name that changes with the sources, in the user's cache folder or in NUMBA_CACHE_DIR.

    Others that were not used for a week are removed, and those beyond the ``MOST_FOLDERS`` used last. Where the place cannot be written, a
    temporary folder serves this process and those that it starts, and one warning says so.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    try:
        folder = (Path(given) if given else _folder_of_the_user() / "kernels") / name
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError) as error:
        with contextlib.suppress(OSError):  # no temporary folder, either: nothing is kept at all
            os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(dir=temporary.folder())
            config.CACHE_DIR = str(Path(os.environ["NUMBA_CACHE_DIR"]) / name)
        _tell(
            f"there is no lasting place for compiled code ({error}): it is compiled again at every start; "
            "NUMBA_CACHE_DIR names a folder for it"
        )
        return
    config.CACHE_DIR = str(folder)
    _forget_the_old(folder, "swarmviz-*" if given else "*")  # in a folder that is given there may be other things


def _folder_of_the_user() -> Path:
    from platformdirs import user_cache_dir

    folder = user_cache_dir("swarmviz")
    if folder.startswith("~"):  # older versions; newer ones raise
        raise RuntimeError("no home directory is known")
    return Path(folder)


def _forget_the_old(folder: Path, pattern: str) -> None:
    """Remove those of the folders beside this one that were not used lately."""
    with contextlib.suppress(OSError):
        os.utime(folder)
    used: list[tuple[float, Path]] = []
    for other in folder.parent.glob(pattern):
        with contextlib.suppress(OSError):  # another process removes it, too
            used.append((other.stat().st_mtime, other))
    old = time.time() - CACHE_DAYS * 86_400
    for place, (when, other) in enumerate(sorted(used, reverse=True)):
        if other != folder and (when < old or place >= MOST_FOLDERS):
            shutil.rmtree(other, ignore_errors=True)
