"""The page of an installed swarmviz, far from any checkout, in a real Chromium."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.ui.conftest import ROOT, Lab

SERVED_S = 240  # until the page answers, should its first kernels have to be compiled


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of the programs of a virtual environment that has the wheel, and beside it what this environment has but swarmviz."""
    pytest.importorskip("hatch_vcs", reason="the extra test is not installed")
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv/bin/python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    (packages,) = (folder / "venv/lib").glob("python*/site-packages")
    # one folder a line; no .pth in these is read, so that an editable swarmviz of this environment is not seen
    (packages / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return python.parent


@pytest.fixture
def environment():
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def test_an_installed_package_is_its_own_and_brings_no_other_name(installed, environment, tmp_path):
    program = "import importlib.util as u, swarmviz; print(swarmviz.__file__, *map(u.find_spec, ['components', 'app', 'assets']))"
    done = subprocess.run(
        [installed / "python", "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    file, *others = done.stdout.split()
    assert Path(file).is_relative_to(installed.parent) and others == ["None"] * 3


@pytest.mark.timeout(2 * SERVED_S)
def test_an_installed_page_is_served_from_an_empty_folder_and_moves(browser, installed, environment, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log, empty = tmp_path / "log.txt", tmp_path / "empty"
    empty.mkdir()
    with log.open("w") as out:
        process = subprocess.Popen(
            [installed / "swarmviz", "serve", "--port", str(port)],
            cwd=empty,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        lab = Lab(context.new_page())
        lab.wait(lambda: _answers(port) or process.poll() is not None, "nothing is served", SERVED_S)
        assert process.poll() is None, log.read_text()
        lab.open(f"http://localhost:{port}/app")
        lab.wait(lambda: (lab.step or 0) > 3, "the swarm does not move")
        lab.picture("installed")
        assert lab.page.title() == "swarmviz" and not lab.complaints
    finally:
        context.close()
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        finally:
            process.kill()
    said = log.read_text()
    assert process.returncode == 0 and "Traceback" not in said, said
    assert re.search(rf"open http://localhost:{port}/ when", said), said
    assert not list(empty.iterdir()), "it leaves nothing where it was started"


def _answers(port):
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0
