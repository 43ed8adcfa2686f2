"""Look for the cause in the data, in a softmax, in a loss, in a gradient, in a step."""

import numpy as np

from softmax_steps.cross_entropy import cross_entropy
from softmax_steps.diagnosis.report import Finding
from softmax_steps.gradient import loss_and_gradient
from softmax_steps.gradient_check import numerical_gradient
from softmax_steps.practice.answers import Stopped, agree, all_agree, answer_of
from softmax_steps.practice.cases import FAR_SCORES, SCORES, problems
from softmax_steps.practice.cross_entropy import LOSS_SLIPS
from softmax_steps.practice.exercise import named
from softmax_steps.practice.gradient import gradient_slips
from softmax_steps.practice.softmax import SOFTMAX_SLIPS
from softmax_steps.regularization import loss
from softmax_steps.softmax import log_softmax, one_hot, softmax

HALF_DIGITS = 5e-3  # relative; float16 keeps about three digits


def in_the_data(X, y, W, b, my_loss):
    """Yield what is wrong with the reader's own data.

    Parameters
    ----------
    X, y, W, b : ndarray or None
    my_loss : callable or None
        Of X, y, W and, where the model has biases, b.

    Yields
    ------
    Finding
    """
    for name, array in (("X", X), ("W", W), ("b", b)):
        if array is None or array.dtype.kind != "f":
            continue
        strange = ~np.isfinite(array)
        if strange.any():
            place = ", ".join(str(int(i)) for i in np.argwhere(strange)[0])
            yield Finding(
                "not-finite",
                name,
                (f"{strange.sum()} of {array.size} numbers; the first at {name}[{place}].",),
            )
    if y is None:
        return
    if y.ndim == 2 and y.shape[1] == 1:
        yield Finding("column-of-labels", "y", (f"y has the shape {y.shape}.",))
        return
    if y.ndim != 1 or y.dtype.kind not in "iuf" or not y.size:
        return
    masks = np.unique(y[y < 0]).astype(int)
    if masks.size and not _leaves_out(my_loss, int(masks[0]), b is not None):
        share = f"{(y < 0).sum()} of {y.size} labels are negative"
        yield Finding("label-mask", "y", (f"{share}, the lowest is {masks[0]}.",))
    if counts_from_one(y, W) and not _right_from_one(my_loss, b is not None):
        evidence = f"The labels go from 1 to {int(y.max())}, for {W.shape[1]} classes."
        yield Finding("labels-from-one", "y", (evidence,))


def counts_from_one(y, W):
    """Tell whether labels go from 1 to C.

    Parameters
    ----------
    y, W : ndarray or None

    Returns
    -------
    bool
    """
    return (
        y is not None
        and W is not None
        and y.ndim == 1
        and bool(y.size)
        and y.min() == 1
        and y.max() == W.shape[-1]
    )


_F3 = np.array([[0.0, 1.0, 2.0], [4.0, 2.0, 0.5], [-1.0, 0.0, 3.0]])


def _with_scores(F, y, with_bias):
    """Return arguments (X, y, W) or (X, y, W, b) whose scores are F."""
    args = (np.eye(len(F)), y, np.asarray(F, dtype=np.float64))
    return (*args, np.zeros(F.shape[1])) if with_bias else args


def _leaves_out(my_loss, mask, with_bias):
    """Tell whether a loss leaves out the samples whose label is ``mask``."""
    if my_loss is None:
        return False
    answer, _ = answer_of(my_loss, _with_scores(_F3, np.array([0, mask, 2]), with_bias))
    kept = cross_entropy(log_softmax(_F3[[0, 2]]), np.array([0, 2])).mean()
    return agree(answer, (np.float64(kept),))


def _right_from_one(my_loss, with_bias):
    """Tell whether a loss is made for labels that count from 1."""
    if my_loss is None:
        return False
    answer, _ = answer_of(my_loss, _with_scores(_F3, np.array([3, 1, 2]), with_bias))
    right = cross_entropy(log_softmax(_F3), np.array([2, 0, 1])).mean()
    return agree(answer, (np.float64(right),))


def in_the_softmax(my_softmax):
    """Yield what is wrong with a softmax.

    Parameters
    ----------
    my_softmax : callable
        Of F, (N, C).

    Yields
    ------
    Finding
    """
    found = _named_finding("my_softmax", my_softmax, softmax, _SCORES, SOFTMAX_SLIPS, ("F",))
    if found is not None:
        yield found
        return
    masked = np.array([[-np.inf, 0.0, 1.0]])
    answer, _ = answer_of(my_softmax, (masked,))
    if not isinstance(answer, Stopped) and np.isnan(answer[0]).any():
        yield Finding(
            "score-mask", "my_softmax", tuple(named([("F", masked), ("came", answer[0])]))
        )


_SCORES = {**SCORES, **FAR_SCORES}


def in_the_loss(my_loss, strength, with_bias, *, from_one):
    """Yield what is wrong with a loss.

    Parameters
    ----------
    my_loss : callable
        Of X, y, W and, with ``with_bias``, b.
    strength : float
        The λ that the loss has inside.
    with_bias : bool
    from_one : bool
        Whether the reader's labels count from 1.

    Yields
    ------
    Finding
    """
    if from_one and _right_from_one(my_loss, with_bias):
        return
    cases = {
        label: _with_scores(F, y, with_bias)
        for label, (F, y) in {
            "ordinary scores": (_F3, np.array([2, 0, 1])),
            "two samples, four classes": (
                np.array([[0.5, 0.0, -1.0, 2.0], [1.0, -1.0, 1.0, 0.0]]),
                np.array([3, 1]),
            ),
            "a sure and right answer": (np.array([[30.0, 0.0, 0.0]]), np.array([0])),
            "scores of ±1000": (np.array([[1000.0, 0.0, -1000.0]]), np.array([1])),
            "a score of 1000 for the true class": (np.array([[1000.0, 0.0]]), np.array([0])),
            "rows far apart": (np.array([[0.0, -1.2], [-800.0, -804.0]]), np.array([0, 1])),
        }.items()
    }
    if with_bias:
        ordinary = cases["ordinary scores"]
        cases["biases that are not 0"] = (*ordinary[:3], np.array([0.5, -1.0, 2.0]))

    def with_penalty(losses, penalty=lambda X, W, b: np.sum(W**2) / 2, mean=np.mean):
        def whole(X, y, W, b=None):
            F = X @ W + (0 if b is None else b)
            return mean(losses(F, y)) + strength * penalty(X, W, b)

        return whole

    def right_losses(F, y):
        return cross_entropy(log_softmax(F), y)

    slips = {
        slip: [with_penalty(v) for v in (versions if isinstance(versions, list) else [versions])]
        for slip, versions in LOSS_SLIPS.items()
    }
    slips["wrong-sign"].append(lambda *args: -with_penalty(right_losses)(*args))
    slips["sum-for-mean"] = with_penalty(right_losses, mean=np.sum)
    slips["mean-over-classes"] = with_penalty(lambda F, y: right_losses(F, y) / F.shape[1])
    slips["all-pairs"] = with_penalty(lambda F, y: -log_softmax(F)[:, y])
    slips["unsummed-loss"] = with_penalty(
        lambda F, y: -one_hot(y, F.shape[1]) * log_softmax(F), mean=lambda losses: losses
    )
    if with_bias:
        slips["bias-left-out"] = lambda X, y, W, b: with_penalty(right_losses)(X, y, W)
    if strength:
        for slip, penalty in {
            "penalty-factor-two": lambda X, W, b: np.sum(W**2),
            "penalty-missing": lambda X, W, b: 0.0,
            "penalty-sign": lambda X, W, b: -np.sum(W**2) / 2,
            "penalty-in-the-mean": lambda X, W, b: np.sum(W**2) / 2 / len(X),
            "penalty-for-each-sample": lambda X, W, b: np.sum(W**2) / 2 * len(X),
            "data-penalised": lambda X, W, b: np.sum(X**2) / 2,
            "mean-of-squares": lambda X, W, b: np.mean(W**2) / 2,
        }.items():
            slips[slip] = with_penalty(right_losses, penalty)
        if with_bias:
            slips["bias-penalised"] = with_penalty(
                right_losses, lambda X, W, b: (np.sum(W**2) + np.sum(b**2)) / 2
            )
    names = ("X", "y", "W", "b")
    found = _named_finding("my_loss", my_loss, with_penalty(right_losses), cases, slips, names)
    if found is not None:
        yield found
    elif not strength:
        args = (np.ones((1, 1)), np.array([2]), np.array([[-np.inf, 0.0, 1.0]]))
        args = (*args, np.zeros(3)) if with_bias else args
        answer, _ = answer_of(my_loss, args)
        if not isinstance(answer, Stopped) and np.isnan(answer[0]).any():
            evidence = named([("scores", args[2]), ("label", 2), ("loss", answer[0])])
            yield Finding("score-mask", "my_loss", tuple(evidence))


_GRADIENT_OF_W = ("one-part-not-averaged", "bias-gradient-left-out", "bias-summed-over-classes")
_NOT_OF_A_STEP = ("penalty-factor-two", "never-filled", "transposed")  # the first is penalty-twice
_NEEDS_PENALTY = ("times-n", "data-sign", "integer-division")


def _right_gradient(X, y, W, b, strength):
    return tuple(loss_and_gradient(X, y, W, b, strength=strength)[1:])


def _gradient_cases(with_bias):
    """Return arguments (X, y, W) or (X, y, W, b), by what they are."""
    return {
        label.partition(", λ")[0]: args[: 4 if with_bias else 3]
        for label, args in problems(6).items()
    }


def _gradient_versions(strength, with_bias):
    """Return lists of wrong gradients of X, y, W, b and λ, by the slips that can be told apart."""
    slips = {"never-filled": [lambda X, y, W, b, s: (0 * W, 0 * b)]}
    for slip, wrong in gradient_slips().items():
        if not with_bias and slip in _GRADIENT_OF_W:
            continue
        if not strength and (slip in _NEEDS_PENALTY or slip.startswith("penalty")):
            continue
        slips[slip] = wrong if isinstance(wrong, list) else [wrong]
    return slips


def in_the_gradient(my_gradient, strength, with_bias, my_loss):
    """Yield what is wrong with a gradient.

    Parameters
    ----------
    my_gradient : callable
        Of X, y, W and, with ``with_bias``, b; it returns dW, or dW and db.
    strength : float
        The λ that the gradient has inside.
    with_bias : bool
    my_loss : callable or None
        The reader's loss: a gradient that fits a slip of its loss has none of its own.

    Yields
    ------
    Finding
    """

    def cut(function):
        def of_these(X, y, W, b=None):
            dW, db = function(X, y, W, np.zeros(W.shape[1]) if b is None else b, strength)
            return (dW, db) if with_bias else dW

        return of_these

    cases = _gradient_cases(with_bias)
    slips = {
        slip: [cut(v) for v in versions]
        for slip, versions in _gradient_versions(strength, with_bias).items()
    }
    right = cut(_right_gradient)
    names, results = ("X", "y", "W", "b"), ("dW", "db")
    found = _named_finding("my_gradient", my_gradient, right, cases, slips, names, results)
    if found is None or (found.slip is None and my_loss and _fits(my_gradient, my_loss, cases)):
        return
    yield found


def in_the_update(my_update, strength, with_bias, my_gradient):
    r"""Yield what is wrong with one step :math:`W - \eta\,(G + \lambda W)`.

    With :math:`X = 0` the data's part G is 0, and W shrinks by the factor
    :math:`1 - \eta\lambda`. There λ is seen alone, however small it is:
    :math:`\eta = 1/(4\lambda)` is taken.

    Parameters
    ----------
    my_update : callable
        Of X, y, W, with ``with_bias`` of b, and of η; it returns W, or W and b.
    strength : float
        The λ that the step has inside.
    with_bias : bool
    my_gradient : callable or None
        The reader's gradient: a step along it has no slip of its own.

    Yields
    ------
    Finding
    """
    eta = 0.25 / (strength or 1.0)

    def step(function, decay=lambda W, b, new_W, new_b: (new_W, new_b)):
        def of_these(X, y, W, *rest):
            b = rest[0] if with_bias else np.zeros(W.shape[1])
            dW, db = function(X, y, W, b, strength)
            new_W, new_b = decay(W, b, W - eta * dW, b - eta * db)
            return (new_W, new_b) if with_bias else new_W

        return of_these

    cases = {label: (*args, eta) for label, args in _gradient_cases(with_bias).items()}
    slips = {}
    if strength:
        X, *rest = next(iter(cases.values()))
        cases = {"features of 0, where λ alone moves W": (np.zeros_like(X), *rest), **cases}
        share = eta * strength
        decays = [
            lambda W, b, new_W, new_b: (new_W - share * W, new_b),
            lambda W, b, new_W, new_b: (new_W - share * new_W, new_b),
            # of the biases too, as the optimizers of many libraries do it
            lambda W, b, new_W, new_b: (new_W - share * W, new_b - share * b),
            lambda W, b, new_W, new_b: (new_W - share * new_W, new_b - share * new_b),
        ]
        slips["penalty-twice"] = [step(_right_gradient, decay) for decay in decays]
    for slip, versions in _gradient_versions(strength, with_bias).items():
        if slip not in _NOT_OF_A_STEP:
            slips[slip] = [step(version) for version in versions]
    if with_bias and strength:
        slips["bias-penalised"] = step(
            _right_gradient, lambda W, b, new_W, new_b: (new_W, new_b - eta * strength * b)
        )
    names, results = ("X", "y", "W", *(("b",) if with_bias else ()), "η"), ("W", "b")
    right = step(_right_gradient)
    found = _named_finding("my_update", my_update, right, cases, slips, names, results)
    if found is not None and not (my_gradient and _follows(my_update, my_gradient, cases)):
        yield found


def _follows(my_update, my_gradient, cases):
    """Tell whether a step goes along the reader's own gradient."""
    for *args, eta in cases.values():
        slopes, _ = answer_of(my_gradient, tuple(args))
        if isinstance(slopes, Stopped):
            return False
        moved = tuple(p - eta * s for p, s in zip(args[2:], slopes, strict=False))
        if not agree(answer_of(my_update, (*args, eta))[0], moved):
            return False
    return True


def _fits(my_gradient, my_loss, cases):
    """Tell whether a gradient is that of the reader's own loss, by central differences."""
    X, y, W, *b = next(iter(cases.values()))
    try:
        slope = numerical_gradient(lambda w: float(my_loss(X, y, w, *b)), W, step=1e-4)
    except (TypeError, ValueError):
        return False
    answer, _ = answer_of(my_gradient, (X, y, W, *b))
    if isinstance(answer, Stopped) or answer[0].shape != slope.shape:
        return False
    return bool(np.abs(answer[0] - slope).max() <= 1e-2 * np.abs(slope).max() + 1e-3)


def apart(my_loss, my_gradient, X, y, W, b):
    """Yield that the gradient is not that of the loss, on the reader's own data.

    Parameters
    ----------
    my_loss, my_gradient : callable
    X, y, W, b : ndarray, or None for b
        Few numbers of W are tried.

    Yields
    ------
    Finding
    """
    rest = () if b is None else (b,)
    answer, _ = answer_of(my_gradient, (X, y, W, *rest))
    if isinstance(answer, Stopped) or answer[0].shape != W.shape:
        return
    dW = answer[0]
    step = 1e-2 if W.dtype.itemsize < 8 else 1e-4
    entries = np.unravel_index(np.argsort(np.abs(dW), axis=None)[-3:], W.shape)
    for k in zip(*(i.tolist() for i in entries), strict=True):
        up, down = W.copy(), W.copy()
        up[k] += step
        down[k] -= step
        values = [answer_of(my_loss, (X, y, w, *rest))[0] for w in (up, down)]
        if any(isinstance(v, Stopped) or v[0].size != 1 for v in values):
            return
        slope = (values[0][0].item() - values[1][0].item()) / (2 * step)
        if not abs(dW[k] - slope) <= 0.05 * max(abs(dW[k]), abs(slope)) + 1e-3:
            evidence = [("gradient", dW[k]), ("slope of the loss", slope)]
            place = ", ".join(map(str, k))
            yield Finding("gradient-apart", "my_gradient", (f"At W[{place}]:", *named(evidence)))
            return


def in_half_precision(my_loss, X, y, W, b):
    """Yield that float16 spoils the loss on the reader's own data.

    Parameters
    ----------
    my_loss : callable
    X, y, W, b : ndarray, or None for b

    Yields
    ------
    Finding
    """
    if np.float16 not in (X.dtype, W.dtype):
        return
    rest = () if b is None else (b,)
    wide = (X.astype(np.float64), y, W.astype(np.float64), *(r.astype(np.float64) for r in rest))
    narrow_loss, _ = answer_of(my_loss, (X, y, W, *rest))
    wide_loss, _ = answer_of(my_loss, wide)
    if isinstance(narrow_loss, Stopped) or isinstance(wide_loss, Stopped):
        return
    a, w = narrow_loss[0], wide_loss[0]
    if np.isfinite(w).all() and not np.allclose(a, w, rtol=0.02, atol=1e-3):
        yield Finding(
            "half-precision", "my_loss", tuple(named([("in float16", a), ("in float64", w)]))
        )


def in_the_step(my_loss, my_gradient, X, y, W, b, learning_rate, strength):
    """Yield what is wrong with the learning rate, on the reader's own data.

    Parameters
    ----------
    my_loss : callable or None
        None takes the package's.
    my_gradient : callable
    X, y, W, b : ndarray, or None for b
    learning_rate : float
    strength : float

    Yields
    ------
    Finding
    """
    rest = () if b is None else (b,)
    slopes, _ = answer_of(my_gradient, (X, y, W, *rest))
    if isinstance(slopes, Stopped) or slopes[0].shape != W.shape:
        return

    def after(rate):
        moved = [p - rate * s for p, s in zip((W, *rest), slopes, strict=False)]
        moved += (W, *rest)[len(moved) :]
        if my_loss is None:
            return float(loss(X, y, *moved, strength=strength))
        answer, _ = answer_of(my_loss, (X, y, *moved))
        return np.nan if isinstance(answer, Stopped) else float(answer[0].mean())

    before, once = after(0.0), after(learning_rate)
    shorter = next((r for r in learning_rate / 2.0 ** np.arange(1, 40) if after(r) < before), None)
    if not once < before and shorter is not None:
        evidence = [
            ("before", before),
            (f"η = {learning_rate:g}", once),
            (f"η = {shorter:.3g}", after(shorter)),
        ]
        yield Finding(
            "learning-rate-too-large",
            "learning_rate",
            ("The loss before one step, and after it:", *named(evidence)),
        )
    elif 0 < before - once < 1e-6 * before and after(1000 * learning_rate) < once:
        evidence = [("before", before), (f"η = {learning_rate:g}", once)]
        yield Finding(
            "learning-rate-too-small",
            "learning_rate",
            (f"One step takes {before - once:.1e} off the loss.", *named(evidence)),
        )


def _named_finding(where, function, right, cases, slips, names, results=()):
    """Return what explains a function's answers; None where they are the right ones."""
    arguments = list(cases.values())
    answers = [answer_of(function, args)[0] for args in arguments]
    expected = [answer_of(right, args)[0] for args in arguments]
    wrong = [i for i, a in enumerate(answers) if not agree(a, expected[i])]
    if not wrong:
        return None
    slip = _first_fitting(answers, expected, arguments, slips)
    if slip is None and _are_right_to_few_digits(answers, expected):
        slip = "half-precision"
    label = list(cases)[wrong[0]]
    pairs = [(name, value) for name, value in zip(names, cases[label], strict=False) if name != "b"]
    return Finding(
        slip, where, _evidence(label, pairs, answers[wrong[0]], expected[wrong[0]], results)
    )


def _first_fitting(answers, expected, arguments, slips):
    """Return the first slip that explains every answer, or None."""
    for slip, versions in slips.items():
        for version in versions if isinstance(versions, list) else [versions]:
            predicted = [answer_of(version, args)[0] for args in arguments]
            if all_agree(answers, predicted):
                return slip
    if all(not isinstance(a, Stopped) for a in answers):
        for slip, change in (("wrong-sign", np.negative), ("transposed", np.transpose)):
            if all_agree(answers, [tuple(map(change, e)) for e in expected]):
                return slip
    return None


def _are_right_to_few_digits(answers, expected):
    return all(
        not isinstance(a, Stopped)
        and len(a) == len(e)
        and all(
            x.shape == z.shape and np.allclose(x, z, rtol=HALF_DIGITS, atol=HALF_DIGITS)
            for x, z in zip(a, e, strict=True)
        )
        for a, e in zip(answers, expected, strict=True)
    )


def _evidence(label, pairs, answer, expected, results):
    if isinstance(answer, Stopped):
        return (f"With {label} it {answer.reason}.",)
    if len(answer) != len(expected):
        return (f"With {label} it gives {len(answer)} results, expected {len(expected)}.",)
    which = next(i for i, e in enumerate(expected) if not agree(answer[i : i + 1], (e,)))
    of = f"{results[which]} " if results else ""
    came = [(f"{of}came", answer[which]), (f"{of}expected", expected[which])]
    return (f"With {label}:", *named([*pairs, *came]))
