"""Names at the ends of lines: near their lines, in their order, never on one another, and readable in both themes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from swarmviz.drawing.curves import OVERLAYS, Area, Curve, CurvesPicture
from swarmviz.drawing.line_labels import (
    MAX_CHARS,
    at_share,
    line_labels,
    most_chars,
    name_of_line,
    name_room,
    readable,
    short_name,
    spread,
)
from swarmviz.drawing.log_axis import BELOW
from swarmviz.drawing.style import DARK, LIGHT


def test_places_keep_their_order_lie_in_the_frame_and_never_overlap():
    rng = np.random.default_rng(0)
    for _ in range(300):
        count, gap = rng.integers(1, 12), rng.uniform(5, 20)
        end = rng.uniform(gap, 200)
        wanted = rng.choice(
            [rng.uniform(-20, end + 20, count), np.full(count, end / 2), np.round(rng.uniform(0, 3, count)) * 20]
        )
        places = spread(list(wanted), gap, end)
        fit = min(count, int(end / gap))
        assert [at is not None for at in places] == [True] * fit + [False] * (count - fit), "the first ones stay"
        kept = np.array(places[:fit], float)
        assert (kept >= gap / 2 - 1e-9).all() and (kept <= end - gap / 2 + 1e-9).all()
        order = np.lexsort((-np.arange(fit), wanted[:fit]))
        assert (np.diff(kept[order]) >= gap - 1e-9).all()


def test_texts_that_do_not_meet_stay_where_they_are_and_others_move_as_little_as_can_be():
    assert spread([20.0, 50.0, 80.0], 12, 100) == [20, 50, 80]
    wanted, gap, end = [30.0, 33.0, 34.0, 70.0], 12, 100
    cost = lambda places: sum((a - b) ** 2 for a, b in zip(places, wanted, strict=True))  # noqa: E731
    grid = np.arange(gap / 2, end - gap / 2 + 0.5, 2.0)
    best = min(cost(p) for p in itertools.combinations(grid, 4) if min(np.diff(p)) >= gap)  # in the order of wanted
    assert cost(spread(wanted, gap, end)) <= best


def test_without_room_for_a_single_text_there_is_none():
    assert spread([5.0, 6.0], 12, 11) == [None, None] and spread([], 12, 100) == []


def picture(*curves, log=False, areas=()):
    return CurvesPicture("value", log, list(curves), "F", 10, 10, 0.0, 1.0, areas)


def curve(label, y, k=(0.0, 5.0, 10.0)):
    return Curve(label, f"{label}: what it is", np.array(k), np.array(y, float))


def test_a_name_lies_as_high_as_the_last_known_value_of_its_line():
    gone, no_place = curve("gone", [1, 2, np.nan]), curve("zero", [1, 1, BELOW])
    at = {label.text: label for label in line_labels(picture(gone), (), (0.0, 4.0), 400, 12)}
    assert at["gone"].k == 10 and at["gone"].height == pytest.approx(0.5)
    (low,) = line_labels(picture(no_place, log=True), (), (1e-4, 1.0), 400, 12)
    assert low.height == pytest.approx(6 / 400), "at the lower edge, where the line leaves the frame"
    assert line_labels(picture(curve("none", [np.nan] * 3)), (), (0.0, 1.0), 400, 12) == []
    for log, ends in ((False, (-3.0, 5.0)), (True, (1e-8, 1e3))):
        one = curve("a", [1, 1, 0.01])
        (label,) = line_labels(picture(one, log=log), (), ends, 400, 12)
        assert at_share(label.height, ends, log) == pytest.approx(0.01)


def test_hidden_lines_have_no_name_and_all_bands_have_one():
    k, y = np.array([0.0, 10.0]), np.array([1.0, 3.0])
    areas = tuple(Area(place, "20 replicas", "median", k, y, y, y) for place in (0, 1))
    drawn = picture(curve("a", [0, 0, 1]), curve("b", [0, 0, 2]), areas=areas)
    assert [(x.text, x.band) for x in line_labels(drawn, {"a: what it is"}, (0.0, 4.0), 400, 12)] == [
        ("b", False),
        ("20 replicas", True),
    ]


@pytest.mark.parametrize(
    ("label", "short"),
    [
        ("|X̄ − ν|²", "|X̄ − ν|²"),
        ("claimed rate 1.5", "rate 1.5"),
        ("about a resting ν, in the end at rate −0.305", "about a resting ν"),
        ("F̄ of N → ∞: 5.436, rate 6.91", "F̄ of N → ∞: 5.436"),
        ("least for so few positions", "least for so few…"),
        ("x" * 40, "x" * (MAX_CHARS - 1) + "…"),
    ],
)
def test_a_long_name_is_told_by_its_first_words(label, short):
    assert short_name(label) == short and len(short) <= MAX_CHARS


@pytest.mark.parametrize(
    ("label", "short"),
    [
        ("|X̄ − ν|²", "|X̄ − ν|²"),  # the bar takes no room
        ("|X̄ − ν| + 1", "|X̄−ν|+1"),
        ("identity (mean)", "identity"),
        ("almost surely 1.5", "a.s. 1.5"),
        ("almost surely, with Δt", "a.s."),
        ("finite-N identity", "finite-…"),
    ],
)
def test_in_a_small_frame_a_name_is_written_shorter_before_a_part_of_it_is_cut_off(label, short):
    assert short_name(label, 8) == short


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_names_have_the_colours_of_their_lines_and_contrast_in_both_themes():
    for theme in (LIGHT, DARK):
        for colour in (*theme.curves, theme.target, theme.ink, theme.soft):
            text = readable(colour, theme.paper, theme.ink)
            a, b = sorted((luminance(text), luminance(theme.paper)))
            assert (b + 0.05) / (a + 0.05) >= 4.5
        assert readable(theme.ink, theme.paper, theme.ink) == theme.ink
    assert readable("#0072b2", LIGHT.paper, LIGHT.ink) == "#0072b2", "one that can be read stays as it is"


def test_names_stand_right_of_everything_that_is_drawn():
    """Those of a short run lay over the curves of the future that was left and over bands that reach further."""
    k, long_k = np.array([0.0, 10.0]), np.array([0.0, 90.0])
    behind, area = Curve("left at k = 10", "tip", long_k, k), Area(0, "20 replicas", "median", 4 * k, k, k, k)
    drawn = picture(curve("a", [0, 0, 1]), areas=(area,))._replace(behind=(behind,))
    found = lambda hidden: {(x.text, x.k) for x in line_labels(drawn, hidden, (0.0, 4.0), 400, 12)}  # noqa: E731
    assert found(()) == {("a", 90), ("20 replicas", 90), ("left at k = 10", 90)} and drawn.end == 90
    assert found({"other runs"}) == {("a", 40), ("20 replicas", 40)} and found({"other runs", "bands"}) == {("a", 10)}


def test_the_short_name_of_a_claim_stands_in_where_the_long_one_has_no_room():
    claimed = curve("claimed almost sure rate with Δt 1.64", [0, 0, 1])._replace(short="almost surely, with Δt")
    assert (
        name_of_line(claimed, 40) == "almost sure rate with Δt 1.64"
        and name_of_line(claimed) == "almost surely, with Δt"
    )
    assert (
        name_of_line(claimed, 15) == "almost surely"
        and name_of_line(curve("claimed rate 1.5", [0, 0, 1])) == "rate 1.5"
    )
    (label,) = line_labels(picture(claimed), (), (0.0, 4.0), 400, 12, most_chars(250, 12))
    assert label.text == "almost surely"


def test_the_room_for_names_is_that_of_the_longest_and_never_most_of_the_frame():
    def room(*labels, width=400, **more):
        return name_room(picture(*(curve(x, [0, 0, 1]) for x in labels))._replace(**more), (), width, 12)

    assert room() == 0 and room("ab", "abcdef") == pytest.approx((6 * 0.55 + 1) * 12 / 400)
    left = Curve("left at k = 1234", "tip", np.array([0.0, 9.0]), np.ones(2))
    assert room("ab", behind=(left,)) == pytest.approx((16 * 0.55 + 1) * 12 / 400), (
        "one of another run was cut at the right"
    )
    assert most_chars(400, 12) == MAX_CHARS and most_chars(200, 12) == 10 and most_chars(20, 12) == 6
    for width in (100, 200, 300, 400):
        assert room("x" * 50, width=width) <= 0.4
        assert (most_chars(width, 12) * 0.55 + 1) * 12 <= 0.4 * width or most_chars(width, 12) == 6


@pytest.mark.parametrize(("height", "runs"), [(400, 3), (400, 30), (100, 8), (100, 30), (40, 30), (26, 5), (12, 5)])
def test_other_runs_are_named_as_far_as_there_is_room_and_the_rest_is_counted(height, runs):
    """Thirty grey lines had no name at all once they were more than two."""
    ends = np.linspace(0, 4, runs)
    behind = tuple(curve(f"run {i + 1}", [0, 0, end]) for i, end in enumerate(ends))
    drawn = picture(curve("a", [0, 0, 2]), curve("b", [0, 0, 3.9]))._replace(behind=behind)
    found = line_labels(drawn, (), (0.0, 4.0), height, 12)
    room, named = int(height / 12), [label.text for label in found if label.text.startswith("run ")]
    assert len(found) == min(room, runs + 2), "every row is taken, none twice"
    assert (np.diff(np.sort([label.height * height for label in found])) >= 12 - 1e-9).all()
    assert named == [f"run {i + 1}" for i in range(len(named))], "the newest, which are the first of them"
    left = runs - len(named)
    counted = [label.text for label in found if label.text.endswith("runs")]
    assert counted == ([f"{left} {'more' if named else 'other'} runs"] if left and room > 2 else [])
    assert line_labels(drawn, {OVERLAYS}, (0.0, 4.0), height, 12) == line_labels(
        drawn._replace(behind=()), (), (0.0, 4.0), height, 12
    )
    if room > runs + 6:
        at = {label.text: label.height * 4 for label in found}
        assert at["a"] == pytest.approx(2, abs=0.02) and abs(at["run 1"]) < 0.1 and at["run 2"] > 1.8


def test_names_of_other_runs_make_way_for_those_of_the_run_that_is_shown():
    behind = tuple(curve(f"run {i}", [0, 0, 2]) for i in range(6))
    drawn = picture(curve("a", [0, 0, 2]))._replace(behind=behind)
    found = line_labels(drawn, (), (0.0, 4.0), 400, 12)
    assert found[0].text == "a" and len(found) == 7
    own = found[0].height * 400
    assert abs(own - 200) < 36 and abs(own - 200) < abs(np.mean([label.height * 400 for label in found[1:]]) - 200)
    assert spread([50.0, 50.0], 10, 100, [1.0, 1e-9]) == pytest.approx([50, 40])


def test_the_room_counts_the_name_that_says_how_many_runs_have_none():
    behind = tuple(curve(f"run {i}", [0, 0, 2]) for i in range(30))
    drawn = picture(curve("a", [0, 0, 2]))._replace(behind=behind)
    assert name_room(drawn, (), 400, 12, 100) < name_room(drawn, (), 400, 12, 8)
