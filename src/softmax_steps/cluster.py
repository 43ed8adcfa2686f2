"""Loss, gradient and fit over rows on several machines, by Dask.

The gradient is a sum over rows. In each step the model is sent out once, each part of the rows
gives its sums where it lies, and they are added in a tree, so that no machine gets more than a few
of them. Dask does again what was lost with a machine, from what the parts were made of: let them
come from files or functions, not from an array of the program that asks.
"""

import numpy as np

from softmax_steps.checks import (
    BIASES,
    as_array,
    require_class_count,
    require_labels,
    require_strength,
    same_float,
)
from softmax_steps.fitting import join_surveys, solve
from softmax_steps.fitting import survey as survey_in_memory
from softmax_steps.gradient import require_kernel
from softmax_steps.partial_sums import add_sums, mean_of_sums, naming_part, partial_sums
from softmax_steps.progress_bar import progress_bar

BRANCHES = 8  # how many sums are added at a time, in each knot of the tree


def loss_and_gradient(X, y=None, W=None, b=None, *, strength=0.0, client=None, kernel=None):
    """Give the loss and its gradient over rows on a cluster.

    Parameters
    ----------
    X : dask.array.Array, shape (N, D), or list of pairs
        Rows, cut between rows only. Or the parts themselves: a list of pairs ``(X, y)`` of
        delayed arrays or futures; then ``y`` is None.
    y : dask.array.Array or array_like of int, shape (N,)
        True labels in 0…C−1; they are cut as the rows are.
    W : array_like, shape (D, C)
        Weights.
    b : array_like, shape (C,), optional
        Biases, not penalised.
    strength : float
        λ ≥ 0.
    client : distributed.Client, optional
        The cluster; without it the one that was connected last.
    kernel : str, optional
        As for :func:`softmax_steps.loss_and_gradient`; numba has to be installed where the work is
        done too.

    Returns
    -------
    LossGradient
        As :func:`softmax_steps.loss_and_gradient` on all rows at once, up to rounding.

    Raises
    ------
    ImportError
        If Dask is not installed.
    TypeError, ValueError
        As for :func:`softmax_steps.loss_and_gradient`; if the rows are no Dask array or parts;
        or if there is no cluster.

    Examples
    --------
    On this machine's processors::

        from distributed import Client
        client = Client()
        X = dask.array.from_zarr("X.zarr")
        loss_and_gradient(X, y, W, b, strength=0.01)
    """
    client, parts, kernel = _require_client(client), _require_parts(X, y), require_kernel(kernel)
    W = as_array(W, "W", 2, allow_complex=False, shape_hint="(D, C), one column per class")
    if b is None:
        b = np.zeros(W.shape[1], W.dtype)
    b = as_array(b, "b", 1, allow_complex=False, shape_hint=BIASES)
    return _one_step(client, parts, *same_float(W, b), require_strength(strength), kernel)


def fit(
    X,
    y=None,
    *,
    strength,
    n_classes=None,
    initial=None,
    tolerance=1e-5,
    most_passes=10_000,
    client=None,
    progress=True,
    kernel=None,
):
    """Find the weights and biases at which the loss over rows on a cluster is least.

    The address of the scheduler's dashboard is printed first: there one sees each machine at
    work. Rows that fit into the memory of the machines together are best kept there:
    ``X = client.persist(X)``; else each step reads them again.

    Parameters
    ----------
    X, y, client, kernel
        As for :func:`loss_and_gradient`.
    strength, n_classes, initial, tolerance, most_passes
        As for :func:`softmax_steps.fit`.
    progress : bool
        Show a bar (tqdm, on standard output) of the solver's steps, and the dashboard's address.

    Returns
    -------
    FittedModel
        As :func:`softmax_steps.fit` on all rows at once, up to ``tolerance``; in float64.

    Raises
    ------
    ImportError, TypeError, ValueError
        As for :func:`loss_and_gradient` and :func:`softmax_steps.fit`.
    """
    client, parts, kernel = _require_client(client), _require_parts(X, y), require_kernel(kernel)
    if progress:
        print(dashboard_line(client))
    with progress_bar(progress, None) as bar:

        def after_step(loss):
            bar.update()
            bar.set_postfix_str(f"loss {loss:.4f}")

        return solve(
            lambda W, b, strength: _one_step(client, parts, W, b, strength, kernel),
            survey(client, parts, n_classes),
            dtype=np.float64,
            strength=strength,
            initial=initial,
            tolerance=tolerance,
            most_passes=most_passes,
            after_step=after_step,
        )


def dashboard_line(client):
    """Say where the scheduler's dashboard is, or how to get one.

    Parameters
    ----------
    client : distributed.Client

    Returns
    -------
    str
    """
    if not client.dashboard_link or not client.scheduler_info()["services"].get("dashboard"):
        return "Dask's scheduler was started without a dashboard (dashboard_address=None)."
    if not client.run_on_scheduler(_has_bokeh):
        return (
            "Dask's scheduler has no dashboard, since bokeh is not installed where it runs. "
            "Install it with python -m pip install bokeh and start the scheduler again."
        )
    return f"Dask's dashboard, to watch the machines at work: {client.dashboard_link}"


def survey(client, parts, n_classes=None):
    """Count the classes of rows on a cluster, and take their mean.

    Parameters
    ----------
    client : distributed.Client
    parts : list of pairs (X, y)
        Delayed arrays.
    n_classes : int, optional
        C; without it, the largest label and one.

    Returns
    -------
    softmax_steps.fitting.Survey
    """
    from dask import delayed

    if n_classes is None:
        largest = [delayed(_largest_label)(y) for _, y in parts]
        n_classes = client.compute(_tree(largest, max)).result() + 1
    n_classes = require_class_count(n_classes)
    surveys = [
        delayed(_survey_part)(X, y, n_classes, number) for number, (X, y) in enumerate(parts)
    ]
    return client.compute(_tree(surveys, join_surveys)).result()


def _one_step(client, parts, W, b, strength, kernel=None):
    from dask import delayed

    # A task, not scattered data: who loses it can make it again. Workers get it once, from others.
    model = delayed(_Model(W, b), traverse=False)
    sums = [delayed(_part)(X, y, model, number, kernel) for number, (X, y) in enumerate(parts)]
    total = client.compute(_tree(sums, add_sums)).result()
    return mean_of_sums(total, W, strength=strength)


class _Model:
    """The model on its way to the workers, as one thing."""

    def __init__(self, W, b):
        self.W, self.b = W, b


def _part(X, y, model, number, kernel):
    with naming_part(f"part {number} of the rows"):
        return partial_sums(X, y, model.W, model.b, kernel=kernel)


def _survey_part(X, y, n_classes, number):
    with naming_part(f"part {number} of the rows"):
        X = as_array(X, "X", 2, allow_complex=False, shape_hint="(N, D), one sample per row")
        return survey_in_memory(X, require_labels(y, len(X), n_classes, labels_of="X"), n_classes)


def _largest_label(y):
    return int(require_labels(y, None, np.iinfo(int).max).max())


def _tree(parts, add):
    """Return the delayed sum of delayed parts, a few of them added in each knot."""
    from dask import delayed

    while len(parts) > 1:
        knots = (parts[k : k + BRANCHES] for k in range(0, len(parts), BRANCHES))
        parts = [delayed(add)(knot) for knot in knots]
    return parts[0]


def _has_bokeh():
    from importlib.util import find_spec

    return find_spec("bokeh") is not None


def _require_client(client):
    try:
        from distributed import Client, get_client
    except ImportError as error:
        raise ImportError(
            "Rows on several machines need Dask, which is not installed. Install it with "
            "python -m pip install dask distributed."
        ) from error
    if client is None:
        try:
            return get_client()
        except ValueError:
            raise ValueError(
                "There is no cluster; expected a client. For the processors of this machine: "
                "from distributed import Client, then client = Client()."
            ) from None
    if not isinstance(client, Client):
        raise TypeError(f"client is a {type(client).__name__}; expected a distributed.Client.")
    return client


def _require_parts(X, y):
    import dask.array as da

    if isinstance(X, list | tuple):
        pairs = all(isinstance(part, list | tuple) and len(part) == 2 for part in X)
        if y is not None or not X or not pairs:
            raise TypeError(
                "X is a list; expected its parts as pairs (X, y), at least one, and y=None. Is it "
                "an array in memory? Then pass dask.array.from_array(np.asarray(X), chunks=…)."
            )
        return X
    if not isinstance(X, da.Array):
        raise TypeError(
            f"X is a {type(X).__name__}; expected a Dask array, or a list of parts. For rows in "
            f"memory use softmax_steps.loss_and_gradient or softmax_steps.fit."
        )
    if X.ndim != 2 or X.numblocks[1] != 1:
        raise ValueError(
            f"X has shape {X.shape} in {' × '.join(map(str, X.numblocks))} blocks; expected "
            f"(N, D), cut between rows only. X.rechunk({{1: -1}}) joins the columns."
        )
    if np.isnan(X.shape[0]):
        raise ValueError(
            "X has an unknown number of rows; expected known blocks. Call X.compute_chunk_sizes()."
        )
    y = y if isinstance(y, da.Array) else da.from_array(np.asarray(y), chunks=-1)
    if y.shape != X.shape[:1]:
        raise ValueError(
            f"y has shape {y.shape} for {X.shape[0]} rows of X; expected one label per row."
        )
    y = y.rechunk(X.chunks[:1])
    return list(zip(X.to_delayed()[:, 0], y.to_delayed(), strict=True))
