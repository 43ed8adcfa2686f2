"""Right solutions written in other ways, and the book's functions handed in as they stand."""

from .mutants import A1, A2
from .play import SOLUTION, cells

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

BOOK_BODIES = {
    A1: {
        "scores": "return X @ W",
        "shift_scores": "return F - F.max(axis=1, keepdims=True)",
        "softmax": "E = np.exp(shift_scores(F, temperature))\n"
        "    return E / E.sum(axis=1, keepdims=True)",
        "log_softmax": "F = shift_scores(F, temperature)\n"
        "    return F - np.log(np.exp(F).sum(axis=1, keepdims=True))",
        "cross_entropy": "return -log_p[np.arange(len(y)), y] + 0.0",
        "penalty": "return strength / 2 * np.sum(W * W)",
        "loss": "data_loss = cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing)"
        ".mean()\n    return data_loss + penalty(W, strength)",
    },
    A2: {
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
    },
}


def written(assignment, bodies):
    """Put bodies in the place of the solution; the lines after the first are indented already."""
    return {
        c.name: SOLUTION.sub(lambda _, body=bodies[c.name]: f"    {body}\n", c.source)
        for c in cells(assignment)
        if c.name in bodies
    }


RIVALS = {
    A1: {
        "float32": written(A1, FLOAT32),
        "by loops": written(A1, BY_LOOPS),
        "its own way": written(A1, OWN_WAY),
    },
    A2: {"its own way": written(A2, GRADIENT_OWN_WAY)},
}
BOOK = {a: written(a, bodies) for a, bodies in BOOK_BODIES.items()}
