"""What is recorded over the steps, on two plots: the values, and how far the swarm is spread; any other group at the press of a button."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import panel as pn

from components.palette import theme
from components.views.base import View
from components.views.buttons import ButtonRow
from components.views.curves.curve_plot import CurvePlot
from components.views.curves.law_curves import GROUP as TO_LAW
from components.views.curves.law_curves import MEANING as TO_LAW_MEANING
from components.views.curves.law_curves import has_law, law_picture
from components.views.curves.schedule_curves import GROUP as SCHEDULE
from components.views.curves.schedule_curves import newest, schedule_picture, scheduled, spans_decades
from swarmviz import Frame, Simulation
from swarmviz.drawing.abscissa import LABELS, STEPS
from swarmviz.drawing.curves import (
    BANDS,
    GROUP_LABELS,
    OVERLAYS,
    Band,
    CurvesPicture,
    Overlay,
    curves_picture,
    groups_of,
    suits_log,
)
from swarmviz.drawing.law import DISTANCES
from swarmviz.drawing.law_beside import DISTANCE
from swarmviz.drawing.tables import Table, curves_table, steps_told
from swarmviz.theory import all_claims, claims_of
from swarmviz.theory import lines as theory_lines

FIRST_CHOICE = "value", "dispersion"
LOG = ["log", "log", "Logarithmic axis"]
LOG_STEPS = [
    "log k",
    "log k",
    "Logarithmic axis of the steps, from step 1 on: the whole history, its beginning as wide as its end",
]
OVER = {
    "t": ("time", ["t", "t", "Over the time in place of the steps"]),
    "evals": ("evaluations", ["evals", "evals", "Over the evaluations of F that are spent, in place of the steps"]),
}  # switches, of which at most one is on
ONE_PLOT = (
    "@container (max-height: 330px) { .second { display: none !important; } } :host { container-type: size; } "
    ".second { display: var(--sv-second, flex); }"  # under a projector none: see assets/page.css
)
MEANINGS = {
    SCHEDULE: "The parameters that follow a schedule, over the whole run and ahead of it",
    TO_LAW: TO_LAW_MEANING,
}  # of groups that no dynamics records


class Prepared(NamedTuple):
    """What is painted: the pictures of both plots, and the groups that could be chosen when they were made."""

    groups: list[str]
    pictures: list[CurvesPicture]


class Curves(View):
    """The view of the record; see :class:`components.views.base.View`.

    Where there is no height for two plots, as on a phone, the browser shows the first.

    Parameters
    ----------
    bands : function (run) → mapping of str to Band
        The band of the run's replicas for each observable by name, or nothing; called where pictures are prepared.
    law_told : function () → bool
        Whether another view that is seen says what must be said of the law of infinitely many agents.
    go_to : function (step)
        Called when somebody clicks on a step.

    Attributes
    ----------
    groups : list of str
        The group of observables on each of the two plots.
    log : list of bool
        Whether each plot has a logarithmic axis.
    log_steps : list of bool
        Whether the axis of the steps of each plot is logarithmic.
    """

    picture = "curves"
    every = 3
    background = frozenset({"law", "replicas"})

    def __init__(
        self,
        dark: bool = False,
        bands: Callable[[Simulation], Mapping[str, Band]] = lambda run: {},
        law_told: Callable[[], bool] = lambda: False,
        go_to: Callable[[int], None] = lambda step: None,
        **wiring: Any,
    ):
        super().__init__(**wiring)
        self._plots = [CurvePlot(theme(dark)) for _ in FIRST_CHOICE]
        self._buttons = [
            ButtonRow(
                lambda what, i=i: self._pressed(i, what),
                plot.toggle,
                switches=[LOG, LOG_STEPS, *(s for _, s in OVER.values())],
            )
            for i, plot in enumerate(self._plots)
        ]
        for plot, buttons in zip(self._plots, self._buttons, strict=True):
            plot.on_step, plot.on_lines = (
                go_to,
                lambda p=plot, b=buttons: b.param.update(lines=[list(x) for x in p.lines]),
            )
        self._offered: list[str] = []
        self._toggled: set[str] = set()  # claims whose lines are drawn although they usually are not, or the reverse
        self._chosen = [("", False) for _ in self._plots]  # group and scale of each plot; the buttons show it
        self._log_steps = [False for _ in self._plots]
        self._over = [STEPS for _ in self._plots]
        self.bands, self.law_told = bands, law_told
        self._overlays: tuple[Overlay, ...] = ()
        blocks = [self._block(i) for i in range(len(self._plots))]
        self._pane = pn.Column(*blocks, sizing_mode="stretch_both", min_height=160, stylesheets=[ONE_PLOT])

    def _block(self, i: int) -> pn.Column:
        plot = self._plots[i]
        figure = pn.pane.Bokeh(plot.figure, sizing_mode="stretch_both", min_height=100, margin=0)
        reasons = pn.pane.Bokeh(plot.reasons, sizing_mode="stretch_width", margin=0)
        return pn.Column(
            self._buttons[i],
            figure,
            reasons,
            sizing_mode="stretch_both",
            margin=0,
            css_classes=[["first", "second"][i]],
        )

    @property
    def pane(self) -> pn.viewable.Viewable:
        """What is put on the page."""
        return self._pane

    @property
    def plots(self) -> list[CurvePlot]:
        """The two plots."""
        return self._plots

    @property
    def groups(self) -> list[str]:
        """The group of observables on each plot."""
        return [group for group, _ in self._chosen]

    @property
    def log(self) -> list[bool]:
        """Whether each plot has a logarithmic axis."""
        return [log for _, log in self._chosen]

    @property
    def defaults(self) -> dict[str, Any]:  # type: ignore[override]  # it depends on what the dynamics records
        """What is on the two plots as long as no other group or axis is chosen."""
        if self._sim is None:
            return {}
        usual = [[group, self._suits_log(group)] for group in map(self._first, range(len(self._plots)))]
        return {
            "curves": usual,
            "lines": [],
            "log_steps": [False] * len(self._plots),
            "curves_over": [STEPS] * len(self._plots),
            "hidden": [[] for _ in self._plots],
        }

    @property
    def curves(self) -> list[list]:
        """The group on each plot, and whether its axis is logarithmic."""
        return [list(pair) for pair in self._chosen]

    @curves.setter
    def curves(self, value: Any) -> None:
        groups = _groups(self._sim)
        if (
            not isinstance(value, list)
            or len(value) != len(self._plots)
            or not all(_is_choice(v, groups) for v in value)
        ):
            raise ValueError(
                f"curves = {value!r}: must be {len(self._plots)} pairs of one of {', '.join(groups)}, and whether its axis is logarithmic"
            )
        for place, (group, log) in enumerate(value):
            self.choose(place, group, log)

    @property
    def log_steps(self) -> list[bool]:
        """Whether the axis of the steps of each plot is logarithmic."""
        return list(self._log_steps)

    @log_steps.setter
    def log_steps(self, value: Any) -> None:
        if not isinstance(value, list) or len(value) != len(self._plots) or not all(isinstance(v, bool) for v in value):
            raise ValueError(f"log_steps = {value!r:.100}: must be {len(self._plots)} times true or false")
        self._log_steps = list(value)
        for place, (group, log) in enumerate(self._chosen):
            self._set(place, group, log)
        self.refresh()

    @property
    def curves_over(self) -> list[str]:
        """What each plot is drawn over: "steps", "time" or "evaluations"."""
        return list(self._over)

    @curves_over.setter
    def curves_over(self, value: Any) -> None:
        if (
            not isinstance(value, list)
            or len(value) != len(self._plots)
            or not all(isinstance(v, str) and v in LABELS for v in value)
        ):
            raise ValueError(f"curves_over = {value!r:.100}: must be {len(self._plots)} of {', '.join(LABELS)}")
        self._over = list(value)
        for place, (group, log) in enumerate(self._chosen):
            self._set(place, group, log)
        self.refresh()

    @property
    def lines(self) -> list[str]:
        """The claims whose lines are drawn although they usually are not, or the reverse."""
        return sorted(self._toggled)

    @lines.setter
    def lines(self, value: Any) -> None:
        known = {claim.name for claims in all_claims().values() for claim in claims}
        if (
            not isinstance(value, list)
            or len(value) > len(known)
            or not all(isinstance(v, str) and v in known for v in value)
        ):
            raise ValueError(f"lines = {value!r:.100}: must be names of claims, such as {min(known)}")
        self._toggled = set(value)

    @property
    def hidden(self) -> list[list[str]]:
        """The names of what is hidden on each plot: observables, claims, parameters, BANDS and OVERLAYS."""
        known = _hideable(self._sim)
        return [sorted(plot.hidden & known) for plot in self._plots]

    @hidden.setter
    def hidden(self, value: Any) -> None:
        known = _hideable(self._sim)
        if (
            not isinstance(value, list)
            or len(value) != len(self._plots)
            or not all(isinstance(names, list) and len(names) <= len(known) for names in value)
            or not all(isinstance(name, str) and name in known for names in value for name in names)
        ):
            raise ValueError(
                f"hidden = {value!r:.100}: must be {len(self._plots)} lists of names of lines, such as {min(known)}"
            )
        for plot, names in zip(self._plots, value, strict=True):
            plot.hide(names)

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """Other runs whose curves are drawn behind, thin and grey."""
        return self._overlays

    @overlays.setter
    def overlays(self, overlays: Sequence[Overlay]) -> None:
        self._overlays = tuple(overlays)
        self.refresh()

    def export_options(self, frame: Frame) -> dict[str, Any]:
        """The axes, lines and runs that are seen; hidden curves are left out. And the distance to the law, where it is on a plot."""
        recorded = groups_of(self._sim.dynamics.observables)
        seen = {
            "log": {group: log for group, log in self._chosen if group in recorded and log != self._suits_log(group)},
            "log_steps": {
                group: True
                for (group, _), on in zip(self._chosen, self._log_steps, strict=True)
                if on and group in recorded
            },
            "over": {
                group: over
                for (group, _), over in zip(self._chosen, self._over, strict=True)
                if over != STEPS and group in recorded
            },
            "lines": self.lines,
            "hidden": sorted({name for names in self.hidden for name in names}),
            "overlays": list(self._overlays),
        }
        return {name: value for name, value in seen.items() if value} | ({"law": True} if self.law_parts else {})

    @property
    def law_parts(self) -> frozenset[str]:
        """The distance to the law, where it is on a plot."""
        return frozenset({DISTANCE}) if TO_LAW in self.groups else frozenset()

    def is_drawn(self, claim: str, default: bool) -> bool:
        """Whether the line of a claim is drawn, which by ``default`` it is or is not."""
        return default != (claim in self._toggled)

    def draw(self, claim: str, on: bool) -> None:
        """Draw the line of a claim, or leave it out."""
        default = next(c.drawn for claims in all_claims().values() for c in claims if c.name == claim)
        self._toggled = self._toggled - {claim} if on == default else self._toggled | {claim}
        self.refresh()

    def choose(self, place: int, group: str, log: bool | None = None) -> None:
        """Put another group on a plot, on the scale that suits it unless ``log`` is given."""
        groups = _groups(self._sim)
        if group not in groups:
            raise ValueError(f"group = {group!r}: must be one of {', '.join(groups)}")
        self._set(place, group, self._suits_log(group) if log is None else log)
        self._plots[place].forget()
        self.refresh()

    def _set(self, place: int, group: str, log: bool) -> None:
        self._chosen[place] = group, log
        active = ["log"] * log + ["log k"] * self._log_steps[place]
        active += [switch for switch, (over, _) in OVER.items() if over == self._over[place]]
        self._buttons[place].param.update(value=group, active=active)

    def _pressed(self, place: int, what: str) -> None:
        """A button over a plot was pressed."""
        buttons = self._buttons[place]
        if what == "log k":
            self._log_steps[place] = "log k" in buttons.active
            self.refresh()
            return
        if what in OVER:
            self._over[place] = OVER[what][0] if what in buttons.active else STEPS
            self._set(place, *self._chosen[place])
            self.refresh()
            return
        self.choose(place, buttons.value, None if what == "value" else "log" in buttons.active)

    def _suits_log(self, group: str) -> bool:
        if group == SCHEDULE:
            return spans_decades(self._sim)
        if group == TO_LAW:
            return True
        return suits_log(self._sim.dynamics.observables, group)

    def attach(self, run: Simulation) -> None:
        """Another dynamics, landscape or swarm; a choice is kept where it still exists."""
        before = None if self._sim is None else groups_of(self._sim.dynamics.observables)
        self._sim = run
        if before != groups_of(run.dynamics.observables):
            self._offered = []
            self._chosen = [("", False) for _ in self._plots]
        for plot in self._plots:
            plot.forget()
        self._offer(_groups(run))
        self.paint(self.prepare(run.frame, run))

    def _offer(self, groups: list[str]) -> None:
        """The groups on the buttons; a plot whose group is no longer there goes back to its first choice."""
        if groups == self._offered:
            return
        self._offered, observables = groups, self._sim.dynamics.observables
        meanings = {g: "; ".join(o.meaning for o in observables if o.panel == g) for g in groups}
        choices = [[g, GROUP_LABELS.get(g, g), meanings[g] or MEANINGS[g]] for g in groups]
        for place, (buttons, (group, _)) in enumerate(zip(self._buttons, self._chosen, strict=True)):
            buttons.choices = choices
            if group not in groups:
                first = self._first(place)
                self._set(place, first, self._suits_log(first))
                self._plots[place].forget()

    def _first(self, place: int) -> str:
        """The group on a plot for which no other one is chosen."""
        wanted, groups = FIRST_CHOICE[place], _groups(self._sim)
        return wanted if wanted in groups else groups[min(place, len(groups) - 1)]

    def prepare(self, frame: Frame, run: Simulation) -> Prepared:
        """The curves of both plots; safe on a worker thread."""
        drawn = self._drawing(frame, run)
        return Prepared(_groups(run), [drawn(place) for place in range(len(self._plots))])

    def _drawing(self, frame: Frame, run: Simulation) -> Callable[..., CurvesPicture]:
        """What draws the picture of the plot at a place, at all steps or at some; its parts are looked up once for both plots."""
        bands, lines, overlays = self.bands(run), theory_lines(run, self._toggled), self._overlays
        chosen = list(zip(self._chosen, self._log_steps, self._over, strict=True))

        def drawn(place: int, at: np.ndarray | None = None) -> CurvesPicture:
            (group, log), log_steps, over = chosen[place]
            if group == SCHEDULE:
                return schedule_picture(run, log)._replace(log_steps=log_steps)
            if group == TO_LAW:
                return law_picture(run, log, self._law, self.law_told())._replace(log_steps=log_steps)
            return curves_picture(frame, run, group, log, bands, lines, overlays, log_steps, over, at)

        return drawn

    @property
    def offers(self) -> list[tuple[ButtonRow, Callable[[Frame, Simulation], list[Table]]]]:
        """The buttons over each plot, and what makes the table of it."""
        return [(buttons, partial(self._table, place)) for place, buttons in enumerate(self._buttons)]

    def _table(self, place: int, frame: Frame, run: Simulation) -> list[Table]:
        """The curves of a plot that are seen; safe on a worker thread."""
        (group, _), hidden = self._chosen[place], self._plots[place].hidden
        names = [o.name for o in run.dynamics.observables if o.panel == group]
        if not names:  # no record: the picture has all that is known, or looks like it
            return [curves_table(self._drawing(frame, run)(place), hidden=hidden)]
        at, total = steps_told(run.record["k"], [run.record[name] for name in names], self._log_steps[place])
        return [curves_table(self._drawing(frame, run)(place, at), total, hidden)]

    def paint(self, payload: Prepared) -> None:
        """Write pictures to the sources; one that was prepared for another choice is left out."""
        before = list(self._chosen)
        self._offer(payload.groups)  # a parameter may begin or cease to follow a schedule in mid-run
        chosen = zip(self._chosen, self._log_steps, self._over, strict=True)
        for plot, drawn, (scale, log_steps, over) in zip(self._plots, payload.pictures, chosen, strict=True):
            steps_only = drawn.group in (SCHEDULE, TO_LAW)  # whatever is chosen
            wanted = (*scale, log_steps and (steps_only or over != "time"), STEPS if steps_only else over)
            if (drawn.group, drawn.log, drawn.log_steps, drawn.over) == wanted:
                plot.paint(drawn)
        if before != self._chosen:
            self.refresh()

    def scale_type(self, factor: float) -> None:
        """Leave room for names in type that the browser makes so much larger."""
        for plot in self._plots:
            plot.scale_type(factor)

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the dark or the light theme."""
        for plot in self._plots:
            plot.apply_theme(theme(dark))


def _groups(sim: Simulation) -> list[str]:
    """What a plot can show: the groups of what is recorded, the distance to the law and the schedules where there are any."""
    more = [TO_LAW] * has_law(sim) + [SCHEDULE] * bool(scheduled(newest(sim)))
    return groups_of(sim.dynamics.observables) + more


def _hideable(sim: Simulation) -> frozenset[str]:
    """The names of all that a plot of such a run can hide."""
    dynamics = sim.dynamics
    names = {*(o.name for o in dynamics.observables), *(claim.name for claim in claims_of(type(dynamics)))}
    return frozenset({*names, *dynamics.declared(), *DISTANCES, BANDS, OVERLAYS})


def _is_choice(value: Any, groups: list[str]) -> bool:
    """Whether a value is a group and whether its axis is logarithmic."""
    return isinstance(value, list) and len(value) == 2 and value[0] in groups and isinstance(value[1], bool)
