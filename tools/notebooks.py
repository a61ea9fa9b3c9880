"""Run the notebooks of docs/notebooks anew and store what their cells show: python tools/notebooks.py [NAME ...]

Needs the extra ``docs``. Run it when a cell has changed, or when tests/test_notebooks.py says that what is stored is not
what is computed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "notebooks"
SECONDS = 300  # that a cell may take, with kernels compiled anew


def executed(path: Path) -> Any:
    """The notebook, as a nbformat node, with the outputs of a kernel that has run all of its cells in this checkout."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, 4)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    here = {"metadata": {"path": str(FOLDER)}}
    client = NotebookClient(notebook, timeout=SECONDS, resources=here, record_timing=False)
    client.execute()
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    return notebook


def main() -> None:
    """Those that are named, or all."""
    import nbformat

    names = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("*.ipynb"))
    for name in names:
        path = FOLDER / f"{name}.ipynb"
        notebook = executed(path)
        nbformat.write(notebook, path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
