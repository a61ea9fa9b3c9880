"""The density: histograms and smooth estimates of the swarm."""
