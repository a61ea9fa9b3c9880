"""Arrays travel inside the message that needs them.

Why
    Bokeh sends every array as two messages of its own, so that a picture of the swarm would be fifty, and the browser takes longer to
    receive them than to paint. Measured: 54 messages a picture became 6.
Written for
    Bokeh 3.9 and 3.10: ``Serializer.register`` refuses a second encoder of a type, ``Serializer._encode_ndarray`` is Bokeh's own.
Without it
    Arrays go beside their messages; every picture costs both sides more.
Upstream
    A size below which arrays are encoded inside the message, as an option of the server.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import struct
import sys
import zlib
from typing import Any

import numpy as np
from bokeh.core.serialization import Serializer

MAX_INLINE_BYTES = 16_384  # of an array that goes inside its message
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no name, no time, an unknown system
STORED = struct.Struct("<BHH")  # the last block, stored; its length, and the complement of that
TRAILER = struct.Struct("<II")  # the check sum and the length of what was wrapped
INLINE_TYPES = {np.dtype(kind) for kind in ("u1", "i4", "f4", "f8")}


def inline_array(array: np.ndarray, serializer: Serializer) -> Any:
    """A small array, or an image of any size, as text inside the message; every other as Bokeh encodes it.

    BokehJS expects the text to be gzip: shades of a landscape or a density (``uint8``) are compressed, numbers only wrapped. A column of
    words goes as a list, for which Bokeh would ask of each word what it is.
    """
    if array.dtype.kind in "OU" and array.ndim == 1:
        words = array.tolist()
        return words if all(type(word) is str for word in words) else serializer._encode_ndarray(array)
    shades = array.dtype == np.uint8
    if array.dtype not in INLINE_TYPES or (array.nbytes > MAX_INLINE_BYTES and not shades):
        return serializer._encode_ndarray(array)
    packed = gzip.compress(array.tobytes(), compresslevel=1, mtime=0) if shades else wrapped(array.tobytes())
    return {"type": "ndarray", "array": {"type": "bytes", "data": base64.b64encode(packed).decode("ascii")},
            "shape": list(array.shape), "dtype": array.dtype.name, "order": sys.byteorder}  # fmt: skip


def wrapped(data: bytes) -> bytes:
    """At most 65,535 bytes as a gzip file (RFC 1952) of one block that is stored as it is (RFC 1951, 3.2.4).

    zlib fills tables of 256 kB before it stores anything, which took a sixth of the time of the thread that visitors share.
    """
    length = len(data)
    return b"".join(
        (GZIP_HEADER, STORED.pack(1, length, length ^ 0xFFFF), data, TRAILER.pack(zlib.crc32(data), length))
    )


def install() -> None:
    """Encode arrays so in every document of the process; nothing where this Bokeh encodes them otherwise."""
    if hasattr(Serializer, "_encode_ndarray"):
        with contextlib.suppress(AssertionError):  # an encoder of arrays is registered already
            Serializer.register(np.ndarray, inline_array)
