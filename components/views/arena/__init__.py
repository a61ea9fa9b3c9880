"""The arena: the swarm in its landscape, on a line, in a plane, or on a graph."""
