"""A run that goes on in a notebook: pieces of a few pictures, each of which the page asks for, so that the kernel is never waited for.

The page is that of a replay (:mod:`swarmviz.exports.replay`) with ``live.js``. While it shows one piece it asks for the next; what a person
does (a place on the slider of time, a parameter) is a message, too. Nothing happens between two messages, so that a simulation is only ever
touched by the thread that runs the cells, and a person can change it from a cell at any time.

Messages are dicts with "do" and the step "k" that was seen when it was sent:

    now              the present picture
    more             the next pictures
    goto             k becomes the present step
    set              "name" of the dynamics becomes "value", from step k on
"""

from __future__ import annotations

from importlib import resources
from typing import Any

from swarmviz.drawing.layers import ALL, Layers
from swarmviz.exports.metadata import metadata, title
from swarmviz.exports.replay import look, notes_of, page
from swarmviz.exports.take import Take
from swarmviz.frame import Diverged
from swarmviz.journal import step_number
from swarmviz.parameters import Real, TimeDependent, Whole, is_used, slider_of
from swarmviz.replay import RunSpec
from swarmviz.simulation import Simulation
from swarmviz.theory.wording import set_symbols

PICTURES = 12  # of a piece: a third of a second at the usual speed
EARLIER = 8  # pictures before them, for the trails
MAX_EVERY = 10_000

BACKGROUND = "background"  # how the names of landscapes' arrays begin
MAX_VIEWS = 64  # whose images are remembered

Answer = tuple[dict[str, Any], bytes]
Behind = tuple[Any, Any]


class Live:
    """The other end of the page: answers its messages.

    Parameters
    ----------
    sim : Simulation
        The very one: it moves with the page.
    every : int
        A picture of every so many steps.
    layers : Layers
        Those that are shown.
    """

    def __init__(self, sim: Simulation, every: int = 1, layers: Layers = ALL):
        self.sim, self.every, self._layers = sim, step_number("every", every, smallest=1), layers
        if self.every > MAX_EVERY:
            raise ValueError(f"every = {every!r}: must be at most {MAX_EVERY}")
        self._take: Take | None = None
        # The landscape and the ends of the view of which the page has an image at first, and each frame of it by now.
        self._first: Behind | None = None
        self._behind: dict[str, Behind | None] = {}

    def page(self) -> str:
        """The page with the present picture."""
        self._take, self._first, self._behind = None, None, {}
        header, block = self._piece(0)
        self._first = self._behind_of(header)
        script = resources.files("swarmviz.notebook").joinpath("live.js").read_text(encoding="utf-8")
        about = metadata(RunSpec.of(self.sim))
        return page(header | {"script": ""}, about, block, script)

    def answer(self, message: Any, view: str = "") -> Answer:
        """What a message is answered with: the header of a piece and its block, or a header with an "error" and nothing.

        ``view`` names the frame that has sent it: a notebook may show the same page in several, or load it again.
        """
        try:
            header, block = self._done(message)
        except (TypeError, ValueError) as error:
            return {"error": str(error)}, b""
        return self._without_what_is_there(header, block, view)

    def _done(self, message: Any) -> Answer:
        if not isinstance(message, dict):
            raise TypeError(f"message = {message!r:.80}: must be a dict")
        do = message.get("do")
        if do in ("now", "more"):
            return self._piece(PICTURES if do == "more" else 0)
        if do not in ("goto", "set"):
            raise ValueError(f"do = {do!r:.80}: must be now, more, goto or set")
        k = step_number("k", message.get("k"))
        if k > self.sim.furthest:
            raise ValueError(f"k = {k}: must be at most {self.sim.furthest}, the furthest step")
        self._go(k)
        if do == "set":
            self._set(message.get("name"), message.get("value"))
        return self._piece(0)

    def _go(self, k: int) -> None:
        """To a step that is known; a parameter that was changed and has not acted yet stays changed."""
        if k != self.sim.k:
            (self.sim.goto if self.sim.edited else self.sim.retrace)(k)

    def _set(self, name: Any, value: Any) -> None:
        dynamics = self.sim.dynamics
        declared = dynamics.declared().get(name) if isinstance(name, str) else None
        if not isinstance(declared, Real):
            raise ValueError(f"name = {name!r:.80}: must be a number among the parameters of {dynamics.title}")
        whole = isinstance(declared, Whole) and isinstance(value, float) and value.is_integer()
        setattr(dynamics, name, int(value) if whole else value)

    # ---- pieces ------------------------------------------------------------------------------------------------------

    def _piece(self, pictures: int) -> Answer:
        """The next so many pictures, or the present one where they are none."""
        take = self._take_on()
        first, ended = len(take.k), ""
        if not first:
            take.add(self.sim)
        for _ in range(pictures):
            try:
                self._step()
            except Diverged as error:
                ended = str(error)
                break
            take.add(self.sim)
        header, block = take.pack()
        first = min(first, len(take.k) - 1)
        header |= look(self.sim, title(RunSpec.of(self.sim)), self._layers)
        header["notes"] += [*notes_of(self.sim), *([ended] if ended else [])]
        header["live"] = {
            "first": first,
            "ended": bool(ended),
            "furthest": self.sim.furthest,
            "sliders": self._sliders(),
        }
        return header, block

    def _take_on(self) -> Take:
        """A take that goes on from the last one, where the present picture is one of it."""
        before, frame = self._take, self.sim.frame
        place = None if before is None else before.place_of(frame)
        if before is None or place is None:
            self._take = Take(PICTURES + EARLIER, None, self._layers)
        else:
            self._take = before.following(place, EARLIER)
        return self._take

    def _step(self) -> None:
        """``every`` steps: those that are known, with what acted on them, else new ones."""
        sim = self.sim
        if sim.retraces:
            sim.retrace(min(sim.k + self.every, sim.furthest))
        else:
            sim.advance(self.every)

    def _without_what_is_there(self, header: dict[str, Any], block: bytes, view: str) -> Answer:
        """Without the image of the landscape where the frame has it: it is most of a piece."""
        before, now = self._behind.get(view, self._first), self._behind_of(header)
        if len(self._behind) >= MAX_VIEWS and view not in self._behind:
            self._first, self._behind = None, {}
        self._behind[view] = now
        if before is None or now is None or now[1] != before[1] or not now[0].same_as(before[0]):
            return header, block
        first = min(array["at"] for name, array in header["arrays"].items() if name.startswith(BACKGROUND))
        header["arrays"] = {name: a for name, a in header["arrays"].items() if not name.startswith(BACKGROUND)}
        return header, block[:first]

    def _behind_of(self, header: dict[str, Any]) -> Behind | None:
        """The landscape and the ends of the view of the one image that a piece has; None where it has several, or one that drifts."""
        images = sum(name.startswith(BACKGROUND) for name in header["arrays"])
        return (
            (self.sim.landscape.copy(), [header["view"], header["range"]])
            if images == 1 and "shift" not in header
            else None
        )

    def _sliders(self) -> list[dict[str, Any]]:
        """The parameters of the dynamics that matter and that a slider can set, with their present values."""
        dynamics, found = self.sim.dynamics, []
        for name, declared in dynamics.declared().items():
            value = getattr(dynamics, name)
            usual = (
                isinstance(declared, Real)
                and not declared.rare
                and is_used(dynamics, declared)
                and dynamics.matters(name)
            )
            if (
                not usual
                or isinstance(value, TimeDependent)
                or value is None
                or (slider := slider_of(declared)) is None
            ):
                continue
            words = {"name": name, "symbol": set_symbols(declared.symbol or name), "label": declared.label or name}
            found.append(words | {"value": value} | slider)
        return found
