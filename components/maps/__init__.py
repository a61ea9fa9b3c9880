"""Maps: where in the plane of two parameters the runs of a visit find the minimum, computed beside the visible swarm."""
