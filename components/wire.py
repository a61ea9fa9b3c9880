"""How arrays travel to the browser: small ones and pictures inside the message that needs them."""

from __future__ import annotations

import base64
import contextlib
import gzip
import sys
from typing import Any

import numpy as np
from bokeh.core.serialization import Serializer

SMALL = 16_384  # bytes of an array that goes with its message, not beside it
PLAIN = {np.dtype(kind) for kind in ("u1", "i4", "f4", "f8")}


def within_the_message(array: np.ndarray, serializer: Serializer) -> Any:
    """A small array, or a picture, as text inside the message that needs it.

    Bokeh sends every array as two messages of its own, so that a picture of the swarm would be fifty, and the browser takes longer to hear
    of them than to paint. BokehJS expects text to be gzip: shades of a landscape or a density are compressed, numbers only wrapped.
    """
    shades = array.dtype == np.uint8
    if array.dtype not in PLAIN or (array.nbytes > SMALL and not shades):
        return serializer._encode_ndarray(array)
    packed = gzip.compress(array.tobytes(), compresslevel=1 if shades else 0, mtime=0)
    return {"type": "ndarray", "array": {"type": "bytes", "data": base64.b64encode(packed).decode("ascii")},
            "shape": list(array.shape), "dtype": array.dtype.name, "order": sys.byteorder}  # fmt: skip


with contextlib.suppress(AssertionError):  # registered already: the module was loaded twice
    Serializer.register(np.ndarray, within_the_message)
