"""What a dynamics costs: the evaluations of F and of ∇F that the algorithm makes, one definition for records, stops and comparisons.

Counted is what the algorithm needs, from the N values of F at step 0 on, and not what is evaluated beside it in order to be recorded, or
again because the steps were taken in several calls. Each dynamics says what its start and its steps take (``cost_of_start``,
``cost_of_step``), or its kernel counts where that depends on the run. What a person spends who puts another landscape in the place of the
present one in mid-run, N values each time, is not the algorithm's and is not counted.

Where a landscape has no gradient, and differences of F stand for it, these are values of F and count as such: the evaluations are what a
person's function is called for.
"""

from __future__ import annotations

from typing import NamedTuple


class Cost(NamedTuple):
    """How many values of F and of ∇F something takes; one at each of N points are N."""

    evaluations: int
    gradients: int = 0

    def by_differences(self, values: int) -> Cost:
        """The same where so many values of F stand for one of ∇F; 0 where there is a gradient."""
        return Cost(self.evaluations + values * self.gradients) if values else self
