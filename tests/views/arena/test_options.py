"""Region and layers of the arenas: what buttons, keys, a hand and a link make of them."""

import numpy as np
import pytest

import swarmviz as sv
from components.links import view_options
from components.views.arena.arena import Arena
from components.views.arena.options import ArenaOptions
from swarmviz.drawing.layers import ALL
from swarmviz.drawing.region import SHIFT, STEP, WIDEST
from tests.views.arena.runs import simulation

NAN, INF = float("nan"), float("inf")


class Changes:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1


def options_for(sim):
    changes = Changes()
    options = ArenaOptions(changes)
    options.attach(sim)
    return options, changes


def size(options):
    x0, x1, y0, y1 = options.region
    return x1 - x0, y1 - y0


def test_buttons_zoom_move_and_go_back_to_the_box():
    options, changes = options_for(simulation(landscape="Rastrigin"))
    options.look.shown = np.array([-6.0, -6.0]), np.array([6.0, 6.0])
    options._handle_msg("in")
    assert size(options) == pytest.approx((12 / STEP, 12 / STEP)) and options.zoomed
    before = options.region
    options._handle_msg("right")
    assert options.region[0] == pytest.approx(before[0] + SHIFT * 12 / STEP) and options.region[2:] == before[2:]
    options._handle_msg("up")
    assert options.region[2] == pytest.approx(before[2] + SHIFT * 12 / STEP)
    options._handle_msg("out")
    assert size(options) == pytest.approx((12, 12))
    options._handle_msg("box")
    assert options.region is None and not options.zoomed and changes.count == 5


def test_the_swarm_is_fitted_into_the_region():
    sim = sv.Simulation(sv.CBO(sigma=0.0, lam=5.0), sv.landscapes.Rastrigin(), sv.Swarm(n=100, seed=1))
    sim.advance(40)
    options, _ = options_for(sim)
    options._handle_msg("fit")
    x0, x1, y0, y1 = options.region
    inside = ((sim.frame.x >= [x0, y0]) & (sim.frame.x <= [x1, y1])).all(axis=1).mean()
    assert inside >= 0.8 and x1 - x0 < 0.1


@pytest.mark.parametrize("data", ["nothing", "", None, 7, ["in"], {"act": "in"}, "__class__", "region", "_box"])
def test_a_message_that_means_nothing_does_nothing(data):
    options, changes = options_for(simulation())
    options._handle_msg(data)
    assert options.region is None and options.layers == ALL.shown and changes.count == 0


def test_a_switch_takes_a_layer_away_and_brings_it_back():
    sim = simulation("PSO")
    options, changes = options_for(sim)
    exported = lambda: options.export_options(sim.frame, sim.landscape)  # noqa: E731
    assert [name for name, _ in options.switches] == ["trails", "arrows", "contours", "inset"]
    options._handle_msg("arrows")
    assert "arrows" not in options.layers and not options.look.layers.arrows and options.look.layers.trails
    assert exported() == {"arrows": False}
    options._handle_msg("arrows")
    assert options.layers == ALL.shown and changes.count == 2 and exported() == {}


def test_what_is_offered_follows_from_the_run():
    assert [name for name, _ in options_for(simulation("FMC"))[0].switches] == ["links", "contours", "inset"]
    assert [name for name, _ in options_for(simulation("PSO", d=1))[0].switches] == ["arrows", "inset"]
    finite = sv.Simulation(sv.FiniteSet(states=9), sv.landscapes.Rastrigin(), sv.Swarm(n=20, d=1))
    options, changes = options_for(finite)
    assert not options.switches and not options.zooms
    options._handle_msg("in")
    options.move_to(None, [0.0, 1.0, 0.0, 1.0])
    assert options.region is None and not changes.count
    with pytest.raises(ValueError, match="a finite set is shown whole"):
        options.region = [0.0, 1.0]


def test_a_hand_moves_the_region_within_its_limits():
    options, changes = options_for(simulation(landscape="Rastrigin"))
    half = WIDEST * 5.12
    browser = object()
    options.move_to(browser, [-1.0, 2.0, 0.0, 1.0])
    assert (
        options.region == [-1.0, 2.0, 0.0, 1.0]
        and options.look.origin is browser
        and options.zoomed
        and changes.count == 1
    )
    options.move_to(browser, [-1e300, 1e308, 0.0, 1.0])
    assert options.region == pytest.approx([-half, half, 0.0, 1.0]) and options.look.origin is None, (
        "the browser is told where it stopped"
    )
    for wrong in (
        [1.0, 0.0, 0.0, 1.0],
        [NAN, 1.0, 0.0, 1.0],
        [None, 1.0, 0.0, 1.0],
        [0.0, INF, 0.0, 1.0],
        ["0", 1.0, 0.0, 1.0],
        [True, 0, 0, 1],
    ):
        options.move_to(browser, wrong)
    assert options.region == pytest.approx([-half, half, 0.0, 1.0]) and changes.count == 2


def test_of_a_line_a_hand_moves_x_alone():
    options, _ = options_for(simulation(d=1))
    options.move_to(None, [-1.0, 2.0, -1e300, 1e300])
    assert options.region == [-1.0, 2.0]
    options._handle_msg("up")
    assert options.region == [-1.0, 2.0]


def test_a_link_holds_what_differs_and_gives_it_back():
    options, _ = options_for(simulation(landscape="Rastrigin"))
    assert view_options.chosen(options) == {}
    options.region, options.layers = [-1, 1.5, 0, 1], ["inset", "trails"]
    chosen = view_options.chosen(options)
    assert chosen == {"region": [-1.0, 1.5, 0.0, 1.0], "layers": ["trails", "inset"]}
    other, _ = options_for(simulation(landscape="Rastrigin"))
    assert (
        view_options.restore(chosen, other) == "" and other.region == options.region and other.layers == options.layers
    )
    assert view_options.restore({}, other) == "" and other.region is None and other.layers == ALL.shown


@pytest.mark.parametrize(("wanted", "said"), [
    ({"region": [0, 1]}, "region = [0, 1]: must be 4 finite numbers"), ({"region": [0, 1, 0, 1e12]}, "must be from"),
    ({"region": [0, 1, 0, "1"]}, "finite"), ({"region": 5}, "finite"), ({"region": {"a": 1}}, "finite"),
    ({"layers": ["moon"]}, "layers = "),
    ({"layers": "trails"}, "layers = "), ({"layers": [[]]}, "layers = "), ({"layers": 1}, "layers = "),
])  # fmt: skip
def test_what_a_link_may_not_say_is_told_and_the_usual_is_shown(wanted, said):
    options, _ = options_for(simulation(landscape="Rastrigin"))
    assert said in view_options.restore(wanted, options)
    assert options.region is None and options.layers == ALL.shown


def test_the_region_stays_for_a_reset_and_goes_with_the_landscape():
    options, _ = options_for(simulation(landscape="Rastrigin"))
    options.region = [-1, 1, -1, 1]
    options.attach(simulation("PSO", landscape="Rastrigin", seed=9))
    assert options.region == [-1, 1, -1, 1]
    options.attach(simulation(landscape="Ackley"))
    assert options.region is None
    options.region = [-1, 1, -1, 1]
    options.attach(simulation(landscape="Ackley", d=1))
    assert options.region is None


def test_a_pane_that_the_region_does_not_suit_shows_its_box():
    options, _ = options_for(simulation(landscape="Rastrigin"))
    options.region = [-40, 40, -1, 1]
    for sim, fits in ((simulation(landscape="Rastrigin", d=3), True), (simulation(landscape="Rastrigin", d=1), False),
                      (simulation(landscape="SixHumpCamel"), False)):  # fmt: skip
        region = options.look.region_for(sim.frame, sim.landscape)
        assert (region is not None) == fits == ("region" in options.export_options(sim.frame, sim.landscape))


def test_ranges_are_frozen_in_the_mode_of_wells_alone():
    options, changes = options_for(simulation())
    for mode, frozen in (("look", False), ("wells", True), ("wells", True), ("swarm", False)):
        options.set_mode(mode)
        assert options.look.frozen == frozen
    assert changes.count == 2


def two_agents(d: int, width: float, landscape: sv.landscapes.Landscape) -> sv.Simulation:
    """Two agents on either side of the middle of the box, ``width`` half widths from it."""
    (low, high) = landscape.limits(d)
    x0 = tuple(tuple(map(float, (low + high) / 2 + sign * width * (high - low) / 2)) for sign in (-1, 1))
    return sv.Simulation(sv.CBO(), landscape, sv.Swarm(n=2, d=d, initial="points", points=x0))


@pytest.mark.parametrize("d", [1, 2])
def test_two_arenas_with_one_box_show_the_same_ranges_and_alone_each_shows_its_own(d):
    box = sv.landscapes.Rastrigin()
    near, far = two_agents(d, 0.5, box), two_agents(d, 1.9, box)
    options = ArenaOptions(lambda: None)
    arenas = [Arena(options=options), Arena(options=options)]

    def views():
        return [np.concatenate(arena.prepare(sim.frame, sim)["view"][:2]) for arena, sim in shown]

    shown = list(zip(arenas, (near, far), strict=True))
    for arena, sim in shown:
        arena.attach(sim)
    views()
    a, b = views()
    np.testing.assert_array_equal(a, b)
    options.attach(near)  # the comparison has ended
    shown = [(arenas[0], near)]
    (alone,) = views()
    assert np.all(np.abs(alone) < np.abs(a))
    other = two_agents(d, 0.5, sv.landscapes.Ackley())
    shown = [(arenas[0], other), (arenas[1], far)]
    for arena, sim in shown:
        arena.attach(sim)
    views()
    a, b = views()
    assert not np.array_equal(a, b), "another box: the landscapes have nothing to share"
