r"""A landscape that moves: the swarm feels F(x − c(t)), so that minimisers and rewards lie shifted by c(t) (000 §5.4).

    drift      c(t) = r Λ(vt/r) e₁,   Λ the triangle wave 0 → 1 → −1 → 0 of period 4        (1)
    rotation   c(t) = r (cos ωt, sin ωt, 0, …),   ω = v/r; in one dimension r cos ωt        (2)
    switching  c(t) = ± r e₁, changing its sign every 2r/v                                  (3)

e₁ is the first coordinate. A drift turns round at ± r, or it would leave the box for good. v is the speed of all three: of (3) on average.

Code    symbol  meaning
speed   v       length per unit of time
radius  r       length; 0 stands still
"""

from __future__ import annotations

import numpy as np

MEANINGS = {
    "none": "The landscape stands still.",
    "drift": "It drifts along the first coordinate and turns round at the radius.",
    "rotation": "It moves on a circle in the first two coordinates.",
    "switching": "It jumps between two places, a diameter apart.",
}


def shift_at(motion: str, speed: float, radius: float, t: np.ndarray, d: int) -> np.ndarray:
    """c at times ``t`` (m,), shape (m, d)."""
    c = np.zeros((len(t), d))
    if motion == "none" or radius == 0:
        return c
    way = speed * np.asarray(t, dtype=float) / radius
    if motion == "drift":
        c[:, 0] = radius * (np.abs((way - 1) % 4 - 2) - 1)
    elif motion == "rotation":
        c[:, 0] = radius * np.cos(way)
        if d > 1:
            c[:, 1] = radius * np.sin(way)
    else:
        c[:, 0] = radius * np.where(np.floor(way / 2) % 2 == 0, 1.0, -1.0)
    return c
