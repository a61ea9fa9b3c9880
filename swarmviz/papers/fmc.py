"""000, Convergence of the FractalAI swarm: it has no figures; its two quantitative claims, measured."""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes import DoubleWell
from swarmviz.papers.charts import Curves, Scan
from swarmviz.papers.figure import Figure
from swarmviz.papers.spec import Experiment
from swarmviz.theory import fmc as theory

SETTINGS = "000 prints no experiment: landscape (a tilted double well in 1D), τ = 0.5, N, jitter and steps are ours."
VALUES = {"tau": 0.5, "sigma": 0.1, "boundary": "reflect"}


def _claimed(data):
    """KL₀ e^{−2λ₁t} of 000's theorem 3 for ρ_R ∝ e^{−F/τ} on the box."""
    landscape, bins = DoubleWell(), 400
    (low,), (high,) = landscape.limits(1)
    width = (high - low) / bins
    f = landscape.values((low + width * (np.arange(bins) + 0.5))[:, None])
    log_q = -f / VALUES["tau"]
    gap = theory.spectral_gap(log_q - np.logaddexp.reduce(log_q), np.array([width]))
    claimed = data["kl"].isel(step=0, drop=True) * np.exp(-2 * gap * data["t"])
    return {"kl_claimed": claimed.assign_attrs(long_name="KL(ρ_W‖ρ_R) as 000's theorem 3 claims")}


def _at_end(data):
    """What was recorded last, of each observable that is scanned, with its error."""
    names = [f"{name}{end}" for name in ("kl", "dispersion", "log_mean_reward") for end in ("", "_standard_error")]
    last = {
        name.replace("_standard", "_at_end_standard") if "_standard" in name else f"{name}_at_end": data[name]
        for name in names
    }
    return {
        name: values.isel(step=-1, drop=True).assign_attrs(long_name=f"{values.attrs['long_name']}, at the end")
        for name, values in last.items()
    }


FIGURES = (
    Figure(
        "000-kl-decay", "KL(ρ_W‖ρ_R) in time", "000 Theorem 1, Theorem 3 (dotted), Proposition 2",
        "Does the swarm's law tend to ρ_R ∝ R, exponentially fast and up to O(1/N), with and without jitter?",
        tuple(
            Experiment(label, "FMC", "DoubleWell", 300, VALUES | {"sigma": s}, swarm={"n": 1000, "d": 1}, record=("kl", "distinct"),
                 grid={"n": (100, 1000, 10_000)})
            for label, s in (("σ = 0, as in 000", 0.0), ("σ = 0.1", 0.1))
        ),
        (
            Curves((None, "system"), y="kl", series="n", label="KL(ρ_W‖ρ_R)", log=True),
            Curves((None, "system"), y="distinct", series="n", label="distinct positions", log=True),
        ),
        runs=50, derive=_claimed,
        remark=f"{SETTINGS} Cloning copies positions and makes none: without jitter the swarm ends in few points and KL rises; with it "
        "the swarm settles where cloning and jitter balance, not at ρ_R. KL is that of histograms.",
    ),
    Figure(
        "000-alpha-beta", "Exploitation against exploration: a scan of α/β", "000 §5.3",
        "Is there a transition where α ≈ β, from a spread swarm to a collapsed one?",
        (
            Experiment("FMC", "FMC", "DoubleWell", 300, VALUES | {"distance_power": 1.0}, swarm={"n": 500, "d": 1},
                 record=("kl", "dispersion", "distinct", "log_mean_reward"), every=10,
                 grid={"reward_power": tuple(float(a) for a in np.round(np.geomspace(0.1, 10, 13), 4))}),
        ),
        (
            Scan(y="kl_at_end", x="reward_power", x_label="α/β", label="KL(ρ_W‖ρ_R)", log_x=True),
            Scan(y="dispersion_at_end", x="reward_power", x_label="α/β", label="V", log=True, log_x=True),
            Scan(y="log_mean_reward_at_end", x="reward_power", x_label="α/β", label="ln R̄", log_x=True),
        ),
        runs=50,
        derive=_at_end,
        remark=f"{SETTINGS} β = 1 throughout, so that the axis is α/β. The critical point is a claim without a number in 000.",
    ),
)  # fmt: skip
