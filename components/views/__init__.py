"""Views: figures that show a run while it moves. A new side view is one file and one name in :data:`SIDE_VIEWS`."""

from components.views.base import View
from components.views.comparison import Comparison
from components.views.density.density import Density
from components.views.map.view import Map
from components.views.mass import Mass
from components.views.occupation import Occupation
from components.views.phase_space import PhaseSpace

SIDE_VIEWS: tuple[type[View], ...] = (Density, Occupation, PhaseSpace, Mass, Comparison, Map)
"""The views of which one is seen beside the arena, in the order of their buttons; the first that fits a run is its default."""
