"""Laws of infinitely many agents, one file per dynamics: :class:`swarmviz.laws.base.LawScheme`."""
