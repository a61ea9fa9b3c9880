"""nginx and Caddy as docs/deploying.md configures them, for the tests over real sockets and those of a browser."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.serving import ROOT, free_port

PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
NGINX, CADDY = (shutil.which(name, path=PLACES) for name in ("nginx", "caddy"))
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
HTTP = """daemon off;
pid {folder}/nginx.pid;
events {{}}
http {{
access_log off;
{temporary}
{blocks}
}}
"""


def blocks(language: str) -> list[str]:
    """The configurations in docs/deploying.md; nginx' are of one machine and of many."""
    text = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@contextlib.contextmanager
def behind_nginx(ports: list[int], folder: Path) -> Iterator[int]:
    """The documented nginx in front of a server, or of several as many machines; the port at which it listens."""
    if NGINX is None:
        pytest.skip("no nginx here")
    one, many = blocks("nginx")
    port = free_port()
    said = one.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("server_name lab.example.org;", "")
    if len(ports) == 1:
        said = said.replace("127.0.0.1:5006", f"127.0.0.1:{ports[0]}")
    else:
        for machine, there in enumerate(ports, 1):
            many = many.replace(f"10.0.0.{machine}:5006", f"127.0.0.1:{there}")
        said = many + said.replace("http://127.0.0.1:5006", "http://swarmviz")
    assert "5006" not in said and f"127.0.0.1:{port}" in said
    temporary = "\n".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    file = folder / "nginx.conf"
    file.write_text(HTTP.format(folder=folder, temporary=temporary, blocks=said), encoding="utf-8")
    with _listening([NGINX, "-p", str(folder), "-c", str(file), "-e", "stderr"], port, folder):
        yield port


@contextlib.contextmanager
def behind_caddy(ports: list[int], folder: Path) -> Iterator[int]:
    """The documented Caddy in front of a server; without a certificate, which it gets for a name that is its own."""
    if CADDY is None:
        pytest.skip("no Caddy here")
    (one,), (there,) = blocks("caddy"), ports
    port = free_port()
    said = one.replace("lab.example.org {", f":{port} {{\n    bind 127.0.0.1").replace(
        "127.0.0.1:5006", f"127.0.0.1:{there}"
    )
    assert "5006" not in said and f":{port} {{" in said
    file = folder / "Caddyfile"
    file.write_text("{\n    admin off\n}\n" + said, encoding="utf-8")
    with _listening([CADDY, "run", "--config", str(file), "--adapter", "caddyfile"], port, folder, HOME=str(folder)):
        yield port


@contextlib.contextmanager
def _listening(command: list[str], port: int, folder: Path, **more: str) -> Iterator[None]:
    """A proxy's process, from when it listens to the end of the block."""
    log = folder / "proxy.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | more)
    try:
        until = time.monotonic() + 20
        while True:
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)
