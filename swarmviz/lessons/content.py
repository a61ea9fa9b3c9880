"""What a browser shows of a lesson: Markdown as HTML in which nothing that was typed is a tag, and blocks as plain values.

What stands in braces becomes a ``slot``: an empty element with a number, which the browser fills with a slider or a number.
Markdown is read by markdown-it-py, which comes with the page and is imported when a lesson is shown.
"""

from __future__ import annotations

import functools
import re
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from swarmviz.lessons import inline
from swarmviz.lessons.inline import Number, Slider
from swarmviz.lessons.lesson import Ask, Lesson, Predict, Remember, Text, Until, statements_about
from swarmviz.replay import RunSpec

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

RULES = (
    "emphasis",
    "backticks",
    "link",
    "escape",
    "entity",
    "newline",
    "list",
    "paragraph",
    "text",
)  # plain: no pictures, no HTML
BRACED = re.compile(r"\{[^{}\n]*\}")


class Content(NamedTuple):
    """A step as the browser shows it.

    Attributes
    ----------
    parts : list of dict
        Each has a ``kind`` and what its kind needs; plain values only.
    slots : list of Slider or Number
        What the empty elements in the texts are for, by their numbers.
    """

    parts: list[dict[str, Any]]
    slots: list[Slider | Number]


def content_of(lesson: Lesson, at: int, runs: tuple[RunSpec, ...]) -> Content:
    """The step at a place of a lesson, beside the swarms that are seen with it."""
    slots: list[Slider | Number] = []
    known = statements_about(run for step in lesson.steps for run in step.runs)
    return Content([_part(part, runs, known, slots) for part in lesson.steps[at].parts], slots)


def _part(part: Any, runs: tuple[RunSpec, ...], known: dict[str, str], slots: list[Slider | Number]) -> dict[str, Any]:
    match part:
        case Text():
            environment = {"runs": runs, "slots": slots}
            return {"kind": "text", "html": _markdown().render(part.text, environment)}
        case Predict():
            choices = [
                {"html": _line(choice.text), "right": choice.right, "reply": _line(choice.reply)}
                for choice in part.choices
            ]
            return {"kind": "predict", "html": _line(part.question), "choices": choices}
        case Until():
            return {"kind": "until"}
        case Ask():
            return {"kind": "ask", "html": _line(part.question)}
        case Remember():
            return {
                "kind": "remember",
                "lines": [_line(line) for line in part.lines],
                # in their own words: the list of claims has only those that apply to the run of the moment
                "statements": [{"source": source, "statement": known[source]} for source in part.statements],
            }
    raise TypeError(f"{type(part).__name__} is no part of a lesson")


def _line(text: str) -> str:
    return _markdown().renderInline(text)


@functools.cache
def _markdown() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        raise ImportError("a lesson is shown with markdown-it-py: pip install 'swarmviz[app]'") from None
    md = MarkdownIt("zero", {"html": False})
    known = {rule for rules in md.get_all_rules().values() for rule in rules}
    md.enable([rule for rule in RULES if rule in known])
    md.validateLink = lambda url: url.startswith("https://")  # type: ignore[method-assign]
    md.inline.ruler.push("slot", _slot)
    md.add_render_rule("slot", lambda renderer, tokens, at, options, env: tokens[at].content)
    md.add_render_rule("link_open", _link)
    return md


def _link(renderer: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    href = escape(str(tokens[at].attrGet("href") or ""))
    return f'<a href="{href}" target="_blank" rel="noopener noreferrer">'


def _slot(state: StateInline, silent: bool) -> bool:
    """The rule of Markdown for what stands in braces."""
    match = BRACED.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("slot", "", 0)
        token.content = _slot_html(match[0], state.env["runs"], state.env["slots"])
    state.pos = match.end()
    return True


def _slot_html(piece: str, runs: tuple[RunSpec, ...], slots: list[Slider | Number]) -> str:
    means = inline.meaning(piece, runs)
    if isinstance(means, Slider | Number):
        slots.append(means)
        return f'<span class="slot" data-slot="{len(slots) - 1}"></span>'
    return f'<b class="stated">{escape(means.shown)}</b>'
