"""Right answers to a4_own_conventions in the styles that people have, for the tests' own id.

Its values are rows, temperature 5, division by N, and λ ‖W‖². By a style, the functions' bodies; a
function that a style does not name is the solution's.
"""

STYLES = {
    "einsum": {
        "probabilities": """F = (np.einsum("nd,cd->nc", X, W) + b) / 5
    E = np.exp(F - F.max(axis=1, keepdims=True))
    return np.einsum("nc,n->nc", E, 1 / np.einsum("nc->n", E))""",
        "gradient": """F = (np.einsum("nd,cd->nc", X, W) + b) / 5
    E = np.exp(F - F.max(axis=1, keepdims=True))
    G = E / E.sum(axis=1, keepdims=True) - np.eye(len(b))[y]
    G = np.einsum("n,nc->nc", class_weights[y], G) / (5 * len(y))
    return np.einsum("nc,nd->cd", G, X) + 2 * strength * W, np.einsum("nc->c", G)""",
    },
    "transposed working": {
        "probabilities": """F = (W @ X.T + b[:, np.newaxis]) / 5
    E = np.exp(F - F.max(axis=0))
    return (E / E.sum(axis=0)).T""",
        "loss": """F = (W @ X.T + b[:, None]) / 5
    F = F - F.max(axis=0)
    each = np.log(np.exp(F).sum(axis=0)) - F[y, np.arange(len(y))]
    return class_weights[y] @ each / len(y) + strength * np.sum(W * W)""",
        "gradient": """F = (W @ X.T + b[:, None]) / 5
    E = np.exp(F - F.max(axis=0))
    G = E / E.sum(axis=0)
    G[y, np.arange(len(y))] -= 1
    G = G * class_weights[y] / (5 * len(y))
    return G @ X + 2 * strength * W, G.sum(axis=1)""",
    },
    "list comprehensions": {
        "probabilities": """rows = []
    for x in X:
        f = [(w @ x + bias) / 5 for w, bias in zip(W, b)]
        e = [np.exp(one - max(f)) for one in f]
        rows.append([one / sum(e) for one in e])
    return np.array(rows)""",
        "loss": """F = [[(w @ x + bias) / 5 for w, bias in zip(W, b)] for x in X]
    each = [max(f) + np.log(sum(np.exp(g - max(f)) for g in f)) - f[c] for f, c in zip(F, y)]
    data = sum(class_weights[c] * one for c, one in zip(y, each)) / len(y)
    return data + strength * sum(w * w for row in W for w in row)""",
    },
    "a sum of logarithms by logaddexp": {
        "probabilities": """F = (X @ W.T + b) / 5
    return np.exp(F - np.logaddexp.reduce(F, axis=1)[:, None])""",
        "loss": """F = (X @ W.T + b) / 5
    each = np.logaddexp.reduce(F, axis=1) - F[np.arange(len(y)), y]
    return (class_weights[y] * each).mean() + strength * (W**2).sum()""",
    },
    "temperature in the weights": {
        "probabilities": """F = X @ (W / 5).T + b / 5
    F -= F.max(axis=1, keepdims=True)
    np.exp(F, out=F)
    F /= F.sum(axis=1, keepdims=True)
    return F""",
        "gradient": """V, c = W / 5, b / 5
    F = X @ V.T + c
    E = np.exp(F - F.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    P *= class_weights[y][:, None]
    return P.T @ X / (5 * len(y)) + 2 * strength * W, P.sum(axis=0) / (5 * len(y))""",
    },
    "one-hot": {
        "loss": """F = (X @ W.T + b) / 5
    F = F - F.max(axis=1, keepdims=True)
    log_p = F - np.log(np.exp(F).sum(axis=1, keepdims=True))
    Y = np.zeros(F.shape)
    Y[np.arange(len(y)), y] = class_weights[y]
    return -np.sum(Y * log_p) / len(y) + strength * np.sum(np.square(W))""",
        "gradient": """F = (X @ W.T + b) / 5
    E = np.exp(F - F.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    Y = (y[:, None] == np.arange(len(b))).astype(float)
    G = (P - Y) * (Y @ class_weights)[:, None]
    return G.T @ X / len(y) / 5 + 2 * strength * W, G.mean(axis=0) / 5""",
    },
    "np.add.at": {
        "gradient": """F = (X @ W.T + b) / 5
    E = np.exp(F - F.max(axis=1, keepdims=True))
    G = E / E.sum(axis=1, keepdims=True) * class_weights[y][:, None]
    dW, db = G.T @ X, G.sum(axis=0)
    np.subtract.at(dW, y, class_weights[y][:, None] * X)
    np.subtract.at(db, y, class_weights[y])
    return dW / (5 * len(y)) + 2 * strength * W, db / (5 * len(y))""",
    },
    "class by class": {
        "loss": """F = (X @ W.T + b) / 5
    top = F.max(axis=1)
    logs = top + np.log(np.exp(F - top[:, None]).sum(axis=1))
    total = 0.0
    for c in range(len(b)):
        mine = y == c
        total += class_weights[c] * np.sum(logs[mine] - F[mine, c])
    return total / len(y) + strength * np.sum(W**2)""",
        "gradient": """F = (X @ W.T + b) / 5
    E = np.exp(F - F.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    dW, db = np.empty(W.shape), np.empty(len(b))
    for c in range(len(b)):
        error = class_weights[y] * (P[:, c] - (y == c)) / (5 * len(y))
        dW[c], db[c] = error @ X + 2 * strength * W[c], error.sum()
    return dW, db""",
    },
    "the biases as one more column": {
        "probabilities": """A = np.hstack([X, np.ones((len(X), 1))])
    F = A @ np.hstack([W, b.reshape(-1, 1)]).T / 5
    E = np.exp(F - np.max(F, axis=1).reshape(-1, 1))
    return E / np.sum(E, axis=1).reshape(-1, 1)""",
        "gradient": """A = np.column_stack([X, np.ones(len(X))])
    V = np.column_stack([W, b])
    F = A @ V.T / 5
    E = np.exp(F - F.max(axis=1, keepdims=True))
    G = E / E.sum(axis=1, keepdims=True)
    G[np.arange(len(y)), y] -= 1
    G *= class_weights[y].reshape(-1, 1) / (5 * len(y))
    both = G.T @ A
    return both[:, :-1] + 2 * strength * W, both[:, -1]""",
    },
    "names and types": {
        "probabilities": """temperature: float = 5.0
    scores: np.ndarray = np.dot(X, W.T) + b
    scaled = np.true_divide(scores, temperature)
    shifted = np.subtract(scaled, scaled.max(axis=-1, keepdims=True))
    powers = np.exp(shifted)
    return np.divide(powers, powers.sum(axis=-1, keepdims=True))""",
        "loss": """temperature: float = 5.0
    scaled = (np.dot(X, W.T) + b) / temperature
    largest = scaled.max(axis=-1, keepdims=True)
    log_sums = np.log(np.exp(scaled - largest).sum(axis=-1)) + largest[:, 0]
    true_scores = np.take_along_axis(scaled, y[:, None], axis=1)[:, 0]
    data_loss = np.average((log_sums - true_scores) * class_weights.take(y))
    return data_loss + strength * np.linalg.norm(W) ** 2""",
    },
    "functions within": {
        "probabilities": """def softmax(f):
        e = np.exp(f - f.max())
        return e / e.sum()

    return np.array([softmax((W @ x + b) / 5) for x in X])""",
        "loss": """def price(x, c):
        f = (W @ x + b) / 5
        return class_weights[c] * (f.max() + np.log(np.exp(f - f.max()).sum()) - f[c])

    return np.mean([price(x, c) for x, c in zip(X, y)]) + strength * np.sum(W**2)""",
        "gradient": """def error(x, c):
        f = (W @ x + b) / 5
        e = np.exp(f - f.max())
        return class_weights[c] * (e / e.sum() - np.eye(len(b))[c]) / 5

    errors = np.array([error(x, c) for x, c in zip(X, y)])
    return errors.T @ X / len(y) + 2 * strength * W, errors.mean(axis=0)""",
    },
    "apply_along_axis": {
        "probabilities": """F = (X @ W.T + b) / 5
    return np.apply_along_axis(lambda f: np.exp(f - f.max()) / np.exp(f - f.max()).sum(), 1, F)""",
    },
    "checks and prints": {
        "probabilities": """assert X.shape[1] == W.shape[1], "columns of X and W"
    F = X @ W.T + b
    print("scores", F.shape)
    F = F / 5
    E = np.exp(F - F.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    assert np.allclose(P.sum(axis=1), 1)
    return P""",
        "gradient": """N, C = len(y), len(b)
    F = (X @ W.T + b) / 5
    assert F.shape == (N, C)
    E = np.exp(F - F.max(axis=1, keepdims=True))
    G = E / E.sum(axis=1, keepdims=True)
    G[range(N), y] -= 1
    G = class_weights[y].reshape(N, 1) * G
    dW, db = G.T.dot(X) / (5 * N) + 2 * strength * W, G.sum(0) / (5 * N)
    assert dW.shape == W.shape and db.shape == b.shape
    return dW, db""",
    },
    "a small class": {
        "probabilities": """class Softmax:
        def __init__(self, temperature):
            self.temperature = temperature

        def __call__(self, F):
            F = F / self.temperature
            E = np.exp(F - F.max(axis=1, keepdims=True))
            return E / E.sum(axis=1, keepdims=True)

    return Softmax(5)(X @ W.T + b)""",
    },
    "chain rule step by step": {
        "gradient": """N = len(y)
    G = (X @ W.T + b) / 5
    E = np.exp(G - G.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    dP = np.zeros(P.shape)
    dP[np.arange(N), y] = -class_weights[y] / P[np.arange(N), y] / N
    dG = P * (dP - (dP * P).sum(axis=1, keepdims=True))
    dF = dG / 5
    return dF.T @ X + 2 * strength * W, dF.sum(axis=0)""",
    },
    "by Jacobians": {
        "gradient": """N = len(y)
    dW, db = 2 * strength * W, np.zeros(len(b))
    for x, c in zip(X, y):
        f = (W @ x + b) / 5
        p = np.exp(f - f.max())
        p /= p.sum()
        J = np.diag(p) - np.outer(p, p)
        df = J @ (np.eye(len(p))[c] * -class_weights[c] / p[c]) / (5 * N)
        dW = dW + df[:, None] * x
        db = db + df
    return dW, db""",
    },
    "weights on the rows": {
        "loss": """F = (X @ W.T + b) / 5
    F = F - F.max(axis=1, keepdims=True)
    log_p = F - np.log(np.exp(F).sum(axis=1, keepdims=True))
    share = class_weights[y] / y.size
    return -(share @ log_p[np.arange(y.size), y]) + strength * np.vdot(W, W)""",
        "gradient": """F = (X @ W.T + b) / 5
    E = np.exp(F - F.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(y.size), y] -= 1
    share = class_weights[y] / (5 * y.size)
    return P.T @ (share[:, None] * X) + 2 * strength * W, share @ P""",
    },
    "three loops": {
        "gradient": """N, D, C = len(X), X.shape[1], len(b)
    dW, db = np.zeros((C, D)), np.zeros(C)
    for i in range(N):
        f = (W @ X[i] + b) / 5
        e = np.exp(f - f.max())
        p = e / e.sum()
        for j in range(C):
            error = class_weights[y[i]] * (p[j] - (1 if j == y[i] else 0)) / (5 * N)
            db[j] += error
            for d in range(D):
                dW[j, d] += error * X[i, d]
    for j in range(C):
        for d in range(D):
            dW[j, d] += 2 * strength * W[j, d]
    return dW, db""",
    },
    "softmax as a share of the largest": {
        "probabilities": """F = (X @ W.T + b) / 5
    gaps = F[:, :, None] - F[:, None, :]
    with np.errstate(over="ignore"):
        return 1 / np.exp(-gaps).sum(axis=2)""",
    },
}
