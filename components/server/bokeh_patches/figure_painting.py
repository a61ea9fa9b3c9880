"""What moves is painted without the rest of its figure (``assets/figure.js``), circles as copies (``assets/circles.js``).

Why
    BokehJS measures axes and asks style sheets for colours before every painting, looks up where legends lie, and makes their entries anew.
    Measured at 200 agents: painting took 29 ms a picture and now takes 6; the browser's forced layout of 8 ms is gone. It strokes each
    segment by itself; those that follow each other in one style are one path here.
    A thousand circles took 12 ms to rasterise, and as copies 3 to 4.
Written for
    BokehJS 3.9 and 3.10: the modules, methods and fields that the scripts name; ``test_figure_painting.py`` finds them in BokehJS.
Without it
    Pictures take longer to paint. The scripts leave a BokehJS as it is that lacks one of them.
Upstream
    A level of painting that neither lays out nor measures, colours that are looked up when a theme changes, and markers as copies.
"""

from __future__ import annotations

from typing import Any

from bokeh.models import CustomJS

from components.assets import ASSETS

CODE = (ASSETS / "figure.js").read_text(encoding="utf-8")
CIRCLES = (ASSETS / "circles.js").read_text(encoding="utf-8")


def patch_painting(figure: Any) -> None:
    """Let the browser change BokehJS before it paints a figure for the first time; once per page, whatever the number of figures."""
    figure.js_on_change("inner_width", CustomJS(code=CODE))  # known before the first painting


def patch_circles(figure: Any) -> None:
    """The same for circles, by a figure that shows a swarm."""
    figure.js_on_change("inner_width", CustomJS(code=CIRCLES))
