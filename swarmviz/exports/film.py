"""Films of a run: it is replayed, the landscape is drawn once and the swarm anew for each frame."""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from swarmviz import temporary
from swarmviz.drawing.layers import Layers, checked
from swarmviz.drawing.style import ramp, theme
from swarmviz.exports.metadata import as_text, metadata, title
from swarmviz.exports.mpl.arena import Arena
from swarmviz.exports.mpl.figure import LOCK, by_hand, need
from swarmviz.replay import RunSpec, check_of, ignore, never, run_of
from swarmviz.simulation import Simulation

MAX_FRAMES = {"gif": 600, "mp4": 3000}
DPI = {"gif": 80, "mp4": 120}
MAX_COMMENT_CHARS = 100_000  # an argument of a command may have 128 kB
SWATCH = 24  # pixels of each colour of the theme that a GIF's palette is sure to have


def film(
    what: RunSpec | Simulation,
    kind: str = "mp4",
    *,
    start: int = 0,
    stop: int | None = None,
    every: int = 1,
    fps: float = 30,
    dark: bool = False,
    region: Sequence[float] | None = None,
    progress: Callable[[int, int], None] = ignore,
    cancelled: Callable[[], bool] = never,
    label: str = "",
    **layers: bool,
) -> bytes:
    """A film of the arena from step ``start`` to ``stop`` as the bytes of a file.

    Parameters
    ----------
    what : RunSpec or Simulation
        A simulation is not moved: its run is replayed.
    kind : {"gif", "mp4"}
    start, stop, every : int
        Frames show the steps ``start, start + every, …`` up to ``stop``, the present step when absent.
    fps : float
        Frames per second, 1 to 60.
    dark : bool
        The dark theme.
    region : sequence of float, optional
        What is shown in place of the box, as in :func:`swarmviz.exports.picture`.
    progress : function (done, total) → None
        Called after each frame.
    cancelled : function () → bool
        Asked before each frame.
    label : str
        What the title begins with, as in :func:`swarmviz.exports.picture`.
    **layers : bool
        ``trails``, ``arrows``, ``links``, ``contours``, ``inset``: whether they are shown; True when absent.

    Returns
    -------
    bytes
        With the metadata as JSON in the comment of the file.

    Raises
    ------
    Cancelled
        When ``cancelled()`` was true.
    ImportError
        Without the extra ``pictures``, or without ``films`` for an MP4.
    ValueError
        When the kind is unknown, the frames are fewer than two or more than ``MAX_FRAMES[kind]``, the region is out of range, or a layer is
        neither shown nor not.
    """
    if kind not in MAX_FRAMES:
        raise ValueError(f"kind = {kind!r}: must be one of {', '.join(MAX_FRAMES)}")
    if isinstance(fps, bool) or not 1 <= fps <= 60:
        raise ValueError(f"fps = {fps!r}: must be a number from 1 to 60")
    need("matplotlib")
    if kind == "mp4":
        need("imageio_ffmpeg")
    run = run_of(what)
    steps = run.steps(start, stop, every, MAX_FRAMES[kind])
    if unknown := [name for name in layers if name not in Layers._fields]:
        raise TypeError(f"film() got an unexpected keyword argument {unknown[0]!r}")
    look = dark, DPI[kind], region, checked(**layers), label
    reel = _Reel(run, steps, look, progress, cancelled)
    return _gif(reel, fps, dark) if kind == "gif" else _mp4(reel, fps)


class _Reel:
    """The frames of a film, one after the other, as arrays (height, width, 3) of bytes."""

    def __init__(self, run: RunSpec, steps: range, look: tuple[Any, ...], progress: Callable, cancelled: Callable):
        self.run, self.steps, self.look = run, steps, look
        self.progress, self.cancelled = progress, cancelled

    def __iter__(self) -> Iterator[np.ndarray]:
        arena: Arena | None = None
        background: Any = None
        for done, sim in enumerate(self.run.frames(self.steps, check_of(self.cancelled)), 1):
            with by_hand(), LOCK:
                arena = arena or Arena(sim, *self.look)
                background = _ground(arena) if arena.show(sim) else background
                picture = _over(arena, background)
            yield picture
            self.progress(done, len(self.steps))

    @property
    def comment(self) -> str:
        """The metadata, with the steps that are shown."""
        shown = {"start": self.steps[0], "stop": self.steps[-1], "every": self.steps.step}
        return as_text(metadata(self.run) | {"frames": shown}, MAX_COMMENT_CHARS)


def _ground(arena: Arena) -> Any:
    """Draw what stands still and keep it."""
    for artist in arena.moving:
        artist.set_animated(True)
    arena.figure.canvas.draw()
    arena.figure.set_layout_engine("none")  # nothing jumps from here on
    return arena.figure.canvas.copy_from_bbox(arena.figure.bbox)


def _over(arena: Arena, background: Any) -> np.ndarray:
    """What moves, over what stands still."""
    canvas = arena.figure.canvas
    canvas.restore_region(background)
    for artist in arena.moving:
        artist.axes.draw_artist(artist)
    return np.array(canvas.buffer_rgba())[..., :3]


def _mp4(reel: _Reel, fps: float) -> bytes:
    ffmpeg, frames = need("imageio_ffmpeg"), iter(reel)
    first = next(frames)
    about = ["-metadata", f"title={title(reel.run)}", "-metadata", f"comment={reel.comment}"]
    with tempfile.TemporaryDirectory(prefix="film-", dir=temporary.folder()) as folder:
        path = Path(folder) / "film.mp4"
        writer = ffmpeg.write_frames(
            str(path), first.shape[1::-1], fps=fps, codec="libx264", pix_fmt_out="yuv420p", quality=8, macro_block_size=2,
            ffmpeg_log_level="error", output_params=[*about, "-movflags", "+faststart", "-fflags", "+bitexact"],
        )  # fmt: skip
        writer.send(None)
        try:
            for frame in itertools.chain([first], frames):
                writer.send(np.ascontiguousarray(frame))
        finally:
            writer.close()
        return path.read_bytes()


def _gif(reel: _Reel, fps: float, dark: bool) -> bytes:
    image, frames = need("PIL.Image"), iter(reel)
    first = next(frames)
    shades = _palette(image, first, dark)
    drawn = (
        image.fromarray(f).quantize(palette=shades, dither=image.Dither.NONE) for f in itertools.chain([first], frames)
    )
    out = io.BytesIO()
    next(drawn).save(out, "GIF", save_all=True, append_images=drawn, duration=round(1000 / fps), loop=0, disposal=1, optimize=False,
                     comment=reel.comment.encode("ascii"))  # fmt: skip
    return out.getvalue()


def _palette(image: Any, first: np.ndarray, dark: bool) -> Any:
    """255 colours of the first frame together with those that may only turn up later."""
    c = theme(dark)
    later = ramp((c.agent, *c.roles, c.quiet_agent, c.heavy_agent, c.focus, c.target, c.ink, c.outline), 64)
    swatches = np.repeat(np.repeat((255 * later).astype(np.uint8)[None], SWATCH, axis=0), first.shape[1] // 64, axis=1)
    rest = np.zeros((SWATCH, first.shape[1] - swatches.shape[1], 3), np.uint8)
    return image.fromarray(np.vstack([first, np.hstack([swatches, rest])])).quantize(255)
