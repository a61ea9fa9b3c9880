"""One agent's step, term by term: a file a dynamics. What a term is stands in :mod:`swarmviz.dynamics.explain.terms`."""
