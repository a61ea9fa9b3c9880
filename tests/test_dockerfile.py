"""The Dockerfile, which cannot be built everywhere, keeps rules of its form; what it copies and calls is there."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from components.server import monitoring

ROOT = Path(__file__).parents[1]
STEP = tuple[str, str]


def steps(text: str) -> list[STEP]:
    """The instructions with their arguments, lines put together, without comments."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


def objections(text: str) -> set[str]:
    """What is wrong with the form of a Dockerfile; the names are those of hadolint's rules where it has one."""
    found, here = set(), steps(text)
    words = [word for word, _ in here]
    last = max(i for i, word in enumerate(words) if word == "FROM")
    runs = [rest for word, rest in here if word == "RUN"]
    users = [rest for word, rest in here[last:] if word == "USER"]
    checks = {
        "DL3006 an image without a version": any(":" not in rest.split()[0] for word, rest in here if word == "FROM"),
        "DL3007 latest": any(":latest" in rest for word, rest in here if word == "FROM"),
        "DL3002 root": not users or users[-1] in ("root", "0"),
        "DL3020 ADD": "ADD" in words,
        "DL3025 words for a shell": any(
            word in ("CMD", "ENTRYPOINT") and not rest.startswith("[") for word, rest in here
        ),
        "DL3042 a cache of pip": any("pip install" in run and "--no-cache-dir" not in run for run in runs),
        "DL3003 cd": any(re.search(r"(^|&& )cd ", run) for run in runs),
        "DL3004 sudo": any("sudo" in run for run in runs),
        "DL3000 a relative folder": any(word == "WORKDIR" and not rest.startswith("/") for word, rest in here),
        "DL4003 several commands": words[last:].count("CMD") > 1 or words[last:].count("ENTRYPOINT") != 1,
        "DL3057 no HEALTHCHECK": "HEALTHCHECK" not in words[last:],
        "a secret": any(re.search(r"(?i)secret|password|token", rest) for word, rest in here if word in ("ENV", "ARG")),
    }
    found |= {name for name, wrong in checks.items() if wrong}
    return found


TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_dockerfile_keeps_the_rules():
    assert objections(TEXT) == set()


@pytest.mark.parametrize(
    "old, new, rule",
    [
        ("FROM python:3.12-slim\n", "FROM python\n", "DL3006"),
        ("FROM python:3.12-slim\n", "FROM python:latest\n", "DL3007"),
        ("USER swarmviz\n", "", "DL3002"),
        ("USER swarmviz\n", "USER swarmviz\nUSER root\n", "DL3002"),
        ("COPY assets assets", "ADD assets assets", "DL3020"),
        ('ENTRYPOINT ["swarmviz", "serve"]', "ENTRYPOINT swarmviz serve", "DL3025"),
        ("--no-cache-dir ", "", "DL3042"),
        ("HEALTHCHECK", "LABEL", "DL3057"),
        ("PORT=5006", "BOKEH_SECRET_KEY=x", "a secret"),
    ],
)
def test_the_rules_find_what_they_are_for(old, new, rule):
    assert old in TEXT and any(name.startswith(rule) for name in objections(TEXT.replace(old, new)))


def test_what_is_copied_is_there_and_reaches_the_builder():
    copied = [rest.split()[:-1] for word, rest in steps(TEXT) if word == "COPY" and not rest.startswith("--from")]
    names = {name for each in copied for name in each}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*" and {line[1:] for line in ignored if line.startswith("!")} == names
    assert all((ROOT / name).exists() for name in names)
    included = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(included["only-include"]) < names


def test_the_python_is_one_that_the_page_runs_with():
    versions = {tuple(map(int, found)) for found in re.findall(r"python:(\d+)\.(\d+)", TEXT)}
    assert len(versions) == 1 and min(versions) >= (3, 12) and sys.version_info >= (3, 11)


@pytest.mark.parametrize("prefix, path", [("", "/health"), ("/lab", "/lab/health"), ("lab/", "/lab/health")])
def test_the_health_check_asks_where_health_is_answered(prefix, path, monkeypatch):
    asked = []
    (command,) = (json.loads(rest[rest.index("CMD") + 4 :]) for word, rest in steps(TEXT) if word == "HEALTHCHECK")
    assert command[:2] == ["python", "-c"] and path.endswith(monitoring.HEALTH)
    monkeypatch.setattr("urllib.request.urlopen", lambda address, timeout: asked.append(address))
    monkeypatch.setenv("PORT", "5006")
    monkeypatch.setenv("PREFIX", prefix)
    exec(command[2], {})
    assert asked == [f"http://127.0.0.1:5006{path}"]
