"""Runs of every kind that exports know, and what is in a replay of one."""

import base64
import gzip
import json
import re

import numpy as np

import swarmviz as sv
from swarmviz import presets

KINDS = {
    "plane": lambda: sv.Simulation(sv.PSO(), sv.landscapes.SixHumpCamel(), sv.Swarm(n=30, seed=1)),
    "projected": lambda: sv.Simulation(sv.BGK(), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=5, seed=1)),
    "line": lambda: sv.Simulation(sv.SSA(), sv.landscapes.Ackley(), sv.Swarm(n=8, d=1, seed=1)),
    "drifting": lambda: sv.Simulation(sv.FMC(motion=MOTION), sv.landscapes.Rastrigin(), sv.Swarm(n=30, seed=1)),
    "drifting line": lambda: sv.Simulation(sv.FMC(motion=MOTION), sv.landscapes.Rastrigin(), sv.Swarm(n=30, d=1)),
    "bars": lambda: sv.Simulation(*presets.ALL["finite-set"].build()),
    "sites": lambda: sv.Simulation(sv.FiniteSet(states=30), sv.landscapes.Rastrigin(), sv.Swarm(n=50, seed=1)),
    "many": lambda: sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=3000, seed=1)),
    "many on a line": lambda: sv.Simulation(sv.CBO(), sv.landscapes.Rastrigin(), sv.Swarm(n=3000, d=1, seed=1)),
    "nothing known": lambda: sv.Simulation(sv.CBO(), sv.landscapes.Formula("x + y"), sv.Swarm(n=20, seed=1)),
}
MOTION = next(name for name in sv.FMC.param.motion.objects if name != "none")


def made(kind, steps=6):
    sim = KINDS[kind]()
    sim.advance(steps)
    return sim


def opened(page):
    """Header, metadata and arrays of a replay."""
    parts = dict(re.findall(r'<script type="\S+" id="(\w+)">(.*?)</script>', page, re.DOTALL))
    header, block = json.loads(parts["run"]), gzip.decompress(base64.b64decode(parts["data"]))
    arrays = {
        name: np.frombuffer(block, f"<{a['type']}", int(np.prod(a["shape"])), a["at"]).reshape(a["shape"])
        for name, a in header["arrays"].items()
    }
    return header, json.loads(parts["metadata"]), arrays
