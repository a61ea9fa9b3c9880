"""Links by names: what they say acts, what means nothing is told by name, value and range, and what they cost is bounded."""

from __future__ import annotations

import pytest
from tornado.escape import parse_qs_bytes

from components.lessons.place import KEYS as LESSON_KEYS
from components.links import address, permalink, readable
from components.server.pages import arguments_of
from components.session import Session
from swarmviz import dynamics, presets
from swarmviz.schedules import Linear


def asked(query):
    """As the server hands on what stands behind the question mark of an address."""
    return readable.asked(arguments_of(parse_qs_bytes(query, keep_blank_values=True)))


def test_a_preset_with_parameters_of_every_part():
    found = asked("preset=cbo-rastrigin&sigma=1.3&n=50&seed=4&landscape.barrier=3&landscape=DoubleWell")
    run = found.state.runs[0]
    assert (run.now.dynamics.sigma, run.swarm.n, run.swarm.seed, run.now.landscape.barrier) == (1.3, 50, 4, 3.0)
    assert found.complaint == ""
    assert found.state.speed == pytest.approx(30 * presets.ALL["cbo-rastrigin"].pace)


@pytest.mark.parametrize("name", presets.ALL)
def test_every_preset_opens_by_its_name(name):
    found = asked(f"preset={name}")
    dynamic, landscape, swarm = presets.ALL[name].build()
    run = found.state.runs[0]
    assert found.complaint == "" and len(run.journal) == 1
    assert repr((run.now.dynamics, run.now.landscape, run.swarm)) == repr((dynamic, landscape, swarm))


@pytest.mark.parametrize("name", dynamics.ALL)
def test_a_dynamics_opens_as_it_is_first_seen(name):
    run = asked(f"dynamics={name.lower()}").state.runs[0]
    assert repr(run.now.dynamics) == repr(presets.opening(name).build()[0])


def test_a_schedule_is_written_as_on_the_command_line():
    assert asked("sigma=Linear(start=1,end=0.1,duration=5)").state.runs[0].now.dynamics.sigma == Linear(
        start=1, end=0.1, duration=5
    )


def test_the_order_of_arguments_means_nothing():
    """A centre has no effect before the swarm is Gaussian."""
    for query in ("centre=[1,2]&initial=gaussian", "initial=gaussian&centre=[1,2]"):
        found = asked(query)
        assert found.complaint == "" and found.state.runs[0].swarm.centre == (1.0, 2.0)


@pytest.mark.parametrize(
    "argument, told",
    [
        ("sigma=101", "sigma (σ) = 101: must be a finite number with 0 ≤ σ ≤ 100"),
        ("sigma=nan", "sigma (σ) = 'nan': must be a number with 0 ≤ σ ≤ 100, not str"),
        ("sigma=", "sigma (σ) = '': must be a number with 0 ≤ σ ≤ 100, not str"),
        ("sigma=[1,2]", "sigma (σ) = [1, 2]: must be a number with 0 ≤ σ ≤ 100, not list"),
        ("sigma=True", "not bool"),
        ("sigma=__import__('os')", "'__import__' is no schedule"),
        ("sigma=" + "9" * 190, "must be a finite number with 0 ≤ σ ≤ 100"),
        ("sigma=" + "(" * 190, "must be a number with 0 ≤ σ ≤ 100"),
        ("n=1e400", "must be a whole number with 1 ≤ N"),
        ("n=1.5", "n (N) = 1.5: must be a whole number"),
        ("sigma=%ff%00", "must be a number with 0 ≤ σ ≤ 100"),
        ("sigma=" + "1" * 201, "sigma: is longer than 200 characters"),
        ("sigma=" + "1" * 4000, "sigma: is longer than 200 characters"),
        ("sigma=" + "%20" * 500 + "1", "sigma: is longer than 200 characters"),
    ],
)
def test_a_value_that_means_nothing_is_told_and_the_others_act(argument, told):
    found = asked(f"{argument}&seed=4")
    assert told in found.complaint and len(found.complaint) < 700
    assert found.complaint.endswith("The usual stands in for that.")
    assert found.state.runs[0].swarm.seed == 4


UNKNOWN = [
    ("sgma=1", "This run has no parameter 'sgma' (did you mean sigma, σ?)."),
    ("landscape.sgma=1", "This run has no parameter 'landscape.sgma' (did you mean sigma, σ?)."),
    ("N=1", "This run has no parameter 'N' (did you mean n, N?)."),
    ("pre-set=cbo-ackley", "This run has no parameter 'pre-set' (did you mean preset?)."),
    ("utm_source=x", "This run has no parameter 'utm_source'."),
    ("fbclid=" + "x" * 4000, "This run has no parameter 'fbclid'."),
    ("inertia=0.5", "This run has no parameter 'inertia'."),
    ("__class__=1", "This run has no parameter '__class__'."),
    ("name=x", "This run has no parameter 'name'."),
    ("sigma.kind=Linear", "This run has no parameter 'sigma.kind'."),
    ("=1", "This run has no parameter ''."),
    ("%00%1b=1&%00%1b=2", "This run has no parameter '\\x00\\x1b'."),
    ("x" * 41 + "=1", f"This run has no parameter '{'x' * 40}…'."),
    ("x" * 4000 + "=1", f"This run has no parameter '{'x' * 40}…'."),
    ("utm_source=x&utm_medium=y", "This run has no parameters 'utm_source', 'utm_medium'."),
    (
        "&".join(f"wrong{i}=1" for i in range(30)),
        "This run has no parameters 'wrong0', 'wrong1', 'wrong2' and 27 more.",
    ),
]


@pytest.mark.parametrize("arguments, told", UNKNOWN)
def test_a_name_that_is_no_parameter_is_told_and_the_visit_begins_as_without_arguments(arguments, told):
    assert asked(arguments) == readable.Asked(None, told)
    opened = address.opening_asked(asked(arguments))
    assert opened.complaint == told and opened.awaited is None
    assert repr(opened.state) == repr(address.first_preset().state)


def test_beside_what_acts_nothing_stands_in_for_a_name_that_is_no_parameter():
    found = asked("utm_source=x&sigma=1.5&sigma=2&sgma=3")
    assert found.complaint == (
        "The link gives sigma more than once; the first one acts. "
        "This run has no parameters 'utm_source', 'sgma' (did you mean sigma, σ?)."
    )
    assert found.state.runs[0].now.dynamics.sigma == 1.5
    both = asked("alpha=-1&utm_source=x").complaint
    assert "alpha (α) = -1: must be" in both and both.endswith(
        "The usual stands in for that. This run has no parameter 'utm_source'."
    )


def test_the_names_that_may_change_the_opening_are_those_that_are_read():
    for name in ("sigma", "dynamics.sigma", "n", "preset", "dynamics", "landscape", permalink.KEY, *LESSON_KEYS):
        assert name in readable.names()
    assert readable.names().isdisjoint(parse_qs_bytes("&".join(text for text, _ in UNKNOWN), keep_blank_values=True))
    for name in readable.names() - {"preset", "dynamics", "landscape", permalink.KEY, *LESSON_KEYS}:
        assert "no parameter" not in asked(f"{name}=x").complaint and asked(f"{name}=x").state is not None


def test_that_the_range_is_the_declared_one():
    low, high = dynamics.ALL["CBO"].declared()["sigma"].bounds
    assert (low, high) == (0, 100)  # as the sentences above say
    assert asked(f"sigma={high}").complaint == ""


@pytest.mark.parametrize(
    "query, told",
    [
        ("preset=cbo-rastrigi", "preset = 'cbo-rastrigi': is no preset; did you mean 'cbo-rastrigin'"),
        ("dynamics=none", "dynamics = none: is no dynamics"),
        ("landscape=none", "landscape = none: is no landscape"),
        ("preset=cbo-rastrigin&dynamics=CBO", "name one of them"),
        ("n=100000&d=1000", "n = 100000: with d = 1000 too many for the page, where N d ≤ 2,000,000"),
        ("landscape=Himmelblau&d=3", "d = 3: Himmelblau needs d = 2"),
        ("&".join(f"a{i}=1" for i in range(31)), "it has more than 30 arguments"),
        ("&".join(f"a{i}=1" for i in range(3000)), "it has more than 30 arguments"),
    ],
)
def test_a_run_that_cannot_be_is_told_and_the_opening_example_is_shown(query, told):
    found = asked(query)
    assert found.state is None and told in found.complaint
    assert found.complaint.endswith("the opening example is shown instead.")
    opened = address.opening_asked(found)
    assert opened.complaint == found.complaint and opened.awaited is None


def test_many_faults_are_counted_and_not_listed():
    found = asked("sigma=x&alpha=x&dt=x&lam=x&n=x&d=x")
    assert "and 3 more" in found.complaint and len(found.complaint) < 1500


@pytest.mark.parametrize("key", [permalink.KEY, *LESSON_KEYS])
def test_an_exact_link_or_a_lesson_says_all(key):
    assert asked(f"{key}=1&sigma=1.3") == readable.NOTHING


def test_an_address_without_arguments_asks_for_nothing():
    assert asked("") == readable.NOTHING


def test_a_run_that_is_too_large_to_be_there_at_once_is_left_to_the_builder():
    opened = address.opening_asked(asked("n=200000"))
    assert opened.awaited.runs[0].swarm.n == 200000 and opened.sims[0].frame.n < 1000


def test_parts_that_do_not_go_together_are_told():
    opened = address.opening_asked(asked("low=[1,1,1]"))
    assert "low" in opened.complaint and opened.state.runs[0].swarm.low == -5.0


def test_a_visit_begins_with_what_is_asked_for_and_says_what_cannot_be():
    session = Session(asked=asked("preset=cbo-rastrigin&sigma=1.3&n=50&seed=4&alpha=x"))
    try:
        assert (session.selection.dynamics.sigma, session.selection.swarm.n, session.panes.sim.frame.n) == (1.3, 50, 50)
        assert "alpha" in session.bar.message["text"]
    finally:
        session.close()
