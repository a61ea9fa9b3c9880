"""The project can be installed, and its files say one thing only once, or the same thing twice."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import yaml

import swarmviz
from swarmviz.version import release_of

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, VERSION = SETTINGS["project"], SETTINGS["tool"]["hatch"]["version"]
CORE = PROJECT["dependencies"]
EXTRAS = PROJECT["optional-dependencies"]
SCREENSHOT = "swarmviz/page/assets/screenshot.png"  # of the README


def whole(extra):
    """The requirements of an extra; one that names another extra of ours stands for all of that."""
    for line in EXTRAS[extra]:
        other = re.fullmatch(r"swarmviz\[([\w,]+)\]", line)
        for name in other[1].split(",") if other else []:
            yield from whole(name)
        if other is None:
            yield line


def built(target, source, folder):
    """The file that ``python -m build`` makes of a folder of sources: ``sdist`` or ``wheel``."""
    pytest.importorskip("hatch_vcs", reason="the extra test is not installed")
    build = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    done = subprocess.run(build, cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Of the source distribution, as ``python -m build`` makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(built("sdist", ROOT, folder)) as sources:
        sources.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    with zipfile.ZipFile(built("wheel", unpacked, folder)) as archive:
        yield archive


def test_the_wheel_holds_the_compute_core_and_the_page_in_one_folder(wheel):
    (metadata,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert {name.split("/")[0] for name in wheel.namelist()} == {"swarmviz", metadata}
    core = {path.relative_to(ROOT).as_posix() for path in (ROOT / "swarmviz").rglob("*.*")}
    page = {
        path.relative_to(ROOT).as_posix() for name in ("components", "assets") for path in (ROOT / name).rglob("*.*")
    }
    assert (
        len(page) > 150
        and {"swarmviz/exports/replay.html", "swarmviz/handout/handout.js", "swarmviz/lessons/texts/cbo-1.md"} <= core
    )
    expected = {name for name in core | {f"swarmviz/page/{name}" for name in page} if "__pycache__" not in name}
    assert {name for name in wheel.namelist() if not name.startswith(metadata)} == expected - {SCREENSHOT}


def test_installing_the_library_brings_no_user_interface(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = Parser().parsestr(wheel.read(name).decode())
    required = [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line]
    names = {re.match(r"[\w-]+", line).group() for line in required}
    assert {"numba", "numpy", "param"} <= names
    assert names.isdisjoint({"bokeh", "holoviews", "panel", "panel-material-ui"})


def test_the_release_of_a_version_has_no_commits():
    assert swarmviz.__version__ == importlib.metadata.version("swarmviz")
    assert (release_of("0.2.1.dev7+g0123abc"), release_of("0.2.0"), release_of("0.2.0+d2026")) == (
        "0.2.1",
        "0.2.0",
        "0.2.0",
    )


def test_change_log_citation_and_fallback_name_the_same_release():
    headings = re.findall(r"^## \[(.+?)\](?: - (\S+))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert (citation["version"], str(citation["date-released"])) == headings[1]
    assert VERSION["fallback-version"] == f"{headings[1][0]}.dev0"
    assert f"VERSION={VERSION['fallback-version']}\n" in (ROOT / "Dockerfile").read_text("utf-8")


def git(folder, *words):
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    """A small one: the project's own settings, with two commits."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    folder = tmp_path / "checkout"
    (folder / "swarmviz").mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("swarmviz/__init__.py", "components/__init__.py", "assets/dom.js"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "one")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "two")
    return folder


def version_of(folder, tmp_path):
    return built("wheel", folder, tmp_path / f"wheels-{len(list(tmp_path.iterdir()))}").name.split("-")[1]


def test_a_checkout_without_tags_has_a_version_before_the_release_and_so_has_a_shallow_clone(checkout, tmp_path):
    release = release_of(VERSION["fallback-version"])
    assert re.fullmatch(rf"{re.escape(release)}\.dev2\+g\w+", version_of(checkout, tmp_path))
    git(tmp_path, "clone", "--quiet", "--depth", "1", checkout.as_uri(), "shallow")
    assert re.fullmatch(rf"{re.escape(release)}\.dev1\+g\w+", version_of(tmp_path / "shallow", tmp_path))
    shutil.rmtree(checkout / ".git")
    assert version_of(checkout, tmp_path) == VERSION["fallback-version"]


def test_without_git_the_dockerfile_names_the_version(checkout, tmp_path, monkeypatch):
    (name,) = re.findall(r"^ENV (\w+)=\$\{VERSION\}$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    monkeypatch.setenv(name, "0.2.7")
    shutil.rmtree(checkout / ".git")
    assert version_of(checkout, tmp_path) == "0.2.7"


def test_a_tag_is_the_version_also_of_a_wheel_that_is_made_of_the_source_distribution(checkout, tmp_path):
    git(checkout, "tag", "--annotate", "v0.2.0", "--message", "0.2.0")
    with tarfile.open(built("sdist", checkout, tmp_path / "sources")) as sources:
        sources.extractall(tmp_path, filter="data")
    assert version_of(checkout, tmp_path) == version_of(tmp_path / "swarmviz-0.2.0", tmp_path) == "0.2.0"
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "three")
    assert re.fullmatch(r"0\.2\.1\.dev1\+g\w+", version_of(checkout, tmp_path))


@pytest.mark.parametrize("requirement", sorted({*CORE, *(line for extra in EXTRAS for line in whole(extra))}))
def test_every_requirement_has_a_lower_bound_and_an_upper_one_where_a_private_name_is_used(requirement):
    """An upper bound keeps others from installing us beside a newer version, so its reason stands beside it: a file, and a name in it."""
    assert re.fullmatch(r"[\w-]+>=[\d.]+(,<[\d.]+)?", requirement)
    if "<" in requirement:
        (reason,) = re.findall(rf'"{re.escape(requirement)}", # (.*)', (ROOT / "pyproject.toml").read_text("utf-8"))
        file, name = reason.split(": ")
        assert name in (ROOT / file).read_text("utf-8")


def test_the_page_alone_brings_no_ffmpeg_and_the_tests_do():
    brings = {extra: {re.match(r"[\w-]+", line)[0] for line in whole(extra)} for extra in EXTRAS}
    assert {extra for extra, names in brings.items() if "imageio-ffmpeg" in names} == {"films", "test"}


def test_conda_and_pip_install_the_same_versions():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    ranges = [line for line in dependencies if isinstance(line, str) and line != "pip"]
    assert ranges == [f"python{PROJECT['requires-python']}", *CORE, *whole("app")]


def test_the_licence_is_bsd_3_clause():
    text = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    assert PROJECT["license"] == "BSD-3-Clause"
    assert text.startswith("BSD 3-Clause License Copyright (c) 2026, swarmviz developers")
    assert "Neither the name of the copyright holder" in text


def test_no_tracked_file_names_a_registry_host_or_a_path_of_one_machine():
    """The project is built from whatever registry its user's tools are set to, wherever its folder lies."""
    hosts = r"\b(?:pypi|pythonhosted|npmjs|anaconda)\.(?:org|com|io|net)\b|\bdeb\.debian\."
    paths = r"(?<![\w.~-])/(?:root|home|Users|work|opt)/\w|\.pyenv\b"
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path != Path(__file__):
            found += [f"{name}: {hit}" for hit in re.findall(f"{hosts}|{paths}", path.read_text("utf-8", "ignore"))]
    assert not found
