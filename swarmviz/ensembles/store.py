"""Where a sweep keeps its finished cells: a folder of NetCDF files with a manifest that says which sweep they belong to.

A cell is written under another name and then renamed, so that a file is a whole cell or is not there, whenever the process is killed. A
file that is there is never written again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from swarmviz.version import release_of

if TYPE_CHECKING:
    import xarray

MANIFEST = "manifest.json"
DRAFT = ".draft-"  # begins the name of a file that is being written
LOCK = ".lock"  # held by the process that writes


class StoreError(OSError):
    """A store cannot be read or written; what it holds is untouched."""


class Store:
    """Cells in a folder.

    Parameters
    ----------
    folder : path
    manifest : dict
        Plain data that says which sweep it is; a folder with another manifest is refused.

    Raises
    ------
    TypeError, ValueError
        When ``folder`` is no path.
    """

    prefix = "cell"  # of the files' names

    def __init__(self, folder: str | os.PathLike[str], manifest: dict[str, Any]):
        self.folder, self.manifest = _folder(folder), manifest

    @contextlib.contextmanager
    def opened(self) -> Iterator[Store]:
        """The folder, made where there is none, for this process alone.

        Raises
        ------
        StoreError
            When it cannot be made, is no folder, or is in use.
        ValueError
            When it belongs to another sweep, version or program.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise StoreError(f"store = {str(self.folder)!r}: is a file; name a folder")
        with self._explained("cannot be opened"):
            self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(
            self.folder / LOCK, timeout=0, fallback_to_soft=False
        )  # the system releases it when the process dies
        try:
            lock.acquire()
        except Timeout:
            raise StoreError(f"store = {str(self.folder)!r}: another sweep is writing to it") from None
        except (OSError, NotImplementedError):  # a folder that is read-only, a file system without locks
            pass
        try:
            self._claim()
            yield self
        finally:
            if lock.is_locked:
                with contextlib.suppress(OSError):  # Windows: filelock removes it itself
                    (
                        self.folder / LOCK
                    ).unlink()  # before the release: a peer that has it open sees that its file is gone
            lock.release()

    def __contains__(self, number: int) -> bool:
        return self._path(number).exists()

    def put(self, number: int, cell: xarray.Dataset) -> None:
        """Write a finished cell.

        Raises
        ------
        StoreError
            When the disk is full or read-only; the cells before it are kept.
        """
        with _without_cluster():
            content = cell.to_netcdf(engine="h5netcdf")
        self._write(self._path(number), content)

    def get(self, number: int, expected: dict[str, Any]) -> xarray.Dataset:
        """A finished cell.

        Parameters
        ----------
        expected : dict
            Attributes that it must have.

        Raises
        ------
        StoreError
            When the file is damaged or is that of another cell.
        """
        import xarray

        path = self._path(number)
        try:
            cell = xarray.load_dataset(path, engine="h5netcdf")
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise StoreError(
                f"store: {str(path)!r} is damaged ({error}); remove it, and the sweep will run it again"
            ) from error
        # which commit wrote it does not matter: the manifest was compared
        if any(cell.attrs.get(name) != value for name, value in expected.items() if name != "swarmviz"):
            raise StoreError(
                f"store: {str(path)!r} is not {self.prefix} {number} of this sweep; remove it, and the sweep will run it again"
            )
        return cell

    def _path(self, number: int) -> Path:
        return self.folder / f"{self.prefix}-{number:06}.nc"

    def _claim(self) -> None:
        """Write the manifest into a new folder, or make sure that the folder has the same one."""
        with self._explained("cannot be read"):
            names = sorted(path.name for path in self.folder.iterdir())
        with self._explained("cannot be written"):
            for name in names:
                if name.startswith(DRAFT):  # left by a process that was killed
                    (self.folder / name).unlink()
        names = [name for name in names if name != LOCK and not name.startswith(DRAFT)]
        if MANIFEST not in names:
            if names:
                raise ValueError(
                    f"store = {str(self.folder)!r}: holds {names[0]!r} but no manifest of a sweep; choose a new or empty folder"
                )
            return self._write(self.folder / MANIFEST, json.dumps(self.manifest, indent=1, ensure_ascii=False).encode())
        try:
            with self._explained("cannot be read"):
                found = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except ValueError:
            raise ValueError(f"store = {str(self.folder)!r}: its manifest is damaged; choose another folder") from None
        self._compare(found)

    def _compare(self, found: Any) -> None:
        found = found if isinstance(found, dict) else {}
        if _stop_is_hashed(found):
            raise ValueError(
                f"store = {str(self.folder)!r}: knows its stop by the bytecode of a function, as swarmviz no longer does; choose another "
                'folder and give the function a name: stop=When(function, name="…")'
            )
        if _release(found) == _release(self.manifest):  # commits between two releases tell their sources apart
            found = found | {"swarmviz": self.manifest["swarmviz"]}
        differing = [name for name in self.manifest | found if self.manifest.get(name) != found.get(name)]
        if differing and set(differing) <= {"swarmviz", "sources"}:
            raise ValueError(
                f"store = {str(self.folder)!r}: was written by {_version(found)} and is left as it is; this is "
                f"{_version(self.manifest)}, whose numbers may differ. To start afresh, choose another folder or remove this one; "
                "to go on with it, use the swarmviz that wrote it"
            )
        if differing:
            lines = (f"{n}: there {_short(found.get(n))}, here {_short(self.manifest.get(n))}" for n in differing)
            raise ValueError(
                f"store = {str(self.folder)!r}: was written by another sweep and is left as it is; choose another folder. "
                "It differs in " + "; ".join(lines)
            )

    def _write(self, path: Path, content: bytes | memoryview) -> None:
        """All of it or nothing, and safe on the disk."""
        with self._explained(f"{path.name} cannot be written"):
            handle, draft = tempfile.mkstemp(dir=self.folder, prefix=DRAFT)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.chmod(draft, 0o644)
                os.replace(draft, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(draft)
                raise

    @contextlib.contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except OSError as error:
            kept = "what it holds is kept, and the same sweep will go on from there"
            raise StoreError(f"store = {str(self.folder)!r}: {what} ({error.strerror or error}); {kept}") from error


def _without_cluster() -> Any:
    """Keeps xarray, which writes, from asking the cluster of a dask client that is open for a lock."""
    if "dask" not in sys.modules:
        return contextlib.nullcontext()
    import dask

    return dask.config.set(scheduler="synchronous")


def _folder(store: Any) -> Path:
    """The path that was passed."""
    text = os.fspath(store) if isinstance(store, (str, os.PathLike)) else None
    if not isinstance(text, str):
        raise TypeError(f"store = {store!r}: must be the path of a folder, not {type(store).__name__}")
    if not text.strip() or "\0" in text:
        raise ValueError(f"store = {store!r}: must be the path of a folder")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # an unknown ~user
        raise ValueError(f"store = {store!r}: {error}") from None


def _stop_is_hashed(manifest: dict[str, Any]) -> bool:
    """Whether it was written by a version that told functions apart by their bytecode."""
    try:
        return "code" in manifest["settings"]["stop"]["values"]
    except (KeyError, TypeError):
        return False


def _release(manifest: dict[str, Any]) -> str:
    """The release of swarmviz that wrote a manifest, without the commit; empty where it names none."""
    version = manifest.get("swarmviz")
    return release_of(version) if isinstance(version, str) else ""


def _version(manifest: dict[str, Any]) -> str:
    """Which swarmviz wrote a manifest."""
    sources = f"sources {manifest['sources']}" if "sources" in manifest else "whose sources it does not name"
    return f"version {_short(manifest.get('swarmviz'))} of swarmviz ({sources})"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"
