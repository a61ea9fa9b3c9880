"""An ensemble's results as a labelled Dataset that says what they are and where they come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from swarmviz import success
from swarmviz.ensembles import event_counts
from swarmviz.ensembles.engine import Ensemble, Results
from swarmviz.ensembles.settings import Options, Problem, Settings
from swarmviz.ensembles.units import IN_HALF_WIDTHS, OF_F, OF_GRADIENT, STEPS, described_as, of_observable
from swarmviz.kernels.sources import sources_digest
from swarmviz.serialise import as_json
from swarmviz.version import __version__

if TYPE_CHECKING:
    import xarray

NUMBERS = (  # the parts of the package on which a result depends
    *("dynamics", "ensembles", "kernels", "landscapes"),
    *("events.py", "frame.py", "parameters.py", "record.py", "schedules.py", "simulation.py", "success.py", "swarm.py"),
)
MEANINGS = {
    "final_answer": "Point that the swarm held for the minimiser at the end",
    "final_energy": "F at the final answer",
    "final_best": "Lowest value met in the whole run",
    "final_positions": "Positions of the agents at the end",
    "final_error": "Distance of the final answer to the nearest known minimiser, maximum norm",
    "success": "Whether the run has found a known minimiser: 1 or 0; NaN where none is known",
    "steps_taken": "Steps until the run ended",
    "final_evaluations": "Evaluations of F until the run ended, as the algorithm makes them",
    "final_gradients": "Evaluations of ∇F until the run ended, as the algorithm makes them",
    "stopped": "Whether a stop ended the run, or the dynamics' own stall stop brought it to a standstill",
    "diverged_step": "First step at which an energy was not finite; -1: none",
    "diverged_agent": "First agent whose energy was not finite; -1: none",
    "finished": "Whether the run came to its end",
}
COORDINATES = {
    "run": "Number of the run",
    "step": "Number of the step",
    "agent": "Number of the agent",
    "coordinate": "Number of the coordinate",
    "seed": "Seed of the run",
    "t": "Time",
    "tolerance": "Largest final error that counts as found; NaN on a finite set, where another criterion holds",
    "lowest_known": "Lowest value of F that is known, F*; NaN where none is",
}
SYMBOLS = {"step": "k", "t": "t", "lowest_known": "F*"}
UNITS = {  # of what is no pure number
    **dict.fromkeys(("final_error", "tolerance"), IN_HALF_WIDTHS),
    **dict.fromkeys(("step", "steps_taken", "diverged_step"), STEPS),
    "final_evaluations": OF_F,
    "final_gradients": OF_GRADIENT,
}
DIMENSIONS = ("run", "step", "t", "seed", "coordinate", "agent")
MORE_DIMS = {"final_answer": ("coordinate",), "final_positions": ("agent", "coordinate")}
BLANK = {"steps_taken": 0, "stopped": False, "diverged_step": -1, "diverged_agent": -1, "finished": False}  # else NaN


class Variable(NamedTuple):
    """What a variable of a Dataset is."""

    dims: tuple[str, ...]
    dtype: Any
    blank: Any  # where no run has come to its end
    attributes: dict[str, str]


class Layout(NamedTuple):
    """The variables of an ensemble's Dataset and its sizes, before there is one."""

    variables: dict[str, Variable]
    sizes: dict[str, int]

    @classmethod
    def of(cls, problem: Problem, settings: Settings) -> Layout:
        """From the results of one run of two agents and no step."""
        one = settings._replace(options=Options(**settings.options.values_now() | {"runs": 1, "steps": 0}))
        results, observables = Results(one, problem.dynamics, 2, 1), {o.name: o for o in problem.dynamics.observables}
        found = {}
        for name, series in results.series.items():
            about = described_as(observables[name].meaning, of_observable(observables[name]), observables[name].symbol)
            found[variable(name)] = Variable(("run", "step"), series.dtype, np.nan, about)
        for name, values in results.finals.by_name().items():
            dims = ("run", *MORE_DIMS.get(name, ()))
            about = described_as(MEANINGS[name], UNITS.get(name)) | (
                _judged(problem, settings) if name == "success" else {}
            )
            found[name] = Variable(dims, values.dtype, BLANK.get(name, np.nan), about)
        for name, said in event_counts.variables(type(problem.dynamics), settings.events).items():
            found[name] = Variable(("run",), np.dtype(float), np.nan, described_as(*said))
        swarm = problem.swarm
        sizes: dict[str, Any] = {
            "run": settings.options.runs,
            "step": settings.rows,
            "agent": swarm.n,
            "coordinate": swarm.d,
        }
        return cls(found, {name: int(size) for name, size in sizes.items()})

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a variable."""
        return tuple(self.sizes[dim] for dim in self.variables[name].dims)

    def nbytes(self, cells: int) -> int:
        """Bytes of all variables, ``cells`` times."""
        return cells * sum(self._bytes(name) for name in self.variables)

    @property
    def largest(self) -> int:
        """Bytes of the largest variable."""
        return max(self._bytes(name) for name in self.variables)

    def _bytes(self, name: str) -> int:
        return math.prod(self.shape(name)) * self.variables[name].dtype.itemsize

    def coordinates(self, settings: Settings, seed: int, times: Any, judged_by: dict[str, Any]) -> dict[str, Any]:
        """Run, step, agent and coordinate, the seed of each run, the time of each step, and the numbers by which runs are judged.

        ``times`` and the values of ``judged_by`` are (dims, values).
        """
        found = {
            **{dim: (dim, np.arange(self.sizes[dim])) for dim in ("run", "coordinate")},
            **({"agent": ("agent", np.arange(self.sizes["agent"]))} if settings.options.positions else {}),
            "step": ("step", settings.recorded_steps()),
            "seed": ("run", seed + np.arange(self.sizes["run"])),
            "t": times,
            **judged_by,
        }
        return {
            name: (*of, described_as(COORDINATES[name], UNITS.get(name), SYMBOLS.get(name, "")))
            for name, of in found.items()
        }


def judged_by(tolerance: float | None) -> str:
    """The criterion of success in words; None: each landscape's own tolerance. A finite set has another."""
    source = success.RULE if tolerance is None else f"tolerance = {tolerance:g}, as was asked for"
    return f"final_error < tolerance, a distance to a known minimiser in half widths of the box; {source}"


def _judged(problem: Problem, settings: Settings) -> dict[str, str]:
    """By what a run is judged, in words; the number is the coordinate ``tolerance``."""
    if problem.dynamics.on_finite_set:
        return {"criterion": success.criterion(None)}
    return {"criterion": judged_by(settings.options.tolerance)}


def as_dataset(ensemble: Ensemble, interrupted: bool = False) -> xarray.Dataset:
    """The results of an ensemble, with runs that were cut short as NaN.

    Where some were, the arrays are copies, made one by one, because a thread that a second Ctrl-C left behind may still be writing. The
    results lose theirs.
    """
    import xarray

    results, settings, problem = ensemble.results, ensemble.settings, ensemble.problem
    layout, finished = Layout.of(problem, settings), results.finals.finished.copy()
    variables = {}

    def keep(name: str, values: np.ndarray) -> np.ndarray:
        """Add a variable; what takes its place in the results."""
        dims, _, blank, attributes = layout.variables[name]
        left = values
        if not finished.all():
            values = np.where(finished.reshape(-1, *[1] * (values.ndim - 1)), values, blank)
            left = _nowhere(values)
        variables[name] = (dims, values, attributes)
        return left

    for name in results.series:
        results.series[name] = keep(variable(name), results.series[name])
    for name in results.finals.by_name():
        results.finals = results.finals._replace(**{name: keep(name, getattr(results.finals, name))})
    for name, values in ensemble.events.by_name().items():
        keep(name, values)
    times, judged_by = ("step", ensemble.times()), {name: ((), value) for name, value in ensemble.judged_by.items()}
    coordinates = layout.coordinates(settings, problem.swarm.seed, times, judged_by)
    return xarray.Dataset(variables, coordinates, provenance(problem, settings) | {"interrupted": int(interrupted)})


def _nowhere(values: np.ndarray) -> np.ndarray:
    """An array of the same shape that takes no memory, for what is written too late."""
    return np.lib.stride_tricks.as_strided(np.empty(1, values.dtype), values.shape, (0,) * values.ndim)


def variable(observable: str) -> str:
    """Name of an observable in a Dataset: its own, with an underscore after it where that is the name of a dimension."""
    return observable + "_" * (observable in DIMENSIONS)


def provenance(problem: Problem, settings: Settings) -> dict[str, Any]:
    """Version, source, equations and every parameter (as JSON) of what is run, with what the stop has set in the dynamics."""
    dynamics, landscape, swarm = settings.prepared(problem)
    return {
        **program(),
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


def program() -> dict[str, str]:
    """Which swarmviz this is: its version, and a hash of those of its sources on which a result may depend."""
    return {"swarmviz": __version__, "sources": sources_digest(NUMBERS)}
