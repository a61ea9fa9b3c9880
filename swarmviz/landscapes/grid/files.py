"""Reads values on a grid from a file of one's own, by the ending of its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

MOST_BYTES = 64 << 20
MOST_PIXELS = 256  # a side; a larger picture is made smaller
NETCDF, PICTURES, TEXTS = (".nc", ".h5", ".netcdf"), (".png", ".jpg", ".jpeg"), (".csv", ".txt")
Box = tuple[Any, Any]


def read(path: Any, variable: str | None = None) -> tuple[np.ndarray, Box | None]:
    """The values of a file, and the box where it says one.

    Raises
    ------
    ValueError, OSError, ImportError
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in NETCDF + PICTURES + TEXTS:
        raise ValueError(f"{path}: must end in {', '.join(TEXTS + NETCDF + PICTURES)}")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path}: is larger than {MOST_BYTES >> 20} MB")
    if variable is not None and ending not in NETCDF:
        raise ValueError(f"variable = {variable!r}: only a NetCDF file has variables")
    if ending in NETCDF:
        return _netcdf(path, variable)
    return (_picture(path) if ending in PICTURES else _text(path)), None


def _text(path: Path) -> np.ndarray:
    try:
        values = np.loadtxt(path, delimiter=",", ndmin=2, encoding="utf-8")
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: must hold numbers between commas, as many in each line ({error})") from None
    return values.ravel() if 1 in values.shape else values


def _picture(path: Path) -> np.ndarray:
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("pictures need Pillow: pip install 'swarmviz[pictures]'") from None
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            grey = picture.convert("L")
            grey.thumbnail((MOST_PIXELS, MOST_PIXELS))
            seen = np.asarray(grey, dtype=np.float64) / 255.0
    except (OSError, Image.DecompressionBombError, SyntaxError) as error:
        raise ValueError(f"{path}: is no picture that can be read ({error})") from None
    return seen[::-1].T.copy()  # the first coordinate to the right, the second upwards


def _netcdf(path: Path, variable: str | None) -> tuple[np.ndarray, Box | None]:
    import xarray

    try:
        data = xarray.load_dataset(path, engine="h5netcdf")
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ValueError(f"{path}: is no NetCDF file that can be read ({error})") from None
    names = [str(name) for name, values in data.data_vars.items() if values.ndim in (1, 2)]
    if variable is None:
        if len(names) != 1:
            raise ValueError(
                f"{path}: name one of its variables: {', '.join(names) or 'none has one or two dimensions'}"
            )
        (variable,) = names
    if variable not in names:
        raise ValueError(f"variable = {variable!r}: {path} has {', '.join(names) or 'none of one or two dimensions'}")
    values, ends = data[variable], []
    for dim in values.dims:
        if dim not in data.coords:
            return np.asarray(values.values), None
        places = np.asarray(values[dim].values, dtype=np.float64)
        steps = np.diff(places)
        if len(steps) and not np.allclose(steps, steps.mean(), rtol=1e-6):
            raise ValueError(f"{path}: the coordinate {dim} must be regularly spaced")
        if len(steps) and steps[0] < 0:
            values = values.isel({dim: slice(None, None, -1)})
        ends.append((places.min(), places.max()))
    return np.asarray(values.values), ([low for low, _ in ends], [high for _, high in ends])
