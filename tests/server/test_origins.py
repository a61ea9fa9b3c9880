"""Under which names a server may be reached."""

from __future__ import annotations

import socket

import pytest

from components.server import origins


def test_without_a_named_origin_only_what_this_machine_is_called_is_allowed():
    assert set(origins.allowed("127.0.0.1", 5)) == {"localhost:5", "127.0.0.1:5", "[::1]:5"}
    assert "192.0.2.5:5" in origins.allowed("192.0.2.5", 5) and "[2001:db8::5]:5" in origins.allowed("2001:db8::5", 5)
    everywhere = origins.allowed("0.0.0.0", 5)
    assert f"{socket.gethostname().lower()}:5" in everywhere and not [host for host in everywhere if "*" in host]
    assert all(host.endswith(":5") for host in everywhere)


@pytest.mark.parametrize(
    "value, host",
    [("lab.example.org", "lab.example.org:80"), ("LAB:5", "lab:5"), ("lab.:5", "lab:5"), ("[::1]:5", "[::1]:5"), ("a/b", None),
     ("a b", None), ("", None), ("a:", None), ("a:b", None), ("http://a", None), ("<b>", None), ("é", None), ("a\x00", None)],
)  # fmt: skip
def test_a_host_is_read_strictly(value, host):
    assert origins.host_of(value) == host
