"""Solutions with one slip each, and what they must be given.

A mutant is the assignment's own solution with a few lines changed. ``lost`` says how many points
it loses in which test cell; all others stay full. ``slip`` is the slip that must be named there,
or None where only a plain message may stand. ``seen`` says whether the visible tests notice.
"""

from typing import NamedTuple

from .play import cells, submission

A1, A2 = "a1_forward", "a2_gradient"


class Mutant(NamedTuple):
    assignment: str
    name: str
    edits: dict  # function -> pairs of text (old, new)
    lost: dict  # test cell -> points
    slip: str | None
    seen: bool = True


def code(mutant):
    """Return the mutant's solution cells."""
    changes = {}
    for function, edits in mutant.edits.items():
        (source,) = (c.source for c in cells(mutant.assignment) if c.name == function)
        for old, new in edits:
            assert old in source, f"{mutant.name}: {old!r} does not stand in {function}"
            source = source.replace(old, new)
        changes[function] = source
    return submission(mutant.assignment, changes)


def one(assignment, name, function, edits, lost, slip, seen=True, cell=None):
    lost = {cell or f"test_{function}": lost} if lost else {}
    return Mutant(assignment, name, {function: edits}, lost, slip, seen)


SHIFT = "F - F.max(axis=1, keepdims=True)"
LOG_SUM = "return F - np.log(np.exp(F).sum(axis=1, keepdims=True))"
SCORES = "return X @ W[1:] + W[0]"

FORWARD = [
    # scores
    one(A1, "bias left out", "scores", [(" + W[0]", "")], 4, "bias-left-out"),
    one(
        A1,
        "bias in the last row",
        "scores",
        [("W[1:] + W[0]", "W[:-1] + W[-1]")],
        4,
        "bias-in-last-row",
    ),
    one(
        A1,
        "scores transposed",
        "scores",
        [(SCORES, "return (X @ W[1:] + W[0]).T")],
        4,
        "transposed",
    ),
    one(
        A1,
        "scores cut to whole numbers",
        "scores",
        [
            (
                SCORES,
                "F = np.zeros((len(X), W.shape[1]), dtype=X.dtype)\n"
                "    F[:] = X @ W[1:] + W[0]\n    return F",
            )
        ],
        1,
        "whole-numbers",
    ),
    one(
        A1,
        "scores for three classes",
        "scores",
        [(SCORES, "return np.stack([X @ W[1:, j] + W[0, j] for j in range(3)], axis=1)")],
        4,
        "one-class-count",
    ),
    # guard
    one(
        A1,
        "guard of the whole matrix",
        "shift_scores",
        [("F.max(axis=1, keepdims=True)", "F.max()")],
        2,
        "whole-matrix-guard",
    ),
    one(
        A1,
        "guard over the samples",
        "shift_scores",
        [("F.max(axis=1, keepdims=True)", "F.max(axis=0)")],
        2,
        "wrong-axis",
    ),
    one(
        A1, "guard without keepdims", "shift_scores", [(", keepdims=True", "")], 4, "lost-keepdims"
    ),
    one(
        A1,
        "guard in place",
        "shift_scores",
        [
            ("F = F / temperature\n", "F = F if temperature == 1 else F / temperature\n"),
            (f"return {SHIFT}", "F -= F.max(axis=1, keepdims=True)\n    return F"),
        ],
        1,
        "changed-in-place",
        seen=False,
    ),
    one(
        A1,
        "guard without temperature",
        "shift_scores",
        [("F = F / temperature", "pass")],
        3,
        "temperature-ignored",
    ),
    one(
        A1,
        "guard cut to whole numbers",
        "shift_scores",
        [
            (
                f"return {SHIFT}",
                f"G = {SHIFT}\n    H = np.zeros_like(F0)\n    H[:] = G\n    return H",
            ),
            ("F = F / temperature", "F0 = F\n    F = F / temperature"),
        ],
        1,
        "whole-numbers",
    ),
    # softmax
    one(A1, "softmax without a guard", "softmax", [(SHIFT, "F")], 2, "no-guard"),
    one(
        A1,
        "softmax behind a whole-matrix guard",
        "softmax",
        [("F.max(axis=1, keepdims=True)", "F.max()")],
        2,
        "whole-matrix-guard",
    ),
    one(
        A1,
        "softmax over the samples",
        "softmax",
        [("axis=1, keepdims=True", "axis=0")],
        4,
        "wrong-axis",
    ),
    one(
        A1,
        "softmax without keepdims",
        "softmax",
        [("E.sum(axis=1, keepdims=True)", "E.sum(axis=1)")],
        4,
        "lost-keepdims",
    ),
    one(
        A1,
        "softmax without temperature",
        "softmax",
        [("F = F / temperature", "pass")],
        3,
        "temperature-ignored",
    ),
    one(
        A1,
        "softmax times temperature",
        "softmax",
        [("F / temperature", "F * temperature")],
        3,
        "temperature-multiplied",
    ),
    one(
        A1,
        "softmax in place",
        "softmax",
        [("F = F / temperature", "F /= temperature")],
        0,
        None,
    ),
    # log-softmax
    one(
        A1,
        "log of softmax",
        "log_softmax",
        [(LOG_SUM, "E = np.exp(F)\n    return np.log(E / E.sum(axis=1, keepdims=True))")],
        2,
        "log-of-softmax",
    ),
    one(
        A1,
        "log of softmax by own softmax",
        "log_softmax",
        [(LOG_SUM, "return np.log(softmax(F, 1.0))")],
        2,
        "log-of-softmax",
    ),
    one(
        A1, "log-sum-exp without a guard", "log_softmax", [(f"F = {SHIFT}", "pass")], 2, "no-guard"
    ),
    one(
        A1,
        "log-softmax behind a whole-matrix guard",
        "log_softmax",
        [("F.max(axis=1, keepdims=True)", "F.max()")],
        2,
        "whole-matrix-guard",
    ),
    one(
        A1,
        "log-softmax over the samples",
        "log_softmax",
        [("axis=1, keepdims=True", "axis=0")],
        4,
        "wrong-axis",
    ),
    one(
        A1,
        "log-softmax without keepdims",
        "log_softmax",
        [(".sum(axis=1, keepdims=True)", ".sum(axis=1)")],
        4,
        "lost-keepdims",
    ),
    # cross-entropy
    one(
        A1,
        "no smoothing",
        "cross_entropy",
        [("np.full((N, C), smoothing / C)", "np.zeros((N, C))"), ("1 - smoothing", "1")],
        3,
        "smoothing-ignored",
    ),
    one(
        A1,
        "smoothing to the others",
        "cross_entropy",
        [
            ("smoothing / C)", "smoothing / (C - 1))"),
            ("[np.arange(N), y] += 1 - smoothing", "[np.arange(N), y] = 1 - smoothing"),
        ],
        3,
        "smoothing-to-others-only",
    ),
    one(
        A1,
        "loss with the wrong sign",
        "cross_entropy",
        [("return -terms", "return terms")],
        4,
        "wrong-sign",
    ),
    one(
        A1,
        "loss in bits",
        "cross_entropy",
        [("return -terms.sum(axis=1)", "return -terms.sum(axis=1) / np.log(2)")],
        4,
        "other-base",
    ),
    one(
        A1,
        "0 times −inf",
        "cross_entropy",
        [("terms[counts] = targets[counts] * log_p[counts]", "terms = targets * log_p")],
        1,
        "zero-times-infinity",
    ),
    one(
        A1,
        "cross-entropy for three classes",
        "cross_entropy",
        [("N, C = log_p.shape", "N, C = len(log_p), 3")],
        4,
        "one-class-count",
    ),
    one(
        A1,
        "loss not summed over the classes",
        "cross_entropy",
        [("return -terms.sum(axis=1)", "return -terms")],
        4,
        None,
    ),
    # penalty and loss
    one(
        A1, "half a penalty", "penalty", [("strength *", "strength / 2 *")], 2, "penalty-factor-two"
    ),
    one(A1, "penalty on the bias", "penalty", [("W[1:]", "W")], 2, "bias-penalised"),
    one(
        A1,
        "penalty that empties row 0",
        "penalty",
        [("return strength * np.sum(W[1:] ** 2)", "W[0] = 0\n    return strength * np.sum(W**2)")],
        1,
        "changed-in-place",
    ),
    one(
        A1,
        "half a penalty, on the bias too",
        "penalty",
        [("W[1:]", "W"), ("strength *", "strength / 2 *")],
        3,
        None,
    ),
    one(A1, "sum for mean", "loss", [("np.mean", "np.sum")], 4, "sum-for-mean"),
    one(
        A1,
        "penalty in the mean",
        "loss",
        [("+ penalty(W, strength)", "+ penalty(W, strength) / len(y)")],
        3,
        "penalty-in-the-mean",
    ),
    one(
        A1, "loss without penalty", "loss", [(" + penalty(W, strength)", "")], 3, "penalty-missing"
    ),
    one(
        A1,
        "loss by log of softmax",
        "loss",
        [("log_softmax(scores(X, W), temperature)", "np.log(softmax(scores(X, W), temperature))")],
        1,
        "log-of-softmax",
        seen=False,
    ),
]

LOOPED = "test_gradient_by_sample"
ERROR = "error = class_weights[y[i]] * (p[j] - (j == y[i]))"

GRADIENT = [
    # by sample
    one(A2, "loops without 1/N", "gradient_by_sample",
        [("dW / N", "dW"), ("db / N", "db")], 3, "missing-mean"),
    one(A2, "loops with 1 // N", "gradient_by_sample",
        [("dW / N", "dW * (1 // N)"), ("db / N", "db * (1 // N)")], 3, "integer-division"),
    one(A2, "loops with λW", "gradient_by_sample", [("2 * strength", "strength")], 2,
        "penalty-factor-two"),
    one(A2, "loops without penalty", "gradient_by_sample",
        [(" + 2 * strength * W", "")], 2, "penalty-missing"),
    one(A2, "loops with λ on the bias", "gradient_by_sample",
        [("db / N", "db / N + 2 * strength * b")], 2, "bias-penalised"),
    one(A2, "loops with λ in the mean", "gradient_by_sample",
        [("dW / N + 2 * strength * W", "(dW + 2 * strength * W) / N")], 2,
        "penalty-in-the-mean"),
    one(A2, "loops without one-hot", "gradient_by_sample", [(" - (j == y[i])", "")], 3,
        "one-hot-left"),
    one(A2, "loops with Y − P", "gradient_by_sample",
        [("(p[j] - (j == y[i]))", "((j == y[i]) - p[j])")], 3, "wrong-sign"),
    one(A2, "loops transposed", "gradient_by_sample",
        [("return dW / N + 2 * strength * W", "return (dW / N + 2 * strength * W).T")], 5,
        "transposed"),
    one(A2, "loops without class weights", "gradient_by_sample",
        [("class_weights[y[i]] * ", "")], 3, "class-weights-ignored"),
    one(A2, "loops with the weight of class j", "gradient_by_sample",
        [("class_weights[y[i]]", "class_weights[j]")], 3, "class-weights-by-column"),
    one(A2, "loops over three classes", "gradient_by_sample", [("range(C)", "range(3)")], 3,
        "one-class-count"),
    one(A2, "loops that change W", "gradient_by_sample",
        [("return dW / N + 2 * strength * W", "W *= 2 * strength\n    return dW / N + W")], 1,
        "changed-in-place"),
    one(A2, "loops with two slips", "gradient_by_sample",
        [("dW / N", "dW"), ("db / N", "db"), (" - (j == y[i])", "")], 4, None),
    # vectorised
    one(A2, "vectorised without 1/N", "gradient", [(" * dF / N", " * dF")], 3, "missing-mean"),
    one(A2, "vectorised with 1 // N", "gradient", [(" * dF / N", " * dF * (1 // N)")], 4,
        "integer-division"),
    one(A2, "vectorised with λW", "gradient", [("2 * strength", "strength")], 2,
        "penalty-factor-two"),
    one(A2, "vectorised with λ on the bias", "gradient",
        [("dF.sum(axis=1)", "dF.sum(axis=1) + 2 * strength * b")], 2, "bias-penalised"),
    one(A2, "vectorised without one-hot", "gradient", [("dF[y, np.arange(N)] -= 1", "pass")], 3,
        "one-hot-left"),
    one(A2, "vectorised with the wrong sign", "gradient",
        [(" * dF / N", " * -dF / N")], 3, "wrong-sign"),
    one(A2, "vectorised and transposed", "gradient",
        [("return dF @ X.T + 2 * strength * W", "return (dF @ X.T + 2 * strength * W).T")], 5,
        "transposed"),
    one(A2, "vectorised without class weights", "gradient", [("class_weights[y] * ", "")], 3,
        "class-weights-ignored"),
    one(A2, "vectorised with weights along the classes", "gradient",
        [("class_weights[y] *", "class_weights[:, np.newaxis] *")], 3, "class-weights-by-column"),
    one(A2, "vectorised without a guard", "gradient", [(" - F.max(axis=0)", "")], 1, "no-guard"),
    one(A2, "vectorised behind a whole-matrix guard", "gradient", [("F.max(axis=0)", "F.max()")],
        1, "whole-matrix-guard"),
    one(A2, "vectorised over the samples", "gradient",
        [("F.max(axis=0)", "F.max(axis=1, keepdims=True)"),
         ("E.sum(axis=0)", "E.sum(axis=1, keepdims=True)")], 4, "wrong-axis"),
    one(A2, "a loop over the samples left", "gradient",
        [("dF[y, np.arange(N)] -= 1", "for i in range(N):\n        dF[y[i], i] -= 1")], 2,
        "python-loop", seen=False),
    one(A2, "a comprehension over the samples left", "gradient",
        [("class_weights[y]", "np.array([class_weights[c] for c in y])")], 2, "python-loop",
        seen=False),
    one(A2, "np.vectorize over the samples", "gradient",
        [("class_weights[y]", "np.vectorize(lambda c: class_weights[c])(y)")], 2, "python-loop",
        seen=False),
    one(A2, "vectorised, changing W", "gradient",
        [("return dF @ X.T + 2 * strength * W", "W *= 2 * strength\n    return dF @ X.T + W")], 1,
        "changed-in-place"),
    # the check
    one(A2, "two points", "measured_gradient",
        [("((2, -1), (1, 8), (-1, -8), (-2, 1))", "((1, 6), (-1, -6))")], 3,
        "two-point-difference"),
    one(A2, "one-sided", "measured_gradient",
        [("((2, -1), (1, 8), (-1, -8), (-2, 1))", "((1, 12), (0, -12))")], 3,
        "one-sided-difference"),
    one(A2, "W left moved", "measured_gradient",
        [("moved = W.copy()", "moved = W"), ("strength)\n", "strength)\n"
         "            moved[entry] -= 0.999 * steps * h\n")], 4, "changed-in-place"),
    one(A2, "gap of nothing", "gap", [(" if size > 0 else 0.0", "")], 1, None,
        cell="test_measured_gradient"),
    # training
    one(A2, "last batch dropped", "make_batches",
        [("range(0, n_samples, batch_size)", "range(0, n_samples - batch_size + 1, batch_size)")],
        1, "last-batch-dropped", cell="test_descend"),
    one(A2, "not shuffled", "make_batches",
        [("np.random.default_rng(seed).permutation(n_samples)", "np.arange(n_samples)")], 1,
        "not-shuffled", cell="test_descend"),
    one(A2, "another order each time", "make_batches", [("default_rng(seed)", "default_rng()")], 1,
        None, seen=False, cell="test_descend"),
    one(A2, "uphill", "descend", [("- learning_rate", "+ learning_rate")], 5, "uphill"),
    one(A2, "without momentum", "descend",
        [("momentum * V_W - ", "-"), ("momentum * V_b - ", "-")], 3, "momentum-ignored"),
    one(A2, "all samples in each step", "descend", [("X[:, batch], y[batch]", "X, y")], 5,
        "whole-set-for-batch", seen=False),
    one(A2, "W changed in place", "descend",
        [("W, b = W + V_W, b + V_b", "W += V_W\n        b += V_b")], 1, "changed-in-place"),
    # the choice
    one(A2, "parts swapped", "split",
        [("return np.concatenate(train), np.concatenate(validation)",
          "return np.concatenate(validation), np.concatenate(train)")], 2, None,
        cell="test_choose_strength"),
    one(A2, "split not shuffled", "split", [("rng.permutation(np.flatnonzero(y == c))",
        "np.flatnonzero(y == c)")], 1, "not-shuffled", cell="test_choose_strength"),
    one(A2, "classes dealt together", "split",
        [("for c in np.unique(y)", "for _ in range(1)"),
         ("np.flatnonzero(y == c)", "len(y)")], 2,
        "classes-dealt-together", cell="test_choose_strength"),
    one(A2, "penalty in the validation loss", "choose_strength",
        [("means = losses.mean(axis=1)",
          "means = losses.mean(axis=1) + strengths * np.sum(weights**2, axis=(1, 2))")], 1,
        "penalty-in-validation"),
    one(A2, "sums of validation losses", "choose_strength",
        [("/ np.sqrt(len(y))", "* np.sqrt(len(y))"), ("losses.mean(axis=1)", "losses.sum(axis=1)")],
        1, "sum-for-mean"),
    one(A2, "lowest loss", "choose_strength", [("means[best] + error", "means[best]")], 3,
        "lowest-loss-only"),
    one(A2, "standard deviation", "choose_strength", [(" / np.sqrt(len(y))", "")], 3,
        "deviation-for-error", seen=False),
]  # fmt: skip

# What stops with an error, or changes what it is given, spoils what is built on it.
SPOILED = {
    "scores transposed": {"test_loss": 4},
    "log-softmax without keepdims": {"test_loss": 4},
    "vectorised and transposed": {"test_descend": 1},
    "vectorised, changing W": {"test_descend": 6},
}
MUTANTS = [m._replace(lost=m.lost | SPOILED.get(m.name, {})) for m in FORWARD + GRADIENT]
