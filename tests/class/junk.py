"""Submissions without a right derivation or a softmax anywhere: what is handed in to try luck.

For each assignment the bodies that a function may have: constants, what came in, its shape filled
with something, a piece of the formula without the rest. A submission takes one body for each
function; :func:`population` deals them.
"""

from . import play

# For any function: {0} is the first argument, {w} the weights (or the argument in the middle).
ANYWHERE = [
    "return 0.0",
    "return 1.0",
    "return np.ones(np.shape({0}))",
    "return np.zeros(np.shape({w}))",
    "return {0}",
    "return {w}",
    "return np.transpose({0})",
    "return np.transpose({w})",
    "return np.random.default_rng(0).random(np.shape({0}))",
    "return np.random.random(np.shape({w}))",
    "return 1e-10 * np.asarray({w})",
    "return 2 * np.asarray({0}) + 1",
    "return -np.asarray({w})",
    "return np.asarray({0}) ** 2",
    "return np.mean({0})",
    "return len({0})",
    "return [len({0})]",
    "return np.sum({w})",
    "return ({0}, {w})",
    "return np.exp({0})",
]

A1 = {
    "scores": [
        "return X",
        "return np.zeros((len(X), W.shape[1]))",
        "return np.ones((len(X), 1)) * W[0]",
        "return np.outer(X.mean(axis=1), W.mean(axis=0))",
        "return np.random.default_rng(0).standard_normal((len(X), W.shape[1]))",
        "return np.tile(X.sum(axis=1)[:, None], W.shape[1])",
    ],
    "shift_scores": [
        "return F",
        "return F / temperature",
        "return F * temperature",
        "return 0 * F",
        "return F - 1",
        "return np.sign(F) - 1.0",
        "return -np.abs(F)",
    ],
    "softmax": [
        "return np.ones(F.shape) / F.shape[1]",
        "return F / F.sum(axis=1, keepdims=True)",
        "return np.abs(F) / np.abs(F).sum(axis=1, keepdims=True)",
        "return np.eye(F.shape[1])[F.argmax(axis=1)]",
        "return F",
    ],
    "log_softmax": [
        "return np.full(F.shape, -np.log(F.shape[1]))",
        "return F / temperature",
        "return F - F.max(axis=1, keepdims=True)",
        "return -np.abs(F)",
    ],
    "cross_entropy": [
        "return [len(y)]",
        "return np.zeros(len(y))",
        "return -log_p.mean(axis=1)",
        "return -log_p[:, 0]",
        "return y",
        "return -log_p.max(axis=1)",
    ],
    "penalty": [
        "return strength",
        "return strength * W.sum()",
        "return W.sum()",
        "return strength * len(W)",
        "return strength * W.max()",
    ],
    "loss": [
        "return len(y)",
        "return strength",
        "return np.mean(X)",
        "return np.log(W.shape[1])",
        "return scores(X, W).mean()",
        "return cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing)",
    ],
}

NO_GRADIENT = [
    "return np.zeros(W.shape), np.zeros(b.shape)",
    "return W, b",
    "return 2 * strength * W, 0 * b",
    "return strength * W, b",
    "return 1e-10 * W, 1e-10 * b",
    "return 2 * strength * W + 1e-3 * X.mean(), 1e-3 * b",
    "return np.random.default_rng(0).standard_normal(W.shape), np.random.random(b.shape)",
    "return np.random.standard_normal(W.shape), np.random.random(b.shape)",
    "return np.outer(class_weights, X.mean(axis=1)), class_weights",
    "return W * X.mean(), b * y.mean()",
    "return W @ X @ X.T, (W @ X).sum(axis=1)",
    "return np.eye(len(b))[:, y] @ X.T / len(y) + 2 * strength * W, "
    "np.bincount(y, minlength=len(b))",
    "return (W @ X + b[:, None] - np.eye(len(b))[:, y]) * class_weights[y] @ X.T / len(y) "
    "+ 2 * strength * W, (W @ X + b[:, None]).mean(axis=1)",
    "return np.tanh(W @ X) @ X.T / len(y), np.tanh(W @ X).mean(axis=1)",
    "return np.ones(W.shape) * loss(X, y, W, b, class_weights, strength), b",
    "return np.sign(W), np.sign(b)",
    "return y, y",
    "return W[::-1], b[::-1]",
]
A2 = {
    "gradient_by_sample": NO_GRADIENT,
    "gradient": NO_GRADIENT,
    "measured_gradient": [
        "return W",
        "return h * W",
        "return 2 * strength * W",
        "return np.ones(W.shape) * loss(X, y, W, b, class_weights, strength)",
        "return (loss(X, y, W + h, b, class_weights, strength) "
        "- loss(X, y, W - h, b, class_weights, strength)) / (2 * h) * np.ones(W.shape)",
    ],
    "gap": ["return 0.0", "return 1.0", "return np.mean(a)", "return np.abs(a - n).sum()"],
    "make_batches": [
        "return [np.arange(n_samples)]",
        "return [np.array([k]) for k in range(n_samples)]",
        "return [np.arange(n_samples)[::-1]]",
        "return np.zeros((n_samples, batch_size))",
    ],
    "descend": [
        "return W, b",
        "return 0.99 * W, 0.99 * b",
        "return W - learning_rate * W, b - learning_rate * b",
        "return W - 1e-10 * W, b",
        "return W + X.mean(), b",
        "return W - learning_rate * 2 * strength * W, b",
        "return gradient(X, y, W, b, class_weights, strength)",
    ],
    "split": [
        "return np.arange(len(y)), np.arange(0)",
        "k = int(share * len(y))\n    return np.arange(len(y))[k:], np.arange(len(y))[:k]",
        "return y, y",
        "return np.flatnonzero(y == 0), np.flatnonzero(y != 0)",
    ],
    "choose_strength": [
        "return strengths.max(), -1e9 * strengths",
        "return strengths[0], strengths",
        "return np.median(strengths), np.zeros(len(strengths))",
        "return strengths.max(), np.sum(weights**2, axis=(1, 2))",
        "return strengths.min(), np.arange(len(strengths))",
        "return strengths.max(), np.sum(biases**2, axis=1) + X.mean() + y.mean()",
    ],
}

A3 = {
    "forward": [
        "return X, X, X",
        "return [np.ones((len(X), p.shape[-1])) for p in (params[0], params[0], params[2])]",
        "return params[:3]",
        "return [np.random.random((len(X), p.shape[-1])) for p in (params[0], params[0], "
        "params[2])]",
        "return X.mean() + params[1], X.mean() + params[1], X.mean() + params[3]",
    ],
    "loss": [
        "return len(y)",
        "return np.mean(X)",
        "return strength",
        "return np.log(len(params[3]))",
        "return sum(np.sum(p) for p in params)",
        "return strength * (np.sum(params[0] ** 2) + np.sum(params[2] ** 2))",
    ],
    "gradient": [
        "return params",
        "return [0 * p for p in params]",
        "return [2 * strength * p if p.ndim == 2 else 0 * p for p in params]",
        "return [1e-10 * p for p in params]",
        "return [p * X.mean() for p in params]",
        "return [np.random.random(p.shape) for p in params]",
        "return [np.random.default_rng(0).random(p.shape) for p in params]",
        "return [2 * strength * p if p.ndim == 2 else p + y.mean() for p in params]",
        "return [np.sign(p) * class_weights.sum() for p in params]",
        "return [p + loss(params, X, y, class_weights, slope, strength) for p in params]",
    ],
    "largest_gaps": [
        "return np.zeros(len(params))",
        "return np.ones(len(params))",
        "return np.full(len(params), h)",
        "return [np.abs(g).max() for g in a_gradient(params, *data)]",
        "return a_loss(params, *data) * np.ones(len(params))",
    ],
    "start": [
        "return [np.zeros(s) for s in ((n_features, n_hidden), n_hidden, (n_hidden, n_classes), "
        "n_classes)]",
        "return [np.full(s, float(seed)) for s in ((n_features, n_hidden), n_hidden, "
        "(n_hidden, n_classes), n_classes)]",
        "return [np.random.random(s) for s in ((n_features, n_hidden), n_hidden, "
        "(n_hidden, n_classes), n_classes)]",
    ],
    "descend": [
        "return params",
        "return [p.copy() for p in params]",
        "return [0.99 * p for p in params]",
        "return [p - learning_rate * p for p in params]",
        "return [p - 1e-10 * g for p, g in zip(params, a_gradient(params, *data))]",
        "return [p + limit for p in params]",
    ],
    "train": [
        "return params",
        "return [0 * p for p in params]",
        "return a_gradient(params, *data)",
        "return [p - 0.1 * p for p in params]",
    ],
}
OF = {"a1_forward": A1, "a2_gradient": A2, "a3_two_layers": A3}


def population(assignment):
    """Yield the code of each submission: one body everywhere, then those of the assignment."""
    cells = [c for c in play.cells(assignment) if c.solution and c.kind == "code"]
    for body in ANYWHERE:
        changes = {}
        for cell in cells:
            names = cell.source.partition("(")[2].partition(")")[0].split(", ")
            middle = next(
                (n for n in ("W", "params", "weights") if n in names), names[len(names) // 2]
            )
            text = body.format(names[0], w=middle)
            changes[cell.name] = play.SOLUTION.sub(f"    {text}\n", cell.source)
        yield play.submission(assignment, changes)
    bodies = OF[assignment]
    for turn in range(max(20, *map(len, bodies.values()))):
        # From turn to turn each function goes on by a step of its own: pairs meet that differ.
        chosen = {
            name: some[(turn * (1 + k % 2) + k) % len(some)]
            for k, (name, some) in enumerate(bodies.items())
        }
        yield play.submission(assignment, play.written(assignment, chosen))
