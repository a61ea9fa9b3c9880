"""Which arrays go inside their message, and that they arrive as they were."""

from __future__ import annotations

import base64
import gzip

import numpy as np
import pytest
from bokeh.core.serialization import Serializer

from components.server import bokeh_patches
from components.server.bokeh_patches.inline_arrays import MAX_INLINE_BYTES, inline_array

bokeh_patches.install()


def encoded(array):
    serializer = Serializer(deferred=True)
    return serializer.encode(array)


def test_bokeh_encodes_arrays_with_ours():
    assert Serializer._encoders[np.ndarray] is inline_array


@pytest.mark.parametrize("array", [
    np.arange(12, dtype="f4").reshape(3, 4), np.array([np.nan, -0.0, 1e-300, np.inf]), np.arange(5, dtype="i4"),
    np.zeros(0, "f4"), np.full((300, 300), 7, "u1"), np.arange(MAX_INLINE_BYTES // 4, dtype="i4"),
], ids=lambda array: f"{array.dtype}{array.shape}")  # fmt: skip
def test_a_small_array_and_any_image_are_text_inside_the_message_and_come_out_as_they_were(array):
    wire = encoded(array)
    data = gzip.decompress(base64.b64decode(wire["array"]["data"]))
    again = np.frombuffer(data, dtype=np.dtype(wire["dtype"])).reshape(wire["shape"])
    assert again.tobytes() == array.tobytes() and again.shape == array.shape


@pytest.mark.parametrize("words", [np.array(["σ", "", "2/8"]), np.array(["σ", "", "2/8"], object), np.zeros(0, "U1")])
def test_a_column_of_words_goes_as_a_list(words):
    assert encoded(words) == words.tolist()


def test_a_column_of_words_and_something_else_goes_as_bokeh_sends_it():
    assert encoded(np.array(["σ", None, 1.5], object))["array"] == ["σ", None, 1.5]


@pytest.mark.parametrize(
    "array", [np.zeros(MAX_INLINE_BYTES // 4 + 1, "f4"), np.arange(3, dtype="i2")], ids=["large", "i2"]
)
def test_a_large_array_and_an_unknown_type_go_as_bokeh_sends_them(array):
    assert not isinstance(encoded(array)["array"]["data"], str)


def test_a_bokeh_that_encodes_arrays_otherwise_is_left_as_it_is(monkeypatch):
    registered = []
    monkeypatch.delattr(Serializer, "_encode_ndarray")
    monkeypatch.setattr(Serializer, "register", lambda *given: registered.append(given))
    bokeh_patches.inline_arrays.install()
    assert not registered
