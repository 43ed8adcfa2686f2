"""Claims of Chapter 7."""

import re

import numpy as np
import pytest

from softmax_steps import (
    loss,
    loss_and_gradient,
    predict,
    scores,
    tiny_example,
    train,
    train_validation_split,
    work_through,
)
from softmax_steps.widgets import PointsInThePlane

from .pages import PAGES, says


def test_a_loss_above_ln_c_can_also_come_from_a_long_stride(digits):
    says(
        "07_training",
        r"A validation loss that stays near $\ln C$, or climbs above it, at an $\eta$ that is not "
        "too large, is the mark of labels that have nothing to do with their rows.",
    )
    X, y, X_val, y_val = train_validation_split(*digits, rng=np.random.default_rng(0))
    options = {"strength": 0.001, "epochs": 8, "batch_size": 49, "progress": False}
    shuffled = np.random.default_rng(0).permutation(len(X))
    last = {}
    for name, rows, rate in (("right", X, 0.5), ("long", X, 20.0), ("apart", X[shuffled], 0.5)):
        model = train(rows, y, learning_rate=rate, rng=np.random.default_rng(0), **options)
        last[name] = loss(X_val, y_val, model.W, model.b)
    assert last["right"] < 0.5
    assert last["long"] > np.log(10)
    assert last["apart"] > 0.9 * np.log(10)


def test_the_number_that_chapter_7_lets_you_ask_for():
    says("07_training", "ask for the loss after it: 3.401, worse than before the step.")
    t = tiny_example(learning_rate=5)
    _, dW, db = loss_and_gradient(t.X, t.y, t.W, t.b, strength=t.strength)
    after = loss(t.X, t.y, t.W - 5 * dW, t.b - 5 * db, strength=t.strength)
    assert after == pytest.approx(3.401, abs=5e-4)


def test_the_second_sample_after_the_step_worked_by_hand():
    says(
        "07_training",
        r"Its scores are $3 \cdot 1.472 + 0.242 + 0.154 = 4.812$, then 0.080 and 1.808.",
        "Less the maximum: 0, −4.731 and −3.003.",
        "The exponentials are 1, 0.009 and 0.050. So the true class has the probability 1/1.058 = "
        "0.945. Before, it had 0.265.",
        r"It costs $-\log 0.945 = 0.057$ nats, where it cost 1.327.",
        "The mean fell from 0.735 to 0.100. The penalty rose a little, from 0.200 to 0.202",
        "The loss fell from 0.935 to 0.302.",
    )
    before = work_through(tiny_example())
    after = work_through(tiny_example(W=before.new_W, b=before.new_b))
    given = [after.F[1], after.shifted[1], after.E[1]]
    told = [[4.812, 0.080, 1.808], [0, -4.731, -3.003], [1, 0.009, 0.050]]
    np.testing.assert_allclose(given, told, atol=5.1e-4)
    assert after.E[1].sum() == pytest.approx(1.058, abs=5e-4)
    pairs = {
        (0.265, 0.945): (before.P[1, 0], after.P[1, 0]),
        (1.327, 0.057): (before.losses[1], after.losses[1]),
        (0.735, 0.100): (before.data_loss, after.data_loss),
        (0.200, 0.202): (before.penalty, after.penalty),
        (0.935, 0.302): (before.loss, after.loss),
    }
    for words, numbers in pairs.items():
        assert words == pytest.approx(numbers, abs=5e-4)


def test_each_of_the_first_hundred_steps_gains_less_than_the_one_before():
    says("07_training", "The first step gains most, and each gains less than the one before it.")
    example, losses = tiny_example(), []
    for _ in range(100):
        step = work_through(example)
        example = tiny_example(W=step.new_W, b=step.new_b)
        losses += [step.loss] if not losses else []
        losses.append(step.new_loss)
    gains = -np.diff(losses)
    assert (gains > 0).all()
    assert (np.diff(gains) < 0).all()


def test_the_lines_of_pytorch_end_at_the_weights_of_train(chapter_7_training_set):
    pytest.importorskip("torch", reason="the lines of PyTorch are tried where it is installed")
    text = PAGES["07_training"].text
    part = text[text.index("(in-a-framework)=") :]
    lines = re.search(r"^```python\n(import torch\n.*?)^```", part, re.M | re.S)[1]
    X, y = chapter_7_training_set
    found = {"X_train": X, "y_train": y}
    exec(lines, found)
    model = train(
        *(X, y),
        strength=0.001,
        learning_rate=0.5,
        epochs=100,
        batch_size=len(X),
        rng=np.random.default_rng(0),
        progress=False,
    )
    linear = found["model"]
    np.testing.assert_allclose(linear.weight.detach().numpy().T, model.W, atol=1e-10)
    np.testing.assert_allclose(linear.bias.detach().numpy(), model.b, atol=1e-10)


def test_a_run_with_far_too_long_strides_is_of_one_kind_whatever_the_last_bits(chapter_7):
    says(
        "07_training",
        "on another machine, or in the browser, you see other numbers of the same kind.",
        "Whoever stops at a lucky moment sees an accuracy of 80 or 90 % and believes that all is "
        "well.",
        "In most of the twenty epochs it is above 2.303, worse than a model that knows nothing",
        "20 jumps up and down, nearly always above its start.",
    )
    ends = []
    for seed in range(4):
        # As far from 0 as the rounding of another machine would be.
        W = 1e-15 * np.random.default_rng(seed).normal(size=(64, 10))
        h = chapter_7(initial=(W, np.zeros(10)), learning_rate=20.0, epochs=20).history
        assert 0.8 < h.validation_accuracy[-6:].max() < 0.95
        assert np.sum(h.validation_data_loss[1:] > 2.303) > 10
        assert np.sum(h.train_loss[1:] > h.train_loss[0]) >= 17
        ends.append(h.validation_data_loss[-1])
    assert np.ptp(ends) > 0.1  # other numbers indeed


def test_long_strides_tremble_and_falling_ones_end_lowest(chapter_7):
    says(
        "07_training",
        r"tremble, between 0.264 and 0.277 over the last six epochs, where $\eta = 0.5$ keeps "
        "between 0.264 and 0.266.",
        r"The falling $\eta$ ends at 0.262, lower than both, and it moves by less than 0.001 from "
        r"epoch to epoch. The fixed $\eta = 0.5$ ends between 0.264 and 0.266, and $\eta = 2$ "
        "jumps between 0.264 and 0.277.",
    )
    fixed, long = chapter_7().history.train_loss, chapter_7(learning_rate=2).history.train_loss
    assert (fixed[-6:].min().round(3), fixed[-6:].max().round(3)) == (0.264, 0.266)
    assert (long[-6:].min().round(3), long[-6:].max().round(3)) == (0.264, 0.277)
    assert np.all(long[1:4] < fixed[1:4])

    rng, W, b, falling = np.random.default_rng(0), np.zeros((64, 10)), np.zeros(10), []
    for epoch in range(60):
        rate = 2 / (1 + epoch / 10)
        m = chapter_7(epochs=1, learning_rate=rate, rng=rng, initial=(W, b))
        W, b = m.W, m.b
        falling.append(m.history.train_loss[-1])
    assert round(falling[-1], 3) == 0.262
    assert np.abs(np.diff(falling[-6:])).max() < 0.001


def test_a_larger_batch_calms_a_run_as_a_smaller_stride_does(chapter_7):
    says("07_training", r"only a smaller $\eta$ (exercise 6) or a larger batch calms it.")

    def trembling(**changes):
        return np.abs(np.diff(chapter_7(**changes).history.train_loss[-7:])).max()

    far = chapter_7()
    here = {"initial": (far.W, far.b), "epochs": 12, "learning_rate": 2}
    assert trembling(**here, batch_size=1078) < 0.2 * trembling(**here)
    assert trembling(**here | {"learning_rate": 0.1}) < 0.2 * trembling(**here)


def test_batches_average_to_the_full_gradient_if_they_are_equally_large(chapter_7_training_set):
    says("07_training", "as they are equally large, their gradients average to the full gradient")
    X, y = chapter_7_training_set
    W, b = np.random.default_rng(0).normal(size=(64, 10)), np.zeros(10)
    full, order = loss_and_gradient(X, y, W, b).dW, np.random.default_rng(0).permutation(1078)
    for size, exact in ((49, True), (32, False)):
        batches = [order[start : start + size] for start in range(0, 1078, size)]
        mean = np.mean([loss_and_gradient(X[r], y[r], W, b).dW for r in batches], axis=0)
        assert np.allclose(mean, full, atol=1e-12) is exact


def test_a_batch_of_one_wants_a_short_stride(chapter_7):
    says(
        "07_training",
        r"six epochs of it should do at least as well as $B = 49$ with $\eta = "
        "0.5$.",
    )
    one = chapter_7(epochs=6, batch_size=1, learning_rate=0.02).history.train_loss[-1]
    assert one <= chapter_7(epochs=6).history.train_loss[-1]


def test_smaller_strengths_change_the_validation_set_s_opinion_little(chapter_7):
    says(
        "07_training",
        "The validation loss falls by 0.004 nats more, from 0.137 to 0.133, and the accuracy does "
        "not change at all.",
    )
    ends = [chapter_7(strength=strength).history for strength in (0.0001, 0.0)]
    losses = [h.validation_data_loss[-1] for h in ends]
    assert [round(end, 3) for end in losses] == [0.137, 0.133]
    assert ends[0].validation_accuracy[-1] == ends[1].validation_accuracy[-1]


def test_a_random_start_comes_to_the_same_loss(chapter_7_training_set):
    says(
        "07_training",
        "to a hundredth in about 920 steps. After 1500 full-batch steps the two losses agree to "
        "three decimals, 0.742.",
    )
    assert np.log(0.01) / np.log(0.995) == pytest.approx(920, abs=5)
    X, y = chapter_7_training_set
    ends = []
    for W in (np.zeros((64, 10)), np.random.default_rng(0).normal(size=(64, 10))):
        b = np.zeros(10)
        for _ in range(1500):
            _, dW, db = loss_and_gradient(X, y, W, b, strength=0.01)
            W, b = W - 0.5 * dW, b - 0.5 * db
        ends.append(round(loss(X, y, W, b, strength=0.01), 3))
    assert ends == [0.742, 0.742]


def test_the_points_in_the_plane_do_what_chapter_7_says_you_will_see():
    says(
        "07_training",
        "Within forty steps all fifteen points are right.",
        "after about 500 steps no number is left for the loss.",
        r"*Start over*, set $\lambda = 0$ and run for a while: the weights under *Numbers* grow",
    )
    widget = PointsInThePlane()
    points, model = np.array(widget.points), np.array(widget.model)
    X, y = points[:, :2], points[:, 2].astype(int)

    def walk(n_steps, strength, rate):
        W, b, sizes = model[:2], model[2], []
        for step in range(n_steps):
            with np.errstate(all="ignore"):
                if not np.isfinite(strength / 2 * np.sum(W**2)):
                    return step, W, b, sizes
            _, dW, db = loss_and_gradient(X, y, W, b, strength=strength)
            W, b = W - rate * dW, b - rate * db
            sizes.append(np.sum(W**2) if strength < 1 else 0)
        return n_steps, W, b, sizes

    _, W, b, _ = walk(40, widget.strength, widget.learning_rate)
    assert len(points) == 15
    assert np.all(predict(scores(X, W, b)) == y)
    *_, sizes = walk(400, 0.0, widget.learning_rate)
    assert np.all(np.diff(sizes[::40]) > 0)
    assert walk(600, 1.0, 3.0)[0] == pytest.approx(510, abs=10)
