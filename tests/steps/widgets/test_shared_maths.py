"""The JavaScript of the widgets gives the package's numbers: 1000 random cases and extremes."""

import numpy as np
import pytest

import softmax_steps as sm

CLOSE = 1e-12


def relative_difference(theirs, ours):
    """Largest difference, in units of the largest entry of ours."""
    theirs, ours = np.asarray(theirs, dtype=float), np.asarray(ours, dtype=float)
    assert theirs.shape == ours.shape
    return np.max(np.abs(theirs - ours)) / max(np.max(np.abs(ours)), 1e-300)


def random_cases(rng, count):
    cases = []
    for _ in range(count):
        N, D, C = rng.integers(1, 12), rng.integers(1, 20), rng.integers(1, 11)
        cases.append(
            {
                "X": (rng.normal(size=(N, D)) * rng.choice([0.1, 1, 30])).tolist(),
                "y": rng.integers(0, C, N).tolist(),
                "W": (rng.normal(size=(D, C)) * rng.choice([1e-3, 1, 10])).tolist(),
                "b": rng.normal(size=C).tolist(),
                "strength": float(rng.choice([0, 10 ** rng.uniform(-5, 1)])),
            }
        )
    return cases


def extreme_cases():
    far = {"X": [[1.0], [-1.0]], "y": [0, 1], "b": [0.0, 0.0], "strength": 0.0}
    return [
        {**far, "W": [[1000.0, -1000.0]]},
        {**far, "W": [[-1000.0, 1000.0]]},
        {**far, "W": [[1e5, -1e5]], "strength": 10.0},
        {**far, "W": [[1e-300, -1e-300]]},
        {"X": [[0.0, 0.0]], "y": [2], "W": [[0.0] * 3] * 2, "b": [7.0] * 3, "strength": 1.0},
        {"X": [[2.0]], "y": [0], "W": [[3.0]], "b": [0.0], "strength": 1.0},
    ]


def test_loss_and_gradient_equal_the_package(in_javascript):
    cases = random_cases(np.random.default_rng(11), 1000) + extreme_cases()
    theirs = in_javascript(
        "shared/maths",
        "return data.map((c) => view.lossAndGradient(c.X, c.y, c.W, c.b, c.strength));",
        cases,
    )
    worst = 0.0
    for case, from_view in zip(cases, theirs, strict=True):
        ours = sm.loss_and_gradient(**case)
        scale = max(1.0, np.abs(ours.dW).max())  # a gradient of 1e-320 has few digits to compare
        worst = max(
            worst,
            abs(from_view["loss"] - ours.loss) / max(abs(ours.loss), 1.0),
            np.abs(np.array(from_view["dW"]) - ours.dW).max() / scale,
            np.abs(np.array(from_view["db"]) - ours.db).max(),
        )
    assert worst < CLOSE


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("shiftScores", sm.shift_scores),
        ("softmax", sm.softmax),
        ("logSoftmax", sm.log_softmax),
        ("predict", sm.predict),
    ],
)
def test_each_step_on_scores_equals_the_package(in_javascript, theirs, ours):
    rng = np.random.default_rng(12)
    tables = [rng.normal(size=(3, k)) * s for k in (1, 2, 5, 10) for s in (1e-3, 1, 40, 1e3, 1e5)]
    tables += [np.zeros((2, 4)), np.array([[1000.0, 999, 998], [-1000, -1000, 1000]])]
    from_view = in_javascript(
        "shared/maths", f"return data.map(view.{theirs});", [table.tolist() for table in tables]
    )
    assert max(map(relative_difference, from_view, map(ours, tables))) < CLOSE


def test_a_changed_sign_would_be_seen(in_javascript):
    case = random_cases(np.random.default_rng(13), 1)[0]
    from_view = in_javascript(
        "shared/maths", "return view.lossAndGradient(...data);", list(case.values())
    )
    ours = sm.loss_and_gradient(**case)
    assert relative_difference(-np.array(from_view["dW"]), ours.dW) > 1
