"""The frames of a run as small whole numbers, for the replay in a browser: positions on a grid of 65,536 steps a side.

A take is filled frame by frame and then packed into a header, which JSON can hold, and one block of bytes. Each array is named in
``header["arrays"]`` with its type (u1, u2), shape and place in the block; a value v of type u2 stands for low + (high − low) v / 65535.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.landscape import UNDEFINED, pixels, scale_of, sites_of, striped, undefined, values_on_plane
from swarmviz.exports.mpl.arena_line import curve_of
from swarmviz.exports.mpl.arena_states import ceiling, law_of
from swarmviz.landscapes.base import Landscape
from swarmviz.simulation import Simulation

FULL = 65_535
MOST_AGENTS = 1000
MOST_STATES = 1000
BUDGET = 1_800_000  # bytes of all agents before packing; base64 adds a third, and a file has at most 3 MB
MOST_GROUNDS = 24  # landscapes of one run that are kept
GRID = 420  # points of a relief along the view
LEVELS = (
    80  # shades of a relief; a contour line is LEVELS more; 2 LEVELS and the next are the stripes where F is no number
)
CONTOURS = 10
WIDER = 2.0  # the range of positions and of a drifting relief over the view
SIZE_STEP = 0.2  # pixels


class Take:
    """What a replay knows of a run; ``add`` frames, then ``pack``."""

    def __init__(self, frames: int):
        self.frames = frames
        self.k: list[int] = []
        self.t: list[float] = []
        self._columns: dict[str, list[np.ndarray]] = {}
        self._grounds: list[tuple[int, Landscape]] = []
        self._far = 0.0
        self.kind = ""
        self.sites = np.empty((0, 0))

    def add(self, sim: Simulation) -> None:
        """One more frame."""
        frame, landscape = sim.frame, sim.landscape
        if not self.kind:
            self._start(sim)
        self.k.append(frame.k)
        self.t.append(frame.t)
        if not self._grounds or not self._grounds[-1][1].same_as(landscape):
            self._grounds.append((len(self.k) - 1, landscape.copy()))
        low, high = (side[:2] for side in landscape.limits(frame.d))
        self._far = max(self._far, style.reach(frame.x[:, :2], low, high))
        for name, values in (self._states(sim) if frame.occupation is not None else self._agents(sim)).items():
            self._columns.setdefault(name, []).append(values)

    def _start(self, sim: Simulation) -> None:
        frame = sim.frame
        self.d, self.n, self.roles = frame.d, frame.n, frame.roles if frame.role is not None else ()
        self.kind = "line" if self.d == 1 else "plane"
        if frame.occupation is not None:
            self.kind = "bars" if self.d == 1 else "sites"
        each = 4 + (frame.mass is not None) + (frame.role is not None or frame.weight is not None)
        count = min(self.n, MOST_AGENTS, max(2, BUDGET // (each * self.frames)))
        self.chosen = np.unique(np.linspace(0, self.n - 1, count).round().astype(int))

    def _agents(self, sim: Simulation) -> dict[str, np.ndarray]:
        frame, chosen = sim.frame, self.chosen
        lowest = [int(np.argmin(frame.energy))]
        if self.kind == "line":
            places = np.column_stack([frame.x[:, 0], frame.energy])
        else:
            places = frame.x[:, :2]
        out = {"x": places[chosen], "best": places[lowest][0]}
        if frame.focus is not None:
            out["focus"] = np.resize(frame.focus[:2], 2)
        if frame.level is not None:
            out["level"] = np.array([0.0, frame.level])
        if frame.shift is not None:
            out["shift"] = np.append(frame.shift[:2], [0.0])[:2]
        if frame.mass is not None:
            out["size"] = np.minimum(np.round(style.diameters(frame)[chosen] / SIZE_STEP), 255).astype(np.uint8)
        if self.roles:
            assert frame.role is not None
            out["tone"] = frame.role[chosen].astype(np.uint8)
        elif frame.weight is not None:
            out["tone"] = np.round(255 * style.tones(frame)[chosen]).astype(np.uint8)
        return out

    def _states(self, sim: Simulation) -> dict[str, np.ndarray]:
        assert sim.frame.occupation is not None
        sites = sites_of(sim)
        if not len(self.sites):
            self.sites = sites
        share, eta = sim.frame.occupation, np.nan_to_num(law_of(sim, sites)[1])
        if len(share) != len(self.sites):
            raise ValueError(
                "states (S): their number changed in this stretch of the run; choose one in which it does not"
            )
        return {"share": share, "eta": eta}

    # ---- packing -------------------------------------------------------------------------------------------------------

    def pack(self) -> tuple[dict[str, Any], bytes]:
        """The header and the block of bytes."""
        self._arrays: dict[str, Any] = {}
        self._block: list[bytes] = []
        self._notes: list[str] = []
        low, high = (side[:2] for side in self._grounds[0][1].limits(self.d))
        low, high = style.view_of(low, high, self._far if self.kind in ("line", "plane") else 1.0)
        view = np.array([low, high]) if self.d > 1 else self._line_view(float(low[0]), float(high[0]))
        middle, half = view.mean(axis=0), WIDER * (view[1] - view[0]) / 2
        self._view, self._range = view, np.array([middle - half, middle + half])
        header = {
            "kind": self.kind, "n": self.n, "d": self.d, "agents": len(self.chosen), "roles": list(self.roles),
            "usual": float(np.interp(np.log(self.n), np.log([n for n, _ in style.SIZES]), [s for _, s in style.SIZES])),
            "sizeStep": SIZE_STEP, "levels": LEVELS, "k": self.k, "t": self.t,
            "view": view.tolist(), "range": self._range.tolist(),
        }  # fmt: skip
        header |= self._pack_states() if self.kind in ("bars", "sites") else self._pack_agents()
        header["grounds"] = self._pack_grounds()
        return header | {"arrays": self._arrays, "notes": self._notes}, b"".join(self._block)

    def _line_view(self, left: float, right: float) -> np.ndarray:
        ends = [curve_of(landscape, left, right)[2:] for _, landscape in self._kept_grounds()]
        return np.array([[left, min(a for a, _ in ends)], [right, max(b for _, b in ends)]])

    def _store(self, name: str, values: np.ndarray) -> None:
        data = np.ascontiguousarray(values)
        kind, at = f"u{data.itemsize}", sum(map(len, self._block))
        self._arrays[name] = {"type": kind, "shape": list(data.shape), "at": at}
        self._block.append(data.astype(f"<{kind}").tobytes() + b"\0" * (-data.nbytes % 2))

    def _on_grid(self, values: np.ndarray, low: Any, high: Any) -> np.ndarray:
        return np.round(np.clip((values - low) / (high - low), 0, 1) * FULL).astype(np.uint16)

    def _pack_agents(self) -> dict[str, Any]:
        for name, frames in self._columns.items():
            values = np.stack(frames)
            if name == "shift":
                continue
            self._store(name, values if values.dtype == np.uint8 else self._on_grid(values, *self._range))
        if len(self.chosen) < self.n:
            self._notes.append(f"{len(self.chosen):,} of the {self.n:,} agents are drawn")
        shift = self._columns.get("shift")
        return {"shift": np.round(np.stack(shift), 6).tolist()} if shift else {}

    def _pack_states(self) -> dict[str, Any]:
        share, eta = np.stack(self._columns["share"]), np.stack(self._columns["eta"])
        most = min(MOST_STATES, max(2, BUDGET // (4 * self.frames)))
        kept = np.sort(np.argsort(-(share + eta).sum(axis=0), kind="stable")[:most])
        if len(kept) < share.shape[1]:
            self._notes.append(f"the {len(kept):,} fullest of the {share.shape[1]:,} states are drawn")
        top = min(ceiling(max(1.02 * float(share.max()), float(eta.max()))), 1.0)
        sites = self.sites[kept, :2] if self.d > 1 else np.column_stack([self.sites[kept, 0], np.zeros(len(kept))])
        self._store("sites", self._on_grid(sites, *self._range))
        self._store("share", self._on_grid(share[:, kept], 0.0, top))
        self._store("eta", self._on_grid(eta[:, kept], 0.0, top))
        return {"top": top, "states": len(self.sites), "hasEta": bool(eta.any())}

    def _kept_grounds(self) -> list[tuple[int, Landscape]]:
        if len(self._grounds) <= MOST_GROUNDS:
            return self._grounds
        return [self._grounds[i] for i in np.linspace(0, len(self._grounds) - 1, MOST_GROUNDS).round().astype(int)]

    def _pack_grounds(self) -> list[dict[str, Any]]:
        kept = self._kept_grounds()
        if len(kept) < len(self._grounds):
            self._notes.append(f"{len(kept)} of the {len(self._grounds)} landscapes of this run are drawn")
        out, no_ticks = [], list[Any]()
        for place, (first, landscape) in enumerate(kept):
            at = landscape.minimisers(self.d)[:200]
            if self.d == 1:
                x, f, _, _ = curve_of(landscape, *self._range[:, 0])
                self._store(
                    f"ground{place}", self._on_grid(np.column_stack([x, np.nan_to_num(f, nan=np.inf)]), *self._range)
                )
                goals, ticks = np.column_stack([at[:, 0], landscape.values(at) if len(at) else []]), no_ticks
            else:
                levels, ticks = self._relief(landscape, round(GRID / np.sqrt(len(kept))))
                self._store(f"ground{place}", levels)
                goals = at[:, :2]
            out.append({"from": first, "goals": goals.tolist(), "ticks": ticks, "title": landscape.title})
        return out

    def _relief(self, landscape: Landscape, most: int) -> tuple[np.ndarray, list[Any]]:
        """Shades over the view, over the whole range where the landscape drifts; rows from below."""
        low, high = self._range if "shift" in self._columns else self._view
        count = pixels(self.d, most)
        xs, ys = (a + (b - a) * (np.arange(count) + 0.5) / count for a, b in zip(low, high, strict=True))
        f = values_on_plane(landscape, self.d, xs, ys)
        box_low, box_high = (side[:2] for side in landscape.limits(self.d))
        inside = f[np.ix_((ys >= box_low[1]) & (ys <= box_high[1]), (xs >= box_low[0]) & (xs <= box_high[0]))]
        scale = scale_of(inside if inside.size else f, landscape, self.d)
        h = scale.height(f)
        u, slope = h * CONTOURS, np.hypot(*np.gradient(h * CONTOURS))
        with np.errstate(divide="ignore", invalid="ignore"):
            line = (
                (np.abs(u - np.round(u)) / slope < 0.6)
                & (slope > 1e-9)
                & (slope < 0.35)
                & (np.round(u) % CONTOURS != 0)
            )
        shades = np.minimum(h * LEVELS, LEVELS - 1).astype(np.uint8) + LEVELS * line
        missing = undefined(f)
        if missing.any():
            shades = np.where(missing, 2 * LEVELS + striped(f.shape), shades)
        self._notes += [
            said for said in (scale.said, UNDEFINED * bool(missing.any())) if said and said not in self._notes
        ]
        return shades.astype(np.uint8), [list(mark) for mark in scale.marks().items()]
