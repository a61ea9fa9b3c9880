"""The page of an installed swarmviz, far from any checkout, in a real Chromium."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import venv

import pytest

from tests.ui.conftest import ROOT, Lab

SERVED_S = 240  # until the page answers: its kernels may have to be compiled


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The ``swarmviz`` of a virtual environment that has the wheel, and what this environment has beside swarmviz."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    subprocess.run(
        [python, "-m", "pip", "install", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True
    )
    own = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    with open(
        f"{own.stdout.strip()}/others.pth", "w", encoding="utf-8"
    ) as others:  # a line of it is a folder, and no .pth in that is read
        others.write(sysconfig.get_path("purelib") + "\n")
    return folder / "venv/bin/swarmviz"


@pytest.mark.timeout(2 * SERVED_S)
def test_an_installed_page_is_served_from_an_empty_folder_and_moves(browser, installed, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    log = (tmp_path / "log").open("w+")
    empty = tmp_path / "empty"
    empty.mkdir()
    process = subprocess.Popen(
        [installed, "serve", "--port", str(port)], cwd=empty, env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        lab = Lab(context.new_page())
        lab.wait(lambda: _answers(port) or process.poll() is not None, "nothing is served", SERVED_S)
        lab.open(f"http://localhost:{port}/app")
        lab.wait(lambda: (lab.step or 0) > 3, "the swarm does not move")
        assert not lab.complaints
        assert lab.page.title() == "swarmviz"
    finally:
        context.close()
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        log.seek(0)
        said = log.read()
        log.close()
    assert "Traceback" not in said and process.returncode == 0, said
    assert re.search(r"open http://localhost:\d+/", said), said
    assert list(empty.iterdir()) == [], "it leaves nothing where it was started"


def _answers(port):
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0
