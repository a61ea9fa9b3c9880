r"""Shekel's foxholes: narrow holes of different depth in a plain, in four dimensions.

    F(x) = −Σ_{i ≤ m} 1 / (|x − a_i|² + c_i)          (1)

with the points a_i and the numbers c_i below, those of Dixon and Szegő 1978. The published cases are m = 5, 7 and 10,
the first m rows of one table. Hole i is about 1 / c_i deep.
"""

from __future__ import annotations

import numpy as np

from swarmviz.landscapes.base import Landscape, block
from swarmviz.landscapes.lanes import mark_nonfinite
from swarmviz.parameters import Whole

POINTS = np.array([
    [4.0, 4.0, 4.0, 4.0],
    [1.0, 1.0, 1.0, 1.0],
    [8.0, 8.0, 8.0, 8.0],
    [6.0, 6.0, 6.0, 6.0],
    [3.0, 7.0, 3.0, 7.0],
    [2.0, 9.0, 2.0, 9.0],
    [5.0, 5.0, 3.0, 3.0],
    [8.0, 1.0, 8.0, 1.0],
    [6.0, 2.0, 6.0, 2.0],
    [7.0, 3.6, 7.0, 3.6],
])  # a_i  # fmt: skip
WIDTHS = np.array([0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.3, 0.7, 0.5, 0.5])  # c_i

# The minimiser for m = 1, …, 10: the bottom of the first hole, which the slopes of the others push off its middle.
MINIMISERS = (
    (4.0, 4.0, 4.0, 4.0),
    (3.9999771064047062675, 3.9999771064047062675, 3.9999771064047062675, 3.9999771064047062675),
    (3.9999868114051912529, 3.9999868114051912529, 3.9999868114051912529, 3.9999868114051912529),
    (4.0000611807550300377, 4.0000611807550300377, 4.0000611807550300377, 4.0000611807550300377),
    (4.0000371528196762307, 4.00013327659156009, 4.0000371528196762307, 4.00013327659156009),
    (4.0000313287683701563, 4.0001478391588556636, 4.0000313287683701563, 4.0001478391588556636),
    (4.0005729161858233471, 4.0006893661853042459, 3.9994897088591506081, 3.9996061588586315069),
    (4.0005884662424500505, 4.0006776986265456959, 3.9995052632242238504, 3.9995944956083194958),
    (4.0006618685275997591, 4.0006042438337132973, 3.9995787054512420767, 3.9995210807573556149),
    (4.0007465315920467226, 4.0005929341385320029, 3.9996633980403223038, 3.999509800586807584),
)  # fmt: skip


@block
def shekel(x, p, out):  # (1)
    A, B, C, D = x[0], x[1], x[2], x[3]
    out[:] = 0.0
    for i in range(int(p[0])):
        a, b, c, d, w = POINTS[i, 0], POINTS[i, 1], POINTS[i, 2], POINTS[i, 3], WIDTHS[i]
        for j in range(A.size):
            near = (A[j] - a) * (A[j] - a) + (B[j] - b) * (B[j] - b)
            out[j] -= 1.0 / (near + (C[j] - c) * (C[j] - c) + (D[j] - d) * (D[j] - d) + w)
    mark_nonfinite(x, out)


@block
def shekel_gradient(x, p, out):
    A, B, C, D = x[0], x[1], x[2], x[3]
    dA, dB, dC, dD = out[0], out[1], out[2], out[3]
    out[:] = 0.0
    for i in range(int(p[0])):
        a, b, c, d, w = POINTS[i, 0], POINTS[i, 1], POINTS[i, 2], POINTS[i, 3], WIDTHS[i]
        for j in range(A.size):
            u, v, s, t = A[j] - a, B[j] - b, C[j] - c, D[j] - d
            q = u * u + v * v + s * s + t * t + w
            slope = 2.0 / (q * q)
            dA[j] += slope * u
            dB[j] += slope * v
            dC[j] += slope * s
            dD[j] += slope * t


class Shekel(Landscape):
    """Foxholes in a plain, the deepest of them narrow and surrounded by others; four dimensions, drawn as a slice."""

    title = "Shekel"
    equation = r"F(x) = -\sum_{i=1}^{m} \frac{1}{|x - a_i|^2 + c_i}"
    reference = "Shekel 1971; Dixon and Szegő 1978; Jamil and Yang 2013"
    remark = (
        "The published cases are m = 5, 7 and 10, with the minima −10.153200, −10.402941 and −10.536410. Some sources print "
        "the minimiser as (4, 4, 4, 4), the middle of the deepest hole; the other holes push it off by up to 7e-4."
    )
    low, high = 0.0, 10.0
    dims = (4, 4)
    confining = False
    block_values, block_gradient = staticmethod(shekel), staticmethod(shekel_gradient)

    holes = Whole(
        10, bounds=(1, 10), symbol="m", label="Holes", doc="Number of holes; 5, 7 and 10 are the published cases."
    )

    def minimisers(self, d):
        self.require_dimension(d)
        return np.array([MINIMISERS[self.holes - 1]])
