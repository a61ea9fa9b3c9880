"""The passes that Fractal Monte Carlo is made of: cloning, walkers in memory, histograms, landscapes that move."""
