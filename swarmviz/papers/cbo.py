"""001, Exponential stability of finite-N consensus-based optimisation: figures 1 to 6, the experiments of §4.3, theorem 3.4."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from swarmviz.papers.charts import Curves, Heat, Scan
from swarmviz.papers.figure import Figure
from swarmviz.papers.snapshots import Positions
from swarmviz.papers.spec import Experiment
from swarmviz.theory import cbo as theory

LAM, DT, STEPS, D = 1.0, 0.05, 99, 2
VALUES = {"lam": LAM, "alpha": 1000.0, "dt": DT}
BOX = {"n": 100, "d": D, "initial": "box", "low": -5.0, "high": 5.0}
STRENGTHS = (0.0, 1.0, math.sqrt(2.1))
SIGMAS = tuple(float(s) for s in np.linspace(0, 3, 13))
FLOOR = 1e-20  # V of agents that are 10⁻¹⁰ apart; a rounding at |x| = 5 is 10⁻¹⁵
NORM = "E(‖E_t‖²)"
THRESHOLD = (
    "The paper limits every run to a threshold that it does not print before it averages; here nothing is limited, so that a few runs "
    "carry the mean at large noise."
)


def _system(
    label: str = "CBO",
    swarm: dict[str, Any] | None = None,
    landscape: str = "Rastrigin",
    steps: int = STEPS,
    **more: Any,
) -> Experiment:
    values = VALUES | more.pop("values", {})
    return Experiment(label, "CBO", landscape, steps, values, swarm=BOX | (swarm or {}), record=("dispersion",), **more)


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


def _decay(number: int, noise: str, question: str, remark: str, landscapes: tuple[str, ...] = ()) -> Figure:
    """Figures 2 and 3, and the same on other landscapes."""
    key, title, reference = _names(number, landscapes)
    sigmas, source = {"anisotropic": (STRENGTHS, "Theorem 3.5"), "isotropic": ((0.0, math.sqrt(0.5), 1.0), "eq. 4.4")}[
        noise
    ]
    return Figure(
        key, f"{title}: dispersion, {noise} noise", f"{reference}; {source} (dotted)", question,
        (_system(values={"noise": noise}, landscapes=landscapes, grid={"sigma": sigmas}),),
        (Curves((None, "landscape"), y="dispersion", series="sigma", label=NORM, log=True),),
        runs=1000, derive=_claimed(noise), remark=remark, topic="agree",
    )  # fmt: skip


def _heat(
    number: int,
    name: str,
    across: str,
    values: tuple[int, ...],
    symbol: str,
    remark: str = "",
    landscapes: tuple[str, ...] = (),
) -> Figure:
    """Figures 4 to 6, and the same on other landscapes."""
    key, title, reference = _names(number, landscapes)
    return Figure(
        key, f"{title}: dispersion for varying {symbol}", reference,
        f"How does {name} change how fast the swarm comes to a consensus, without noise, with moderate and with large noise?",
        (_system(landscapes=landscapes, grid={"sigma": STRENGTHS, across: values}),),
        (Heat(("landscape", "sigma"), y="dispersion", across=across, label=NORM),),
        runs=1000, remark=" ".join(filter(None, (THRESHOLD, remark))), topic="agree",
    )  # fmt: skip


def _names(number: int, landscapes: tuple[str, ...]) -> tuple[str, str, str]:
    """Key, beginning of the title, and source."""
    if landscapes:
        return (
            f"001-section4.3-figure{number}",
            f"Figure {number} on two other landscapes",
            f"001 §4.3, as fig. {number}",
        )
    return f"001-figure{number}", f"Figure {number}", f"001 fig. {number}, §4.{1 if number < 4 else 2}"


def _theorem_3_4(key: str, title: str, dt: float, question: str, remark: str) -> Figure:
    steps, every = round(15 / dt), round(0.25 / dt)

    def part(lam: float, label: str, alpha: float, landscape: str = "Rastrigin", d: int = D) -> Experiment:
        values = {"lam": lam, "alpha": alpha, "dt": dt}
        return _system(
            label, {"d": d}, landscape, steps, every=every, values=values, grid={"sigma": SIGMAS, "n": (2, 10, 100)}
        )

    parts = (
        part(LAM, "λ = 1", VALUES["alpha"]),
        part(LAM, "λ = 1, equal weights", 1e-12, "Sphere", 1),
        part(-0.1, "λ = −0.1", VALUES["alpha"]),
    )
    return Figure(
        key, title, "001 Theorem 3.4 (dotted)", question, parts,
        (Scan((None, "system"), y="rate", x="sigma", series="n", label="rate of |X − X̄|", claims=("rate_claimed", "rate_of_two")),),
        runs=400, each_run=True, derive=_rates(parts), remark=remark, topic="agree",
    )  # fmt: skip


def _rates(parts: tuple[Experiment, ...]) -> Any:
    """Rate of |X − X̄| = √V over the last two thirds of the time, with its standard error, and what theorem 3.4 claims.

    A run counts until V is at FLOOR, below which it is rounding that moves the agents. That moment is a stopping time, so that the mean of
    −Δ ln √V over the mean of the time that passed is the rate, however long each run counted (Wald's identity).
    """
    lams, dt = {part.label: part.values["lam"] for part in parts}, parts[0].values["dt"]

    def derive(data):
        late = data[["dispersion"]].isel(step=slice(data.sizes["step"] // 3, None))
        V, t = late["dispersion"].clip(1e-300), late["t"]
        there = V <= FLOOR
        last = there.argmax("step").where(there.any("step"), t.size - 1)
        fallen = np.log(V.isel(step=0) / V.isel(step=last)) / 2
        passed = t.isel(step=last) - t[0]
        rate = fallen.sum("run") / passed.sum("run")
        error = ((fallen - rate * passed) ** 2).sum("run") ** 0.5 / passed.sum("run")
        lam = data["system"].copy(data=[lams[label] for label in data["system"].values])
        two = [
            [theory.euler_almost_sure_rate(x, s / math.sqrt(2), dt) for s in data["sigma"].values] for x in lam.values
        ]
        claimed: Any = theory.almost_sure_rate(lam, data["sigma"])
        return {
            "rate": rate.assign_attrs(long_name="Rate at which |X − X̄| falls"),
            "rate_standard_error": error.assign_attrs(long_name="Standard error of the rate at which |X − X̄| falls"),
            "rate_claimed": claimed.assign_attrs(symbol="λ + σ²/2", long_name="Almost-sure rate of theorem 3.4"),
            "rate_of_two": claimed.copy(data=two).assign_attrs(
                symbol="N = 2, exact", long_name="Almost-sure rate of the scheme for two agents of the same weight"
            ),
        }

    return derive


BOTH = ("Rosenbrock", "DiscontinuousIntegrand")
SLOPE = (
    "The paper shows no figure of this rate. Measured is the slope of ln |X − X̄| over 5 ≤ t ≤ 15, or until V is 10⁻²⁰. As the swarm "
    "contracts, F becomes the same for all agents and the weights equal, whatever α is. For N = 2 the rate is then that of the scheme with "
    "σ²/4 in the place of the theorem's σ²/2 (dashed, exact), whose proof moves the projection onto the distances from the mean through a "
    "Hadamard product, where that does not hold; the more agents, the lower it is. With λ < 0, where the deterministic swarm flies apart, "
    "strong noise brings it together, but less than is claimed, and weak noise does not."
)
SAME = "The paper shows no figures for these and says that they look largely as on Rastrigin."
FIGURES = (
    Figure(
        "001-figure1", "Figure 1: CBO on Rastrigin in 2D", "001 fig. 1, §4.1",
        "How does a swarm of 100 agents contract without noise, with moderate and with large noise?",
        tuple(
            _system(f"σ = {s:.3g}", values={"sigma": s}, snapshots=(0, 15, 40, STEPS)) for s in STRENGTHS
        ),
        (Positions(),),
        runs=1, each_run=True, topic="agree", remark="The paper's seed is not printed: another swarm of the same law.",
    ),
    _decay(
        2, "anisotropic", "Does the mean squared distance from consensus decay at the rate 2λ − σ² of the theorem?",
        "The theorem's rate is exact without noise. With noise its proof moves a projection through a product where that does not "
        "hold: at finite N the mean decays more slowly.",
    ),
    _decay(
        3, "isotropic", "Does the swarm with isotropic noise come to a consensus at the mean-field rate 2λ − Dσ²?",
        "The rate is one of the mean field, N → ∞ and α → ∞; at N = 100 the mean decays more slowly.",
    ),
    _heat(4, "the inverse temperature α", "alpha", tuple(range(1, 1002, 20)), "α"),
    _heat(5, "the number of agents", "n", tuple(range(10, 1011, 20)), "N"),
    _heat(6, "the dimension", "d", tuple(range(1, 202, 10)), "D"),
    _decay(
        2, "anisotropic", "Does the mean squared distance decay as on Rastrigin in a curved valley, and where F has a cliff?", SAME, BOTH
    ),
    _decay(
        3, "isotropic", "Does the swarm with isotropic noise come to a consensus in a curved valley, and where F has a cliff?", SAME, BOTH
    ),
    _heat(4, "the inverse temperature α", "alpha", tuple(range(1, 1002, 20)), "α", SAME, BOTH),
    _heat(5, "the number of agents", "n", tuple(range(10, 1011, 20)), "N", SAME, BOTH),
    _heat(
        6, "the dimension", "d", (2, *range(11, 202, 10)), "D", f"{SAME} Rosenbrock needs D ≥ 2: 2 is in the place of 1.", BOTH
    ),
    _theorem_3_4(
        "001-theorem3.4", "Theorem 3.4: the almost-sure rate", DT,
        "Does the swarm come to a consensus at the almost-sure rate λ + σ²/2, the faster the stronger the noise?",
        f"{SLOPE} For many agents noise helps little, and beyond σ = 1.5 it hinders: there the step Δt = 0.05 of §4 is too long for the "
        "theorem's equation (compare 001-theorem3.4-small-step).",
    ),
    _theorem_3_4(
        "001-theorem3.4-small-step", "Theorem 3.4: the almost-sure rate, Δt = 0.005", 0.005,
        "Is it the length of the step that keeps the swarm from the almost-sure rate λ + σ²/2?",
        f"{SLOPE} For a hundred agents of the same weight it is about λ, whatever the noise is.",
    ),
)  # fmt: skip
