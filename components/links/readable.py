"""Links that a person writes and reads: a preset and parameters by their names, ``?preset=cbo-rastrigin&sigma=1.3&n=50&seed=4``.

==================== =======================================================================================
``preset=…``         the run with which it begins; without one, that of the opening example
``dynamics=…``       instead: the preset with which that dynamics is first seen
``landscape=…``      another landscape under it, with its defaults
``sigma=…``          any declared parameter of the dynamics, the landscape or the swarm, typed as on the command line
``landscape.sigma``  where more than one part has a parameter of that name
==================== =======================================================================================

What a link asks for is read like anything that is typed, and leaves this module through the codec of exact links
(:mod:`components.links.permalink`), whose limits on size, range and cost hold for both kinds. An argument that means nothing is told by
name, value and range; the others act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from components import state as visit
from components.lessons.place import KEYS as LESSON_KEYS
from components.links import permalink
from components.state import Selection, VisitState
from components.text import cut_short
from swarmviz import dynamics, landscapes, presets
from swarmviz.ensembles.suggestions import did_you_mean
from swarmviz.parameters import Described, restoring
from swarmviz.typed import chosen, owner, parse_value

PRESET, DYNAMICS, LANDSCAPE = PARTS = "preset", "dynamics", "landscape"
OTHER_KEYS = {permalink.KEY, *LESSON_KEYS}  # arguments of the page that are read elsewhere
MAX_ARGUMENTS, MAX_NAME_CHARS, MAX_VALUE_BYTES = 30, 40, 200  # components.server.pages hands on one more of each
MAX_COMPLAINTS = 3
LISTED = " there are "  # before all names that there are, which are too many for a line


class Asked(NamedTuple):
    """What a link asks for.

    Attributes
    ----------
    state : VisitState, optional
        The run with which the visit is to begin; None when the link names none.
    complaint : str
        What of it means nothing; "" when all of it acts.
    """

    state: VisitState | None
    complaint: str


NOTHING = Asked(None, "")


def asked(arguments: Mapping[str, list[bytes]]) -> Asked:
    """What the arguments of an address ask for; beside an exact link or a lesson, which say all, nothing.

    Parameters
    ----------
    arguments : mapping of str to list of bytes
        As they were sent: anything.
    """
    if any(key in arguments for key in OTHER_KEYS):
        return NOTHING
    if len(arguments) > MAX_ARGUMENTS:
        return _refused([f"it has more than {MAX_ARGUMENTS} arguments"])
    texts, complaints = _texts(arguments)
    if not texts:
        return _refused(complaints) if complaints else NOTHING
    try:
        begun = _begun(texts)
    except ValueError as error:
        return _refused([str(error), *complaints])
    parts, wrong = _with_values(begun, {n: text for n, text in texts.items() if n not in PARTS})
    complaints += wrong
    try:
        state = _checked(visit.state_of(begun._replace(**parts)))
    except ValueError as error:
        return _refused([str(error.__cause__ or error), *complaints])
    if not complaints:
        return Asked(state, "")
    return Asked(
        state, f"The link's run is here, but not as it says: {_list(complaints)}. The usual stands in for that."
    )


def _refused(complaints: list[str]) -> Asked:
    return Asked(None, f"The link cannot be opened ({_list(complaints)}); the opening example is shown instead.")


def _texts(arguments: Mapping[str, list[bytes]]) -> tuple[dict[str, str], list[str]]:
    """Name → text of the arguments that are short enough to be looked at, and what is wrong with the others."""
    texts, complaints = {}, []
    for name, values in arguments.items():
        value = values[0] if values else b""
        if len(name) > MAX_NAME_CHARS:
            complaints.append(f"{name[:MAX_NAME_CHARS]}…: no parameter has so long a name")
        elif len(value) > MAX_VALUE_BYTES:
            complaints.append(f"{name}: is longer than {MAX_VALUE_BYTES} characters")
        else:
            texts[name] = value.decode("utf-8", "replace").strip()
            if len(values) > 1:
                complaints.append(f"{name}: is given more than once; the first one acts")
    return texts, complaints


def _begun(texts: Mapping[str, str]) -> Selection:
    """The run to which the link's values are given."""
    if PRESET in texts and DYNAMICS in texts:
        raise ValueError("preset and dynamics: a preset has its dynamics; name one of them")
    if PRESET in texts:
        name = texts[PRESET]
        if name not in presets.ALL:
            raise ValueError(f"preset = {name!r}: is no preset{did_you_mean(name, presets.ALL)}")
        begun = visit.of_preset(presets.ALL[name])
    elif DYNAMICS in texts:
        kind = chosen(DYNAMICS, texts[DYNAMICS], dynamics.ALL, "dynamics =")
        begun = visit.first(kind.__name__)
    else:
        begun = visit.of_preset(next(iter(presets.ALL.values())))
    if LANDSCAPE in texts:
        begun = begun._replace(landscape=chosen(LANDSCAPE, texts[LANDSCAPE], landscapes.ALL, "landscape =")())
    return begun


def _with_values(begun: Selection, texts: Mapping[str, str]) -> tuple[dict[str, Described], list[str]]:
    """The parts with the values of the link, and what their declarations refuse."""
    parts = {"dynamics": begun.dynamics, "landscape": begun.landscape, "swarm": begun.swarm}
    complaints = []
    for name, text in texts.items():
        try:
            part, parameter = owner({key: type(value) for key, value in parts.items()}, "", name)
            value = parse_value(parameter, text, type(parts[part]).param[parameter])
            with restoring():  # one that acts only with another, which may come later
                parts[part] = type(parts[part])(**parts[part].values_now() | {parameter: value})
        except (ValueError, TypeError, ArithmeticError) as error:
            complaints.append(str(error).strip())
    return parts, complaints


def _checked(state: VisitState) -> VisitState:
    """The same as an exact link holds it.

    Raises
    ------
    ValueError
        When no link may: a swarm that is too large for the page, a landscape that has no such dimension.
    """
    return permalink.read(permalink.write(state))


def _list(complaints: list[str]) -> str:
    """What of a link means nothing, on a line or two."""
    cut = [cut_short(text.partition(LISTED)[0].rstrip(";?")) for text in complaints[:MAX_COMPLAINTS]]
    more = f"; and {len(complaints) - MAX_COMPLAINTS} more" if len(complaints) > MAX_COMPLAINTS else ""
    return f"{'; '.join(cut)}{more}"
