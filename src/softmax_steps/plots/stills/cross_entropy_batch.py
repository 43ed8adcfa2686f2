"""The cross-entropy widget as a still picture: a batch on the curve −log p."""

from softmax_steps.plots.cross_entropy import draw_prices


def draw_cross_entropy_batch(p, prices, *, batch_p, batch_losses):
    """Draw the price of a probability under up to three rules, and a batch on the first.

    Parameters
    ----------
    p : ndarray, shape (K,)
        Probabilities of the true class.
    prices : dict of str to ndarray, shape (K,)
        Up to three rules: name and price; the first is in nats.
    batch_p, batch_losses : ndarray, shape (N,)
        The samples to mark on the first rule.

    Returns
    -------
    matplotlib.axes.Axes
    """
    return draw_prices(
        p,
        prices,
        labels_at=[(0.2, 1.7), (0.08, 1.05), (0.17, 0.22)],
        batch_p=batch_p,
        batch_losses=batch_losses,
    )
