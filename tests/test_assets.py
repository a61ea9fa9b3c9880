"""What the browser is given as a component's script and style sheet."""

from __future__ import annotations

import re
from collections import Counter

import panel as pn
import pytest

from components import assets

DECLARED = re.compile(r"^(?:export )?(?:const|let|function|class) (\w+)", re.MULTILINE)


def _components() -> list[type]:
    import components.session  # noqa: F401 (which knows all of them)

    found, below = [], [pn.custom.JSComponent]
    while below:
        below += (kinds := below.pop().__subclasses__())
        found += [kind for kind in kinds if kind.__module__.startswith("components.")]
    return found


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Another folder of assets."""
    monkeypatch.setattr(assets, "ASSETS", tmp_path)

    def write(**texts: str):
        for name, text in texts.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")

    return write


def test_what_a_script_imports_stands_before_it_once_and_only_the_script_exports(folder):
    folder(
        page='import "./lamp.js"\nimport {make, short} from "./dom.js"\nexport function render() { return make(lamp) }\n',
        lamp='import {make} from "./dom.js"\nexport const lamp = make("i") // of the page\n',
        dom="// elements\nexport const make = (tag) => tag\nexport const short = 1\n",
    )
    assert assets.parts("page.js") == ["dom.js", "lamp.js", "page.js"]
    assert assets.script("page") == (
        "const make = (tag) => tag\nconst short = 1\n"
        'const lamp = make("i") // of the page\n'
        "export function render() { return make(lamp) }\n"
    )


def test_every_component_of_the_page_has_its_script_in_the_folder_of_assets():
    kinds = _components()
    assert len(kinds) >= 8
    for kind in kinds:
        names = [
            name for name in (path.stem for path in assets.ASSETS.glob("*.js")) if kind._esm == assets.script(name)
        ]
        assert len(names) == 1, f"{kind.__name__}: {names}"


@pytest.mark.parametrize("kind", _components(), ids=lambda kind: kind.__name__)
def test_no_script_asks_the_server_for_another_and_no_two_of_its_modules_declare_the_same_name(kind):
    script = kind._esm
    assert not re.search(r"^\s*import\b", script, re.MULTILINE)
    assert re.findall(r"^export .*", script, re.MULTILINE) == ["export function render({model}) {"]
    declared = Counter(DECLARED.findall(script))
    assert {name: count for name, count in declared.items() if count > 1} == {}


@pytest.mark.parametrize("path", sorted(assets.ASSETS.glob("*.js")), ids=lambda path: path.stem)
def test_a_script_uses_what_it_imports_and_what_it_imports_exists(path):
    text = path.read_text(encoding="utf-8")
    for names, module in re.findall(r'^import \{([^}]*)\} from "\./([\w.]+)"$', text, re.MULTILINE):
        exported = re.findall(r"^export const (\w+)", assets._text(module), re.MULTILINE)
        for name in re.split(r",\s*", names.strip()):
            assert name in exported, f"{module} exports no {name}"
            assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{name} is imported and not used"


@pytest.mark.parametrize("kind", _components(), ids=lambda kind: kind.__name__)
def test_a_component_that_is_not_visible_stays_hidden_whatever_its_style_sheet_says(kind):
    """Panel hides it by ``:host { display: none; }``, which stands before the component's own sheet."""
    for rule in re.findall(r":host \{([^}]*)\}", "".join(kind._stylesheets)):
        assert "display" not in rule or kind.__name__ == "DrawerButton", "which is always visible"
