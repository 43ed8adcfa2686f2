import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from softmax_steps.plots import gradient as pictures


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_chain_writes_values_above_gradients_and_points_back():
    ax = pictures.draw_chain(
        [("W", "2 × 3"), ("L", "1")], ["loss"], [("dW", "2 × 3"), ("dL", "1")], ["slope"]
    )
    places = {text.get_text(): text.get_position() for text in ax.texts if text.get_text()}
    assert set(places) == {"W", "2 × 3", "L", "1", "loss", "dW", "dL", "slope"}
    assert places["W"][1] > places["dW"][1]
    assert places["W"][0] < places["loss"][0] < places["L"][0]
    arrows = [text for text in ax.texts if hasattr(text, "xyann") and text.arrow_patch]
    forward, backward, turn = [(arrow.xyann, arrow.xy) for arrow in arrows]
    assert forward[0][0] < forward[1][0]
    assert backward[0][0] > backward[1][0]
    assert turn[0][1] > turn[1][1]


def test_jacobian_writes_each_number_where_it_stands():
    J = np.array([[0.25, -0.25], [-0.125, 0.125]])
    ax = pictures.draw_jacobian(J)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "0.250", (1, 0): "−0.250", (0, 1): "−0.125", (1, 1): "0.125"}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["p₀", "p₁"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["f₀", "f₁"]
