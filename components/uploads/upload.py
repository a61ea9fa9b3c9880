"""A file that a visitor brings for a table: received in pieces that the server asks for, checked, and decoded apart.

What the browser says of the file is checked before a byte of it is taken, its first bytes before the rest. The server asks for one piece
at a time, so that an honest file never exceeds what a visit may send. Until the file has become a table nothing of the run has changed.
"""

from __future__ import annotations

import base64
import binascii
import math
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from components.text import cut_short, understood
from components.uploads.apart import Decoded, decoded
from swarmviz.landscapes.grid import files
from swarmviz.landscapes.grid.grid import FAR

MAX_FILE_BYTES = 2_000_000
PIECE_BYTES = 42_000  # 56,000 characters of base64, in a message of at most 64 kB
MAX_NAME_CHARS = 200
PNG, JPEG, HDF5, NETCDF_3 = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\x89HDF\r\n\x1a\n", b"CDF"
KINDS = "CSV (.csv, .txt), NetCDF (.nc, .h5, .netcdf), PNG or JPEG"

Ends = list[float] | None
Table = tuple[Decoded, Ends, Ends]  # the values, and the box (low, high) that was typed


class Order(NamedTuple):
    """A file as the browser announces it: checked, and not yet received."""

    number: int
    name: str
    ending: str
    size: int
    low: Ends
    high: Ends
    variable: str


def ordered(message: dict[str, Any]) -> Order:
    """The announcement of a file.

    Raises
    ------
    ValueError
        With the name of what is wrong, its value and what is allowed.
    """
    number, name, size = (message.get(key) for key in ("number", "name", "size"))
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**53:
        raise ValueError("the file has no number")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable():
        raise ValueError(f"the file's name must have 1 to {MAX_NAME_CHARS} characters that can be printed")
    ending = "." + name.rpartition(".")[2].lower()
    if ending not in files.NETCDF + files.PICTURES + files.TEXTS:
        raise ValueError(f"{name}: must be {KINDS}")
    if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= MAX_FILE_BYTES:
        shown = f"{size:,} bytes" if isinstance(size, int) else "no size"
        raise ValueError(f"{name}: has {shown}; must be 1 to {MAX_FILE_BYTES:,}")
    variable = message.get("variable") or ""
    if not isinstance(variable, str) or len(variable) > MAX_NAME_CHARS or not (variable + " ").isprintable():
        raise ValueError(f"variable = {variable!r:.40}: must have at most {MAX_NAME_CHARS} characters")
    variable = variable.strip()
    if variable and ending not in files.NETCDF:
        raise ValueError(f"variable = {variable!r}: only a NetCDF file has variables")
    low, high = (_ends(key, message.get(key)) for key in ("low", "high"))
    _require_box(low, high)
    return Order(number, name, ending, size, low, high, variable)


def _ends(name: str, text: Any) -> Ends:
    """What was typed as one end of the box: a number, or one for each coordinate; None where nothing was."""
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    rows = understood(None, text[:MAX_NAME_CHARS]) if isinstance(text, str) else None
    ends = rows[0] if rows and len(rows) == 1 else ()
    if len(ends) not in (1, 2) or not all(
        isinstance(end, float) and math.isfinite(end) and abs(end) <= FAR for end in ends
    ):
        raise ValueError(
            f"{name} = {text!r:.60}: must be a number within ±{FAR:,.0f}, or one for each of two coordinates"
        )
    return ends


def _require_box(low: Ends, high: Ends) -> None:
    if (low is None) != (high is None):
        raise ValueError("low and high: fill in both, or neither")
    if low is None or high is None:
        return
    wide = max(len(low), len(high))
    for a, b in zip(low * (wide // len(low)), high * (wide // len(high)), strict=True):
        if not a < b:
            raise ValueError(f"low = {a:g}, high = {b:g}: low must be smaller than high")


def require_kind(order: Order, first: bytes) -> None:
    """Raise ``ValueError`` where the first bytes of a file are not those of what its name says, or tell of too large a picture."""
    if order.ending in files.PICTURES:
        if not first.startswith((PNG, JPEG)):
            raise ValueError(f"{order.name}: is no PNG or JPEG picture")
        if first.startswith(PNG) and len(first) >= 24:
            width, height = (int.from_bytes(first[at : at + 4], "big") for at in (16, 20))
            if width * height > files.MOST_DECODED_PIXELS:
                raise ValueError(
                    f"{order.name}: has {width:,} × {height:,} pixels; must be at most {files.MOST_DECODED_PIXELS:,} together"
                )
    elif order.ending in files.NETCDF:
        if first.startswith(NETCDF_3):
            raise ValueError(f"{order.name}: is a NetCDF 3 file; must be NetCDF 4")
        if not first.startswith(HDF5):
            raise ValueError(f"{order.name}: is no NetCDF file")
    elif b"\0" in first:
        raise ValueError(f"{order.name}: is no text; must hold numbers between commas")


class Upload:
    """The uploads of one visit, one at a time; a new one takes the place of the one before.

    Parameters
    ----------
    show : function (state)
        Shows how it stands: ``number``, and ``want`` (offset of the next piece), or ``text`` and ``level`` (info, error).
    prepare : function (table) → object
        Called on the upload's thread with the values and the box; raises ``ValueError`` where they do not fit.
    done : function (object) → str
        Takes what was prepared, on the page's thread, and returns what is to be said of it, "" for nothing; raises ``ValueError`` where
        it cannot be used.
    on_page : function (function)
        Carries out a function on the page's thread.
    """

    def __init__(
        self,
        show: Callable[[dict[str, Any]], None],
        prepare: Callable[[Table], Any],
        done: Callable[[Any], str],
        on_page: Callable[[Callable[[], None]], Any],
    ):
        self._show, self._prepare, self._done, self._on_page = show, prepare, done, on_page
        self._order: Order | None = None
        self._content = bytearray()
        self._decoding = False

    def handle(self, message: Any) -> None:
        """What the browser says; on the page's thread."""
        if not isinstance(message, dict):
            return
        act = message.get("act")
        try:
            if act == "begin":
                self._begin(message)
            elif act == "piece" and self._order is not None and message.get("number") == self._order.number:
                self._receive(self._order, message)
        except ValueError as error:
            self._refuse(error, message.get("number"))

    def close(self) -> None:
        """Forget the file; what is decoded meanwhile is not used."""
        self._order, self._content = None, bytearray()

    def _begin(self, message: dict[str, Any]) -> None:
        self.close()
        order = ordered(message)
        if self._decoding:
            raise ValueError("wait until the file before has been read")
        self._order = order
        self._show({"number": order.number, "want": 0, "text": f"{order.name}: received 0 %", "level": "info"})

    def _receive(self, order: Order, message: dict[str, Any]) -> None:
        at, data = message.get("at"), message.get("data")
        if self._decoding or at != len(self._content):
            return  # one that was asked for before
        try:
            if not isinstance(data, str) or len(data) > 2 * PIECE_BYTES:
                raise ValueError
            piece = base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error):
            raise ValueError(f"{order.name}: a piece of it did not arrive") from None
        if not piece or len(piece) > PIECE_BYTES or len(self._content) + len(piece) > order.size:
            raise ValueError(f"{order.name}: is of another size than its {order.size:,} bytes")
        if not self._content:
            require_kind(order, piece)
        self._content += piece
        if len(self._content) < order.size:
            share = f"{order.name}: received {100 * len(self._content) // order.size} %"
            self._show({"number": order.number, "want": len(self._content), "text": share, "level": "info"})
            return
        content, self._content, self._decoding = bytes(self._content), bytearray(), True
        self._show({"number": order.number, "text": f"{order.name}: is being read …", "level": "info"})
        threading.Thread(target=self._decode, args=(order, content), name="swarmviz upload", daemon=True).start()

    def _decode(self, order: Order, content: bytes) -> None:
        """On the upload's thread."""
        try:
            found = decoded(content, order.ending, order.name, order.variable, lambda: self._order is order)
            outcome = self._prepare((found, order.low, order.high))
        except Exception as error:
            if not isinstance(error, ValueError):
                traceback.print_exception(error, file=sys.stderr)
                error = ValueError(f"{order.name}: something went wrong ({type(error).__name__})")
            problem = error if order.name in str(error) else ValueError(f"{order.name}: {error}")
            self._on_page(lambda: self._decoded(order, lambda: _raise(problem)))
            return
        shape = " × ".join(map(str, found.values.shape))
        self._on_page(lambda: self._decoded(order, lambda: self._done(outcome), f"{order.name}: {shape} values."))

    def _decoded(self, order: Order, use: Callable[[], str], text: str = "") -> None:
        self._decoding = False
        if self._order is not order:  # another was chosen, or the visitor has left
            return
        self._order = None
        try:
            more = use()
        except ValueError as error:
            self._refuse(error, order.number)
        else:
            self._show({"number": order.number, "text": f"{text} {more}".strip(), "level": "info"})

    def _refuse(self, error: ValueError, number: Any) -> None:
        self.close()
        number = number if isinstance(number, int) and not isinstance(number, bool) else 0
        self._show({"number": number, "text": f"{cut_short(str(error)).rstrip('.')}.", "level": "error"})


def _raise(error: Exception) -> str:
    raise error
