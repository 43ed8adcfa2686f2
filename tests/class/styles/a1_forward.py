"""Right answers to a1_forward in the styles that people have: by a style, the functions' bodies.

A function that a style does not name is the solution's. A text that defines the function itself
is the whole cell, with what stands around it.
"""

STYLES = {
    "einsum": {
        "scores": 'return np.einsum("nd,dc->nc", X, W[1:]) + W[0]',
        "softmax": """E = np.exp(shift_scores(F, temperature))
    return np.einsum("nc,n->nc", E, 1 / np.einsum("nc->n", E))""",
        "cross_entropy": """C = log_p.shape[1]
    T = (1 - smoothing) * np.eye(C)[y] + smoothing / C
    return -np.einsum("nc,nc->n", T, np.where(T > 0, log_p, 0))""",
        "penalty": 'return strength * np.einsum("dc,dc->", W[1:], W[1:])',
    },
    "transposed working": {
        "scores": "return (W[1:].T @ X.T + W[0][:, np.newaxis]).T",
        "shift_scores": "G = F.T / temperature\n    return (G - G.max(axis=0)).T",
        "softmax": """E = np.exp(shift_scores(F, temperature)).T
    return (E / E.sum(axis=0)).T""",
        "log_softmax": """G = shift_scores(F, temperature).T
    return (G - np.log(np.exp(G).sum(axis=0))).T""",
        "cross_entropy": """each = log_p.T
    own = each[y, np.arange(each.shape[1])]
    if smoothing == 0:
        return -own
    return -((1 - smoothing) * own + smoothing * each.mean(axis=0))""",
    },
    "list comprehensions": {
        "scores": "return np.array([[x @ w[1:] + w[0] for w in W.T] for x in X])",
        "shift_scores": "return np.array([(f - max(f)) / temperature for f in F])",
        "softmax": """E = [[np.exp(f) for f in row] for row in shift_scores(F, temperature)]
    return np.array([[e / sum(row) for e in row] for row in E])""",
        "log_softmax": """return np.array([s - np.log(sum(np.exp(s)))
                     for s in shift_scores(F, temperature)])""",
        "cross_entropy": """C = log_p.shape[1]
    goals = [[smoothing / C + (1 - smoothing if j == c else 0) for j in range(C)] for c in y]
    return np.array([-sum(t * l for t, l in zip(ts, ls) if t) for ts, ls in zip(goals, log_p)])""",
        "penalty": "return strength * sum([w * w for row in W[1:] for w in row])",
        "loss": """log_p = log_softmax(scores(X, W), temperature)
    return sum([l for l in cross_entropy(log_p, y, smoothing)]) / len(y) + penalty(W, strength)""",
    },
    "helpers of one's own": {
        "scores": '''def split_weights(W):
    """Return the biases and the rest."""
    return W[0], W[1:]


def scores(X, W):
    b, weights = split_weights(W)
    return X.dot(weights) + b
''',
        "shift_scores": """def row_max(A):
    return np.max(A, axis=1).reshape(-1, 1)


def shift_scores(F, temperature):
    scaled = np.divide(F, temperature)
    return scaled - row_max(scaled)
""",
        "softmax": """def row_sum(A):
    return np.sum(A, axis=1).reshape(-1, 1)


def softmax(F, temperature):
    E = np.exp(shift_scores(F, temperature))
    return E / row_sum(E)
""",
        "log_softmax": """S = shift_scores(F, temperature)
    return S - np.log(row_sum(np.exp(S)))""",
        "cross_entropy": """def smoothed(y, C, eps):
    T = np.zeros((len(y), C))
    T[np.arange(len(y)), y] = 1
    return T * (1 - eps) + eps / C


def cross_entropy(log_p, y, smoothing):
    T = smoothed(y, log_p.shape[1], smoothing)
    product = np.zeros(T.shape)
    np.multiply(T, log_p, out=product, where=T != 0)
    return -product.sum(axis=1)
""",
    },
    "a class": {
        "softmax": """class Softmax:
    def __init__(self, T):
        self.T = T

    def exponentials(self, F):
        self.E = np.exp((F - F.max(1)[:, None]) / self.T)
        return self.E

    def __call__(self, F):
        return self.exponentials(F) / self.E.sum(1)[:, None]


def softmax(F, temperature):
    return Softmax(temperature)(F)
""",
        "loss": """class Loss:
    def __init__(self, **numbers):
        self.__dict__.update(numbers)

    @property
    def of_data(self):
        F = scores(self.X, self.W)
        return cross_entropy(log_softmax(F, self.T), self.y, self.eps).mean()

    @property
    def total(self):
        return self.of_data + penalty(self.W, self.strength)


def loss(X, y, W, temperature, smoothing, strength):
    return Loss(X=X, y=y, W=W, T=temperature, eps=smoothing, strength=strength).total
""",
    },
    "recursion": {
        "scores": """if len(X) == 0:
        return np.zeros((0, W.shape[1]))
    return np.vstack([[X[0] @ W[1:] + W[0]], scores(X[1:], W)])""",
        "softmax": """if len(F) == 1:
        e = np.exp(shift_scores(F, temperature))
        return e / e.sum()
    return np.concatenate([softmax(F[:1], temperature), softmax(F[1:], temperature)])""",
        "penalty": """def total(values):
        if len(values) <= 2:
            return sum(v**2 for v in values)
        half = len(values) // 2
        return total(values[:half]) + total(values[half:])

    return strength * total(list(W[1:].flat))""",
    },
    "lambdas": {
        "scores": "scores = lambda X, W: X @ W[1:] + W[0]",
        "shift_scores": "shift_scores = lambda F, temperature: "
        "(lambda Z: Z - Z.max(axis=1, keepdims=True))(F / temperature)",
        "softmax": "normalise = lambda E: E / E.sum(axis=1, keepdims=True)\n"
        "softmax = lambda F, temperature: normalise(np.exp(shift_scores(F, temperature)))",
        "penalty": "penalty = lambda W, strength: strength * (W[1:] ** 2).sum()",
    },
    "log-sum-exp by hand": {
        "softmax": """def log_sum_exp(Z):
    m = Z.max(axis=-1)
    return m + np.log(np.exp(Z - m[..., np.newaxis]).sum(axis=-1))


def softmax(F, temperature):
    Z = F / temperature
    return np.exp(Z - log_sum_exp(Z)[:, np.newaxis])
""",
        "log_softmax": "return F / temperature - log_sum_exp(F / temperature)[:, np.newaxis]",
        "shift_scores": "Z = F * (1.0 / temperature)\n    return Z - np.sort(Z, axis=1)[:, -1:]",
    },
    "pairs by logaddexp": {
        "log_softmax": """Z = np.asarray(F, dtype=float) / temperature
    total = Z[:, 0]
    for j in range(1, Z.shape[1]):
        total = np.logaddexp(total, Z[:, j])
    return Z - total[:, None]""",
        "softmax": """Z = F / temperature
    # p_j = 1 / sum_k exp(f_k - f_j)
    with np.errstate(over="ignore"):
        return 1 / np.exp(Z[:, None, :] - Z[:, :, None]).sum(axis=2)""",
    },
    "powers of two": {
        "softmax": """Z = shift_scores(F, temperature) * np.log2(np.e)
    E = np.exp2(Z)
    return E / E.sum(axis=1, keepdims=True)""",
        "log_softmax": """Z = shift_scores(F, temperature) / np.log(2)
    bits = Z - np.log2(np.exp2(Z).sum(axis=1, keepdims=True))
    return bits * np.log(2)""",
    },
    "one-hot by comparing": {
        "cross_entropy": """N, C = log_p.shape
    hot = y.reshape(N, 1) == np.arange(C).reshape(1, C)
    share = np.where(hot, 1 - smoothing + smoothing / C, smoothing / C)
    log_p = np.where(share > 0, log_p, 0.0)
    return -(share * log_p).sum(axis=1)""",
        "penalty": "weights = W[1:].ravel()\n    return strength * (weights @ weights)",
    },
    "take_along_axis": {
        "cross_entropy": """own = np.take_along_axis(log_p, y[:, None], axis=1).squeeze(1)
    if not smoothing:
        return -own
    if smoothing == 1:
        return -log_p.mean(axis=1)
    return (smoothing - 1) * own - smoothing * log_p.mean(axis=1)""",
        "shift_scores": """Z = F / temperature
    best = Z.argmax(axis=1)
    return Z - np.take_along_axis(Z, best[:, None], 1)""",
    },
    "put and add.at": {
        "scores": """F = np.zeros((len(X), W.shape[1]))
    F += W[0]
    for d in range(X.shape[1]):
        F += np.outer(X[:, d], W[d + 1])
    return F""",
        "cross_entropy": """N, C = log_p.shape
    T = np.full((N, C), smoothing / C)
    np.add.at(T, (np.arange(N), y), 1 - smoothing)
    L = np.zeros(N)
    rows, columns = np.nonzero(T)
    np.add.at(L, rows, -T[rows, columns] * log_p[rows, columns])
    return L""",
        "softmax": """E = np.exp(shift_scores(F, temperature))
    sums = np.zeros(len(F))
    np.add.at(sums, np.repeat(np.arange(len(F)), F.shape[1]), E.ravel())
    return E / sums[:, None]""",
    },
    "early returns and raised errors": {
        "shift_scores": """if temperature <= 0:
        raise ValueError(f"temperature must be above 0, not {temperature}")
    F = np.array(F, dtype=float)
    if temperature != 1:
        F /= temperature
    F -= F.max(axis=1, keepdims=True)
    return F""",
        "cross_entropy": """if not 0 <= smoothing <= 1:
        raise ValueError("smoothing out of range")
    hit = log_p[range(len(y)), y]
    if smoothing == 0:
        return np.negative(hit)
    spread = log_p.sum(axis=1) / log_p.shape[1]
    if smoothing == 1:
        return np.negative(spread)
    return -(1 - smoothing) * hit - smoothing * spread""",
        "penalty": """if strength == 0:
        return 0.0
    return float(strength * np.square(W[1:]).sum())""",
    },
    "type hints": {
        "scores": """def scores(X: np.ndarray, W: np.ndarray) -> np.ndarray:
    F: np.ndarray = np.matmul(X, W[1:])
    return np.add(F, W[0])
""",
        "softmax": """def softmax(F: np.ndarray, temperature: float) -> np.ndarray:
    E: np.ndarray = np.exp(shift_scores(F=F, temperature=temperature))
    return np.divide(E, np.sum(E, axis=1, keepdims=True))
""",
        "penalty": """def penalty(W: "np.ndarray", strength: "float" = 0.0) -> "float":
    return float(strength) * float(np.sum(np.power(W[1:, :], 2)))
""",
        "loss": """def loss(X: np.ndarray, y: np.ndarray, W: np.ndarray, temperature: float,
         smoothing: float, strength: float) -> float:
    log_p = log_softmax(F=scores(X=X, W=W), temperature=temperature)
    L_i = cross_entropy(log_p=log_p, y=y, smoothing=smoothing)
    return float(np.average(L_i)) + penalty(strength=strength, W=W)
""",
    },
    "defaults": {
        "shift_scores": """def shift_scores(F, temperature=1.0, *, axis=1):
    F = F / temperature
    return F - F.max(axis=axis, keepdims=True)
""",
        "softmax": """def softmax(F, temperature=1.0, axis=1):
    E = np.exp(shift_scores(F, temperature, axis=axis))
    return E / E.sum(axis=axis, keepdims=True)
""",
        "loss": """def loss(X, y, W, temperature=1, smoothing=0, strength=0, verbose=False):
    L = cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing).mean()
    if verbose:
        print("data loss", L)
    return L + penalty(W, strength)
""",
    },
    "partial": {
        "softmax": """from functools import partial


def on_rows(f, F, temperature):
    return f(shift_scores(F, temperature))


def shares(S):
    E = np.exp(S)
    return E / E.sum(axis=1, keepdims=True)


softmax = partial(on_rows, shares)
""",
        "log_softmax": "log_softmax = partial(on_rows, lambda S: S - np.log(np.exp(S).sum(1))"
        "[:, None])",
    },
    "a decorator": {
        "shift_scores": """import functools


def in_floats(function):
    @functools.wraps(function)
    def wrapper(F, *args, **named):
        return function(np.array(F, dtype=float), *args, **named)

    return wrapper


@in_floats
def shift_scores(F, temperature):
    F /= temperature
    F -= F.max(axis=1, keepdims=True)
    return F
""",
        "softmax": """@in_floats
def softmax(F, temperature):
    E = shift_scores(F, temperature)
    np.exp(E, out=E)
    E /= E.sum(axis=1, keepdims=True)
    return E
""",
    },
    "assertions and prints inside": {
        "scores": """assert X.ndim == W.ndim == 2, "two axes each"
    assert X.shape[1] + 1 == W.shape[0]
    F = X @ W[1:] + W[0]
    print("scores", F.shape)
    return F""",
        "softmax": """S = shift_scores(F, temperature)
    assert S.shape == F.shape
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    assert np.allclose(P.sum(axis=1), 1), P.sum(axis=1)
    print(f"{P.min():.3f} to {P.max():.3f}")
    return P""",
        "loss": """log_p = log_softmax(scores(X, W), temperature)
    assert (log_p <= 0).all() and log_p.shape == (len(y), W.shape[1])
    L = cross_entropy(log_p, y, smoothing)
    print("mean", L.mean(), "penalty", penalty(W, strength))
    return L.mean() + penalty(W, strength)""",
    },
    "constants and walrus": {
        "shift_scores": """ROWS = 1
KEEP = dict(axis=ROWS, keepdims=True)


def shift_scores(F, temperature):
    return (Z := F / temperature) - Z.max(**KEEP)
""",
        "softmax": """return (E := np.exp(shift_scores(F, temperature))) / E.sum(**KEEP)""",
        "log_softmax": """\
return (S := shift_scores(F, temperature)) - np.log(np.exp(S).sum(**KEEP))""",
    },
    "apply_along_axis and map": {
        "scores": "return np.stack(list(map(lambda x: x @ W[1:] + W[0], X)))",
        "shift_scores": "return np.apply_along_axis(lambda f: f / temperature - "
        "np.max(f / temperature), 1, F)",
        "log_softmax": """def of_row(s):
        return s - np.log(np.exp(s).sum())

    return np.apply_along_axis(of_row, 1, shift_scores(F, temperature))""",
        "cross_entropy": """C = log_p.shape[1]

    def one(row, c):
        t = np.full(C, smoothing / C)
        t[c] += 1 - smoothing
        used = t > 0
        return -(t[used] * row[used]).sum()

    return np.fromiter(map(one, log_p, y), dtype=float)""",
    },
    "a while loop and plain lists": {
        "scores": """rows, i = [], 0
    while i < len(X):
        row, j = [], 0
        while j < W.shape[1]:
            total, d = float(W[0][j]), 0
            while d < X.shape[1]:
                total += float(X[i][d]) * float(W[d + 1][j])
                d += 1
            row.append(total)
            j += 1
        rows.append(row)
        i += 1
    return rows""",
        "penalty": """total = 0
    d = 1
    while d < len(W):
        for w in W[d]:
            total = total + w * w
        d += 1
    return total * strength""",
        "shift_scores": """import math

    shifted = []
    for row in F.tolist():
        largest = -math.inf
        for f in row:
            if f / temperature > largest:
                largest = f / temperature
        shifted.append([f / temperature - largest for f in row])
    return shifted""",
        "loss": """log_p = log_softmax(np.array(scores(X, W)), temperature)
    total, count = 0.0, 0
    for L in cross_entropy(log_p, y, smoothing):
        total += L
        count += 1
    return total / count + penalty(W, strength)""",
        "softmax": "S = np.array(shift_scores(F, temperature))\n"
        "    E = np.exp(S)\n    return E / E.sum(axis=1, keepdims=True)",
    },
    "one function that does it all": {
        "softmax": "return _forward(F, temperature)[0]",
        "log_softmax": "return _forward(F, temperature)[1]",
        "shift_scores": """def _forward(F, T):
    S = np.asarray(F) / T
    S = S - S.max(axis=1, keepdims=True)
    E = np.exp(S)
    Z = E.sum(axis=1, keepdims=True)
    return E / Z, S - np.log(Z), S


def shift_scores(F, temperature):
    *_, shifted = _forward(F, temperature)
    return shifted
""",
        "loss": """F = X @ W[1:] + W[0]
    P, log_p, S = _forward(F, temperature)
    C = W.shape[1]
    T = np.eye(C)[y] * (1 - smoothing) + smoothing / C
    return -(T * log_p).sum() / len(X) + strength * (W[1:] ** 2).sum()""",
    },
}
