"""The landscapes: ``ALL`` maps class names to classes, in the order in which the page lists them."""

from __future__ import annotations

from swarmviz.landscapes.ackley import Ackley
from swarmviz.landscapes.alpine import AlpineN1, AlpineN2
from swarmviz.landscapes.base import Landscape
from swarmviz.landscapes.beale import Beale
from swarmviz.landscapes.booth import Booth
from swarmviz.landscapes.bukin import BukinN6
from swarmviz.landscapes.camel import SixHumpCamel, ThreeHumpCamel
from swarmviz.landscapes.cross_in_tray import CrossInTray
from swarmviz.landscapes.discontinuous import DiscontinuousIntegrand
from swarmviz.landscapes.double_well import DoubleWell
from swarmviz.landscapes.drop_wave import DropWave
from swarmviz.landscapes.easom import Easom
from swarmviz.landscapes.eggholder import Eggholder
from swarmviz.landscapes.finite_set import FineFiniteSetCurve, FiniteSetCurve
from swarmviz.landscapes.formula.formula import Formula
from swarmviz.landscapes.formula.tokens import FormulaError
from swarmviz.landscapes.function.function import Function
from swarmviz.landscapes.function.trial import SlowFunction
from swarmviz.landscapes.goldstein_price import GoldsteinPrice
from swarmviz.landscapes.grid.grid import Grid
from swarmviz.landscapes.griewank import Griewank, PrintedGriewank
from swarmviz.landscapes.himmelblau import Himmelblau
from swarmviz.landscapes.holder_table import HolderTable
from swarmviz.landscapes.langermann import Langermann
from swarmviz.landscapes.levy import Levy, LevyN13
from swarmviz.landscapes.mccormick import McCormick
from swarmviz.landscapes.michalewicz import Michalewicz
from swarmviz.landscapes.mixture import GaussianMixture, Well
from swarmviz.landscapes.rastrigin import PrintedRastrigin, Rastrigin, WideRastrigin
from swarmviz.landscapes.rosenbrock import Rosenbrock, WideRosenbrock
from swarmviz.landscapes.salomon import Salomon
from swarmviz.landscapes.schaffer import SchafferN2
from swarmviz.landscapes.schwefel import Schwefel220, Schwefel226
from swarmviz.landscapes.shekel import Shekel
from swarmviz.landscapes.sphere import Sphere
from swarmviz.landscapes.styblinski_tang import StyblinskiTang
from swarmviz.landscapes.tabulated import Tabulated
from swarmviz.landscapes.xin_she_yang import XinSheYang
from swarmviz.landscapes.zakharov import Zakharov

_FAMILIAR = (Ackley, Rastrigin, DoubleWell, Himmelblau, Rosenbrock, Sphere)
_OF_ONES_OWN = (GaussianMixture, Formula, Grid, Tabulated)
_OF_002 = (Levy, LevyN13, DropWave, SchafferN2, BukinN6, WideRastrigin, PrintedRastrigin)
_OF_OTHERS = (Griewank, Salomon, Schwefel220, XinSheYang, DiscontinuousIntegrand, FiniteSetCurve)
_FURTHER = (SixHumpCamel, StyblinskiTang, Michalewicz, Easom, Eggholder, HolderTable, Zakharov)
_USUAL = (
    Schwefel226, GoldsteinPrice, Shekel, CrossInTray, Langermann, McCormick, ThreeHumpCamel, Beale, Booth, AlpineN1, AlpineN2,
)  # fmt: skip
_VARIANTS = (PrintedGriewank, WideRosenbrock, FineFiniteSetCurve)

ALL: dict[str, type[Landscape]] = {
    landscape.__name__: landscape
    for landscape in _FAMILIAR + _OF_ONES_OWN + _OF_002 + _OF_OTHERS + _FURTHER + _USUAL + _VARIANTS
}

__all__ = ["ALL", "FormulaError", "Function", "Landscape", "SlowFunction", "Well", *ALL]
