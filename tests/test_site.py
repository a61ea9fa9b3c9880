"""The documentation's site is made without a warning, needs nothing from elsewhere, and a link that leads nowhere fails it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from swarmviz.gallery.cards import CARDS

pytest.importorskip("myst_nb", reason="the extra docs is not installed")

ROOT = Path(__file__).parent.parent
LOADED = re.compile(r"""<(?:script|link|img|iframe)[^>]*?\s(?:src|href)=["']([^"']+)["']""")


def made(source, to):
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "--fail-on-warning",
        "--keep-going",
        "--quiet",
        "-c",
        "docs",
        ".",
        str(to),
    ]
    return subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    to = tmp_path_factory.mktemp("site")
    done = made(ROOT, to)
    assert done.returncode == 0, done.stderr
    return to


@pytest.mark.timeout(300)
def test_every_page_of_the_checkout_is_on_it(site):
    notebooks = [*(ROOT / "docs" / "notebooks").glob("*.ipynb")]
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *notebooks]
    missing = [page for page in pages if not (site / page.relative_to(ROOT)).with_suffix(".html").is_file()]
    assert len(pages) > 40 and len(notebooks) == 3 and not missing
    assert (site / "search.html").is_file() and (site / "index.html").is_file()


@pytest.mark.timeout(300)
def test_nothing_is_fetched_from_elsewhere_and_every_picture_is_there(site):
    pages = [page for page in site.rglob("*.html") if "_static" not in page.parts]  # which has the theme's templates
    assert len(pages) > 40
    for page in pages:
        for address in LOADED.findall(page.read_text("utf-8")):
            if address.startswith("data:"):  # a picture that a notebook's cell has in its HTML
                continue
            assert "//" not in address, (page, address)
            path = address.partition("?")[0].partition("#")[0]
            assert not path or (page.parent / path).exists(), (page, address)


@pytest.mark.timeout(300)
def test_it_has_formulas_functions_and_all_cards(site):
    assert (site / "docs/families.html").read_text("utf-8").count("<math") > 8
    api = (site / "docs/api.html").read_text("utf-8")
    assert all(f'id="swarmviz.{name}"' in api for name in ("Simulation", "sweep", "exports.film", "plot.map"))
    wall = (site / "docs/gallery.html").read_text("utf-8")
    assert wall.count("<figcaption>") == len(CARDS)


@pytest.mark.timeout(300)
def test_notebooks_have_what_their_cells_have_shown(site):
    page = (site / "docs/notebooks/tune.html").read_text("utf-8")
    assert page.count("<img") > 2 and "robust middle" in page and "Kaplan–Meier" in page
    assert "<math" in (site / "docs/notebooks/papers.html").read_text("utf-8")


@pytest.mark.timeout(300)
def test_a_link_that_leads_nowhere_fails_it(tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "docs", copy / "docs", ignore=shutil.ignore_patterns("_build", "decisions"))
    shutil.copytree(ROOT / "assets", copy / "assets")
    shutil.copytree(ROOT / "swarmviz", copy / "swarmviz", ignore=shutil.ignore_patterns("__pycache__"))
    for page in (copy / "docs").glob("*.md"):
        if page.name != "index.md":
            page.unlink()
    (copy / "docs" / "index.md").write_text("# One page\n\n[nowhere](no_such_page.md)\n", encoding="utf-8")
    done = made(copy, tmp_path / "site")
    assert done.returncode != 0 and "no_such_page" in done.stderr
