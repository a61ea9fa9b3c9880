"""The files that the command line writes: whole or not at all, and refused before anything runs where they cannot be written."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import Any

import click

from swarmviz import files


def require_writable(option: str, path: Path | None) -> None:
    """Refuse a file that cannot be written, before anything runs."""
    if path is None:
        return
    folder = Path(os.path.realpath(path)).parent  # where a link leads
    if path.is_dir():
        raise ValueError(f"{option} {path}: is a folder; name a file in it")
    if path.exists() and not path.is_file():
        return  # a device or a pipe: it takes what it is given
    if not folder.is_dir():
        raise ValueError(f"{option} {path}: there is no folder {folder}; make it, or choose another")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"{option} {path}: cannot be written in {folder} ({error.strerror})") from None


def write_file(option: str, path: Path | None, content: Any, partial: bool = False) -> None:
    """All of the file or nothing of it, through a link and with the mode that it has.

    What is ``partial`` does not take the place of a file that is there already.

    Parameters
    ----------
    content : function () -> bytes
        The whole file: the libraries that make one break down when the disk is full, and take the process with them.
    """
    if path is None:
        return
    if partial and path.is_file():
        path = path.with_name(f"{path.stem}-interrupted{path.suffix}")
    try:
        files.write(path, content())
    except OSError as error:
        raise OSError(f"{option} {path}: cannot be written ({error.strerror or error})") from None
    click.echo(f"{path} is written.")


def write_data(out: Path | None, csv: Path | None, data: Any) -> None:
    """NetCDF of everything, CSV of what each run ended with; nothing when no run was finished."""
    finals = [
        n for n, v in data.data_vars.items() if "run" in v.dims and not {"step", "coordinate", "agent"} & set(v.dims)
    ]
    cut = bool(data.attrs["interrupted"])
    if int(data["finished"].sum()):
        write_file("--out", out, lambda: netcdf(data), cut)
        write_file("--csv", csv, lambda: data[finals].to_dataframe().to_csv().encode(), cut)


def netcdf(data: Any) -> Any:
    """The content of a NetCDF file."""
    return data.to_netcdf(engine="h5netcdf")


def picture(drawing: Any, kind: str) -> Any:
    """The content of a picture file."""
    content = io.BytesIO()
    drawing.savefig(content, format=kind)
    return content.getbuffer()
