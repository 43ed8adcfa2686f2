"""What the tests know of a3_two_layers: mutants, other right solutions, the book's own functions.

See ``tests/class/assignments.py`` for what each name holds.
"""

from ..mutants import one

A3 = "a3_two_layers"

BEND = "np.where(O1 > 0, O1, slope * O1)"
WEIGHTED = "np.sum(weights * losses) / np.sum(weights)"
SHARE = "(weights / weights.sum())[:, np.newaxis]"
RETURN = "return [dW1, dO1.sum(axis=0), dW2, dO2.sum(axis=0)]"
BY_BEND = "dH * np.where(O1 > 0, 1.0, slope)"
GAP = "gap = abs(claimed[k][entry] - (r + l) / 2) - abs(r - l) / 2"
SPREAD = "np.sqrt(variance)"
STEP = "params = [p - learning_rate * factor * g for p, g in zip(params, slopes)]"
ONE_LAYER_LATE = """params = [*params[:2], *(p - learning_rate * factor * g
                              for p, g in zip(params[2:], slopes[2:]))]
        slopes = a_gradient(params, *data)
        size = np.sqrt(sum(np.sum(g**2) for g in slopes))
        factor = limit / size if size > limit else 1.0
        params = [*(p - learning_rate * factor * g
                    for p, g in zip(params[:2], slopes[:2])), *params[2:]]"""

MUTANTS = [
    # forward
    one(A3, "no bend", "forward", [(BEND, "O1")], 4, "bend-left-out"),
    one(A3, "relu forward", "forward", [(BEND, "np.maximum(O1, 0)")], 4, "slope-ignored"),
    one(A3, "scores bent", "forward",
        [("return O1, H, H @ W2 + b2",
          "O2 = H @ W2 + b2\n    return O1, H, np.where(O2 > 0, O2, slope * O2)")], 4,
        "scores-bent"),
    one(A3, "H written into O1", "forward",
        [(f"H = {BEND}", "H = O1\n    H[H < 0] *= slope")], 4, "bend-in-place"),
    one(A3, "forward without biases", "forward", [(" + b1", ""), (" + b2", "")], 4,
        "bias-left-out"),
    one(A3, "forward that moves b2", "forward",
        [("return O1, H, H @ W2 + b2", "b2 += 1\n    return O1, H, H @ W2 + b2 - 1")], 1,
        "changed-in-place"),
    # loss
    one(A3, "weights over N", "loss", [(WEIGHTED, "np.mean(weights * losses)")], 2,
        "weights-not-normalised"),
    one(A3, "weighted sum", "loss", [(WEIGHTED, "np.sum(weights * losses)")], 2, "weighted-sum"),
    one(A3, "plain mean", "loss", [(WEIGHTED, "np.mean(losses)")], 2, "class-weights-ignored"),
    one(A3, "loss with W1's penalty", "loss", [(" + np.sum(W2**2)", "")], 2,
        "one-layer-penalised"),
    one(A3, "loss with half a penalty", "loss", [("strength *", "strength / 2 *")], 2,
        "penalty-factor-two"),
    one(A3, "loss with penalised biases", "loss",
        [("np.sum(W2**2))", "np.sum(W2**2) + np.sum(b1**2) + np.sum(b2**2))")], 2,
        "bias-penalised"),
    one(A3, "network's loss without a guard", "loss",
        [("O2 - O2.max(axis=1, keepdims=True)", "O2")], 1, "no-guard"),
    one(A3, "network's log of softmax", "loss",
        [("log_p = F - np.log(np.exp(F).sum(axis=1, keepdims=True))",
          "E = np.exp(F)\n    log_p = np.log(E / E.sum(axis=1, keepdims=True))")], 1,
        "log-of-softmax"),
    # gradient
    one(A3, "bend forgotten", "gradient", [(BY_BEND, "dH")], 3, "bend-forgotten"),
    one(A3, "relu on the way back", "gradient", [(BY_BEND, "dH * (O1 > 0)")], 3,
        "slope-ignored"),
    one(A3, "gradient bent", "gradient", [(BY_BEND, "np.where(dH > 0, dH, slope * dH)")], 3,
        "gradient-bent"),
    one(A3, "mask from the scores", "gradient",
        [(BY_BEND, "dH * np.where(O2 > 0, 1.0, slope)")], 9, "mask-from-scores"),
    one(A3, "H for X", "gradient", [("X.T @ dO1", "H.T @ dO1")], 9, "hidden-for-input"),
    one(A3, "W2 not transposed", "gradient", [("dO2 @ W2.T", "dO2 @ W2")], 9,
        "second-layer-untransposed"),
    one(A3, "bias over the classes", "gradient",
        [("dO1.sum(axis=0)", "dO1.sum(axis=1)"), ("dO2.sum(axis=0)", "dO2.sum(axis=1)")], 2,
        "bias-summed-over-classes"),
    one(A3, "layers swapped", "gradient",
        [(RETURN, "return [dW2, dO2.sum(axis=0), dW1, dO1.sum(axis=0)]")], 6, "layer-named-twice"),
    one(A3, "gradient without class weights", "gradient", [(SHARE, "(1 / len(y))")], 2,
        "class-weights-ignored"),
    one(A3, "gradient of weights over N", "gradient",
        [("weights / weights.sum()", "weights / len(y)")], 2, "weights-not-normalised"),
    one(A3, "gradient of a weighted sum", "gradient",
        [("(weights / weights.sum())", "weights")], 2, "weighted-sum"),
    one(A3, "divided by N too", "gradient",
        [("weights / weights.sum()", "weights / weights.sum() / len(y)")], 2, "divided-twice"),
    one(A3, "network without one-hot", "gradient",
        [("dO2[np.arange(len(y)), y] -= 1", "pass")], 2, "one-hot-left"),
    one(A3, "network's gradient with λW", "gradient", [("2 * strength", "strength")], 1,
        "penalty-factor-two"),
    one(A3, "W2's penalty missing", "gradient", [(" + 2 * strength * W2", "")], 1,
        "one-layer-penalised"),
    one(A3, "network's gradient without a guard", "gradient",
        [("O2 - O2.max(axis=1, keepdims=True)", "O2")], 1, "no-guard"),
    one(A3, "a slope of neither side", "gradient",
        [("np.where(O1 > 0, 1.0, slope)",
          "np.where(O1 > 0, 1.0, np.where(O1 < 0, slope, 0.0))")], 1, None, seen=False),
    one(A3, "gradient that scales W2", "gradient",
        [(RETURN, f"params[2] *= 0.5\n    {RETURN}")], 1, "changed-in-place"),
    one(A3, "two slips on the way back", "gradient",
        [(BY_BEND, "dH"), ("weights / weights.sum()", "weights / len(y)")], 5,
        "weights-not-normalised"),
    # the check
    one(A3, "alarm at the kink", "largest_gaps", [(" - abs(r - l) / 2\n", "\n")], 5,
        "kink-alarm"),
    one(A3, "one side for both", "largest_gaps",
        [(GAP, "gap = abs(claimed[k][entry] - r)")], 5, "one-sided-difference"),
    one(A3, "h for 2h", "largest_gaps", [("(r + l) / 2", "(r + l)")], 5, "step-not-doubled"),
    one(A3, "signed gaps", "largest_gaps",
        [("abs(claimed[k][entry] - (r + l) / 2)", "claimed[k][entry] - (r + l) / 2")], 5,
        "differences-cancel"),
    one(A3, "first entry only", "largest_gaps",
        [("in np.ndindex(array.shape)", "in [(0,) * array.ndim]")], 5, "one-entry-checked"),
    # the start
    one(A3, "all alike", "start",
        [("rng.standard_normal((n_features, n_hidden))", "np.ones((n_features, n_hidden))"),
         ("rng.standard_normal((n_hidden, n_classes))", "np.ones((n_hidden, n_classes))")], 4,
        "all-alike-start"),
    one(A3, "not scaled", "start", [(f"{SPREAD} * ", ""), ("np.sqrt(1 / n_hidden) * ", "")], 3,
        "start-too-large"),
    one(A3, "variance for deviation", "start",
        [(SPREAD, "variance"), ("np.sqrt(1 / n_hidden)", "(1 / n_hidden)")],
        3, "variance-for-deviation"),
    one(A3, "relu's start", "start", [("(1 + slope**2) * ", "")], 2, "slope-ignored"),
    one(A3, "2/K for W2", "start", [("np.sqrt(1 / n_hidden)", "np.sqrt(2 / n_hidden)")], 1,
        "second-layer-doubled"),
    one(A3, "the same draws twice", "start",
        [("W2 = np.sqrt(1 / n_hidden) * rng", "W2 = np.sqrt(1 / n_hidden) "
          "* np.random.default_rng(seed)")], 1, "same-draws-twice", seen=False),
    # training
    one(A3, "the network uphill", "descend", [("p - learning", "p + learning")], 3, "uphill"),
    one(A3, "no limit", "descend", [("limit / size if size > limit else 1.0", "1.0")], 3,
        "limit-ignored"),
    one(A3, "each array limited", "descend",
        [(STEP, "params = [p - learning_rate * g * min(1.0, limit / np.linalg.norm(g))\n"
          "                  for p, g in zip(params, slopes)]")], 3, "limit-for-each-array"),
    one(A3, "stretched to the limit", "descend",
        [("limit / size if size > limit else 1.0", "limit / size")], 3, "limit-always-met"),
    one(A3, "one layer after the other", "descend", [(STEP, ONE_LAYER_LATE)], 3,
        "layers-in-turn"),
    one(A3, "params changed in place", "descend",
        [(STEP, "for p, g in zip(params, slopes):\n            p -= learning_rate * factor * g")],
        1, "changed-in-place"),
    one(A3, "too few steps", "train", [("1.0, 100", "1.0, 30")], 2, None),
    one(A3, "too many steps", "train", [("1.0, 100", "1.0, 101")], 4, None),
]  # fmt: skip

CLASSROOM = [
    # What real classes write most, beside the slips above.
    one(A3, "network's log of softmax + 1e-12", "loss",
        [("log_p = F - np.log(np.exp(F).sum(axis=1, keepdims=True))",
          "E = np.exp(F)\n    log_p = np.log(E / E.sum(axis=1, keepdims=True) + 1e-12)")], 1,
        "small-number-in-log"),
    one(A3, "network's penalty subtracted", "loss", [("+ penalty", "- penalty")], 2,
        "penalty-sign"),
    one(A3, "network without softmax", "gradient",
        [("E / E.sum(axis=1, keepdims=True)", "O2 + 0.0")], 6, "softmax-left-out"),
    one(A3, "network, labels from 1", "gradient",
        [("dO2[np.arange(len(y)), y]", "dO2[np.arange(len(y)), y - 1]")], 5, "labels-from-one"),
]  # fmt: skip
MUTANTS += CLASSROOM

# What the visible tests say of some of them.
TOLD = {
    "no bend": "the bend is missing",
    "H written into O1": "Was it overwritten?",
    "scores bent": "you bend the scores too",
    "weights over N": "divide by their sum over the samples, not by N",
    "loss with W1's penalty": "you charge W1 alone",
    "network's log of softmax": "do not take the softmax first",
    "bend forgotten": "forgotten on the way back",
    "relu on the way back": "not 0",
    "gradient bent": "you bend the gradient itself",
    "layers swapped": "W1 and b1 come first",
    "divided by N too": "it is divided by N as well",
    "W2's penalty missing": "W2's part is missing",
    "alarm at the kink": "half of |r − l| is free",
    "h for 2h": "2h apart",
    "signed gaps": "both directions",
    "first entry only": "only one entry",
    "all alike": "stay alike",
    "relu's start": "the closed half passes a part too",
    "2/K for W2": "no bend follows the second layer",
    "no limit": "the limit has no effect",
    "each array limited": "for all of them together",
    "one layer after the other": "before the slopes of W1",
    "too few steps": "not low enough yet",
}

BY_LOOPS = {
    "forward": """W1, b1, W2, b2 = params
    N, D, K, C = len(X), len(W1), len(b1), len(b2)
    O1, H, O2 = np.zeros((N, K)), np.zeros((N, K)), np.zeros((N, C))
    for i in range(N):
        for k in range(K):
            O1[i, k] = b1[k] + sum(X[i, d] * W1[d, k] for d in range(D))
            H[i, k] = O1[i, k] if O1[i, k] >= 0 else slope * O1[i, k]
        for j in range(C):
            O2[i, j] = b2[j] + sum(H[i, k] * W2[k, j] for k in range(K))
    return [O1, H, O2]""",
    "loss": """O2 = forward(params, X, slope)[2]
    total = weight = 0.0
    for row, c in zip(O2, y):
        top = max(row)
        total += class_weights[c] * (top - row[c] + np.log(sum(np.exp(o - top) for o in row)))
        weight += class_weights[c]
    return total / weight + strength * sum(w**2 for p in (params[0], params[2]) for w in p.flat)""",
    "gradient": """W1, b1, W2, b2 = params
    dW1, db1, dW2, db2 = [np.zeros(p.shape) for p in params]
    total = sum(class_weights[c] for c in y)
    for x, c in zip(X, y):
        o1, h, o2 = (a[0] for a in forward(params, x[None], slope))
        p = np.exp(o2 - max(o2))
        p = p / sum(p)
        for j in range(len(b2)):
            g = class_weights[c] / total * (p[j] - (j == c))
            db2[j] += g
            dW2[:, j] += g * h
            back = g * W2[:, j] * np.where(o1 >= 0, 1, slope)
            db1 += back
            for d in range(len(x)):
                dW1[d] += back * x[d]
    return dW1 + 2 * strength * W1, db1, dW2 + 2 * strength * W2, db2""",
    "largest_gaps": """params = [p.copy() for p in params]
    middle, claimed = a_loss(params, *data), a_gradient(params, *data)
    gaps = [0.0] * len(params)
    for k in range(len(params)):
        flat, g = params[k].reshape(-1), np.reshape(claimed[k], -1)
        for i in range(len(flat)):
            w = flat[i]
            flat[i] = w + h
            up = a_loss(params, *data)
            flat[i] = w - h
            down = a_loss(params, *data)
            flat[i] = w
            sides = sorted([(up - middle) / h, (middle - down) / h])
            gaps[k] = max(gaps[k], sides[0] - g[i], g[i] - sides[1])
    return gaps""",
    "start": """rng = np.random.default_rng(seed)
    second = rng.normal(0, n_hidden**-0.5, size=(n_hidden, n_classes))
    first = rng.normal(0, (2 / n_features / (1 + slope**2)) ** 0.5, size=(n_features, n_hidden))
    return (first, np.zeros(n_hidden), second, np.zeros(n_classes))""",
    "descend": """params = [p.copy() for p in params]
    for _ in range(steps):
        G = a_gradient(params, *data)
        size = np.linalg.norm(np.concatenate([np.ravel(g) for g in G]))
        for k in range(len(params)):
            params[k] -= learning_rate * min(1.0, limit / max(size, 1e-300)) * G[k]
    return params""",
    "train": """velocity = [0 * p for p in params]
    for _ in range(95):
        G = a_gradient(params, *data)
        velocity = [0.9 * v - 0.5 * g for v, g in zip(velocity, G)]
        params = [p + v for p, v in zip(params, velocity)]
    return params""",
}

EINSUM = {
    "forward": """W1, b1, W2, b2 = params
    O1 = np.einsum("nd,dk->nk", X, W1) + b1[np.newaxis]
    H = O1.copy()
    H[O1 < 0] *= slope
    return O1, H, np.einsum("nk,kc->nc", H, W2) + b2[np.newaxis]""",
    "loss": """O2 = forward(params, X, slope)[-1]
    w = class_weights[y] / class_weights[y].sum()
    losses = np.logaddexp.reduce(O2, axis=1) - np.take_along_axis(O2, y[:, None], 1)[:, 0]
    return w @ losses + strength * sum(np.linalg.norm(W) ** 2 for W in params[::2])""",
    "gradient": """class Network:
        def __init__(self, W1, b1, W2, b2):
            self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

        def back(self, O1, H, G):
            B = np.einsum("nc,kc->nk", G, self.W2) * (slope + (1 - slope) * (O1 > 0))
            return [np.einsum("nd,nk->dk", X, B), np.ones(len(X)) @ B,
                    np.einsum("nk,nc->kc", H, G), np.ones(len(X)) @ G]

    O1, H, O2 = forward(params, X, slope)
    P = np.exp(O2 - np.logaddexp.reduce(O2, axis=1, keepdims=True))
    G = np.einsum("nc,n->nc", P - (y[:, None] == np.arange(P.shape[1])), class_weights[y])
    four = Network(*params).back(O1, H, G / np.sum(class_weights[y]))
    return [g + (2 * strength * p if p.ndim == 2 else 0) for g, p in zip(four, params)]""",
    "largest_gaps": """def at(k, i, change):
        shifted = list(params)
        shifted[k] = (params[k].ravel() + change * (np.arange(params[k].size) == i)).reshape(
            params[k].shape)
        return a_loss(shifted, *data)

    G, gaps = a_gradient(params, *data), []
    for k, p in enumerate(params):
        here = a_loss(params, *data)
        r = np.array([at(k, i, h) - here for i in range(p.size)]) / h
        l = np.array([here - at(k, i, -h) for i in range(p.size)]) / h
        outside = np.abs(np.ravel(G[k]) - (r + l) / 2) - np.abs(r - l) / 2
        gaps.append(outside.clip(0).max())
    return tuple(gaps)""",
    "start": """rng = np.random.default_rng(seed)
    root = np.sqrt(3)  # a uniform distribution from −√3 to √3 has the variance 1
    W1 = rng.uniform(-root, root, (n_features, n_hidden))
    W2 = rng.uniform(-root, root, (n_hidden, n_classes))
    return [W1 * (2 / (n_features + n_features * slope**2)) ** 0.5, np.zeros(n_hidden),
            W2 / n_hidden**0.5, np.zeros(n_classes)]""",
    "descend": """if steps == 0:
        return [p.copy() for p in params]
    G = a_gradient(params, *data)
    size = sum((g * g).sum() for g in G) ** 0.5
    shorter = learning_rate / max(1, size / limit)
    moved = [np.subtract(p, shorter * g) for p, g in zip(params, G)]
    return descend(a_gradient, moved, data, learning_rate, limit, steps - 1)""",
    "train": """for rate, limit in ((2.0, 2.0), (2.5, 0.5), (2.0, 0.5)):
        params = descend(a_gradient, params, data, rate, limit, 33)
    return params""",
}

FLOAT32 = {
    "forward": """W1, b1, W2, b2 = (np.float32(p) for p in params)
    O1 = np.float32(X) @ W1 + b1
    H = np.maximum(O1, np.float32(slope) * O1)
    return O1, H, H @ W2 + b2""",
    "gradient": """O1, H, O2 = forward(params, X, slope)
    E = np.exp(O2 - O2.max(1, keepdims=True))
    G = E / E.sum(1, keepdims=True) - np.eye(O2.shape[1], dtype=np.float32)[y]
    w = np.float32(class_weights[y])
    G = w[:, None] * G / w.sum()
    B = (G @ np.float32(params[2]).T) * np.where(H >= 0, 1, slope)
    pull = 2 * strength
    dW2 = H.T @ G + pull * params[2]
    return np.float32(X).T @ B + pull * params[0], B.sum(0), dW2, G.sum(0)""",
}

RIVALS = {"by loops": BY_LOOPS, "einsum and a class": EINSUM, "float32": FLOAT32}

# The book's two layers: relu, a plain mean, λ/2, one central difference, 2/D and 2/H.
BOOK_BODIES = {
    "forward": """W1, b1, W2, b2 = params
    O1 = X @ W1 + b1
    H = np.where(O1 > 0, O1, 0)
    return O1, H, H @ W2 + b2""",
    "loss": """O2 = forward(params, X, slope)[2]
    F = O2 - O2.max(axis=1, keepdims=True)
    log_p = F - np.log(np.exp(F).sum(axis=1, keepdims=True))
    penalty = strength / 2 * (np.sum(params[0] ** 2) + np.sum(params[2] ** 2))
    return -log_p[np.arange(len(y)), y].mean() + penalty""",
    "gradient": """W1, b1, W2, b2 = params
    O1, H, O2 = forward(params, X, slope)
    E = np.exp(O2 - O2.max(axis=1, keepdims=True))
    dO2 = (E / E.sum(axis=1, keepdims=True) - np.eye(len(b2))[y]) / len(y)
    dO1 = dO2 @ W2.T * (O1 > 0)
    return [X.T @ dO1 + strength * W1, dO1.sum(axis=0),
            H.T @ dO2 + strength * W2, dO2.sum(axis=0)]""",
    "largest_gaps": """claimed, gaps = a_gradient(params, *data), []
    for k, p in enumerate(params):
        slopes = np.empty_like(p)
        for entry in np.ndindex(p.shape):
            up, down = [a.copy() for a in params], [a.copy() for a in params]
            up[k][entry] += h
            down[k][entry] -= h
            slopes[entry] = (a_loss(up, *data) - a_loss(down, *data)) / (2 * h)
        gaps.append(np.abs(slopes - claimed[k]).max())
    return gaps""",
    "start": """rng = np.random.default_rng(seed)
    return [np.sqrt(2 / n_features) * rng.standard_normal((n_features, n_hidden)),
            np.zeros(n_hidden),
            np.sqrt(2 / n_hidden) * rng.standard_normal((n_hidden, n_classes)),
            np.zeros(n_classes)]""",
    "descend": """for _ in range(steps):
        slopes = a_gradient(params, *data)
        params = [p - learning_rate * g for p, g in zip(params, slopes)]
    return params""",
    "train": """X, y, *rest = data
    rng = np.random.default_rng(0)
    for _ in range(600):
        order = rng.permutation(len(y))
        for first in range(0, len(y), 60):
            rows = order[first : first + 60]
            slopes = a_gradient(params, X[rows], y[rows], *rest)
            params = [p - 0.5 * g for p, g in zip(params, slopes)]
    return params""",
}

# The parts that the book's functions pass as they are, and their points.
WARM_UPS = {
    "forward: the arguments stay as they were": 1,
    "loss: scores far from 0": 1,
    "gradient: units at their kink": 1,
    "gradient: scores far from 0": 1,
    "gradient: the arguments stay as they were": 1,
    "start: by the seed, with biases of 0": 1,
    "descend: the arguments stay as they were": 1,
}

# The book's convention in one respect, everything else as asked: what is left of the points.
CONVENTIONS = [
    (("forward",), 32),
    (("largest_gaps",), 31),
    (("start",), 33),
    (("descend",), 33),
]

# Functions are handed over, which no answer learnt by heart can know again.
BY_HEART = False
