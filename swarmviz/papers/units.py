"""The units of a figure's variables: those of its observables and of what is made of them over the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swarmviz.dynamics import ALL as DYNAMICS
from swarmviz.ensembles.dataset import variable
from swarmviz.ensembles.units import PURE_NUMBER, of_observable
from swarmviz.papers.spec import FigureSpec

if TYPE_CHECKING:
    import xarray

OVER_RUNS = ("", "_standard_error", "_quantile")  # at the end of a name: its mean over the runs, and how they scatter


def with_units(spec: FigureSpec, data: xarray.Dataset) -> xarray.Dataset:
    """The Dataset with ``units`` on every variable and axis; what says nothing of itself, as what was derived, is a pure number.

    Its arrays are those of ``data``.
    """
    observables = {o.name: o for part in spec.parts for o in DYNAMICS[part.dynamics].observables}
    measured = {f"{variable(name)}{end}": of_observable(o) for name, o in observables.items() for end in OVER_RUNS}
    for name, values in data.variables.items():
        # a name may be that of a coordinate of no observable, such as the step
        own = measured.get(str(name)) if name in data.data_vars else None
        values.attrs["units"] = own or values.attrs.get("units") or PURE_NUMBER
    return data
