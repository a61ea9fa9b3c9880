"""Fractal Monte Carlo (FMC): the dynamics and the passes that it is made of."""
