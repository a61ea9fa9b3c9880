"""What all figures share: their frame, their type, their legends, and the lock under which Matplotlib draws."""

from __future__ import annotations

import contextlib
import textwrap
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from swarmviz.drawing.arrows import CUT, key_of
from swarmviz.drawing.landscape import UNDEFINED
from swarmviz.drawing.style import LEAST_OPACITY, Theme, density_colours, ramp

LOCK = threading.RLock()  # Matplotlib is not made for two threads at once
FONT = [
    "DejaVu Sans",
    "STIXGeneral",
]  # come with Matplotlib, so that a picture is the same everywhere; the second has 𝒰
TEXT, SMALL = 10, 8.5
LINE, LETTERS = 0.18, 13.5  # of small text: inches of a line, letters of an inch
POINT = 72 / 96  # of a pixel of the page in points


def need(module: str) -> Any:
    """Import a library of the extra ``pictures`` or ``films``.

    Raises
    ------
    ImportError
        Naming the extra, when it is not installed.
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        what, extra = ("films as MP4", "films") if module == "imageio_ffmpeg" else ("pictures and films", "pictures")
        raise ImportError(
            f"{module} is not installed: {what} need the extra, pip install 'swarmviz[{extra}]'"
        ) from error


@contextlib.contextmanager
def by_hand() -> Iterator[None]:
    """Drawing, where Matplotlib may have been told to let LaTeX write.

    Raises
    ------
    ValueError
        When that fails; names the setting and its file.
    """
    import matplotlib

    try:
        yield
    except RuntimeError as error:
        if not matplotlib.rcParams["text.usetex"]:
            raise
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ValueError(
            f"the picture cannot be drawn: text.usetex in {matplotlib.matplotlib_fname()} asks for LaTeX ({reason})"
        ) from None


def new_figure(width: float, height: float, colours: Theme, dpi: float = 150) -> Any:
    """A figure of so many inches with a canvas of its own, which knows no window."""
    need("matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=dpi, facecolor=colours.paper, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def apply_theme(axes: Any, colours: Theme, x_label: str = "", y_label: str = "") -> None:
    """Colours and type of a theme."""
    axes.set_facecolor(colours.paper)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours.soft, labelcolor=colours.ink, labelsize=SMALL, labelfontfamily=FONT)
    for spine in axes.spines.values():
        spine.set_color(colours.soft)
        spine.set_linewidth(0.8)
    axes.set_xlabel(x_label, color=colours.ink, fontsize=TEXT, family=FONT)
    axes.set_ylabel(y_label, color=colours.ink, fontsize=TEXT, family=FONT)


def write_title(axes: Any, text: str, colours: Theme) -> None:
    """A title at the left, over the frame."""
    axes.set_title(text, loc="left", color=colours.ink, fontsize=TEXT, family=FONT, parse_math=False)


def legend(figure: Any, handles: list[Any], colours: Theme, columns: int = 5, said: Sequence[str] = ()) -> None:
    """A flat legend under the figure, in so many ``columns`` as there is room for, and above its entries the sentences ``said``, for which
    the figure grows."""
    if handles:
        for count in range(min(columns, len(handles)), 0, -1):
            drawn = figure.legend(
                handles=handles, loc="outside lower center", ncols=count, frameon=False, alignment="left",
                labelcolor=colours.ink, prop={"size": SMALL, "family": FONT}, handlelength=1.8, columnspacing=1.6,
            )  # fmt: skip
            if count == 1 or drawn.get_window_extent(figure.canvas.get_renderer()).width <= figure.bbox.width:
                break
            drawn.remove()
        if said:
            drawn.set_title(room_for(figure, said), prop={"size": SMALL, "family": FONT})
            drawn.get_title().set_color(colours.soft)


def dot(label: str, colour: str, edge: str, marker: str = "o", size: float = 7, width: float = 0.8) -> Any:
    """An entry of a legend: a marker."""
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", marker=marker, markersize=size, markerfacecolor=colour, markeredgecolor=edge,
                  markeredgewidth=width, label=label)  # fmt: skip


def arrow_key(axes: Any, width: float | None, colours: Theme) -> None:
    """A bar at the lower right that says how long a velocity is over a box of this ``width``; None takes it away."""
    from matplotlib.font_manager import FontProperties
    from mpl_toolkits.axes_grid1.anchored_artists import AnchoredSizeBar  # type: ignore[import-untyped]

    for artist in [a for a in axes.artists if isinstance(a, AnchoredSizeBar)]:
        artist.remove()
    if width is None:
        return
    key = key_of(width)
    bar = AnchoredSizeBar(axes.transData, key.length, f"{key.label}\n({CUT})", "lower right", label_top=True, frameon=True,
                          color=colours.ink, sep=3, fontproperties=FontProperties(family=FONT, size=SMALL - 1))  # fmt: skip
    bar.patch.set(facecolor=colours.paper, edgecolor="none", alpha=0.85)
    bar.set_zorder(20)
    axes.add_artist(bar)


def undefined_look(colours: Theme) -> dict[str, Any]:
    """How a region is drawn on which F is no finite number."""
    return {"facecolor": colours.undefined[0], "edgecolor": colours.undefined[1], "hatch": "///", "linewidth": 0}


def undefined_entry(colours: Theme) -> Any:
    """An entry of a legend for it."""
    from matplotlib.patches import Patch

    return Patch(label=UNDEFINED, **undefined_look(colours))


def colour_map(colours: tuple[str, ...]) -> Any:
    """A colour map through ``colours``."""
    from matplotlib.colors import ListedColormap

    return ListedColormap(ramp(colours, 256))


def density_map(colours: Theme, least: float = LEAST_OPACITY) -> Any:
    """The colour map of a density; ``least`` is how opaque a cell with hardly any agents is."""
    from matplotlib.colors import ListedColormap

    return ListedColormap(density_colours(colours, least=least))


def room_for(figure: Any, said: Sequence[str]) -> str:
    """Sentences in lines that fit the figure's width; the figure grows by as many."""
    width, height = figure.get_size_inches()
    lines = [line for sentence in said for line in textwrap.wrap(sentence, round(LETTERS * width))]
    figure.set_size_inches(width, height + LINE * len(lines))
    return "\n".join(lines)
