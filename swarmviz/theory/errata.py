"""What does not hold as the papers print it, with the evidence, and what of them no simulation can test, with the reason."""

from __future__ import annotations

from typing import NamedTuple


class Paper(NamedTuple):
    """``fails``: what does not hold as printed, and what shows it; ``untested``: statements and why no simulation tests them."""

    number: str
    title: str
    fails: str
    untested: tuple[tuple[str, str], ...]


PAPERS = (
    Paper(
        "000",
        "FractalAI",
        "Theorem 1 says that the swarm tends to ρ_R ∝ R. Cloning copies positions and makes none, so without jitter, "
        "which the paper's algorithm does not have, the swarm ends in few points and KL stays far from zero; with jitter "
        "it settles where cloning and jitter balance, which is as far from ρ_R for ten thousand walkers as for a hundred."
        " The law of infinitely many walkers (an exact map) shows that the relative entropy falls, rises again and stays:"
        " it is no Lyapunov function, and equation (1.8) is not the limit of the algorithm. “For any fixed N” in Theorem 1 "
        "cannot be: N points are no density. The clone probability (1.4) exceeds 1 and needs a clip. The rate in the proof of "
        "Theorem 3 is 2λ₁ under a logarithmic Sobolev inequality; what is printed, (1.11) and (1.15), is λ₁ with a constant. The "
        "bound of §5.4 for moving rewards depends on the unit of R, which ρ_R does not. The example g = e^−d of §2.3 falls with "
        "the distance, against Assumption 3.1. The Arrhenius time of §5.1 grows with N; what is measured falls with N, from 8100 "
        "steps at N = 20 to 506 at N = 400. The highest mode is found by every one of 300 swarms where §5.4 claims 65% to 92%.",
        (
            ("the large deviation principle (1.14)", "the probabilities are too small to be counted"),
            ("the mixing time", "it is defined by a supremum over all initial laws"),
            (
                "β_min of §5.3 and the critical exponents",
                "only their existence is stated; without jitter every swarm ends on one position, whatever β",
            ),
            (
                "mutual information (1.16)",
                "R is a function of the position, so that I(X; R) is the entropy of R, whatever the divergence is",
            ),
            (
                "uniqueness and existence of the solution of (1.8)",
                "a statement about an equation that the swarm does not follow",
            ),
        ),
    ),
    Paper(
        "001",
        "Stability of consensus-based optimisation",
        "The proofs of Theorems 3.4 and 3.5 move the projection onto the complement of the mean through the Hadamard "
        "product with the noise, which does not hold. The rate 2λ − σ² in mean square is reached only while N|X̄ − ν|² ≪ "
        "V; at every N the one-step identity holds instead. The almost-sure rate λ + σ²/2 is not reached at all: for N = "
        "2 and α → 0 the rate is λ + σ²/4 (a test measures it), and for strong noise a swarm on Rastrigin's function "
        "gathers more slowly the stronger the noise.",
        (
            ("the constant C(λ, σ) of (3.26)–(3.29)", "only its existence is shown"),
            ("global statements for all initial points", "only some can be started from"),
        ),
    ),
    Paper(
        "002",
        "Swarm-based simulated annealing",
        "In the mean field of Theorem 2.4 the masses have the mean 1, in the algorithm the sum 1, so that its cutoff acts"
        " on N m: at a fixed cutoff and growing N the algorithm is that of constant noise, for which Theorem 4.2 says "
        "that F̄ stays above the minimum. The line “F̄ tends to min F” belongs to a fixed product of N and the cutoff. "
        "The ε of Theorem 4.2 is far below the gap, which is E₀ − F* with the lowest eigenvalue E₀ of w ↦ −λΔw − ∇·(w∇F) + Fw: "
        "0.0084 against 0.305 on the double well at λ = 0.5. The cutoff (6.2) is zero nowhere, against Assumption 2.3; Ackley’s "
        "∇F is not Lipschitz, and Rastrigin’s F not bounded, against Assumption 2.1. "
        "The function printed with figure C.17 lacks the factors 10 of (6.3), so that its minimum is 18 and not 0. The "
        "row printed with figure 6.10 agrees with ours at half the printed cutoff.",
        (
            ("the limits liminf t → ∞ of Theorems 2.4 and 2.5", "a run ends; what is compared is how far it has come"),
            (
                "the constants of the coupling in Lemmas 5.1–5.4 and B.1",
                "they are steps of the proof of Theorem 2.2, which is tested by its rate",
            ),
        ),
    ),
    Paper(
        "003",
        "Kinetic BGK swarm",
        "The interval printed for γ does not make the second part of A positive: that takes γ < ν_j/2 − λ, since a factor"
        " 2 is lost in the bound 1 + (γ + λ)Δt ≤ 2. In the proof of Proposition 4.3 the probabilities of a jump and of none "
        "are exchanged. (4.5) has c_p where c_p^(1/p) is needed, and the lowest value on a ball where the cube is needed. "
        "Lemma 4.1 lacks the width 2r of its interval, so that as printed it is too large for small r (a test measures it at "
        "r = 0.05 half widths), has Δt for 1 − e^(−ν_jΔt), and iterates a bound about X_k with one about X_(k−1). "
        "Proposition 4.2 takes velocities within r where λr is needed, and its mass is so small, 10^(−10^16) after one step "
        "at σ₀ = 10⁻⁶, that it says nothing about a run. The variance of the Maxwellian is σ²/2 in (2.10) and σ² in the "
        "algorithm, and (2.13) drops 1/ν_j, so that the limit ε → 0 is the CBO with another σ than printed. §5.1 writes α ≪ 1 "
        "and means α ≫ 1. Table 2 does not say which boundary was used, and none gives all of it: on Rastrigin's function "
        "the success with Cauchy noise is that of reflection, with Gaussian noise that of no boundary; the F printed with "
        "Gaussian noise is 4 to 7 times ours with any boundary, though the errors agree. A factor 1/d is printed in the same "
        "function that the tables do not have.",
        (
            ("Lemmas 3.1–3.3", "steps of the proof of Theorem 3.1, which is tested by its rate"),
            ("“for α large enough” in Theorem 4.1", "the threshold is not computed in the paper"),
        ),
    ),
    Paper(
        "004",
        "Swarm dynamics on a finite set",
        "The second generator does not scatter less than the first in the end: by the linear-noise law its agents scatter"
        " more than independent draws from the target, those of the first far less. The numbers of transitions are "
        "compared at equal computing time, in which the first generator goes further in model time; at equal model time "
        "the ratio is another. The bound on γ of Theorem 1.1 is sufficient, not necessary, and the “best” γ of Corollary 5.8 is that "
        "of an upper bound: for the function of §6 and m = −1 the law leaves 0.043 outside the minimiser at t = 10⁸ for the largest γ "
        "allowed, 1/4, and 0.00004 for γ = 1. The distances of figures 2, 3 and 6–9 are Σ(p − q)²/S of shares in the authors' program, not "
        "L² distances of densities, and its base rate ℓ (0.1, and 0.005 with β(t)) is not printed. The peaks of figures 6 and 7 come from "
        "the root that it finds for η_β, not from the random times of jumps.",
        (
            (
                "the constants of the functional inequality for general φ",
                "infima over all densities; they are bounded, not computed",
            ),
            (
                "Maas' metric and the gradient flow structure (Theorems 2.2, 2.3)",
                "an interpretation of the same equation",
            ),
            (
                "existence, and the lower bounds of ρ (Proposition 4.3, Lemmas 4.5, 4.6, 5.6 and 5.7)",
                "steps of the proofs with constants that are not computed; that the integrated law stays positive is tested",
            ),
            (
                "the limits t → ∞ and N → ∞ (Theorems 1.1, 4.9 and 5.5)",
                "a run has an end and N agents; what is compared is the law at its time, and what N agents scatter around it",
            ),
            ("t₀ and the constants of Corollary 5.8", "they belong to an upper bound that is far above the law"),
        ),
    ),
)
