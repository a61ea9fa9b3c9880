"""The frames of a run as small whole numbers, for the replay in a browser: positions on a grid of 65,536 steps a side.

A take is filled frame by frame and then packed into a header, which JSON can hold, and one block of bytes. Each array is named in
``header["arrays"]`` with its type (u1, u2), shape and place in the block; a value v of type u2 stands for low + (high − low) v / 65535.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from swarmviz.drawing import style
from swarmviz.drawing.agents import lowest_agent, points_of
from swarmviz.drawing.arrows import ACROSS, BACK, CUT, MAX_WIDTHS, SECOND, key_of, shafts, width_of
from swarmviz.drawing.finite_set import share_axis_end, states_picture
from swarmviz.drawing.landscape import pixels
from swarmviz.drawing.landscape_image import landscape_image, packed
from swarmviz.drawing.layers import ALL, Layers
from swarmviz.drawing.line import curve_of
from swarmviz.drawing.plane import trail_pictures
from swarmviz.drawing.region import Region, checked_region
from swarmviz.drawing.zoom import reach, view_of
from swarmviz.frame import Frame
from swarmviz.landscapes.base import Landscape
from swarmviz.simulation import Simulation

FULL = 65_535
MAX_AGENTS = 1000
MAX_STATES = 1000
MAX_AGENT_BYTES = 1_800_000  # of all frames before packing; base64 adds a third, and a file has at most 3 MB
MAX_LANDSCAPES = 24  # of one run that are kept
MAX_MINIMISERS = 200  # of a landscape that are marked
PIXELS = 420  # of the image of a landscape along each side
WIDER = 2.0  # the range of positions and of the image of a drifting landscape over the view
SIZE_STEP = 0.2  # pixels
FAR_FRAMES = 4096  # of which the farthest decides what the view shows: more than a replay has
FULL_TONE = 255  # of the largest weight


class Take:
    """What a replay knows of a run; ``add`` frames, then ``pack``.

    ``region`` is as of :func:`swarmviz.drawing.region.checked_region`; ``layers`` are those that are shown;
    ``most``: bytes of the agents of all frames, before packing.
    """

    def __init__(
        self, frames: int, region: Sequence[float] | None = None, layers: Layers = ALL, most: int = MAX_AGENT_BYTES
    ):
        self.frames, self.layers, self._wanted, self._most = frames, layers, region, most
        self.region: Region | None = None
        self.k: list[int] = []
        self.t: list[float] = []
        self._columns: dict[str, list[np.ndarray]] = {}
        self._landscapes: list[tuple[int, Landscape]] = []
        self._far: deque[float] = deque(maxlen=FAR_FRAMES)
        self.kind = ""
        self.sites = np.empty((0, 0))

    def add(self, sim: Simulation) -> None:
        """One more frame."""
        frame, landscape = sim.frame, sim.landscape
        if not self.kind:
            self._start(sim)
        self.k.append(frame.k)
        self.t.append(frame.t)
        if not self._landscapes or not self._landscapes[-1][1].same_as(landscape):
            self._landscapes.append((len(self.k) - 1, landscape.copy()))
        low, high = (side[:2] for side in landscape.limits(frame.d))
        self._far.append(reach(frame.x[:, :2], low, high))
        for name, values in (self._states(sim) if frame.occupation is not None else self._agents(sim)).items():
            self._columns.setdefault(name, []).append(values)

    def following(self, place: int, last: int) -> Take:
        """A take of as many frames that begins with the ``last`` ones of this up to its frame ``place``, so that trails go on."""
        other, kept = copy.copy(self), slice(max(0, place + 1 - last), place + 1)
        other.k, other.t = self.k[kept], self.t[kept]
        other._columns = {name: values[kept] for name, values in self._columns.items()}
        other._landscapes = [(0, self._landscapes[-1][1])]
        other._far = self._far.copy()
        return other

    def place_of(self, frame: Frame) -> int | None:
        """Which of these a frame is; None where it is none of them, or a swarm of other size."""
        sites = 0 if frame.sites is None else len(frame.sites)
        if (frame.n, frame.d, sites) != (self.n, self.d, len(self.sites)) or frame.k not in self.k:
            return None
        place = self.k.index(frame.k)
        kept, now = ("share", frame.occupation) if sites else ("x", frame.x[self.chosen, 0])
        before = self._columns[kept][place]
        return place if np.array_equal(before if sites else before[:, 0], now) else None  # type: ignore[arg-type]

    def _start(self, sim: Simulation) -> None:
        frame = sim.frame
        self.d, self.n, self.roles = frame.d, frame.n, frame.roles if frame.role is not None else ()
        self.kind = "line" if self.d == 1 else "plane"
        if frame.occupation is not None:
            self.kind = "bars" if self.d == 1 else "sites"
        self.region = checked_region(self._wanted, frame, sim.landscape)
        few, self.width = frame.n <= style.FEW, width_of(*(self.region or sim.landscape.limits(frame.d)))
        self.arrowed = few and frame.v is not None and self.layers.arrows and self.kind in ("line", "plane")
        self.linked = few and frame.partner is not None and self.layers.links and self.kind == "plane"
        self.trail = trail_pictures(frame) if self.layers.trails and self.kind == "plane" else 0
        each = 4 + (frame.mass is not None) + (frame.role is not None or frame.weight is not None)
        each += 4 * self.arrowed + 2 * self.linked
        count = min(self.n, MAX_AGENTS, max(2, self._most // (each * self.frames)))
        self.chosen = np.unique(np.linspace(0, self.n - 1, count).round().astype(int))

    def _agents(self, sim: Simulation) -> dict[str, np.ndarray]:
        frame, chosen = sim.frame, self.chosen
        line = self.kind == "line"
        points = points_of(frame, np.column_stack([frame.x[:, 0], frame.energy]) if line else frame.x[:, :2])
        out = {"x": points.x[chosen], "best": points.x[lowest_agent(frame)]}
        if frame.focus is not None:
            out["focus"] = np.resize(frame.focus[:2], 2)
        if frame.level is not None:
            out["level"] = np.array([0.0, frame.level])
        if frame.shift is not None:
            out["shift"] = np.append(frame.shift[:2], [0.0])[:2]
        if frame.mass is not None:
            out["size"] = np.minimum(np.round(points.diameter[chosen] / SIZE_STEP), 255).astype(np.uint8)
        if self.roles or frame.weight is not None:
            out["tone"] = np.round(points.tone[chosen] * (1 if self.roles else FULL_TONE)).astype(np.uint8)
        if self.arrowed and frame.v is not None:
            v = np.column_stack([frame.v[:, 0], np.zeros(frame.n)]) if line else frame.v[:, :2]
            out["tip"] = out["x"] + shafts(points.x, v, self.width)[0][chosen]
        if self.linked and frame.partner is not None and len(chosen) == frame.n:  # else some of them are not drawn
            out["partner"] = np.where(frame.partner >= 0, frame.partner, np.arange(frame.n)).astype(np.uint16)
        return out

    def _states(self, sim: Simulation) -> dict[str, np.ndarray]:
        picture = states_picture(sim.frame, sim)
        if not len(self.sites):
            self.sites = picture.sites
        if len(picture.sites) != len(self.sites):
            raise ValueError(
                "states (S): their number changed in this stretch of the run; choose one in which it does not"
            )
        return {"share": picture.share, "eta": np.nan_to_num(picture.target)}

    # ---- packing -------------------------------------------------------------------------------------------------------

    def pack(self) -> tuple[dict[str, Any], bytes]:
        """The header and the block of bytes."""
        self._arrays: dict[str, Any] = {}
        self._block: list[bytes] = []
        self._notes: list[str] = []
        low, high = (side[:2] for side in self._landscapes[0][1].limits(self.d))
        low, high = self.region or view_of(low, high, max(self._far) if self.kind in ("line", "plane") else 1.0)
        view = np.array([low, high]) if self.d > 1 else self._line_view(float(low[0]), float(high[0]))
        middle, half = view.mean(axis=0), WIDER * (view[1] - view[0]) / 2
        self._view, self._range = view, np.array([middle - half, middle + half])
        header = {
            "kind": self.kind, "n": self.n, "d": self.d, "agents": len(self.chosen), "roles": list(self.roles),
            "usual": style.usual_diameter(self.n), "sizeStep": SIZE_STEP, "k": self.k, "t": self.t,
            "view": view.tolist(), "range": self._range.tolist(), "part": self.region is not None, "trail": self.trail,
            "contours": self.layers.contours, "arrows": self._arrows(),
        }  # fmt: skip
        header |= self._pack_states() if self.kind in ("bars", "sites") else self._pack_agents()
        header["backgrounds"] = self._pack_backgrounds()
        return header | {"arrays": self._arrays, "notes": self._notes}, b"".join(self._block)

    def _arrows(self) -> dict[str, Any] | None:
        """How long the longest arrow is, and the legend; None where there are none."""
        if not self.arrowed:
            return None
        key = key_of(self.width)
        return {"longest": MAX_WIDTHS * self.width, "label": key.label, "length": key.length, "cut": CUT,
                "back": BACK, "across": ACROSS, "second": SECOND}  # fmt: skip

    def _line_view(self, left: float, right: float) -> np.ndarray:
        curves = [curve_of(landscape, left, right) for _, landscape in self._kept_landscapes()]
        return np.array([[left, min(c.bottom for c in curves)], [right, max(c.top for c in curves)]])

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
            self._store(name, values if values.dtype in (np.uint8, np.uint16) else self._on_grid(values, *self._range))
        if len(self.chosen) < self.n:
            self._notes.append(f"{len(self.chosen):,} of the {self.n:,} agents are drawn")
        shift = self._columns.get("shift")
        return {"shift": np.round(np.stack(shift), 6).tolist()} if shift else {}

    def _pack_states(self) -> dict[str, Any]:
        share, eta = np.stack(self._columns["share"]), np.stack(self._columns["eta"])
        most = min(MAX_STATES, max(2, self._most // (4 * self.frames)))
        kept = np.sort(np.argsort(-(share + eta).sum(axis=0), kind="stable")[:most])
        if len(kept) < share.shape[1]:
            self._notes.append(f"the {len(kept):,} fullest of the {share.shape[1]:,} states are drawn")
        top = share_axis_end(max(float(share.max()), float(eta.max())))
        sites = self.sites[kept, :2] if self.d > 1 else np.column_stack([self.sites[kept, 0], np.zeros(len(kept))])
        self._store("sites", self._on_grid(sites, *self._range))
        self._store("share", self._on_grid(share[:, kept], 0.0, top))
        self._store("eta", self._on_grid(eta[:, kept], 0.0, top))
        return {"top": top, "states": len(self.sites), "hasEta": bool(eta.any())}

    def _kept_landscapes(self) -> list[tuple[int, Landscape]]:
        if len(self._landscapes) <= MAX_LANDSCAPES:
            return self._landscapes
        return [
            self._landscapes[i] for i in np.linspace(0, len(self._landscapes) - 1, MAX_LANDSCAPES).round().astype(int)
        ]

    def _pack_backgrounds(self) -> list[dict[str, Any]]:
        kept = self._kept_landscapes()
        if len(kept) < len(self._landscapes):
            self._notes.append(f"{len(kept)} of the {len(self._landscapes)} landscapes of this run are drawn")
        pack = self._pack_curve if self.d == 1 else self._pack_image
        return [
            {"from": first, "title": landscape.title} | pack(f"background{place}", landscape, len(kept))
            for place, (first, landscape) in enumerate(kept)
        ]

    def _pack_curve(self, name: str, landscape: Landscape, count: int) -> dict[str, Any]:
        """The curve over the whole range."""
        curve = curve_of(landscape, *self._range[:, 0])
        self._store(name, self._on_grid(np.column_stack([curve.x, np.nan_to_num(curve.f, nan=np.inf)]), *self._range))
        return {"minimisers": curve.minimisers[:MAX_MINIMISERS].tolist(), "ticks": []}

    def _pack_image(self, name: str, landscape: Landscape, count: int) -> dict[str, Any]:
        """The image over the view, over the whole range where the landscape drifts; the smaller the more (``count``) there are."""
        low, high = self._range if "shift" in self._columns else self._view
        side = pixels(self.d, round(PIXELS / np.sqrt(count)))
        image = landscape_image(landscape, self.d, low, high, side, side)
        self._store(name, packed(image))
        self._notes += [remark for remark in image.remarks if remark not in self._notes]
        minimisers = landscape.minimisers(self.d)[:MAX_MINIMISERS, :2]
        return {"minimisers": minimisers.tolist(), "ticks": [list(mark) for mark in image.scale.marks().items()]}
