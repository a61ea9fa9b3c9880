"""nginx as docs/deploying.md configures it, for the tests over real sockets and those of a browser."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.serving import ROOT, free_port

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
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


def blocks() -> list[str]:
    """The configurations in docs/deploying.md: of one machine, of many machines."""
    return re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8"), re.DOTALL)


@contextlib.contextmanager
def in_front_of(ports: list[int], folder: Path) -> Iterator[int]:
    """The documented nginx in front of a server, or of several as many machines; the port at which it listens."""
    if NGINX is None:
        pytest.skip("no nginx here")
    one, many = blocks()
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
    file, log = folder / "nginx.conf", folder / "nginx.log"
    file.write_text(HTTP.format(folder=folder, temporary=temporary, blocks=said), encoding="utf-8")
    with log.open("w") as out:
        process = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(file), "-e", "stderr"], stdout=out, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + 20
        while True:
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)
