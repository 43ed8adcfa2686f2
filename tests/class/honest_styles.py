"""Right answers to a1_forward as different people write them, and disguises of a copy.

``BODIES`` has, for each function, bodies in different styles, the most usual first. A made-up
student draws one for each function, so two students have some in common, as in a real class.
"""

import ast
import re

import numpy as np

from . import play

A1 = "a1_forward"
BODIES = {
    "scores": [
        "return X @ W[1:] + W[0]",
        "return np.dot(X, W[1:]) + W[0]",
        "b = W[0]\n    weights = W[1:]\n    return X @ weights + b",
        "return np.hstack([np.ones((len(X), 1)), X]) @ W",
        "return np.matmul(X, W[1:, :]) + W[0, :]",
        "bias, weights = W[0], W[1:]\n    F = X @ weights\n    return F + bias[np.newaxis, :]",
        "return np.einsum('nd,dc->nc', X, W[1:]) + W[0]",
        "ones = np.ones((X.shape[0], 1))\n    X1 = np.concatenate([ones, X], axis=1)\n"
        "    return X1.dot(W)",
    ],
    "shift_scores": [
        "F = F / temperature\n    return F - F.max(axis=1, keepdims=True)",
        "scaled = F / temperature\n    return scaled - np.max(scaled, axis=1, keepdims=True)",
        "return (F - np.max(F, axis=1)[:, None]) / temperature",
        "Z = F / temperature\n    m = Z.max(axis=1)\n    return Z - m[:, np.newaxis]",
        "Z = np.asarray(F) / temperature\n    largest = np.amax(Z, axis=1).reshape(-1, 1)\n"
        "    return Z - largest",
        "out = np.array(F, dtype=float) / temperature\n    for i in range(len(out)):\n"
        "        out[i] = out[i] - out[i].max()\n    return out",
        "return np.array([row - row.max() for row in F / temperature])",
    ],
    "softmax": [
        "E = np.exp(shift_scores(F, temperature))\n    return E / E.sum(axis=1, keepdims=True)",
        "F = F / temperature\n    F = F - F.max(axis=1, keepdims=True)\n    E = np.exp(F)\n"
        "    return E / E.sum(axis=1, keepdims=True)",
        "e = np.exp(shift_scores(F, temperature))\n    total = np.sum(e, axis=1)\n"
        "    return e / total[:, None]",
        "shifted = shift_scores(F, temperature)\n    exponentials = np.exp(shifted)\n"
        "    sums = exponentials.sum(axis=1).reshape(-1, 1)\n    return exponentials / sums",
        "Z = shift_scores(F, temperature)\n    num = np.exp(Z)\n"
        "    den = num @ np.ones(Z.shape[1])\n"
        "    return (num.T / den).T",
        "Z = shift_scores(F, temperature)\n"
        "    return np.exp(Z - np.log(np.exp(Z).sum(axis=1, keepdims=True)))",
        "rows = []\n    for row in shift_scores(F, temperature):\n        e = np.exp(row)\n"
        "        rows.append(e / e.sum())\n    return np.array(rows)",
    ],
    "log_softmax": [
        "S = shift_scores(F, temperature)\n"
        "    return S - np.log(np.exp(S).sum(axis=1, keepdims=True))",
        "F = F / temperature\n    F = F - F.max(axis=1, keepdims=True)\n"
        "    return F - np.log(np.exp(F).sum(axis=1, keepdims=True))",
        "Z = shift_scores(F, temperature)\n    lse = np.log(np.sum(np.exp(Z), axis=1))\n"
        "    return Z - lse[:, None]",
        "F = F / temperature\n    return F - np.logaddexp.reduce(F, axis=1, keepdims=True)",
        "scaled = F / temperature\n    top = scaled.max(axis=1, keepdims=True)\n"
        "    lse = top + np.log(np.exp(scaled - top).sum(axis=1, keepdims=True))\n"
        "    return scaled - lse",
        "out = shift_scores(F, temperature)\n    for i in range(out.shape[0]):\n"
        "        out[i] = out[i] - np.log(np.exp(out[i]).sum())\n    return out",
    ],
    "cross_entropy": [
        "N, C = log_p.shape\n    t = np.full((N, C), smoothing / C)\n"
        "    t[np.arange(N), y] += 1 - smoothing\n"
        "    return -np.where(t > 0, t * log_p, 0).sum(axis=1)",
        "C = log_p.shape[1]\n    targets = np.eye(C)[y] * (1 - smoothing) + smoothing / C\n"
        "    safe = np.where(targets == 0, 0.0, log_p)\n    return -(targets * safe).sum(axis=1)",
        "n, c = log_p.shape\n    one_hot = np.zeros((n, c))\n    one_hot[np.arange(n), y] = 1\n"
        "    t = (1 - smoothing) * one_hot + smoothing / c\n"
        "    product = np.zeros((n, c))\n    keep = t != 0\n"
        "    product[keep] = t[keep] * log_p[keep]\n    return -product.sum(axis=1)",
        "own = log_p[np.arange(len(y)), y]\n    if smoothing == 0:\n        return -own\n"
        "    return -(1 - smoothing) * own - smoothing * log_p.mean(axis=1)",
        "losses = []\n    for row, label in zip(log_p, y):\n        L = 0.0\n"
        "        for j, l in enumerate(row):\n"
        "            t = smoothing / len(row) + (1 - smoothing) * (j == label)\n"
        "            if t > 0:\n                L -= t * l\n        losses.append(L)\n"
        "    return np.array(losses)",
        "C = log_p.shape[1]\n    t = np.ones_like(log_p, dtype=float) * smoothing / C\n"
        "    for i, label in enumerate(y):\n        t[i, label] = t[i, label] + 1 - smoothing\n"
        "    finite = np.nan_to_num(log_p, neginf=-1e300)\n"
        "    terms = t * finite if smoothing else np.where(t, log_p, 0)\n"
        "    return -np.sum(terms, axis=1)",
        "N = len(y)\n    picked = log_p[np.arange(N), y]\n"
        "    everyone = np.sum(log_p, axis=1) / log_p.shape[1] if smoothing > 0 else 0.0\n"
        "    return -((1 - smoothing) * picked + smoothing * everyone)",
    ],
    "penalty": [
        "return strength * np.sum(W[1:] ** 2)",
        "return strength * (W[1:] ** 2).sum()",
        "return strength * np.sum(np.square(W[1:]))",
        "weights = W[1:]\n    return strength * np.sum(weights * weights)",
        "return strength * np.linalg.norm(W[1:]) ** 2",
        "total = 0.0\n    for row in W[1:]:\n        total += (row**2).sum()\n"
        "    return strength * total",
    ],
    "loss": [
        "losses = cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing)\n"
        "    return losses.mean() + penalty(W, strength)",
        "F = scores(X, W)\n    log_p = log_softmax(F, temperature)\n"
        "    data_loss = np.mean(cross_entropy(log_p, y, smoothing))\n"
        "    return data_loss + penalty(W, strength)",
        "log_p = log_softmax(scores(X, W), temperature)\n"
        "    L_i = cross_entropy(log_p, y, smoothing)\n"
        "    return np.sum(L_i) / len(y) + penalty(W, strength)",
        "L = cross_entropy(log_softmax(scores(X, W), temperature), y, smoothing)\n"
        "    return float(np.average(L)) + penalty(W, strength)",
    ],
}
# One with ideas of their own in most functions.
UNUSUAL = {
    "scores": "F = np.tile(W[0], (X.shape[0], 1))\n    for d in range(X.shape[1]):\n"
    "        F = F + np.outer(X[:, d], W[d + 1])\n    return F",
    "shift_scores": "G = np.sort(F / temperature, axis=1)\n    highest = G[:, -1]\n"
    "    return (F / temperature - np.outer(highest, np.ones(F.shape[1])))",
    "softmax": "Z = shift_scores(F, temperature)\n    P = np.empty(Z.shape)\n"
    "    for j in range(Z.shape[1]):\n        P[:, j] = 1 / np.exp(Z - Z[:, [j]]).sum(axis=1)\n"
    "    return np.where(np.isfinite(P), P, 0)",
    "log_softmax": "Z = shift_scores(F, temperature)\n    columns = [np.exp(z) for z in Z.T]\n"
    "    total = columns[0]\n    for column in columns[1:]:\n        total = total + column\n"
    "    return (Z.T - np.log(total)).T",
    "cross_entropy": "C = log_p.shape[1]\n    share = smoothing / C\n    L = np.zeros(len(y))\n"
    "    for c in range(C):\n        t = share + (1 - smoothing) * (y == c)\n"
    "        hit = t > 0\n        L[hit] = L[hit] - t[hit] * log_p[hit, c]\n    return L",
    "loss": "batch = zip(log_softmax(scores(X, W), temperature), y)\n"
    "    each = [cross_entropy(l[None], np.array([k]), smoothing)[0] for l, k in batch]\n"
    "    return sum(each) / len(each) + penalty(W, strength)",
}
WORDS = "row class shift sum constant exponential ratio never because large zero far below stored"


def solution():
    """Return the assignment's solution cells."""
    return [c.source for c in play.cells(A1) if c.solution and c.kind == "code"]


def solution_code():
    """Return the solution as a student would hand it in: without its marks."""
    return [
        re.sub(r"^[^\n]*### (BEGIN|END) SOLUTION[^\n]*\n?", "", s, flags=re.M) for s in solution()
    ]


def stub():
    """Return what everybody is given."""
    return [(c.kind, play.HIDDEN.sub("", play.stub(c.source))) for c in play.cells(A1)]


def student(rng, bodies=None):
    """Return the cells of a made-up honest student; the usual bodies are drawn more often."""
    drawn = {}
    for name, choices in BODIES.items():
        chance = 1 / np.arange(1.5, len(choices) + 1.5)
        drawn[name] = choices[rng.choice(len(choices), p=chance / chance.sum())]
    code = play.written(A1, drawn | (bodies or {}))
    answer = " ".join(rng.choice(WORDS.split(), size=40))
    return [*(("code", source) for source in code.values()), ("markdown", answer)]


class _Rename(ast.NodeTransformer):
    """Renames all that a function calls by names of its own."""

    def __init__(self, kept, with_numpy=False):
        self.kept, self.with_numpy = kept, with_numpy

    def name(self, name):
        if name in self.kept or (name == "np" and not self.with_numpy):
            return name
        return "numpy" if name == "np" else f"my_{name[::-1]}"

    def visit_Name(self, node):
        return ast.Name(self.name(node.id), node.ctx)

    def visit_arg(self, node):
        return ast.arg(self.name(node.arg))


def renamed(code):
    """Rename every variable, and lose comments and layout."""
    kept = {*BODIES, *("range", "len", "enumerate", "zip", "float", "sum")}
    return [ast.unparse(_Rename(kept).visit(ast.parse(source))) for source in code]


def without_docstrings(code):
    return [re.sub(r'\n    """.*?"""', "", source, count=1, flags=re.S) for source in code]


def reordered(code):
    return ["\n\n\n".join(code[::-1])]


def respaced(code):
    return [re.sub(r" ([-+*/=]) ", r"\1", s).replace("    ", "\t") for s in code]


def other_literals(code):
    return [re.sub(r"(?<![\w.])0(?![\w.\]])", "0.0", s).replace("1 - ", "1.0 - ") for s in code]


def commented(code):
    return [
        "\n".join(
            f"{line}  # step {k}" if line.endswith(")") else line for k, line in enumerate(lines)
        )
        for lines in (source.split("\n") for source in code)
    ]


def typed(code):
    return [re.sub(r"def (\w+)\((.*?)\):", r"def \1(\2) -> np.ndarray:", source) for source in code]


def with_prints(code):
    return [
        re.sub(r"\n(    return )", r"\n    print('here')\n    assert True, 'never'\n\1", source)
        for source in code
    ]


def as_functions_of_numpy(code):
    """Write ``np.sum(a)`` for ``a.sum()`` and the like."""
    return [re.sub(r"\b(?!np)(\w+)\.(sum|max|mean)\(", r"np.\2(\1, ", source) for source in code]


def split_up(code):
    """Give a name to what is returned."""
    return [re.sub(r"\n    return (.*)$", r"\n    answer = \1\n    return answer", s) for s in code]


def one_function_own(code):
    """Write the first and the last function anew."""
    own = play.written(A1, {"scores": BODIES["scores"][5], "penalty": BODIES["penalty"][5]})
    return [own["scores"], *code[1:5], own["penalty"], *code[6:]]


DISGUISES = {
    "renamed": renamed,
    "without docstrings": without_docstrings,
    "reordered in one cell": reordered,
    "other blanks": respaced,
    "other literals": other_literals,
    "with comments": commented,
    "with types": typed,
    "with prints and checks": with_prints,
    "functions for methods": as_functions_of_numpy,
    "split up": split_up,
    "two of seven written anew": one_function_own,
    "several at once": lambda code: reordered(split_up(renamed(as_functions_of_numpy(code)))),
}
