"""The conventions: the numbers, the code that is shown, and that converting gives the model."""

import itertools
import json
import re

import numpy as np
import pytest
from traitlets import TraitError

import softmax_steps as sm
from softmax_steps.conventions import TEXTS, other_text
from softmax_steps.widgets import Conventions

ARITHMETIC = "parts/conventions_arithmetic"
FORKS = {
    "penalty": ["half", "whole"],
    "over": ["mean", "sum"],
    "samples": ["rows", "columns"],
    "bias": ["apart", "folded", "penalised"],
    "unit": ["nats", "bits"],
}
ALL = [dict(zip(FORKS, chosen, strict=True)) for chosen in itertools.product(*FORKS.values())]
OURS = {"penalty": "half", "over": "mean", "samples": "rows", "bias": "apart", "unit": "nats"}


def page_state(widget):
    data, _ = widget._repr_mimebundle_()
    script = re.search(r'<script type="application/json">(.*?)</script>', data["text/html"])
    return json.loads(script.group(1))


def random_example(rng):
    N, D, C = (int(n) for n in rng.integers(1, 5, 3))
    return sm.tiny_example(
        X=rng.normal(size=(N, D)),
        y=rng.integers(0, C, N),
        W=rng.normal(size=(D, C)) * rng.choice([1e-3, 1, 10]),
        b=rng.normal(size=C),
        strength=float(rng.choice([0, 10 ** rng.uniform(-5, 0)])),
        learning_rate=0.05,
    )


def extreme_examples():
    start = sm.tiny_example()
    far = {"X": [[1.0], [-1.0]], "y": [0, 1], "b": [0.0, 0.0], "strength": 0.0}
    return [
        start,
        sm.tiny_example(strength=0),
        sm.tiny_example(strength=1e4),
        sm.tiny_example(strength=1e-12, learning_rate=1e-6),
        sm.tiny_example(X=1000 * start.X, learning_rate=1e-6),
        sm.tiny_example(**far, W=[[1000.0, -1000.0]]),
        sm.tiny_example(**far, W=[[-1000.0, 1000.0]]),
        sm.tiny_example(X=[[2.0]], y=[0], W=[[3.0]], b=[1.0]),
    ]


def for_view(example, choices):
    return {
        **{name: getattr(example, name).tolist() for name in "XyWb"},
        "strength": example.strength,
        "learningRate": example.learning_rate,
        **choices,
    }


def test_every_number_it_shows_equals_the_package(in_javascript):
    rng = np.random.default_rng(21)
    carried = ["converted", "copied"]
    cases = [
        (random_example(rng), {**ALL[k % 48], "carried": carried[k // 48 % 2], "steps": steps})
        for k, steps in enumerate([1] * 1000 + [100] * 96)
    ]
    cases += [
        (example, {**choices, "carried": "converted", "steps": 1})
        for example in extreme_examples()
        for choices in ALL
    ]
    from_view = in_javascript(
        ARITHMETIC,
        "return data.map((state) => view.carryOver(state));",
        [for_view(*case) for case in cases],
    )
    worst = 0.0
    for (example, choices), shown in zip(cases, from_view, strict=True):
        expected = other_text(example, **choices)
        theirs, size = shown["theirs"], max(1.0, abs(expected.loss))
        gaps = [
            abs(shown["strength"] - expected.strength) / max(expected.strength, 1e-300),
            abs(shown["rate"] - expected.learning_rate) / expected.learning_rate,
            abs(theirs["dataLoss"] - expected.data_loss) / size,
            abs(theirs["penalty"] - expected.penalty) / size,
            abs(theirs["loss"] - expected.loss) / size,
        ]
        for name, ours in [
            ("scores", expected.scores),
            ("dW", expected.dW),
            ("db", expected.db),
            ("W", expected.W),
            ("b", expected.b),
        ]:
            if ours is None:
                assert theirs[name] is None
                continue
            assert np.shape(theirs[name]) == ours.shape
            gaps.append(np.abs(theirs[name] - ours).max() / max(1.0, np.abs(ours).max()))
        here = sm.loss_and_gradient(
            example.X, example.y, example.W, example.b, strength=example.strength
        )
        gaps.append(abs(shown["ours"]["loss"] - here.loss) / max(1.0, here.loss))
        gaps.append(
            abs(shown["ours"]["length"] - np.hypot(*map(np.linalg.norm, here[1:])))
            / max(1.0, shown["ours"]["length"])
        )
        gaps.append(abs(shown["difference"] - expected.difference) / shown["largest"])
        worst = max(worst, *gaps)
    assert worst < 1e-12


@pytest.fixture(scope="module")
def codes(in_javascript):
    return in_javascript(ARITHMETIC, "return data.map(view.code);", ALL)


@pytest.mark.parametrize("index", range(len(ALL)), ids=["-".join(c.values()) for c in ALL])
def test_the_code_it_shows_runs_and_gives_the_numbers_it_shows(index, codes):
    choices, lines = ALL[index], codes[index]
    assert max(map(len, lines)) <= 41  # a phone is no wider
    t = sm.tiny_example()
    expected = other_text(t, **choices, carried="converted")
    turn = np.transpose if choices["samples"] == "columns" else np.asarray
    given = {
        "np": np,
        "log_softmax": sm.log_softmax,
        "one_hot": sm.one_hot,
        "X": turn(t.X),
        "y": t.y,
        "W": turn(t.W),
        "b": t.b,
        "strength": expected.strength,
        "learning_rate": expected.learning_rate,
    }
    exec("\n".join(lines), given)
    w = "W" if choices["bias"] == "apart" else "W1"
    assert given["data_loss"] == pytest.approx(expected.data_loss, rel=1e-13)
    assert given["penalty"] == pytest.approx(expected.penalty, rel=1e-13)
    assert given["loss"] == pytest.approx(expected.loss, rel=1e-13)
    np.testing.assert_allclose(given["F"], expected.scores, rtol=1e-13)
    np.testing.assert_allclose(given[f"d{w}"], expected.dW, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(given[w], expected.W, rtol=1e-13)
    if choices["bias"] == "apart":
        np.testing.assert_allclose(given["db"], expected.db, rtol=1e-12)
        np.testing.assert_allclose(given["b"], expected.b, rtol=1e-13)


def test_the_same_model_comes_out_where_there_is_a_rule_and_only_there(in_javascript):
    states = [
        for_view(t, {**choices, "carried": "converted", "steps": 100})
        for choices in ALL
        for t in (sm.tiny_example(), sm.tiny_example(strength=0))
    ]
    from_view = in_javascript(
        ARITHMETIC, "return data.map((state) => view.carryOver(state));", states
    )
    for state, shown in zip(states, from_view, strict=True):
        if state["bias"] == "penalised" and state["strength"] > 0:
            assert shown["difference"] > 0.01
        else:
            assert shown["difference"] < 1e-13


def test_the_conversions_are_those_of_the_notation_page(in_javascript):
    asked = [
        {"over": "sum"},
        {"penalty": "whole"},
        {"over": "sum", "penalty": "whole"},
        {"unit": "bits"},
        {"samples": "columns", "bias": "folded"},
    ]
    states = [
        for_view(sm.tiny_example(), {**OURS, "carried": "converted", "steps": 1, **change})
        for change in asked
    ]
    from_view = in_javascript(
        ARITHMETIC, "return data.map((state) => view.carryOver(state));", states
    )
    assert [shown["strength"] for shown in from_view] == pytest.approx(
        [0.2, 0.05, 0.1, 0.1 / np.log(2), 0.1], rel=1e-15
    )
    assert [shown["rate"] for shown in from_view] == pytest.approx(
        [0.25, 0.5, 0.25, 0.5 * np.log(2), 0.5], rel=1e-15
    )


def test_a_copied_strength_is_told_in_our_terms(in_javascript):
    state = for_view(
        sm.tiny_example(),
        {**OURS, "over": "sum", "penalty": "whole", "carried": "copied", "steps": 1},
    )
    shown = in_javascript(ARITHMETIC, "return view.carryOver(data);", state)
    assert (shown["strength"], shown["rate"]) == (0.1, 0.5)
    assert (shown["weighs"], shown["stepsAs"]) == (0.1, 1.0)
    assert shown["difference"] > 0.1


def test_weights_that_grow_without_end_are_no_number(in_javascript):
    state = for_view(
        sm.tiny_example(strength=1e5), {**OURS, "carried": "converted", "steps": 100, "over": "sum"}
    )
    shown = in_javascript(ARITHMETIC, "return view.carryOver(data);", state)
    assert shown["difference"] == "NaN"
    widget = Conventions(steps=100)
    widget.strength = 1e5
    assert widget.numpy_says == {}


def test_python_answers_each_change_and_the_view_compares(in_javascript):
    widget = Conventions()
    widget.penalty, widget.unit, widget.samples = "whole", "bits", "columns"
    widget.strength = 0.3
    choices = {**OURS, "over": "sum", "penalty": "whole", "unit": "bits", "samples": "columns"}
    choices |= {"carried": "converted", "steps": 1}
    example = sm.tiny_example(strength=0.3)
    expected = other_text(example, **choices)
    says = widget.numpy_says
    assert says["asked"] == {"strength": 0.3, **choices}
    assert says["loss"] == expected.loss
    assert says["dW"] == expected.dW.tolist()
    assert says["W_after"] == expected.W.tolist()
    state = for_view(example, choices)
    wrong = {**says, "loss": 2 * says["loss"]}
    asked_otherwise = {**says, "asked": {**says["asked"], "bias": "folded"}}
    gaps = in_javascript(
        ARITHMETIC,
        "const shown = view.carryOver(data.state);"
        "return data.says.map((says) => view.gapToNumpy(shown, data.state, says));",
        {"state": state, "says": [says, wrong, asked_otherwise, {}]},
    )
    assert gaps[0] < 1e-14
    assert gaps[1:] == [pytest.approx(0.5), None, None]


def test_the_page_gets_the_example_and_the_choices():
    state = page_state(Conventions(over="mean", penalty="whole"))
    assert "numpy_says" not in state
    assert (state["strength"], state["learning_rate"], state["steps"]) == (0.1, 0.5, 1)
    assert (state["over"], state["penalty"], state["bias"]) == ("mean", "whole", "apart")
    assert state["W"] == sm.tiny_example().W.tolist()


def test_a_plain_viewer_gets_a_picture_and_words():
    data, _ = Conventions()._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert "λ = 0.2, η = 0.25: 1.4695 and 0.4000" in data["text/plain"]
    assert "the fourth note: the sum over the samples" in data["text/html"]


def test_the_picture_draws_both_formulas_and_both_losses():
    from softmax_steps.plots.stills.conventions import draw_conventions

    figure = draw_conventions(
        [("F = XW", "F = WX"), ("L = a", "L = b")],
        [(0.7, 0.2), (1.4, 0.4)],
        titles=["this book", "other text"],
        unit="bits",
    )
    lines, first, second = figure.axes
    assert [text.get_text() for text in lines.texts[1::2]] == [
        *("$F = XW$", "$F = WX$", "$L = a$", "$L = b$"),
    ]
    assert [bar.get_width() for bar in first.patches] == pytest.approx([0.7, 0.2])
    assert [bar.get_x() for bar in second.patches] == pytest.approx([0, 1.4])
    assert first.get_title().endswith("0.200 nats")
    assert second.get_title().endswith("0.400 bits")


@pytest.mark.parametrize("choices", [ALL[-1], ALL[20]], ids=["all", "some"])
def test_a_still_picture_of_other_conventions_can_be_drawn(choices):
    picture = Conventions(**choices).picture()
    assert "λ = 0.1" in picture.alt


def test_each_rule_that_is_written_gives_the_number_behind_it(in_javascript):
    carried = ["converted", "copied"]
    cases = [{**choices, "carried": way} for choices in ALL for way in carried]
    cases.append({**OURS, "carried": "converted", "inverse": True})
    plain, written = in_javascript(
        "parts/conventions_lines", "return [view.PLAIN, data.map(view.rules)];", cases
    )
    t = sm.tiny_example(strength=0.3)
    known = {"N": len(t.y), "λ": t.strength, "η": t.learning_rate, "log2": np.log(2)}
    for choices, rules in zip(cases, written, strict=True):
        is_inverse = choices.pop("inverse", False)
        theirs = other_text(t, **choices)
        expected = [1 / (known["N"] * t.strength) if is_inverse else theirs.strength]
        expected.append(theirs.learning_rate)
        for name, value in zip(("strength", "rate"), expected, strict=True):
            text = plain[rules[name]].replace("log 2", "log2").replace("Nλ", "N*λ")
            formula = re.sub(r"(η|2) log2", r"\1*log2", text)
            assert eval(formula, dict(known)) == pytest.approx(value, rel=1e-14), (choices, text)


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_that_is_known_by_name_brings_its_conventions(key):
    widget = Conventions(text=key)
    assert widget.text == key
    known = TEXTS[key]
    assert all(getattr(widget, name) == value for name, value in known.conventions().items())
    theirs = other_text(sm.tiny_example(), **widget._choices())
    is_same = theirs.difference < 1e-13
    assert is_same == (known.bias != "penalised")
    state = page_state(widget)
    assert state["texts"][list(TEXTS).index(key)]["name"] == known.name


def test_the_numbers_that_texts_are_given():
    """λ = 0.1 and η = 0.5 in this book, by each text's own formula."""
    numbers = {
        key: (other_text(sm.tiny_example(), **Conventions(text=key)._choices()))[:2]
        for key in TEXTS
    }
    assert numbers["third-note"] == (0.05, 0.5)
    assert numbers["fourth-note"] == (0.2, 0.25)
    assert numbers["cs231n"] == numbers["keras"] == (0.05, 0.5)
    assert numbers["cs231n-code"] == numbers["d2l"] == numbers["pytorch"] == (0.1, 0.5)


def test_conventions_without_a_name_are_another_text():
    assert Conventions().text == "fourth-note"
    assert Conventions(unit="bits").text == "other"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"example": 3}, TypeError, "example is 3"),
        ({"half": True}, TypeError, "Conventions has no half"),
        ({"over": "total"}, TraitError, "over"),
        ({"text": "tf"}, ValueError, "text is 'tf'; expected one of third-note, "),
        ({"text": "keras", "over": "sum"}, TypeError, "text='keras' and over were both given"),
        (
            {"example": sm.tiny_example(X=np.ones((5, 2)), y=[0] * 5)},
            ValueError,
            "5 samples, 2 features and 3 classes; expected at most 4",
        ),
    ],
)
def test_bad_input_is_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=re.escape(message)):
        Conventions(**arguments)
