"""Swarm dynamics on a finite set: the dynamics, the graph, the functions of the rates, and the events."""
