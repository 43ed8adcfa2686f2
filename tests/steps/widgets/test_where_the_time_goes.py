"""Where the time goes: the view's counts and times are the package's, its words say them."""

import json
import re

import numpy as np
import pytest
from traitlets import TraitError

from softmax_steps.plots.stills.where_the_time_goes import draw_where_the_time_goes
from softmax_steps.roofline import Machine
from softmax_steps.widgets import WhereTheTimeGoes, where_the_time_goes
from softmax_steps.widgets.where_the_time_goes import MOST, STORED

COSTS = """return data.problems.map(({ sizes, stored }) => {
  const { bytes, computed } = data.types[stored];
  return view.costs(sizes, bytes, data.machines[computed]);
});"""


@pytest.fixture
def widget():
    return WhereTheTimeGoes()


def page_state(widget):
    data, _ = widget._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    return json.loads(script.group(1))


def test_the_view_finds_what_the_package_finds(widget, in_javascript):
    rng = np.random.default_rng(11)
    problems = [
        {
            "sizes": [int(10 ** rng.uniform(0, np.log10(most))) for most in MOST.values()],
            "stored": stored,
        }
        for stored in STORED
        for _ in range(25)
    ]
    problems += [{"sizes": list(MOST.values()), "stored": "uint8"}]
    state = page_state(widget)
    found = in_javascript(
        "where_the_time_goes",
        COSTS,
        {"problems": problems, "types": state["types"], "machines": state["machines"]},
    )
    for problem, shown in zip(problems, found, strict=True):
        sizes = dict(zip(MOST, problem["sizes"], strict=True))
        answers = WhereTheTimeGoes(**sizes, stored=problem["stored"]).answers()
        assert set(shown) == set(answers)
        for name, value in answers.items():
            assert shown[name] == pytest.approx(value, rel=1e-14), name


def test_each_stop_of_a_slider_is_another_number_and_is_found_again(in_javascript):
    stops, back = in_javascript(
        "where_the_time_goes",
        "const stops = data.map((k) => view.sizeAt(k));"
        "return [stops, stops.map((size) => view.positionOf(size))];",
        list(range(90)),
    )
    assert stops[:20] == [*range(1, 10), 10, 13, 16, 20, 25, 32, 40, 50, 63, 79, 100]
    assert stops[49] == MOST["n_classes"] == MOST["n_features"]
    assert stops[89] == MOST["n_samples"]
    assert stops == sorted(set(stops))
    assert back == list(range(90))


def test_the_axis_begins_where_the_slope_of_every_machine_has_room_for_its_name(in_javascript):
    slow, quick = ({"multiplications": 50e9, "bytes": w} for w in (5e9, 30e9))
    code = "return data.map((machines) => view.beginning(machines));"
    assert in_javascript("where_the_time_goes", code, [[slow], [quick], [slow, quick]]) == [
        *(-1, -2, -2)
    ]


def test_a_time_is_written_in_the_unit_that_suits_it(in_javascript):
    times = [2e-9, 1.234e-6, 0.0397, 0.1234, 1.5, 119, 5400, 4e7]
    written = in_javascript(
        "where_the_time_goes", "return data.map((t) => view.duration(t));", times
    )
    right = ["2 ns", "1.23 µs", "39.7 ms", "123 ms", "1.5 s", "1.98 min", "1.5 h", "11111 h"]
    assert [text.replace("\u00a0", " ") for text in written] == right


def test_python_counts_again_for_what_the_reader_chose(widget):
    widget.stored = "float64"
    widget.n_classes = 1000
    says = widget.numpy_says
    assert says["sizes"] == [60_000, 784, 1000]
    assert says["stored"] == "float64"
    assert says["multiplications"] == 2 * 60_000 * 784 * 1000
    assert says["bytes"] == 8 * 60_000 * 784
    assert says["least"] == max(says["arithmetic"], says["reading"])


@pytest.mark.parametrize(
    ("bandwidth", "halved"),
    [
        (4e9, {1: True, 10: True, 1000: False}),  # slow memory: ten classes wait for it
        (30e9, {1: True, 10: False, 1000: False}),  # quick memory: they wait for arithmetic
    ],
)
def test_half_the_bytes_are_half_the_time_only_while_memory_sets_the_pace(
    bandwidth, halved, monkeypatch
):
    machine = Machine(50e9, bandwidth)
    monkeypatch.setattr(where_the_time_goes, "measured_machine", lambda numbers, kind: machine)
    for n_classes, half in halved.items():
        whole, narrow = (
            WhereTheTimeGoes(n_classes=n_classes, stored=stored)
            for stored in ("float32", "float16")
        )
        paced = "memory" if half else "arithmetic"
        assert narrow.picture().alt.endswith(f"where {paced} sets the pace.")
        least = whole.answers()["least"] / (2 if half else 1)
        assert narrow.answers()["least"] == pytest.approx(least)


def test_the_page_gets_the_machine_and_whose_it_is(widget):
    state = page_state(widget)
    assert "numpy_says" not in state
    assert set(state["machines"]) == {"float32", "float64"}
    assert state["types"]["uint8"] == {"bytes": 1, "computed": "float32"}
    assert (state["n_samples"], state["n_features"], state["n_classes"]) == (60_000, 784, 10)
    assert state["told"] in widget.picture().caption


def test_a_plain_viewer_is_told_what_sets_the_pace():
    for n_classes, paced in ((2, "memory"), (10_000, "arithmetic")):
        words = WhereTheTimeGoes(n_classes=n_classes).picture().alt
        assert words.endswith(f"where {paced} sets the pace.")
        assert len(words) < 300


def test_the_picture_draws_the_roof_and_the_place_below_it():
    ax = draw_where_the_time_goes((1e10, 1e9), (5.0, 5e9))
    slope, ceiling, _, place = ax.lines
    assert list(slope.get_xdata()) == [0.1, 10]
    np.testing.assert_allclose(slope.get_ydata(), [1e8, 1e10])
    assert set(ceiling.get_ydata()) == {1e10}
    np.testing.assert_allclose(place.get_xydata(), [[5, 5e9]])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_samples": 0}, ValueError, "n_samples"),
        ({"n_classes": 2.5}, TypeError, "n_classes"),
        ({"n_samples": 10**10}, ValueError, "n_samples is 10000000000; expected at most"),
        ({"stored": "float8"}, TraitError, "stored"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=re.escape(message)):
        WhereTheTimeGoes(**arguments)
