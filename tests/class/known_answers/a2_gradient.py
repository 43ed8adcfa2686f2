"""What the tests know of a2_gradient: mutants, other right solutions, the book's own functions.

See ``tests/class/assignments.py`` for what each name holds.
"""

from ..mutants import one

A2 = "a2_gradient"


MUTANTS = [
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
        [("return dW / N + 2 * strength * W", "return (dW / N + 2 * strength * W).T")], 3,
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
        [("dW / N", "dW"), ("db / N", "db"), (" - (j == y[i])", "")], 3, None),
    # vectorised
    one(A2, "vectorised without 1/N", "gradient", [(" * dF / N", " * dF")], 3, "missing-mean"),
    one(A2, "vectorised with 1 // N", "gradient", [(" * dF / N", " * dF * (1 // N)")], 3,
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
        [("return dF @ X.T + 2 * strength * W", "return (dF @ X.T + 2 * strength * W).T")], 3,
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
         ("E.sum(axis=0)", "E.sum(axis=1, keepdims=True)")], 3, "wrong-axis"),
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
    one(A2, "gap of nothing", "gap", [(" if size > 0 else 0.0", "")], 1, "zero-by-zero",
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
    one(A2, "uphill", "descend", [("- learning_rate", "+ learning_rate")], 2, "uphill"),
    one(A2, "without momentum", "descend",
        [("momentum * V_W - ", "-"), ("momentum * V_b - ", "-")], 3, "momentum-ignored"),
    one(A2, "all samples in each step", "descend", [("X[:, batch], y[batch]", "X, y")], 2,
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
]  # fmt: skip  # fmt: skip

CLASSROOM = [
    # What real classes write most, beside the slips above.
    one(A2, "loops over the sum of weights", "gradient_by_sample",
        [("dW / N", "dW / class_weights[y].sum()"), ("db / N", "db / class_weights[y].sum()")], 3,
        "weights-normalised"),
    one(A2, "loops without 1/N in db", "gradient_by_sample", [("db / N", "db")], 3,
        "one-part-not-averaged"),
    one(A2, "loops without db", "gradient_by_sample", [("            db[j] += error\n", "")], 3,
        "bias-gradient-left-out"),
    one(A2, "loops without softmax", "gradient_by_sample", [("p = e / e.sum()", "p = f")], 3,
        "softmax-left-out"),
    one(A2, "loops with λ for each sample", "gradient_by_sample",
        [("2 * strength * W", "N * 2 * strength * W")], 2, "penalty-for-each-sample"),
    one(A2, "vectorised over the sum of weights", "gradient",
        [("dF = class_weights[y] * dF / N", "dF = class_weights[y] * dF / class_weights[y].sum()")],
        3, "weights-normalised"),
    one(A2, "vectorised without 1/N in db", "gradient",
        [("dF.sum(axis=1)", "N * dF.sum(axis=1)")], 3, "one-part-not-averaged"),
    one(A2, "vectorised, divided by C too", "gradient",
        [(" * dF / N", " * dF / dF.size")], 3, "divided-by-classes"),
    one(A2, "vectorised, labels from 1", "gradient", [("dF[y, np", "dF[y - 1, np")], 3,
        "labels-from-one"),
    one(A2, "vectorised, db over the classes", "gradient",
        [("dF.sum(axis=1)", "dF.sum(axis=0)")], 5, "bias-summed-over-classes"),
    one(A2, "vectorised behind a guard by classes", "gradient",
        [("F.max(axis=0)", "F.max(axis=1, keepdims=True)")], 4, "guard-by-column"),
    one(A2, "vectorised, penalty subtracted", "gradient", [("+ 2 * strength", "- 2 * strength")],
        2, "penalty-sign"),
    one(A2, "vectorised with λW, on the bias too", "gradient",
        [("2 * strength * W, dF.sum(axis=1)", "strength * W, dF.sum(axis=1) + strength * b")], 2,
        "bias-and-factor-two"),
    one(A2, "h forgotten", "measured_gradient", [("(12 * h)", "12")], 3, "step-forgotten"),
    one(A2, "12 forgotten", "measured_gradient", [("(12 * h)", "h")], 3, "divisor-forgotten"),
    one(A2, "formula for a measurement", "measured_gradient",
        [("return slopes / (12 * h)",
          "return gradient(X, y, W, b, class_weights, strength)[0]")], 3, "not-measured"),
    one(A2, "largest entries compared", "gap",
        [("np.linalg.norm(a - n) /", "np.abs(a - n).max() /"),
         ("np.linalg.norm(a) + np.linalg.norm(n)", "np.abs(a).max() + np.abs(n).max()")], 1,
        "largest-for-norm", cell="test_measured_gradient"),
    one(A2, "squares for norms", "gap",
        [("np.linalg.norm(a - n) /", "np.sum((a - n) ** 2) /"),
         ("np.linalg.norm(a) + np.linalg.norm(n)", "np.sum(a**2) + np.sum(n**2)")], 1,
        "norm-without-root", cell="test_measured_gradient"),
    one(A2, "difference alone", "gap", [(" / size if size > 0 else 0.0", "")], 2,
        "gap-not-relative", cell="test_measured_gradient"),
    one(A2, "Nesterov", "descend",
        [("y[batch], W, b,", "y[batch], W + momentum * V_W, b + momentum * V_b,")], 3, "nesterov"),
    one(A2, "1 − μ before the gradient", "descend",
        [("- learning_rate", "- (1 - momentum) * learning_rate")], 3, "momentum-averaged"),
    one(A2, "momentum subtracted", "descend", [("= momentum * V", "= -momentum * V")], 3,
        "momentum-sign"),
    one(A2, "no momentum for b", "descend", [("momentum * V_b -", "-")], 3,
        "momentum-for-weights-only", seen=False),
    one(A2, "b not moved", "descend", [("W, b = W + V_W, b + V_b", "W = W + V_W")], 5,
        "bias-not-moved"),
    one(A2, "gradients of the start", "descend",
        [("V_W, V_b = 0.0, 0.0", "V_W, V_b = 0.0, 0.0\n    start = W, b"),
         ("y[batch], W, b,", "y[batch], *start,")], 5, "slope-of-the-start", seen=False),
    one(A2, "descent without λ", "descend", [("class_weights, strength)", "class_weights, 0.0)")],
        5, "penalty-missing", seen=False),
    one(A2, "share rounded", "split", [("int(share * len(order))", "round(share * len(order))")],
        2, "share-rounded", seen=False, cell="test_choose_strength"),
    one(A2, "smallest λ within", "choose_strength", [("+ error].max()", "+ error].min()")], 3,
        "smallest-allowed"),
    # The choice is the same with either deviation, so it costs nothing.
    one(A2, "deviation with ddof = 0", "choose_strength", [("ddof=1", "ddof=0")], 0, None,
        seen=False),
]  # fmt: skip
MUTANTS += CLASSROOM

# What the visible tests say of some of them.
TOLD = {
    "not shuffled": "shuffle them",
    "split not shuffled": "shuffle them first",
    "classes dealt together": "split deals each class by itself",
    "last batch dropped": "they make a smaller batch",
    "parts swapped": "train first, then validation",
    "loops without 1/N": "N = 2 times too large: did you divide by N?",
    "loops with λW": "half of what it should be",
    "loops with λ on the bias": "the biases are free",
    "loops without one-hot": "P − Y",
    "loops with Y − P": "the sign is wrong",
    "loops transposed": "transposed",
    "loops without class weights": "no effect",
    "loops with 1 // N": "integer division",
    "vectorised without a guard": "Shift the scores of each sample",
    "W changed in place": "changes the array that it is given",
    "uphill": "uphill",
    "without momentum": "momentum has no effect",
    "lowest loss": "within one standard error",
    "penalty in the validation loss": "compare the data loss alone",
    "two points": "take four",
}

GRADIENT_OWN_WAY = {
    "gradient_by_sample": """C, D = W.shape
    dW, db = 2 * strength * W.astype(float), [0.0] * C
    for x, c in zip(X.T[::-1], y[::-1]):
        f = [W[j] @ x + b[j] for j in range(C)]
        e = np.exp(np.array(f) - max(f))
        for j in range(C):
            error = class_weights[c] * (e[j] / sum(e) - float(j == c)) / len(y)
            for d in range(D):
                dW[j, d] += error * x[d]
            db[j] += error
    return dW, np.array(db)""",
    "gradient": """F = np.float32(W @ X + b[:, None])
    F = F - F.max(0, keepdims=True)
    P = np.exp(F) / np.exp(F).sum(0, keepdims=True)
    Y = np.eye(len(b))[:, y]
    G = np.einsum("ci,i->ci", P - Y, class_weights[y] / y.size)
    return [np.einsum("ci,di->cd", G, X) + strength * W + strength * W, G @ np.ones(len(y))]""",
    "measured_gradient": """W = W.copy()
    out = np.empty_like(W)
    for k in range(W.size):
        w = W.flat[k]
        L = {}
        for s in (-2, -1, 1, 2):
            W.flat[k] = w + s * h
            L[s] = loss(X, y, W, b, class_weights, strength)
        W.flat[k] = w
        out.flat[k] = 2 * (L[1] - L[-1]) / (3 * h) - (L[2] - L[-2]) / (12 * h)
    return out""",
    "gap": "size = np.sqrt((a * a).sum()) + np.sqrt((n * n).sum())\n"
    "    return 0 if size == 0 else np.sqrt(((a - n) ** 2).sum()) / size",
    "make_batches": """rng = np.random.default_rng(seed)
    order = np.arange(n_samples)
    rng.shuffle(order)
    return np.array_split(order, np.arange(batch_size, n_samples, batch_size))""",
    "descend": """W, b = W.copy(), b.copy()
    V, v = np.zeros_like(W), np.zeros_like(b)
    for rows in batches:
        dW, db = gradient_by_sample(X[:, rows], y[rows], W, b, class_weights, strength)
        V *= momentum
        v *= momentum
        V -= learning_rate * dW
        v -= learning_rate * db
        W += V
        b += v
    return W, b""",
    "split": """rng = np.random.default_rng(seed)
    chosen = np.zeros(len(y), dtype=bool)
    for c in range(y.max() + 1):
        rows = np.where(y == c)[0]
        chosen[rng.choice(rows, int(share * len(rows)), replace=False)] = True
    return np.where(~chosen)[0], np.where(chosen)[0]""",
    "choose_strength": """means, errors = [], []
    for W, b in zip(weights, biases):
        L = sample_losses(X, y, W, b)
        means.append(sum(L) / len(L))
        errors.append(np.sqrt(sum((L - means[-1]) ** 2) / (len(L) - 1) / len(L)))
    lowest = min(means)
    limit = lowest + errors[means.index(lowest)]
    return max(s for s, m in zip(strengths, means) if m <= limit), means""",
}

RIVALS = {"its own way": GRADIENT_OWN_WAY}

BOOK_BODIES = {
    "gradient_by_sample": """F = X @ W + b
    E = np.exp(F - F.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    dW, db = np.zeros_like(W), np.zeros_like(W[0])
    for i in range(len(X)):
        for j in range(W.shape[1]):
            error = P[i, j] - (j == y[i])
            dW[:, j] += error * X[i]
            db[j] += error
    return dW / len(X) + strength * W, db / len(X)""",
    "gradient": """F = X @ W + b
    E = np.exp(F - F.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    dF = (P - np.eye(W.shape[1])[y]) / len(y)
    return X.T @ dF + strength * W, dF.sum(axis=0)""",
    "measured_gradient": """slopes = np.empty_like(W)
    for k in np.ndindex(W.shape):
        up, down = W.copy(), W.copy()
        up[k] += h
        down[k] -= h
        slopes[k] = (loss(X, y, up, b, class_weights, strength)
                     - loss(X, y, down, b, class_weights, strength)) / (2 * h)
    return slopes""",
    "gap": "return np.abs(a - n).max() / max(np.abs(a).max(), np.abs(n).max())",
    "make_batches": """rows = np.random.default_rng(seed).permutation(n_samples)
    return [rows[start : start + batch_size] for start in range(0, n_samples, batch_size)]""",
    "descend": """for rows in batches:
        dW, db = gradient(X[rows], y[rows], W, b, class_weights, strength)
        W, b = W - learning_rate * dW, b - learning_rate * db
    return W, b""",
    "split": """rows = np.random.default_rng(seed).permutation(len(y))
    count = int(share * len(y))
    return rows[count:], rows[:count]""",
    "choose_strength": """means = np.array([sample_losses(X, y, W, b).mean()
                      for W, b in zip(weights, biases)])
    return strengths[np.argmin(means)], means""",
}

# The parts that the book's functions pass as they are, and their points.
WARM_UPS = {
    "measured_gradient: W stays as it was": 1,
    "make_batches: every sample once": 1,
    "make_batches: shuffled by the seed": 1,
    "split: shuffled by the seed": 1,
    "choose_strength: mean losses": 1,
}

# The book's convention in one respect, everything else as asked: what is left of the points.
CONVENTIONS = [(("split",), 34), (("measured_gradient",), 33), (("choose_strength",), 33)]

# Its last cell trains: no function of it is handed over by value.
BY_HEART = False
