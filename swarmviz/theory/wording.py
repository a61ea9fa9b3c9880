"""Numbers, symbols and parameters as people read them: in claims, on axes, in every text of the page and of pictures.

What is said of a parameter, its symbol, its value and what that means, comes from its declaration.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from swarmviz.parameters import Choice, Described, TimeDependent
from swarmviz.schedules import Schedule

THIN_SPACE = "\u202f"  # between groups of three digits
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SUBSCRIPTS = dict(zip("0123456789aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
INDEX = re.compile(r"_(\d+|[aehijklmnoprstuvx]+|[βγρφχ])(?![A-Za-z0-9])")
NAMES = {
    "Euler",
    "Heun",
    "Gaussian",
    "Brownian",
    "Cauchy",
    "Student",
    "Metropolis",
    "F",
    "R",
}  # that keep their capital in mid-sentence


def parameter_words(owner: Described, name: str, n: int = 0) -> str:
    """What it is set to and what that means: "∂ = clip: agents are projected onto the box", "ε = 0: no switch, every agent drifts".

    ``n`` is the number of agents; what a value that switches something off means is that of the equations (``Equations.absent``).
    """
    declared, value = owner.param[name], getattr(owner, name)
    if isinstance(declared, Choice):
        return f"{symbol_of(owner, name)} = {value}: {inside(declared.meanings[value].rstrip('.'))}"
    if isinstance(value, TimeDependent):
        return f"{symbol_of(owner, name)} changes with time"
    said = f"{symbol_of(owner, name)} = {number_words(value)}"
    equations = getattr(owner, "equations", None)  # a swarm has none
    absent = equations.absent.get(name) if equations is not None else None
    if absent is None or not absent.when(owner, n):
        return said
    return f"{said}: {absent.reason.split(': ', 1)[-1]}"


def schedule_words(symbol: str, value: Any) -> str:
    """Whether a number is constant, and after which schedule it changes else."""
    return f"{symbol} follows the schedule “{value.title}”" if isinstance(value, Schedule) else f"{symbol} is constant"


def symbol_of(owner: Described, name: str) -> str:
    """How a parameter is written in formulas."""
    return getattr(owner.param[name], "symbol", "") or name


def number_words(value: Any, digits: int = 3) -> str:
    """A number in a sentence, see :func:`decimal`: of a whole one no digit is left out up to a million; what is no number, as it is."""
    if isinstance(value, int | np.integer):
        return decimal(float(value), max(digits, 6))
    return decimal(float(value), digits) if isinstance(value, float | np.floating) else str(value)


def decimal(value: float, digits: int = 6) -> str:
    """A number as people write it, in at most so many digits: 0.05, 2 000, −3, 10⁻⁵, 2.5·10⁶, ∞."""
    if value == 0 or not math.isfinite(value):
        return f"{value + 0.0:g}".replace("-", "−").replace("inf", "∞")  # without the sign of a zero
    sign, size, text = "−" if value < 0 else "", abs(value), f"{abs(value):.{digits}g}"
    if 1e-3 <= size < (1e12 if digits > 6 else 1e5) and "e" not in text:
        whole, point, rest = text.partition(".")
        return f"{sign}{int(whole):,}{point}{rest}".replace(",", THIN_SPACE)
    factor, power = f"{size:.{digits - 1}e}".split("e")
    factor = factor.rstrip("0").rstrip(".") if "." in factor else factor
    return f"{sign}{'' if factor == '1' else f'{factor}·'}10{str(int(power)).translate(SUPERSCRIPTS)}"


def set_symbols(text: str) -> str:
    """Symbols as they are set: an index that has letters of its own is written with them, η_β as ηᵦ; another stays, ρ_R."""
    return INDEX.sub(lambda found: "".join(SUBSCRIPTS[letter] for letter in found[1]), text)


def inside(text: str) -> str:
    """A sentence as it is written after a colon: with a small letter, unless it begins with a name."""
    return text if re.split(r"\W", text, maxsplit=1)[0] in NAMES else text[:1].lower() + text[1:]
