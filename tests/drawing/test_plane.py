"""What is seen of a swarm in the plane: the same numbers on the page, in pictures and in replays."""

from __future__ import annotations

import numpy as np
import pytest

import swarmviz as sv
from swarmviz.drawing.plane import RecentPositions, plane_picture
from swarmviz.drawing.style import FEW, MANY
from swarmviz.drawing.zoom import ZOOMS
from swarmviz.exports.mpl.figure import POINT
from tests.drawing.three import ends, on_page, printed, replayed


def scattered(far, n=40, dynamics="CBO", d=2, steps=0):
    """A run whose agents start up to ``far`` half widths from the middle of the box."""
    rng = np.random.default_rng(4)
    half = np.diff(np.array(sv.landscapes.Ackley().limits(d)), axis=0)[0] / 2
    points = (rng.uniform(-1, 1, (n, d)) * far * half).tolist()
    swarm = sv.Swarm(n=n, d=d, seed=1, initial="points", points=points)
    sim = sv.Simulation(sv.dynamics.ALL[dynamics](), sv.landscapes.Ackley(), swarm)
    sim.advance(steps)
    return sim


@pytest.mark.parametrize("far", [0.9, 1.2, 1.5, 1.9, 2.7, 4.0])
def test_page_picture_and_replay_show_the_same_view_and_say_the_same(far):
    """Page and pictures had other steps: beyond two half widths, a picture showed more than was seen."""
    sim = scattered(far)
    page, paper, (header, _) = on_page(sim), printed(sim), replayed(sim)
    view = np.array([ends(r) for r in page.ranges.wanted])
    np.testing.assert_array_equal(view, [paper.axes.get_xlim(), paper.axes.get_ylim()])
    np.testing.assert_array_equal(view, np.transpose(header["view"]))
    assert page._zoom.size in ZOOMS and page.note.text == paper.note.get_text()
    hidden = int(((sim.frame.x < view[:, 0]) | (sim.frame.x > view[:, 1])).any(axis=1).sum())
    assert (f"{hidden} agent" in page.note.text) == (hidden > 0) == (far > 3)


@pytest.mark.parametrize("dynamics", ["CBO", "SBGD", "FMC"])
def test_page_picture_and_replay_draw_agents_of_the_same_place_size_and_colour(dynamics):
    sim = scattered(0.9, dynamics=dynamics)
    page, paper, (header, arrays) = on_page(sim), printed(sim).painter, replayed(sim)
    data = page.points.data
    np.testing.assert_array_equal(np.column_stack([data["x"], data["y"]]), paper.dots.get_offsets().astype("f4"))
    np.testing.assert_allclose(data["size"] * POINT, np.sqrt(np.resize(paper.dots.get_sizes(), sim.frame.n)), rtol=1e-5)
    sizes = arrays["size"][-1] * header["sizeStep"] if "size" in arrays else header["usual"]
    np.testing.assert_allclose(data["size"], sizes, atol=header["sizeStep"])
    tones, palette = (
        page.tones,
        np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in page.tones.palette]),
    )
    at = np.clip((data["tone"] - tones.low) / (tones.high - tones.low) * len(palette), 0, len(palette) - 1).astype(int)
    near = np.abs(palette[at] - np.resize(paper.dots.get_facecolors()[:, :3], (sim.frame.n, 3)))
    assert near.max() < 0.03 and np.median(near) < 0.003, "but for rounding"


def test_of_a_large_swarm_page_and_picture_count_the_same_agents_in_the_same_cells():
    sim = scattered(1.5, n=MANY + 500)
    page, paper = on_page(sim), printed(sim).painter
    image = page.density.data["image"][0]
    np.testing.assert_allclose(paper.cloud.get_array(), image / 255)
    (left, right), (bottom, top) = (ends(r) for r in page.ranges.wanted)
    assert tuple(paper.cloud.get_extent()) == (left, right, bottom, top)
    count = np.histogram2d(*sim.frame.x.T[::-1], bins=len(image), range=((bottom, top), (left, right)))[0]
    assert ((image > 0) == (count > 0)).mean() > 0.999


def test_a_picture_of_many_has_no_trails_arrows_or_links_and_no_past_is_kept():
    sim = scattered(0.9, n=FEW + 1, dynamics="PSO")
    low, high = sim.landscape.limits(2)
    assert RecentPositions().with_frame(sim.frame) == ()
    picture = plane_picture(sim.frame, sim.landscape, (low, high))
    assert picture.key is None and not (len(picture.arrows) or len(picture.links) or len(picture.memory))
    assert len(picture.agents.x) == FEW + 1


def test_a_picture_does_not_change_the_frame_and_is_the_same_again():
    sim = scattered(1.5, dynamics="PSO", steps=3)
    view = sim.landscape.limits(2)
    one, other = (plane_picture(sim.frame, sim.landscape, view) for _ in range(2))
    for name in ("arrows", "lowest", "minimisers", "memory"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_array_equal(one.agents.x, sim.frame.x)
    assert len(one.trails.segments) == 0, "without a past there is no trail"
