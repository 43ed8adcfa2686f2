"""What the tests know of a1_forward: mutants, other right solutions, the book's own functions.

See ``tests/class/assignments.py`` for what each name holds.
"""

from ..mutants import one

A1 = "a1_forward"

SHIFT = "F - F.max(axis=1, keepdims=True)"
LOG_SUM = "return F - np.log(np.exp(F).sum(axis=1, keepdims=True))"
SCORES = "return X @ W[1:] + W[0]"

MUTANTS = [
    # scores
    one(A1, "bias left out", "scores", [(" + W[0]", "")], 3, "bias-left-out"),
    one(
        A1,
        "bias in the last row",
        "scores",
        [("W[1:] + W[0]", "W[:-1] + W[-1]")],
        3,
        "bias-in-last-row",
    ),
    one(
        A1,
        "scores transposed",
        "scores",
        [(SCORES, "return (X @ W[1:] + W[0]).T")],
        3,
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
        3,
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
        A1, "guard without keepdims", "shift_scores", [(", keepdims=True", "")], 2, "lost-keepdims"
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
        2,
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
        2,
        "wrong-axis",
    ),
    one(
        A1,
        "softmax without keepdims",
        "softmax",
        [("E.sum(axis=1, keepdims=True)", "E.sum(axis=1)")],
        2,
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
        2,
        "wrong-axis",
    ),
    one(
        A1,
        "log-softmax without keepdims",
        "log_softmax",
        [(".sum(axis=1, keepdims=True)", ".sum(axis=1)")],
        2,
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
        3,
        "wrong-sign",
    ),
    one(
        A1,
        "loss in bits",
        "cross_entropy",
        [("return -terms.sum(axis=1)", "return -terms.sum(axis=1) / np.log(2)")],
        3,
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
        3,
        "one-class-count",
    ),
    one(
        A1,
        "loss not summed over the classes",
        "cross_entropy",
        [("return -terms.sum(axis=1)", "return -terms")],
        3,
        "not-summed",
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
        2,
        "bias-and-factor-two",
    ),
    one(A1, "sum for mean", "loss", [("np.mean", "np.sum")], 3, "sum-for-mean"),
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

CLASSROOM = [
    # What real classes write most, beside the slips above.
    one(A1, "guard before the temperature", "shift_scores",
        [("F = F / temperature\n    return F - F.max", "return F / temperature - F.max")], 2,
        "guard-before-temperature"),
    one(A1, "softmax behind a guard by columns", "softmax",
        [("F.max(axis=1, keepdims=True)", "F.max(axis=0)")], 4, "guard-by-column"),
    one(A1, "softmax guarded before the temperature", "softmax",
        [("E = np.exp(F - F.max(axis=1, keepdims=True))",
          "E = np.exp(F - temperature * F.max(axis=1, keepdims=True))")], 1,
        "guard-before-temperature"),
    one(A1, "softmax shifted above only", "softmax",
        [("E / E.sum(axis=1, keepdims=True)", "E / np.exp(F).sum(axis=1, keepdims=True)")], 4,
        "shifted-above-only"),
    one(A1, "log-softmax shifted in one place", "log_softmax",
        [(f"F = {SHIFT}\n", f"G = {SHIFT}\n"), ("return F -", "return G -")], 4,
        "shifted-above-only"),
    one(A1, "log-softmax behind a guard by columns", "log_softmax",
        [("F.max(axis=1, keepdims=True)", "F.max(axis=0)"), ], 4, "guard-by-column"),
    one(A1, "softmax for log-softmax", "log_softmax",
        [(LOG_SUM, "return np.exp(F) / np.exp(F).sum(axis=1, keepdims=True)")], 4,
        "logarithm-forgotten"),
    one(A1, "log of softmax + 1e-12", "log_softmax",
        [(LOG_SUM, "return np.log(softmax(F, 1.0) + 1e-12)")], 2, "small-number-in-log"),
    one(A1, "log of softmax, clipped at 1e-15", "log_softmax",
        [(LOG_SUM, "return np.log(np.clip(softmax(F, 1.0), 1e-15, 1 - 1e-15))")], 2,
        "small-number-in-log"),
    one(A1, "log of softmax, at least the smallest float", "log_softmax",
        [(LOG_SUM, "return np.log(np.maximum(softmax(F, 1.0), np.finfo(float).tiny))")], 2,
        "small-number-in-log"),
    one(A1, "true class with 1 − ε", "cross_entropy",
        [("[np.arange(N), y] += 1 - smoothing", "[np.arange(N), y] = 1 - smoothing")], 3,
        "smoothing-share-missing"),
    one(A1, "true class keeps its 1", "cross_entropy", [("+= 1 - smoothing", "+= 1")], 3,
        "smoothing-not-taken"),
    one(A1, "cross-entropy over the samples", "cross_entropy",
        [("terms.sum(axis=1)", "terms.sum(axis=0)")], 3, "wrong-axis"),
    one(A1, "mean over the classes", "cross_entropy",
        [("terms.sum(axis=1)", "terms.mean(axis=1)")], 3, "mean-over-classes"),
    one(A1, "the batch's mean too early", "cross_entropy",
        [("-terms.sum(axis=1)", "-terms.sum(axis=1).mean()")], 3, "one-number-for-all"),
    one(A1, "labels from 1", "cross_entropy", [("np.arange(N), y]", "np.arange(N), y - 1]")], 4,
        "labels-from-one"),
    one(A1, "all columns for each", "cross_entropy",
        [("return -terms.sum(axis=1)",
          "return -(1 - smoothing) * log_p[:, y] - smoothing * log_p.mean(axis=1)[:, np.newaxis]")],
        4, "all-pairs"),
    one(A1, "sum of the weights' sizes", "penalty", [("W[1:] ** 2", "np.abs(W[1:])")], 2,
        "sizes-for-squares", seen=False),
    one(A1, "norm for its square", "penalty", [("np.sum(W[1:] ** 2)", "np.linalg.norm(W[1:])")], 2,
        "root-of-penalty"),
    one(A1, "mean of the squares", "penalty", [("np.sum", "np.mean")], 2, "mean-of-squares"),
    one(A1, "loss divided by N and C", "loss",
        [("np.mean(losses)", "np.mean(losses) / W.shape[1]")], 3, "mean-over-classes"),
    one(A1, "loss with a small number in the logarithm", "loss",
        [("log_softmax(scores(X, W), temperature)",
          "np.log(softmax(scores(X, W), temperature) + 1e-12)")], 1, "small-number-in-log",
        seen=False),
    one(A1, "loss that charges the biases", "loss",
        [("penalty(W, strength)", "strength * np.sum(W**2)")], 3, "bias-penalised"),
    one(A1, "penalty subtracted", "loss", [("+ penalty", "- penalty")], 3, "penalty-sign"),
]  # fmt: skip
MUTANTS += CLASSROOM

# What the visible tests say of some of them.
TOLD = {
    "penalty that empties row 0": "changes the array that it is given",
    "sum for mean": "take the mean, not the sum",
    "penalty on the bias": "row 0 holds the biases",
    "log of softmax": "Do not take the softmax first",
    "0 times −inf": "0 times −inf is NaN",
    "softmax behind a whole-matrix guard": "its own maximum is −1000, not 1000",
    "softmax without keepdims": "keepdims",
    "softmax over the samples": "axis=1",
    "guard of the whole matrix": "each row has its own",
    "bias in the last row": "it is the first",
    "scores cut to whole numbers": "fractions are cut off",
}

FLOAT32 = {
    "scores": "return np.float32(X) @ np.float32(W[1:]) + np.float32(W[0])",
    "shift_scores": "F = np.float32(F) / np.float32(temperature)\n"
    "    return F - F.max(axis=1, keepdims=True)",
    "softmax": "E = np.exp(np.float32(shift_scores(F, temperature)))\n"
    "    return E / E.sum(axis=1, keepdims=True)",
    "log_softmax": "F = np.float32(shift_scores(F, temperature))\n"
    "    return F - np.log(np.exp(F).sum(axis=1, keepdims=True))",
    "cross_entropy": """C = log_p.shape[1]
    log_p = np.float32(log_p)
    t = np.full(log_p.shape, np.float32(smoothing / C))
    t[np.arange(len(y)), y] += np.float32(1 - smoothing)
    return -np.where(t == 0, np.float32(0), t * np.where(t == 0, 1, log_p)).sum(axis=1)""",
    "penalty": "return np.float32(strength) * np.sum(np.float32(W[1:]) ** 2)",
    "loss": """L_i = cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing)
    return np.float32(L_i.mean() + penalty(W, strength))""",
}

BY_LOOPS = {
    "scores": """return np.array([[W[0, j] + sum(X[i, d] * W[d + 1, j] for d in range(X.shape[1]))
             for j in range(W.shape[1])] for i in range(len(X))])""",
    "shift_scores": "return np.array([[f / temperature - max(row) / temperature for f in row] "
    "for row in F])",
    "softmax": """rows = []
    for row in shift_scores(F, temperature):
        e = [np.exp(f) for f in row[::-1]]
        rows.append([x / sum(e) for x in e][::-1])
    return np.array(rows)""",
    "log_softmax": """P = []
    for row in F:
        row = row / temperature
        top = row.max()
        P.append(row - top - np.log(sum(np.exp(f - top) for f in sorted(row))))
    return np.vstack(P)""",
    "cross_entropy": """losses = []
    for row, label in zip(log_p, y):
        L = 0.0
        for j, l in enumerate(row):
            t = smoothing / len(row) + (1 - smoothing) * (j == label)
            if t > 0:
                L -= t * l
        losses.append(L)
    return np.array(losses)""",
    "penalty": "return sum(strength * w**2 for w in np.ravel(W[1:])[::-1])",
    "loss": """L = 0
    for x, label in zip(X, y):
        log_p = log_softmax(scores(x[np.newaxis], W), temperature)
        L += cross_entropy(log_p, np.array([label]), smoothing)[0] / len(y)
    return L + penalty(W, strength)""",
}

OWN_WAY = {
    "scores": "return np.hstack([np.ones((len(X), 1)), X]) @ W",
    "shift_scores": "return (F - np.max(F, axis=1)[:, None]) / temperature",
    "softmax": "F = F / temperature\n"
    "    return np.exp(F - np.logaddexp.reduce(F, axis=1)[:, None])",
    "log_softmax": "F = F / temperature\n"
    "    return F - np.logaddexp.reduce(F, axis=1, keepdims=True)",
    "cross_entropy": """log_p = np.where(np.isneginf(log_p), -1e308 * (smoothing > 0), log_p)
    own = log_p[np.arange(len(y)), y]
    return -(1 - smoothing) * own - smoothing * log_p.mean(axis=1)""",
    "penalty": "return strength * np.linalg.norm(W[1:]) ** 2",
    "loss": "P = softmax(scores(X, W), temperature)\n    assert P.shape == (len(y), W.shape[1])\n"
    "    return (cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing).mean()"
    " + penalty(W, strength))",
}

RIVALS = {"float32": FLOAT32, "by loops": BY_LOOPS, "its own way": OWN_WAY}

BOOK_BODIES = {
    "scores": "return X @ W",
    "shift_scores": "return F - F.max(axis=1, keepdims=True)",
    "softmax": "E = np.exp(F - F.max(axis=1, keepdims=True))\n"
    "    return E / E.sum(axis=1, keepdims=True)",
    "log_softmax": "F = F - F.max(axis=1, keepdims=True)\n"
    "    return F - np.log(np.exp(F).sum(axis=1, keepdims=True))",
    "cross_entropy": "return -log_p[np.arange(len(y)), y] + 0.0",
    "penalty": "return strength / 2 * np.sum(W * W)",
    "loss": "data_loss = cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing)"
    ".mean()\n    return data_loss + penalty(W, strength)",
}

# The parts that the book's functions pass as they are, and their points. The loss is put together
# as it should be.
WARM_UPS = {
    "shift_scores: whole numbers as scores": 1,
    "shift_scores: F is left as it was": 1,
    "softmax: scores far from 0": 1,
    "log_softmax: scores far from 0": 1,
    "cross_entropy: −inf where the target is 0": 1,
    "penalty: W is left as it was": 1,
    "loss: values": 3,
    "loss: scores far from 0": 1,
}

# The book's convention in one respect, everything else as asked: what is left of the points.
CONVENTIONS = [
    (("shift_scores", "softmax", "log_softmax"), 19),
    (("cross_entropy",), 24),
    (("penalty",), 25),
]

# Whether the visible tests are passed by what they ask for, learnt by heart.
BY_HEART = True
