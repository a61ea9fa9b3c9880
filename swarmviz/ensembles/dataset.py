"""An ensemble's results as a labelled Dataset that says what they are and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from swarmviz.ensembles.description import as_json
from swarmviz.ensembles.engine import Ensemble
from swarmviz.ensembles.settings import Problem, Settings

if TYPE_CHECKING:
    import xarray

MEANINGS = {
    "final_answer": "Point that the swarm held for the minimiser at the end",
    "final_energy": "F at the final answer",
    "final_best": "Lowest value met in the whole run",
    "final_positions": "Positions of the agents at the end",
    "final_error": "Distance of the final answer to the nearest minimiser, maximum norm, in half widths of the box",
    "success": "1 when the final error is below the tolerance, else 0; NaN where no minimiser is known",
    "steps_taken": "Steps until the run ended",
    "stopped": "Whether the stop ended the run",
    "diverged_step": "First step at which an energy was not finite; -1: none",
    "diverged_agent": "First agent whose energy was not finite; -1: none",
    "finished": "Whether the run came to its end",
}
DIMENSIONS = ("run", "step", "t", "seed", "coordinate", "agent")
MORE_DIMS = {"final_answer": ("coordinate",), "final_positions": ("agent", "coordinate")}


def as_dataset(ensemble: Ensemble, interrupted: bool = False) -> xarray.Dataset:
    """The results of an ensemble, with runs that were cut short as NaN."""
    import xarray

    results, settings, swarm = ensemble.results, ensemble.settings, ensemble.problem.swarm
    results.forget_unfinished()
    observables = {o.name: o for o in ensemble.dynamics.observables}
    variables: dict[str, Any] = {
        variable(name): (
            ("run", "step"),
            course,
            {"long_name": observables[name].meaning, "symbol": observables[name].symbol},
        )
        for name, course in results.courses.items()
    }
    for name, values in (results.finals | {"finished": results.finished}).items():
        variables[name] = (("run", *MORE_DIMS.get(name, ())), values, {"long_name": MEANINGS[name]})
    coordinates = {
        "run": np.arange(ensemble.runs),
        "step": settings.recorded_steps(),
        "seed": ("run", ensemble.seeds, {"long_name": "Seed of the run"}),
        "t": ("step", ensemble.times(), {"long_name": "Time"}),
        "coordinate": np.arange(swarm.d),
    }
    if settings.options.positions:
        coordinates["agent"] = np.arange(swarm.n)
    attributes = provenance(ensemble.problem, settings) | {"interrupted": int(interrupted)}
    return xarray.Dataset(variables, coordinates, attributes)


def variable(observable: str) -> str:
    """Name of an observable in a Dataset: its own, with an underscore after it where that is the name of a dimension."""
    return observable + "_" * (observable in DIMENSIONS)


def provenance(problem: Problem, settings: Settings) -> dict[str, Any]:
    """Version, source, equations and every parameter (as JSON)."""
    import swarmviz

    dynamics, landscape, swarm = problem
    return {
        "swarmviz": swarmviz.__version__,
        "title": f"{dynamics.title} on {landscape.title}",
        "reference": dynamics.reference,
        "equation": dynamics.equation,
        "landscape_reference": landscape.reference,
        "landscape_equation": landscape.equation,
        "dynamics": as_json(dynamics),
        "landscape": as_json(landscape),
        "swarm": as_json(swarm),
        "settings": as_json(settings.described()),
    }
