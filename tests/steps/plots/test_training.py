import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.plots import training as pictures


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_learning_curves_draw_what_was_measured():
    epochs = np.arange(3)
    curves = [np.array(v) for v in ([2.0, 1.0, 0.5], [2.0, 1.2, 0.7], [0.1, 0.9, 0.98])]
    losses, shares = axes = pictures.draw_learning_curves(epochs, *curves, curves[2] - 0.05)
    assert len(axes) == 2
    np.testing.assert_array_equal(losses.lines[0].get_ydata(), curves[0])
    np.testing.assert_array_equal(losses.lines[1].get_ydata(), curves[1])
    np.testing.assert_allclose(shares.lines[0].get_ydata(), [10, 90, 98])
    np.testing.assert_allclose(shares.lines[1].get_ydata(), [5, 85, 93])
    assert losses.get_ylabel() == "data loss (nats)"
    assert shares.get_ylabel() == "accuracy (%)"


@pytest.mark.parametrize("log", [False, True])
def test_each_run_is_labelled_at_its_end_and_labels_keep_apart(log):
    runs = {"a": np.array([1.0, 0.5]), "b": np.array([1.0, 0.501]), "c": np.array([1.0, 9.0])}
    ax = pictures.draw_runs(np.arange(2), runs, quantity="loss (nats)", log=log)
    heights = {text.get_text(): text.xy[1] for text in ax.texts}
    assert set(heights) == {"a", "b", "c"}
    assert heights["a"] < heights["b"] - 0.05
    assert heights["b"] < heights["c"]
    assert len({line.get_color() for line in ax.lines}) == 3
    assert len({line.get_linestyle() for line in ax.lines}) == 3
    assert ax.get_yscale() == ("log" if log else "linear")


def test_the_best_strength_of_each_line_is_ringed():
    strengths = np.array([0.01, 0.1, 1.0])
    shares = {"clean": np.array([0.97, 0.96, 0.9]), "dirty": np.array([0.85, 0.92, 0.88])}
    ax = pictures.draw_strengths(strengths, shares)
    rings = [line.get_xydata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    np.testing.assert_allclose(rings, [[0.01, 97], [0.1, 92]])
    assert [text.get_text() for text in ax.texts] == ["clean", "dirty"]


def test_all_weight_images_share_one_symmetric_scale():
    W = np.random.default_rng(0).normal(size=(6, 4))
    blocks = pictures.draw_weight_images({"strong": 3 * W, "weak": W}, shape=(2, 3))
    assert blocks.shape == (2, 2, 2)
    images = [ax.images[0] for ax in blocks.flat]
    assert {image.get_clim() for image in images} == {(-np.abs(3 * W).max(), np.abs(3 * W).max())}
    np.testing.assert_array_equal(images[1].get_array(), (3 * W)[:, 1].reshape(2, 3))
    np.testing.assert_array_equal(images[-1].get_array(), W[:, 3].reshape(2, 3))
    assert blocks[1, 0, 0].get_title(loc="left").strip() == "weak"
    assert blocks[1, 1, 1].get_title() == "3"


@pytest.mark.parametrize("counts", [[[5, 2], [0, 4]], [[5, 0], [0, 4]]])
def test_confusion_writes_counts_and_leaves_zeros_out(counts):
    counts = np.array(counts)
    ax = pictures.draw_confusion(counts)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    expected = {(j, i): str(n) for (i, j), n in np.ndenumerate(counts) if n}
    assert written == expected
    assert ax.get_xlabel() == "predicted digit"
    assert ax.get_ylabel() == "true digit"
    coloured = ~np.ma.getmaskarray(ax.images[0].get_array())
    np.testing.assert_array_equal(coloured, (counts > 0) & ~np.eye(2, dtype=bool))
