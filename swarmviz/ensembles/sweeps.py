"""The same ensemble over a grid of parameters."""

from __future__ import annotations


def sweep(dynamics, landscape, swarm, grid=None, *, n=None, d=None, landscapes=None, runs=100, steps=1000, record=(), every=1,
          stop=None, positions=False, tolerance=0.25, threads=None, progress=False, store=None, client=None):  # fmt: skip
    """To come."""
    raise NotImplementedError
