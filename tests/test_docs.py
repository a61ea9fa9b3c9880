"""What the documents promise is run."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import swarmviz as sv
import tests.test_contract as test_contract
from swarmviz.lessons.reader import read
from swarmviz.lessons.trial import run_through

ROOT = Path(__file__).parent.parent


def python_blocks(path):
    return re.findall(r"```python\n(.*?)```", (ROOT / path).read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The dynamics of docs/adding_a_dynamics.md, as the one file that the page says it is."""
    path = tmp_path_factory.mktemp("example") / "pull_to_best.py"
    (code,) = python_blocks("docs/adding_a_dynamics.md")
    path.write_text(code)
    spec = importlib.util.spec_from_file_location("pull_to_best", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PullToBest


@pytest.mark.parametrize(
    "name", [name for name in dir(test_contract) if name.startswith("test_") and "kinds" not in name]
)
def test_the_worked_example_keeps_the_contract(example, name):
    promise = getattr(test_contract, name)
    promise(example)


def test_the_worked_example_contracts_without_noise(example):
    sim = sv.Simulation(example(strength=0.0, dt=0.1), sv.landscapes.Sphere(), sv.Swarm(n=20, d=2))
    sim.advance(10)
    V = sim.record["dispersion"]
    np.testing.assert_allclose(V[1:] / V[:-1], 0.9**2, rtol=1e-9)


def test_the_readme_example_runs(capsys):
    code = python_blocks("README.md")[0]
    assert len(code.strip().splitlines()) == 5
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.count("\n") == 2


@pytest.mark.parametrize("place", range(4))
def test_the_examples_of_notebooks_run(place):
    exec(compile(python_blocks("docs/notebooks.md")[place], "notebooks.md", "exec"), {})


def test_the_first_steps_run_one_after_the_other(capsys):
    names = {}
    for code in python_blocks("docs/first_steps.md"):
        exec(compile(code, "first_steps.md", "exec"), names)
    told = capsys.readouterr().out
    assert "sigma (σ) = -1.0" in told and "success_rate" in told
    assert abs(names["sim"].frame.focus - 1).max() < 0.3


def test_the_examples_of_ensembles_run_and_leave_a_store(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for code in (python_blocks("README.md")[1], python_blocks("docs/scaling.md")[0]):
        exec(compile(code, "docs", "exec"), {})
    assert "success_rate" in capsys.readouterr().out
    assert len(list((tmp_path / "cbo-sweep").glob("*.nc"))) == 6
    assert len(list((tmp_path / "bgk-sweep").glob("*.nc"))) == 12


def test_the_linked_plots_of_tuning_can_be_drawn():
    pytest.importorskip("holoviews")
    import holoviews as hv
    from bokeh.document import Document
    from bokeh.io.doc import patch_curdoc

    names = {}
    exec(compile(python_blocks("docs/tuning.md")[-1], "tuning.md", "exec"), names)
    document = Document()
    with patch_curdoc(
        document
    ):  # an error in another test's callback leaves a document as "the current one" that is gone
        hv.render(names["linked"], backend="bokeh")


def test_what_the_readme_says_of_figures_in_a_script_runs():
    """In a process of its own, where nobody else has imported swarmviz.papers."""
    (said,) = re.findall(r"In a script:\s+`([^`]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    code = said.replace("runs=100", "runs=2, quick=True")
    assert code != said
    check = "assert dict(_.sizes)['run'] == 2, _"
    program = "\n".join([*code.split("; ")[:-1], f"_ = {code.split('; ')[-1]}", check])
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_lesson_of_the_guide_is_read_and_does_what_it_says():
    (text,) = re.findall(
        r"````markdown\n(.*?)````", (ROOT / "docs" / "writing_a_lesson.md").read_text("utf-8"), re.DOTALL
    )
    trial = run_through(read(text, "guide"))
    assert not trial.complaints and trial.reached and trial.stated == 3, trial.complaints


PATH = re.compile(r"`((?:swarmviz|components|docs|tools|tests|assets|benchmarks)/[\w./]*|\w+\.(?:toml|yml))`")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_a_page_links_to_and_names_exists(page):
    text = page.read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert not [link for link in links if link and not (page.parent / link).exists()]
    if page.name not in ("CHANGELOG.md", "performance.md"):  # which tell of the past, too
        assert not [path for path in PATH.findall(text) if not (ROOT / path).exists()]


def test_the_readme_says_where_things_are():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(PATH.findall(text[text.index("## The house") : text.index("## Licence")])) > 25


def test_the_reference_and_the_table_of_the_readme_say_what_is_declared():
    """Run tools/reference.py when this fails."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == module.reference()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert module.TABLE.search(text) and module.readme(text) == text
