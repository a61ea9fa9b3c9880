"""Tornado takes the level of compression from its class."""

from __future__ import annotations

import gzip

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import GZipContentEncoding

from components.server.bokeh_patches.fast_compression import FastGZip


def sent(kind):
    headers = HTTPHeaders({"Accept-Encoding": "gzip"})
    transform = kind(HTTPServerRequest("GET", "/", headers=headers))
    text = b"".join(b"const part%d = require(%d)\n" % (i, i * i) for i in range(5000))
    _, _, chunk = transform.transform_first_chunk(200, HTTPHeaders({"Content-Type": "text/javascript"}), text, True)
    assert gzip.decompress(chunk) == text
    return chunk


def test_what_is_downloaded_is_compressed_at_the_lowest_level():
    assert GZipContentEncoding.GZIP_LEVEL > FastGZip.GZIP_LEVEL == 1
    assert len(sent(FastGZip)) > len(sent(GZipContentEncoding))
