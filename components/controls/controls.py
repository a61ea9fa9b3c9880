"""The controls: what is edited, what was typed and refused, and the form that shows both.

What is typed is given to the declaration itself; what it refuses stays beside the control with its reason, and nothing else changes.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from components.controls.assign import assign
from components.controls.form import Form
from components.controls.rows import Row, present_values, rows_of
from components.controls.schedule_plot import Lived, SchedulePlots
from components.controls.tables import Sheets
from components.text import MAX_SENTENCE_CHARS, beside_row, cut_short
from swarmviz.parameters import GROUPS, Described
from swarmviz.schedules import Begun

ON_RESET = "applies on reset"
ACTING, RARE, ON_START = "Parameters", "Rarely changed", "Swarm"  # titles of sections
PRESENT_EVERY_S = 0.25  # between two looks at what schedules give now


class Controls:
    """The form of a dynamics, a landscape and a swarm: each is edited on a copy, which takes its place once it is accepted.

    What the form shows is a function of what is kept here: the parts, what was typed and refused, and what was reported about a row.

    Parameters
    ----------
    parts : dict of str to Described
        What may be edited, by prefix; an accepted edit puts a changed copy in it.
    heading : function (parts) → list of Row
        Rows of the choices, named without a prefix, as they are for these parts.
    edited : function (prefix, part, final)
        A value was accepted: ``part`` is the one that has it, and is never changed from now on; not ``final`` while a slider is dragged.
    chosen : function (name, value)
        One of the heading's menus was used.
    check : function (prefix, part)
        Raises ``ValueError`` where a value does not fit the other parts.
    now : function () → float
        The time of the swarm: a schedule that is chosen begins there.
    lived : function () → Lived or None
        What is known of the run that is shown, for the curves of its schedules; None where it has not begun.
    elsewhere : function (prefix, part) → bool
        Whether a part that was edited needs another run, which was begun then: one of another dimension.

    Attributes
    ----------
    parts : dict of str to Described
        As above.
    edited_row : str
        The row that was edited last.
    """

    def __init__(
        self,
        parts: dict[str, Described],
        heading: Callable[[dict[str, Described]], list[Row]],
        edited: Callable[[str, Described, bool], None],
        chosen: Callable[[str, Any], None],
        check: Callable[[str, Described], None] = lambda prefix, part: None,
        now: Callable[[], float] = lambda: 0.0,
        lived: Callable[[], Lived | None] = lambda: None,
        elsewhere: Callable[[str, Described], bool] = lambda prefix, part: False,
    ):
        self._edited, self._chosen, self._check, self._now, self._lived = edited, chosen, check, now, lived
        self._heading, self._elsewhere = heading, elsewhere
        self._refused: dict[str, tuple[Any, str]] = {}  # row → what was typed, and why it was not accepted
        self._reported: dict[str, str] = {}  # row → what went wrong with what was accepted
        self._stamps: dict[str, int] = {}  # row → number of the last message about it
        self._made: dict[str, tuple[Described, list[Row]]] = {}  # prefix → a part and its rows
        self._plots, self._sheets = SchedulePlots(), Sheets()
        self._drawn: tuple[Any, Any] = (None, None)  # curves and sheets that the form has
        self._present_at = -math.inf  # when it was last shown what schedules give
        self.edited_row = ""
        self.form = Form(self._edit)
        self.show(parts)

    def show(self, parts: dict[str, Described]) -> None:
        """Edit other parts; what was refused of the old ones is forgotten."""
        self.parts = parts
        self._begun: set[tuple[str, str]] = (
            set()
        )  # schedules that began when they were chosen: their beginning was not typed
        self.settle()

    def settle(self) -> None:
        """What is shown is what there is: what was refused or went wrong before is over."""
        self._refused, self._reported = {}, {}
        self.refresh()

    def follow(self) -> None:
        """The parts have other values, those of another step of the run: what went wrong with those before is over."""
        self._reported = {}
        self.refresh()

    def replace(self, prefix: str, part: Described) -> None:
        """Another part in the place of the present one, edited elsewhere than in the form."""
        self.parts[prefix] = part
        self.refresh()

    def refresh(self) -> None:
        """The form as it is now."""
        sections = self._sections()
        self._known = {row.name: row for _, _, rows in sections for row in rows}
        spec = [
            {"title": title, "note": note, "open": title != RARE, "rows": [row.build() for row in rows]}
            for title, note, rows in sections
            if rows
        ]
        shown = {name: self._shown(row) for name, row in self._known.items()}
        long = {
            name: v
            for name, look in shown.items()
            if isinstance(v := look["value"], str) and len(v) > MAX_SENTENCE_CHARS
        }
        for name in long:
            shown[name]["value"] = None
        now = {"spec": spec, "long": long}
        changed = {name: value for name, value in now.items() if value != getattr(self.form, name)}
        self._show_curves()  # first: with what is shown comes the word that it answers the last message
        self.form.param.update(**changed, shown=shown)
        self.show_present_values()

    def _sections(self) -> list[tuple[str, str, list[Row]]]:
        """Title, note and rows of each section: the choices with the landscape's fields, the dynamics, the swarm, what is rare."""
        rows = {prefix: self._rows_of(prefix, part) for prefix, part in self.parts.items()}
        dynamics = sorted(rows.get("dynamics", []), key=lambda row: GROUPS.index(row.group))
        acting = [row for row in dynamics if row.group != GROUPS[-1]]
        start = rows.get("swarm", []) + [row for row in dynamics if row.group == GROUPS[-1]]
        return [
            ("", "", self._heading(self.parts) + rows.get("landscape", [])),
            (ACTING, "", [row for row in acting if not row.rare]),
            (ON_START, ON_RESET, start),
            (RARE, "", [row for row in acting if row.rare]),
        ]

    def _rows_of(self, prefix: str, part: Described) -> list[Row]:
        """The rows of a part, made anew when it is another one: of three parts, an edit replaces one."""
        before, rows = self._made.get(prefix, (None, []))
        if before is not part:
            self._made[prefix] = part, (rows := rows_of(part, prefix))
        return rows

    def _shown(self, row: Row) -> dict[str, Any]:
        """What a row shows: what was typed as long as it stands refused, else what is in force."""
        look = row.state()
        typed, error = self._refused.get(row.name, (None, self._reported.get(row.name, "")))
        if isinstance(typed, str):
            look["text" if row.kind == "number" else "value"] = typed
        return look | ({"error": error} if error else {}) | ({"stamp": n} if (n := self._stamps.get(row.name)) else {})

    def show_present_values(self, at_once: bool = True) -> None:
        """Show each schedule's curve and what it gives now; unless ``at_once``, a few times per second."""
        if not at_once and time.monotonic() < self._present_at + PRESENT_EVERY_S:
            return
        self._present_at, t = time.monotonic(), self._now()
        values: dict[str, Any] = {}
        for prefix, part in self.parts.items():
            values |= present_values(part, prefix, t)
        self._show_curves()
        self.form.present = values

    def _show_curves(self) -> None:
        made = self._plots.of(self.parts, self._lived()), self._sheets.of(self.parts)
        if made[0] is not self._drawn[0] or made[1] is not self._drawn[1]:
            self._drawn = made
            self.form.curves = made[0] | made[1]

    def restart_schedules(self) -> None:
        """The swarm starts anew at t = 0, and with it the schedules that began when they were chosen; a typed beginning stays."""
        for prefix, name in self._begun:
            part = self.parts[prefix].copy()
            if isinstance(old := getattr(part, name), Begun):  # at an earlier step it may have been a number
                setattr(part, name, type(old)(**old.values_now() | {"since": 0.0}))
                self.parts[prefix] = part
        if self._begun:
            self._begun = set()
            self.refresh()

    # ---- what is refused -------------------------------------------------------------------------------------------------

    def report(self, name: str, sentence: str) -> None:
        """Put a sentence beside a control, where it stays until something is accepted; an empty one takes it away."""
        self._reported[name] = cut_short(sentence)
        self.refresh()

    def reported(self, name: str) -> str:
        """What went wrong with what was accepted in a row; "" where nothing did."""
        return self._reported.get(name, "")

    def take_back(self, prefix: str, part: Described, reason: str) -> None:
        """What was accepted could not act: ``part`` is in force again, and the row that was edited says why and keeps what was typed."""
        rows = [name for name in self._known if name.startswith(f"{prefix}.")]
        name = self.edited_row if self.edited_row in rows else next(iter(rows), "")
        if name in self._known and prefix in self.parts:
            row = self._known[name]
            typed, parameter = row.text or row.value, name.removeprefix(f"{prefix}.")
            self.parts[prefix] = part
            what = (
                f"{parameter} = {typed!r}: " if row.kind not in ("curve", "drawing") else ""
            )  # of a drag nothing was typed
            self._refused[name] = typed, cut_short(f"{what}{reason}")
            self.refresh()

    def owner_of(self, sentence: str) -> str | None:
        """The row that a refusal is about: the core's sentences begin with the parameter's name."""
        word = re.match(r"\w+", sentence)
        own = [name for name in self._known if word and name.split(".")[-1] == word.group()]
        inside = [name for name in self._known if word and name.split(".")[1:2] == [word.group()]]  # of its schedule
        return next(iter(own + inside), None)

    def enter(self, values: Mapping[str, Any]) -> None:
        """Take several values at once, by row, as if each had been typed; those of one part are one edit.

        Raises
        ------
        ValueError, TypeError
            When one is refused; then nothing of its part has changed.
        """
        trials: dict[str, Described] = {}
        for name, value in values.items():
            prefix, _, path = name.partition(".")
            assign(trials.setdefault(prefix, self.parts[prefix].copy()), path, value, self._now())
        for prefix, trial in trials.items():
            self._check(prefix, trial)
        for prefix, trial in trials.items():
            rows = [name for name in values if name.startswith(f"{prefix}.")]
            self.parts[prefix], self.edited_row, self._reported = trial, rows[-1], {}
            for name in rows:
                self._note_beginning(prefix, name.partition(".")[2])
                self._refused.pop(name, None)
            self.refresh()
            self._edited(prefix, trial, True)

    def put(self, name: str, part: Described) -> None:
        """A whole part that was made elsewhere, as if it had been typed in the row ``name``.

        Raises
        ------
        ValueError
            When it does not fit the other parts, or there is no such row any more; then nothing has changed.
        """
        prefix = name.partition(".")[0]
        if name not in self._known or type(part) is not type(self.parts[prefix]):
            raise ValueError(f"{name}: another one was chosen meanwhile")
        if self._elsewhere(prefix, part):
            return
        self._check(prefix, part)
        self._accept(prefix, part, name, True)

    # ---- edits -------------------------------------------------------------------------------------------------------------

    def edit(self, name: str, value: Any, final: bool) -> None:
        """A value was chosen elsewhere on the page than in its row, which shows it all the same."""
        self._edit(name, value, final, self._stamps.get(name, 0))

    def _edit(self, name: str, value: Any, final: bool, stamp: int = 0) -> None:
        prefix, _, path = name.partition(".")
        if name not in self._known:
            return
        self._stamps[name] = stamp
        if not path:
            self._chosen(name, value)
            self.refresh()
            return
        trial = self.parts[prefix].copy()
        try:
            assign(trial, path, value, self._now())
            if self._elsewhere(prefix, trial):
                return
            self._check(prefix, trial)
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            self._refused[name] = value, beside_row(str(error), path)
            self.refresh()
            return
        self._accept(prefix, trial, name, final)

    def _accept(self, prefix: str, trial: Described, name: str, final: bool) -> None:
        self.parts[prefix], self.edited_row = trial, name
        self._note_beginning(prefix, name.partition(".")[2])
        self._reported = {}
        self._refused.pop(name, None)
        self.refresh()
        self._edited(prefix, trial, final)

    def _note_beginning(self, prefix: str, path: str) -> None:
        """Whether a schedule began when it was chosen, or at a time that was typed."""
        name, _, part = path.partition(".")
        if part == "kind" and getattr(getattr(self.parts[prefix], name), "since", 0.0):
            self._begun.add((prefix, name))
        elif part in ("", "kind", "since"):
            self._begun.discard((prefix, name))
