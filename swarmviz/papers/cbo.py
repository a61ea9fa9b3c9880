"""001, Exponential stability of finite-N consensus-based optimisation: figures 1 to 6."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swarmviz.papers.charts import Curves, Heat
from swarmviz.papers.figure import Figure
from swarmviz.papers.snapshots import Positions
from swarmviz.papers.spec import Experiment
from swarmviz.theory import cbo as theory

LAM, DT, STEPS, D = 1.0, 0.05, 99, 2
VALUES = {"lam": LAM, "alpha": 1000.0, "dt": DT}
BOX = {"n": 100, "d": D, "initial": "box", "low": -5.0, "high": 5.0}
STRENGTHS = (0.0, 1.0, math.sqrt(2.1))
NORM = "E(‖E_t‖²)"
THRESHOLD = (
    "The paper limits every run to a threshold that it does not print before it averages; here nothing is limited, so that a few runs "
    "carry the mean at large noise."
)


def _system(label: str = "CBO", swarm: dict[str, Any] | None = None, **more: Any) -> Experiment:
    values = VALUES | more.pop("values", {})
    return Experiment(
        label, "CBO", "Rastrigin", STEPS, values, swarm=BOX | (swarm or {}), record=("dispersion",), **more
    )


def _claimed(noise: str) -> Any:
    """V₀ e^{−rate·t} where the theorem promises a decay."""

    def derive(data):
        rates = [
            theory.mean_square_rate(LAM, s, D, noise) if theory.mean_square_applies(LAM, s, D, noise)[0] else np.nan
            for s in data["sigma"].values
        ]
        rate = data["sigma"].copy(data=np.array(rates))
        claimed = data["dispersion"].isel(step=0, drop=True) * np.exp(-rate * data["t"])
        return {"dispersion_claimed": claimed.assign_attrs(long_name="Dispersion as the theorem claims it decays")}

    return derive


def _heat(key: str, name: str, across: str, values: range, symbol: str, remark: str = "") -> Figure:
    return Figure(
        key, f"Figure {key[-1]}: dispersion for varying {symbol}", f"001 fig. {key[-1]}, §4.2",
        f"How does {name} change how fast the swarm comes to a consensus, without noise, with moderate and with large noise?",
        (_system(grid={"sigma": STRENGTHS, across: tuple(values)}),),
        (Heat((None, "sigma"), y="dispersion", across=across, label=NORM),),
        runs=1000, remark=" ".join(filter(None, (THRESHOLD, remark))),
    )  # fmt: skip


FIGURES = (
    Figure(
        "001-figure1", "Figure 1: CBO on Rastrigin in 2D", "001 fig. 1, §4.1",
        "How does a swarm of 100 agents contract without noise, with moderate and with large noise?",
        tuple(
            _system(f"σ = {s:.3g}", values={"sigma": s}, snapshots=(0, 15, 40, STEPS)) for s in STRENGTHS
        ),
        (Positions(),),
        runs=1, each_run=True, remark="The paper's seed is not printed: another swarm of the same law.",
    ),
    Figure(
        "001-figure2", "Figure 2: dispersion, anisotropic noise", "001 fig. 2, §4.1; Theorem 3.5 (dotted)",
        "Does the mean squared distance from consensus decay at the rate 2λ − σ² of the theorem?",
        (_system(grid={"sigma": STRENGTHS}),),
        (Curves(y="dispersion", series="sigma", label=NORM, log=True),),
        runs=1000, derive=_claimed("anisotropic"),
        remark="The theorem's rate is exact without noise. With noise its proof moves a projection through a product where that does not "
        "hold: at finite N the mean decays more slowly.",
    ),
    Figure(
        "001-figure3", "Figure 3: dispersion, isotropic noise", "001 fig. 3, §4.1; eq. 4.4 (dotted)",
        "Does the swarm with isotropic noise come to a consensus at the mean-field rate 2λ − Dσ²?",
        (_system(values={"noise": "isotropic"}, grid={"sigma": (0.0, math.sqrt(0.5), 1.0)}),),
        (Curves(y="dispersion", series="sigma", label=NORM, log=True),),
        runs=1000, derive=_claimed("isotropic"),
        remark="The rate is one of the mean field, N → ∞ and α → ∞; at N = 100 the mean decays more slowly.",
    ),
    _heat("001-figure4", "the inverse temperature α", "alpha", range(1, 1002, 20), "α"),
    _heat("001-figure5", "the number of agents", "n", range(10, 1011, 20), "N"),
    _heat("001-figure6", "the dimension", "d", range(1, 202, 10), "D"),
)  # fmt: skip
