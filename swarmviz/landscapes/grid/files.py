"""Reads values on a grid from a file of one's own, by the ending of its name; needs nothing else of the package.

What a file says of its size is looked at before it is decoded: a few kilobytes may hold gigabytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

MOST_BYTES = 64 << 20
MOST_NUMBERS = 65_536
MOST_PIXELS = 256  # a side; a larger picture is made smaller
MOST_DECODED_PIXELS = 1 << 24  # of a picture that is made smaller
NETCDF, PICTURES, TEXTS = (".nc", ".h5", ".netcdf"), (".png", ".jpg", ".jpeg"), (".csv", ".txt")
Box = tuple[Any, Any]


def read(path: Any, variable: str | None = None) -> tuple[np.ndarray, Box | None]:
    """The values of a file, and the box where it says one.

    Raises
    ------
    ValueError, OSError, ImportError
    """
    path = Path(path)
    ending = checked_ending(str(path), variable)
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path}: is larger than {MOST_BYTES >> 20} MB")
    with path.open("rb") as file:
        return read_open(file, ending, str(path), variable)


def checked_ending(name: str, variable: str | None = None) -> str:
    """The ending of a file's name, which says what it is.

    Raises
    ------
    ValueError
    """
    ending = Path(name).suffix.lower()
    if ending not in NETCDF + PICTURES + TEXTS:
        raise ValueError(f"{name}: must end in {', '.join(TEXTS + NETCDF + PICTURES)}")
    if variable is not None and ending not in NETCDF:
        raise ValueError(f"variable = {variable!r}: only a NetCDF file has variables")
    return ending


def read_open(file: BinaryIO, ending: str, name: str, variable: str | None = None) -> tuple[np.ndarray, Box | None]:
    """The same of an open file; ``name`` is what it is called in a refusal.

    Raises
    ------
    ValueError, OSError, ImportError
    """
    if ending in NETCDF:
        return _netcdf(file, name, variable)
    return (_picture if ending in PICTURES else _text)(file, name), None


def _text(file: BinaryIO, name: str) -> np.ndarray:
    try:
        values = np.loadtxt(file, delimiter=",", ndmin=2, encoding="utf-8-sig")  # spreadsheets mark UTF-8
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: must hold numbers between commas, as many in each line ({error})") from None
    return values.ravel() if 1 in values.shape else values


def _picture(file: BinaryIO, name: str) -> np.ndarray:
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("pictures need Pillow: pip install 'swarmviz[pictures]'") from None
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as picture:
            width, height = picture.size
            if width * height > MOST_DECODED_PIXELS:
                raise ValueError(
                    f"{name}: has {width:,} × {height:,} pixels; must be at most {MOST_DECODED_PIXELS:,} together"
                )
            deep = picture.mode.startswith("I")  # 16 bits of grey, which "L" would cut off
            grey = picture.convert("F" if deep else "L")
            grey.thumbnail((MOST_PIXELS, MOST_PIXELS))
            seen = np.asarray(grey, dtype=np.float64) / (65_535.0 if deep else 255.0)
    except (OSError, Image.DecompressionBombError, SyntaxError) as error:
        raise ValueError(f"{name}: is no picture that can be read ({error})") from None
    return seen[::-1].T.copy()  # the first coordinate to the right, the second upwards


def _netcdf(file: BinaryIO, name: str, variable: str | None) -> tuple[np.ndarray, Box | None]:
    import xarray

    try:
        data = xarray.open_dataset(file, engine="h5netcdf")
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ValueError(f"{name}: is no NetCDF file that can be read ({error})") from None
    with data:
        return _variable(data, name, variable)


def _variable(data: Any, name: str, variable: str | None) -> tuple[np.ndarray, Box | None]:
    names = [str(known) for known, values in data.data_vars.items() if values.ndim in (1, 2)]
    if variable is None:
        if len(names) != 1:
            raise ValueError(
                f"{name}: name one of its variables: {', '.join(names) or 'none has one or two dimensions'}"
            )
        (variable,) = names
    if variable not in names:
        raise ValueError(f"variable = {variable!r}: {name} has {', '.join(names) or 'none of one or two dimensions'}")
    values, ends = data[variable], []
    if values.size > MOST_NUMBERS:
        raise ValueError(f"{variable} of {name}: has shape {values.shape}: must be at most {MOST_NUMBERS:,} values")
    for dim in values.dims:
        if dim not in data.coords:
            return np.asarray(values.values), None
        places = np.asarray(values[dim].values, dtype=np.float64)
        steps = np.diff(places)
        if len(steps) and not np.allclose(steps, steps.mean(), rtol=1e-6):
            raise ValueError(f"{name}: the coordinate {dim} must be regularly spaced")
        if len(steps) and steps[0] < 0:
            values = values.isel({dim: slice(None, None, -1)})
        ends.append((places.min(), places.max()))
    return np.asarray(values.values), ([low for low, _ in ends], [high for _, high in ends])
