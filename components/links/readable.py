"""Links that a person writes and reads: a preset and parameters by their names, ``?preset=cbo-rastrigin&sigma=1.3&n=50&seed=4``.

==================== =======================================================================================
``preset=…``         the run with which it begins; without one, that of the opening example
``dynamics=…``       instead: the preset with which that dynamics is first seen
``landscape=…``      another landscape under it, with its defaults, as the page's menu has it
``sigma=…``          any declared parameter of the dynamics, the landscape or the swarm, typed as on the command line
``landscape.sigma``  where more than one part has a parameter of that name
==================== =======================================================================================

What a link asks for is read like anything that is typed, and leaves this module through the codec of exact links
(:mod:`components.links.permalink`), whose limits on size, range and cost hold for both kinds. A value that means nothing is told by name,
value and range, and a name that is none of a parameter by itself; the others act. Where no name is one, as in an address to which somebody
else has added his own, the visit begins as one without arguments.
"""

from __future__ import annotations

import difflib
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
from swarmviz.typed import chosen, owner, owners, parse_value

PRESET, DYNAMICS, LANDSCAPE = PARTS = "preset", "dynamics", "landscape"
OTHER_KEYS = {permalink.KEY, *LESSON_KEYS}  # arguments of the page that are read elsewhere
MAX_ARGUMENTS, MAX_NAME_CHARS, MAX_VALUE_BYTES = 30, 40, 200  # components.server.pages hands on one more of each
MAX_COMPLAINTS = 3
LISTED = " there are "  # before all names that there are, which are too many for a line
SIMILAR = 0.75  # from which on a name may be meant by another, as difflib measures it


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
    texts = {name: _text(given) for name, given in arguments.items()}
    try:
        begun = _begun(texts)
    except ValueError as error:
        return _refused([str(error)])
    classes = {part: type(value) for part, value in _parts(begun).items()}
    named = {name: text for name, text in texts.items() if owners(classes, name)}
    unknown = [name for name in texts if name not in named and name not in PARTS]
    if len(unknown) == len(texts):
        return Asked(None, _told_of_unknown(unknown, classes))
    parts, complaints = _with_values(begun, named)
    try:
        state = _checked(visit.state_of(begun._replace(**parts)))
    except ValueError as error:
        return _refused([str(error.__cause__ or error), *complaints])
    repeated = [name for name, given in arguments.items() if len(given) > 1 and name not in unknown]
    told = (_told_of_values(complaints), _told_of_repeated(repeated), _told_of_unknown(unknown, classes))
    return Asked(state, " ".join(filter(None, told)))


def names() -> frozenset[str]:
    """The arguments that may change with what a visit begins; an address that has no other opens as one without arguments."""
    declared = {part: value.declared() for part, value in _parts(_begun({})).items()}
    own = {name for parameters in declared.values() for name in parameters}
    qualified = {f"{part}.{name}" for part, parameters in declared.items() for name in parameters}
    return frozenset({*PARTS, *OTHER_KEYS, *own, *qualified})


def _refused(complaints: list[str]) -> Asked:
    return Asked(None, f"The link cannot be opened ({_list(complaints)}); the opening example is shown instead.")


def _told_of_values(complaints: list[str]) -> str:
    if not complaints:
        return ""
    return f"The link's run is here, but not as it says: {_list(complaints)}. The usual stands in for that."


def _told_of_repeated(repeated: list[str]) -> str:
    return f"The link gives {', '.join(repeated)} more than once; the first one acts." if repeated else ""


def _told_of_unknown(unknown: list[str], classes: Mapping[str, type[Described]]) -> str:
    if not unknown:
        return ""
    symbols = dict.fromkeys(PARTS, "")
    symbols |= {name: parameter.symbol for cls in classes.values() for name, parameter in cls.declared().items()}
    shown = ", ".join(_with_the_nearest(name, symbols) for name in unknown[:MAX_COMPLAINTS])
    more = f" and {len(unknown) - MAX_COMPLAINTS} more" if len(unknown) > MAX_COMPLAINTS else ""
    return f"This run has no parameter{'s' * (len(unknown) > 1)} {shown}{more}."


def _with_the_nearest(name: str, symbols: Mapping[str, str]) -> str:
    """A name that means nothing, and the one that may be meant."""
    if len(name) > MAX_NAME_CHARS:
        return repr(f"{name[:MAX_NAME_CHARS]}…")
    close = difflib.get_close_matches(name.rpartition(".")[2].lower(), symbols, n=1, cutoff=SIMILAR)
    if not close:
        return repr(name)
    (near,) = close
    symbol = symbols[near]
    return f"{name!r} (did you mean {near}{f', {symbol}' if symbol and symbol != near else ''}?)"


def _text(given: list[bytes]) -> str:
    """What an argument says, which may be a byte too long."""
    return (given[0] if given else b"")[: MAX_VALUE_BYTES + 1].decode("utf-8", "replace")


def _begun(texts: Mapping[str, str]) -> Selection:
    """The run to which the link's values are given."""
    texts = {name: texts[name].strip() for name in PARTS if name in texts}
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
        landscape = chosen(LANDSCAPE, texts[LANDSCAPE], landscapes.ALL, "landscape =")()
        begun = begun._replace(landscape=landscape, swarm=visit.swarm_on(landscape, begun.swarm))
    return begun


def _parts(begun: Selection) -> dict[str, Described]:
    return {"dynamics": begun.dynamics, "landscape": begun.landscape, "swarm": begun.swarm}


def _with_values(begun: Selection, texts: Mapping[str, str]) -> tuple[dict[str, Described], list[str]]:
    """The parts with the values of the link, and what their declarations refuse."""
    parts, complaints = _parts(begun), []
    for name, text in texts.items():
        try:
            if len(text) > MAX_VALUE_BYTES:
                raise ValueError(f"{name}: is longer than {MAX_VALUE_BYTES} characters")
            part, parameter = owner({key: type(value) for key, value in parts.items()}, "", name)
            value = parse_value(parameter, text.strip(), type(parts[part]).param[parameter])
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
