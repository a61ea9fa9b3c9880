"""The landscapes: ``ALL`` maps class names to classes, in the order in which a person would want to see them."""

from __future__ import annotations

from swarmviz.landscapes.ackley import Ackley
from swarmviz.landscapes.base import Landscape
from swarmviz.landscapes.bowls import Sphere
from swarmviz.landscapes.rastrigin import PrintedRastrigin, Rastrigin, WideRastrigin
from swarmviz.landscapes.wells import DoubleWell, Himmelblau

_ORDER = (Ackley, Rastrigin, DoubleWell, Himmelblau, Sphere, WideRastrigin, PrintedRastrigin)

ALL: dict[str, type[Landscape]] = {landscape.__name__: landscape for landscape in _ORDER}

__all__ = ["ALL", "Landscape", *ALL]
