"""The documentation as a site: ``make docs``, or ``python -m sphinx -W -c docs . FOLDER``.

Its pages are the Markdown files of the checkout where they lie, so that their links hold there and on the site. Nothing of it is fetched
from elsewhere: formulas are MathML, and the pictures are those of the gallery and of the notebooks.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "site")]  # the package, and the extensions of this site

from swarmviz.version import __version__  # noqa: E402  (from this checkout)

project, author, release = "swarmviz", "swarmviz developers", __version__
project_copyright = author
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml", "gallery_wall"]
root_doc = "docs/index"
include_patterns = ["docs/**.md", "docs/notebooks/*.ipynb", "*.md"]
exclude_patterns = ["docs/site"]
language = "en"

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # what tools/notebooks.py has stored is shown
suppress_warnings = ["myst.header"]  # the change log begins its sections anew for each release
autodoc_member_order, autodoc_typehints = "bysource", "none"  # the types stand in the text
autodoc_default_options = {"members": True}
napoleon_google_docstring, napoleon_use_rtype = False, False

html_theme, html_title = "pydata_sphinx_theme", f"swarmviz {release}"
html_logo = html_favicon = "../assets/logo.svg"
html_static_path, html_css_files = ["site/static"], ["site.css"]
html_extra_path = ["site/root"]
html_show_sourcelink = html_copy_source = False
html_theme_options = {"navbar_align": "left", "show_prev_next": False, "footer_start": ["copyright"], "footer_end": []}
html_sidebars = {f"docs/{page}": [] for page in ("index", "first_steps", "gallery")}  # which have no pages below them
