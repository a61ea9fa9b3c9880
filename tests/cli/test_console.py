"""The console: a pipe that closes, another encoding, no warnings before a refusal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from tests.cli.commands import ROOT


def to_the_shell(line, **environment):
    """(exit code of the command, what it said as errors) in a pipeline of a shell."""
    script = f"{line}; exit ${{PIPESTATUS[0]}}"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHON": sys.executable} | environment
    done = subprocess.run(
        [shutil.which("bash"), "-c", script], cwd=ROOT, env=environment, capture_output=True, timeout=110
    )
    return done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1")


@pytest.mark.parametrize("words", ["figure --list", "run --help", "run --dynamics CBO --runs 2 --steps 2 --out x.nc"])
def test_who_has_read_enough_is_left_in_peace(words, tmp_path):
    """`| head` closes the pipe: no complaint, no failure, and the files are written all the same."""
    line = f"""cd {tmp_path}; "$PYTHON" -m swarmviz {words} | true"""
    assert to_the_shell(line) == (0, "", "")
    assert list(tmp_path.iterdir()) == ([tmp_path / "x.nc"] if "x.nc" in words else [])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("words", ["figure --list", "run --help"])
def test_a_console_of_another_encoding_reads_what_it_can(words, encoding):
    code, said, errors = to_the_shell(f'"$PYTHON" -m swarmviz {words}', PYTHONIOENCODING=encoding)
    assert (code, errors) == (0, "") and len(said) > 500


def test_a_refusal_is_one_line_without_warnings_before_it():
    """Numbers that overflow are told by what comes of them."""
    import warnings

    import click

    from swarmviz.cli.console import Commands

    @click.group(cls=Commands)
    def group():
        pass

    @group.command()
    def overflow():
        np.exp(np.array([1e6]))
        warnings.warn("something else", UserWarning, stacklevel=1)

    with pytest.warns(UserWarning) as said:
        group(["overflow"], standalone_mode=False)
    assert [str(warning.message) for warning in said] == ["something else"]


def test_a_matplotlibrc_that_asks_for_latex_is_one_sentence(tmp_path):
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\n")
    words = f"figure 001-figure1 --quick --runs 2 --plot {tmp_path / 'x.png'}"
    environment = {"MPLCONFIGDIR": str(tmp_path), "PATH": "/nowhere"}
    code, _, errors = to_the_shell(f'"$PYTHON" -m swarmviz {words}', **environment)
    assert code == 2 and "Traceback" not in errors and not (tmp_path / "x.png").exists()
    assert f"text.usetex in {tmp_path / 'matplotlibrc'} asks for LaTeX" in errors.splitlines()[-1]
