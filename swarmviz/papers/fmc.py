"""000, Convergence of the FractalAI swarm: it has no figures; its quantitative claims, measured."""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.ensembles.law_error import limit_at
from swarmviz.ensembles.units import described_as
from swarmviz.landscapes import DoubleWell
from swarmviz.laws.distance import Curve
from swarmviz.papers.charts import Curves, Map, Scan
from swarmviz.papers.error import ErrorFigure, separation, to_the_law
from swarmviz.papers.figure import Figure
from swarmviz.papers.spec import Experiment
from swarmviz.theory import fmc as theory

SETTINGS = "000 prints no experiment: landscape (a tilted double well in 1D), τ = 0.5, N, jitter and steps are ours."
SCANNED = ("kl", "dispersion", "log_mean_reward", "reward_variance", "log_reward_variance")
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


def _at_end(*observables: str) -> Any:
    """What was recorded last, of each observable that is shown against a parameter, with its error."""

    def derive(data):
        last = {}
        for name in observables:
            for end in ("", "_standard_error"):
                values = data[f"{name}{end}"]
                last[f"{name}_at_end{end}"] = values.isel(step=-1, drop=True).assign_attrs(
                    long_name=f"{values.attrs['long_name']}, at the end"
                )
        return last

    return derive


def _phases(label: str, landscape: str, tau: float, d: int) -> Experiment:
    return Experiment(
        label, "FMC", landscape, 300, VALUES | {"tau": tau}, swarm={"n": 500, "d": d}, record=PHASES, every=300,
        grid={
            "distance_power": tuple(float(b) for b in np.round(np.geomspace(0.25, 4, 7), 4)),
            "reward_power": tuple(float(a) for a in np.round(np.geomspace(0.1, 10, 13), 4)),
        },
    )  # fmt: skip


MANY = (30, 100, 300, 1000, 3000, 10_000)
ERROR_000 = (
    "Jitter 0.1, step 40, 100 runs of each N. 000 says that the swarm tends to ρ_R up to O(1/N). It does not: W₁ to ρ_R stays at that "
    "of the law of infinitely many walkers, 0.597 on the double well (0.5969 ± 0.0001 at N = 10,000) and 0.678 on Rastrigin (0.6789 ± "
    "0.0008), while W₁ to that law falls: on the double well with the slope −0.494 ± 0.007 (standard error), √N E W₁ being 0.119 to "
    "0.129 ± 0.004 (independent draws 0.120). On Rastrigin √N E W₁ is 2.9 at N = 30 and 0.88 to 0.99 (± 0.05) from N = 300 on, where "
    "independent draws have 0.77: cloning multiplies early luck; the slope over all N is −0.646 ± 0.012, since N = 30 and 100 are "
    "below N* = 877."
)
REWARD_EDGES = 4001  # of the cells in which ρ_R ∝ e^{−F/τ} is summed up


def _reward_law(landscape: Any, tau: float) -> Curve:
    """ρ_R on the box."""
    (low,), (high,) = landscape.limits(1)
    x = np.linspace(low, high, REWARD_EDGES)
    middle = 0.5 * (x[1:] + x[:-1])
    f = landscape.values(middle[:, None])
    mass = np.exp(-(f - f.min()) / tau)
    return Curve(x, np.concatenate(([0.0], np.cumsum(mass) / mass.sum())))


def _to_map_and_reward(part: Experiment, runs: int, threads: int | None, progress: Any) -> Any:
    """W₁ to the law of infinitely many walkers and to ρ_R, and between both."""
    dynamics, landscape, swarm = part.preset(part.label, "", "").build()
    reward = _reward_law(landscape, dynamics.tau)
    far = separation(limit_at(dynamics, landscape, swarm, part.steps).curve, reward)
    data = to_the_law(part, runs, threads, progress, {"rho_R": reward})
    about = described_as("W₁ of the law of infinitely many walkers to ρ_R", symbol="the law itself")
    return data.assign(law_to_rho_R=("n", np.full(data.sizes["n"], far), about))


PHASES = ("dispersion", "log_reward_variance")
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
        runs=50, derive=_claimed, topic="limit",
        remark=f"{SETTINGS} Cloning copies positions and makes none: without jitter the swarm ends in few points and KL rises; with it "
        "the swarm settles where cloning and jitter balance, not at ρ_R. KL is that of histograms.",
    ),
    Figure(
        "000-alpha-beta", "Exploitation against exploration: a scan of α/β", "000 §5.3",
        "Is there a transition where α ≈ β, from a spread swarm to a collapsed one?",
        (
            Experiment("FMC", "FMC", "DoubleWell", 300, VALUES | {"distance_power": 1.0}, swarm={"n": 500, "d": 1},
                 record=(*SCANNED, "distinct"), every=10,
                 grid={"reward_power": tuple(float(a) for a in np.round(np.geomspace(0.1, 10, 13), 4))}),
        ),
        (
            Scan(y="kl_at_end", x="reward_power", x_label="α/β", label="KL(ρ_W‖ρ_R)", log_x=True),
            Scan(y="dispersion_at_end", x="reward_power", x_label="α/β", label="V", log=True, log_x=True),
            Scan(y="log_mean_reward_at_end", x="reward_power", x_label="α/β", label="ln R̄", log_x=True),
            Scan(y="reward_variance_at_end", x="reward_power", x_label="α/β", label="Var R", log=True, log_x=True),
            Scan(y="log_reward_variance_at_end", x="reward_power", x_label="α/β", label="Var ln R", log=True, log_x=True),
        ),
        runs=50, topic="choose",
        derive=_at_end(*SCANNED),
        remark=f"{SETTINGS} β = 1 throughout, so that the axis is α/β. The critical point is a claim without a number in 000, and so is "
        "the peak of the reward's variance at it. The swarm collapses between α/β = 0.3 and 0.6.",
    ),
    Figure(
        "000-phase-map", "Phases of the swarm: α against β", "000 §5.1, §5.3",
        "Does the swarm collapse where α/β passes a critical value (dotted: α = β), and is the variance of ln R largest there?",
        (_phases("Double well, d = 1, τ = 0.5", "DoubleWell", 0.5, 1), _phases("Rastrigin, d = 2, τ = 4", "Rastrigin", 4.0, 2)),
        (
            Map((None, "system"), y="dispersion_at_end", label="V"),
            Map((None, "system"), y="log_reward_variance_at_end", label="Var ln R"),
        ),
        runs=20, derive=_at_end(*PHASES), topic="choose",
        remark=f"{SETTINGS} Two landscapes, jitter 0.1, N = 500, after 300 steps. V falls by a factor of ten and more from one α to the "
        "next, at a ratio of about one half on the double well and just below one on Rastrigin, lower for small β. On Rastrigin the "
        "variance of ln R peaks there; on the double well it is about the same wherever the swarm is spread. One N and one time: that "
        "it is a phase transition in the sense of N → ∞ is not shown.",
    ),
    ErrorFigure(
        "000-map", "The map of infinitely many walkers against ρ_R, over N", "000 eq. 1.3–1.4, Theorem 1, Proposition 2",
        "Does a swarm come near ρ_R as N grows, or near the law of the algorithm as it is simulated?",
        (
            Experiment("Double well, τ = 0.5", "FMC", "DoubleWell", 40, VALUES, swarm={"d": 1}, grid={"n": MANY}),
            Experiment("Rastrigin, τ = 5", "FMC", "Rastrigin", 40, VALUES | {"tau": 5.0}, swarm={"d": 1}, grid={"n": MANY}),
        ),
        (
            Scan((None, "system"), y="distance_to_rho_R", label="E W₁ to ρ_R (dotted: of the law)", log_x=True, claims=("law_to_rho_R",)),
            Scan((None, "system"), y="scaled_distance", label="√N E W₁ to the law (dotted: independent)", log_x=True,
                 claims=("scaled_independent",)),
        ),
        runs=100, measure=_to_map_and_reward, topic="limit",
        slopes={"distance": "E W₁ to the law", "distance_to_rho_R": "E W₁ to ρ_R"}, remark=f"{SETTINGS} {ERROR_000}",
    ),
)  # fmt: skip
