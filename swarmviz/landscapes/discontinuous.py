r"""The discontinuous integrand: flat, but for a corner that ends in a cliff.

F(x) = −exp(5 Σ_i x_i) if all x_i ≤ ½, else 0          (1)  001 eq. 4.6, Genz 1984
"""

from __future__ import annotations

import numpy as np

from swarmviz.kernels.elementary import exp
from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import mark_nonfinite


@block
def discontinuous(x, p, out):  # (1); beyond the cliff the exponent is −∞
    d, n = x.shape
    out[:] = 0.0
    for i in range(d):
        xi = x[i]
        for j in range(n):
            out[j] += 5.0 * xi[j] if xi[j] <= 0.5 else -np.inf
    for j in range(n):
        out[j] = -exp(out[j])
    mark_nonfinite(x, out)


@block
def discontinuous_gradient(x, p, out):
    d, n = x.shape
    discontinuous(x, p, out[d - 1])
    for i in range(d):
        xi, factor = x[i], out[d - 1]
        for j in range(n):
            factor[j] = 0.0 if xi[j] >= 0.5 else factor[j]
    for i in range(d):
        oi, factor = out[i], out[d - 1]
        for j in range(n):
            oi[j] = 5.0 * factor[j]


class DiscontinuousIntegrand(Landscape):
    """Flat, but for a corner that falls exponentially and ends in a cliff, at whose edge the minimum lies."""

    title = "Discontinuous integrand"
    equation = r"F(x) = -\exp\Bigl(5 \sum_i x_i\Bigr) \text{ if all } x_i \le \tfrac12, \text{ else } 0"
    reference = "001 eq. 4.6; Genz 1984"
    remark = "At the cliff, where the minimum lies, the gradient is taken as 0. Beyond d = 283 the minimum overflows."
    low, high = -5.0, 5.0
    dims = (1, 283)
    smoothness = -1
    confining = False
    block_values, block_gradient = staticmethod(discontinuous), staticmethod(discontinuous_gradient)

    def minimisers(self, d):
        self.require_dimension(d)
        return np.full((1, d), 0.5)
