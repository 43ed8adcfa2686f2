"""The cross-entropy widget: its numbers, its sliders, its address, its still picture."""

import json
import re

import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.widgets import CrossEntropyBatch
from softmax_steps.widgets.cross_entropy_batch import REPEATS

CLOSE = 1e-12
BATCH = [0.9, 0.6, 0.3, 0.1, 0.05]


def random_states(rng, count):
    """Batches whose probabilities a softmax gave, so that the package has its own way to them."""
    states, log_probabilities = [], []
    for _ in range(count):
        F = rng.normal(size=(rng.integers(1, 8), 3)) * rng.choice([0.1, 2, 5])
        y = rng.integers(0, 3, len(F))
        log_p = sm.log_softmax(F)
        states.append(
            {
                "p": sm.softmax(F)[np.arange(len(F)), y].tolist(),
                "repeats": int(rng.choice(REPEATS)),
            }
        )
        log_probabilities.append((log_p, y))
    return states, log_probabilities


def extreme_states():
    return [
        {"p": p, "repeats": repeats}
        for p in ([1.0], [1.0] * 5, [1e-6] * 5, [1.0, 1e-300], [1e-6, 0.999999, 0.5], BATCH)
        for repeats in REPEATS
    ]


def shown_for(in_javascript, states):
    return in_javascript("cross_entropy_batch", "return data.map(view.explore);", states)


def relative(theirs, ours, floor=1e-300):
    theirs, ours = np.asarray(theirs, dtype=float), np.asarray(ours, dtype=float)
    assert theirs.shape == ours.shape
    with np.errstate(invalid="ignore"):
        gap = np.abs(theirs - ours) / np.maximum(np.abs(ours), floor)
    return np.max(np.where(theirs == ours, 0, gap))


def test_every_number_it_shows_equals_the_package(in_javascript):
    states, sources = random_states(np.random.default_rng(41), 1000)
    for state, (log_p, y), shown in zip(
        states, sources, shown_for(in_javascript, states), strict=True
    ):
        losses = sm.cross_entropy(log_p, y)
        p = np.exp(log_p[np.arange(len(y)), y])
        count = len(p) * state["repeats"]
        # −log p of a p near 1 has few digits left, since p itself is rounded: compare in nats there
        assert relative(shown["losses"], losses, floor=1.0) < CLOSE
        assert relative(shown["loss"], losses.mean(), floor=1.0) < CLOSE
        assert relative(shown["logSum"], -state["repeats"] * losses.sum(), floor=count) < CLOSE
        assert relative(shown["slopes"], -1 / p) < CLOSE
        assert relative(shown["missing"], 1 - p, floor=1.0) < CLOSE
        assert relative(shown["squared"], (1 - p) ** 2, floor=1.0) < CLOSE
        assert relative(shown["typical"], np.exp(-losses.mean())) < CLOSE
        assert shown["count"] == count


def test_python_answers_with_the_numbers_of_the_view(in_javascript):
    states = random_states(np.random.default_rng(42), 1000)[0] + extreme_states()
    for state, shown in zip(states, shown_for(in_javascript, states), strict=True):
        widget = CrossEntropyBatch(**state)
        answers = widget.answers()
        assert set(answers) == set(shown)
        for name, value in answers.items():
            floor = 1e-290 if name in ("product", "likelihood") else 1e-300  # below it, digits go
            assert relative(shown[name], value, floor) < (
                1e-11
                if name == "likelihood"
                else CLOSE  # exp of a sum up to 700 loses three digits
            ), name
        assert widget.numpy_says["loss"] == answers["loss"]


def test_the_product_and_the_loss_are_two_ways_to_one_number(in_javascript):
    for shown in shown_for(
        in_javascript, [{"p": BATCH, "repeats": 1}, {"p": [0.5, 0.2], "repeats": 100}]
    ):
        assert shown["likelihood"] == pytest.approx(shown["product"], rel=1e-11)
        assert shown["logProduct"] == pytest.approx(shown["logSum"], rel=1e-12)
    [gone] = shown_for(in_javascript, [{"p": BATCH, "repeats": 1000}])
    assert (gone["product"], gone["logProduct"]) == (0, "-Infinity")
    assert gone["logSum"] == pytest.approx(1000 * np.log(BATCH).sum(), rel=1e-12)


def test_the_slope_is_the_derivative_of_the_price(in_javascript):
    [shown] = shown_for(in_javascript, [{"p": BATCH, "repeats": 1}])
    step = 1e-30  # complex step: no difference is taken
    slopes = -np.log(np.array(BATCH) + 1j * step).imag / step
    assert relative(shown["slopes"], slopes) < CLOSE


def test_another_base_or_a_sum_for_a_mean_would_be_seen(in_javascript):
    [shown] = shown_for(in_javascript, [{"p": BATCH, "repeats": 1}])
    assert relative(shown["losses"], -np.log10(BATCH)) > 0.1
    assert relative(shown["loss"], -np.log(BATCH).sum()) > 0.1


def test_chapter_4_tells_what_it_shows():
    def answers(last=0.05, **state):
        return CrossEntropyBatch([0.9, 0.6, 0.3, 0.1, last], **state).answers()

    start, better, worst, many = answers(), answers(0.1), answers(1e-6), answers(repeats=1000)
    assert np.round([a["loss"] for a in (start, better, worst)], 3).tolist() == [
        1.424,
        1.285,
        3.588,
    ]
    assert better["product"] / start["product"] == pytest.approx(2)
    assert worst["losses"][4].round(2) == 13.82
    assert worst["losses"][4] > 3 * worst["losses"][:4].sum()
    for rival, means in (("missing", [0.61, 0.62]), ("squared", [0.4745, 0.4940])):
        np.testing.assert_allclose([a[rival].mean() for a in (start, worst)], means, atol=5e-6)
    assert start["slopes"][[0, 4]].round(2).tolist() == [-1.11, -20]
    assert (many["loss"], many["product"]) == (start["loss"], 0)
    assert many["logSum"].round() == -7118


def test_every_position_of_a_slider_comes_back(in_javascript):
    positions = list(range(141))
    from_view = in_javascript(
        "cross_entropy_batch", "return data.map(view.toProbability);", positions
    )
    again = in_javascript("cross_entropy_batch", "return data.map(view.toPosition);", from_view)
    assert again == positions
    assert (from_view[0], from_view[50], from_view[140]) == (1e-6, 0.1, 1)
    assert np.all(np.diff(from_view) > 0)
    assert set(BATCH) <= set(from_view)


def test_the_address_carries_the_state_and_refuses_nonsense(in_javascript):
    body = """
    const { p, chosen, repeats, axis, curves } = view.default.address;
    const batch = (text) => p.value(text) ?? null;
    const times = (text) => repeats.value(text, () => [1, 100]) ?? null;
    return [batch(p.text(data)), batch("0.5,0"), batch("0.5,1.1"), batch("0.5,,"),
      chosen.value(chosen.text(2)), chosen.value("0") ?? null,
      times("100"), times("7"), times("1000"),
      axis.value("log"), axis.value("cubic") ?? null, curves.value("rivals")];
    """
    expected = [BATCH, None, None, None, 2, None, 100, None, None, "log", None, "rivals"]
    assert in_javascript("cross_entropy_batch", body, BATCH) == expected


def test_the_page_gets_the_state_and_a_plain_viewer_a_picture():
    data, _ = CrossEntropyBatch(BATCH, curves="rivals")._repr_mimebundle_()
    state = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    assert json.loads(state.group(1)) == {
        "p": BATCH, "chosen": 2, "repeats": 1, "axis": "linear", "curves": "rivals",
        "repeats_offered": list(REPEATS),
    }  # fmt: skip
    assert data["image/png"].startswith(b"\x89PNG")
    assert "the loss, is 1.424 nats" in data["text/plain"]
    assert "product of the probabilities is 0.00081" in data["text/html"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"p": [0.5, 0.0]}, "p[1] is 0.0"),
        ({"p": [1.5]}, "p[0] is 1.5"),
        ({"p": [0.5, np.nan]}, "p[1] is nan"),
        ({"p": [[0.5]]}, "p has shape (1, 1)"),
        ({"chosen": 5}, "chosen is 5"),
        ({"repeats": 7}, "repeats is 7"),
        ({"axis": "cubic"}, "axis is 'cubic'"),
        ({"curves": "all"}, "curves is 'all'"),
    ],
)
def test_bad_input_is_refused_by_name(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        CrossEntropyBatch(**given)
