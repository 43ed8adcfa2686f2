"""What the tests know of a4_own_conventions: mutants, other right solutions, the book's functions.

See ``tests/class/assignments.py`` for what each name holds. They are played with the conventions of
``tests/class/play.py``'s student: samples in rows, temperature 5, the mean over their number, the
penalty without a half.
"""

from ..mutants import one
from ..styles.a4_own_conventions import STYLES

A4 = "a4_own_conventions"

SCALED = ' / CONVENTIONS["temperature"]'
SHIFTED = "F - F.max(axis=1, keepdims=True)"
SHARE = 'share = {"whole": 1, '
FACTOR = 'factor = {"whole": 2, '

MUTANTS = [
    one(A4, "temperature 1", "probabilities", [(SCALED, "")], 2, "temperature-ignored"),
    one(A4, "times the temperature", "probabilities", [(SCALED, SCALED.replace("/", "*"))], 2,
        "temperature-multiplied"),
    one(A4, "another's temperature", "probabilities", [(SCALED, " / 3")], 2,
        "right-for-another:temperature=3"),
    one(A4, "another's layout", "probabilities", [('== "columns"', '!= "columns"')], 3,
        "right-for-another:layout=columns"),
    one(A4, "own softmax without a guard", "probabilities", [(SHIFTED, "F")], 1, "no-guard"),
    one(A4, "own softmax, one guard for all", "probabilities", [(SHIFTED, "F - F.max()")], 1,
        "whole-matrix-guard", seen=False),
    one(A4, "own loss, plain mean", "loss", [("class_weights[y]", "np.ones(len(y))")], 2,
        "class-weights-ignored"),
    one(A4, "own loss, a sum", "loss", [("weights) / M", "weights)")], 2, "weighted-sum"),
    one(A4, "own loss, another's mean", "loss", [('== "number"', '!= "number"')], 2,
        "right-for-another:mean=weights"),
    one(A4, "own loss, another's mean and temperature", "loss",
        [('== "number"', '!= "number"'), (SCALED, " / 2")], 2,
        "right-for-another:temperature=2,mean=weights"),
    one(A4, "own loss, half a penalty", "loss", [(SHARE, SHARE.replace("1", "1 / 2"))], 2,
        "right-for-another:penalty=half"),
    one(A4, "own loss, no penalty", "loss", [("share * strength", "0 * strength")], 2,
        "penalty-missing"),
    one(A4, "own loss, biases penalised", "loss",
        [("np.sum(W**2)", "(np.sum(W**2) + np.sum(b**2))")], 2, "bias-penalised", seen=True),
    one(A4, "own gradient without 1/T", "gradient", [("(M * T)", "M")], 3,
        "temperature-left-out-of-the-slope"),
    one(A4, "own gradient uphill", "gradient",
        [("dF = dF * weights", "dF = -dF * weights")], 3, "wrong-sign"),
    one(A4, "own gradient, a sum", "gradient", [("(M * T)", "T")], 3, "missing-mean"),
    one(A4, "own gradient, plain mean", "gradient", [("class_weights[y]", "np.ones(len(y))")], 3,
        "class-weights-ignored"),
    one(A4, "own gradient, another's temperature", "gradient",
        [('T = CONVENTIONS["temperature"]', "T = 6")], 3, "right-for-another:temperature=6"),
    one(A4, "own gradient, another's penalty", "gradient", [(FACTOR, FACTOR.replace("2", "1 / N"))],
        2, "right-for-another:penalty=half mean"),
    one(A4, "own gradient, no penalty", "gradient", [("factor * strength", "0 * strength")], 2,
        "penalty-missing"),
]  # fmt: skip

TOLD = {
    "temperature 1": "that is the temperature 1",
    "another's temperature": "right for the temperature 3; yours is 5",
    "another's layout": "the samples lie the other way",
    "own softmax without a guard": "by their own maximum",
    "own loss, another's mean": "division by the sum of the samples' weights; yours are 5",
    "own loss, half a penalty": "right for the penalty λ/2 ‖W‖²; yours is λ ‖W‖²",
    "own gradient without 1/T": "1/T is missing",
    "own gradient, another's penalty": "right for the penalty λ/(2N) ‖W‖²",
}

RIVALS = {
    "written out": {
        "probabilities": """F = X @ W.T / 5 + b / 5
    E = np.exp(F - F.max(1, keepdims=True))
    return E / E.sum(1, keepdims=True)""",
        "loss": """F = (X @ W.T + b) / 5
    n = len(X)
    largest = F.max(1)
    logs = largest + np.log(np.exp(F - largest[:, None]).sum(1))
    return float(np.mean(class_weights[y] * (logs - F[range(n), y])) + strength * (W * W).sum())""",
        "gradient": """P = np.exp((X @ W.T + b) / 5)
    P = P / P.sum(1, keepdims=True)
    E = (P - np.eye(len(W))[y]) * class_weights[y][:, None]
    return E.T @ X / len(X) / 5 + 2 * strength * W, E.mean(0) / 5""",
    },
    "by loops": {
        "probabilities": """P = np.zeros((len(X), len(b)))
    for i in range(len(X)):
        f = (W @ X[i] + b) / 5
        e = np.exp(f - max(f))
        P[i] = e / sum(e)
    return P""",
        "loss": """total = 0.0
    for x, c in zip(X, y):
        f = (W @ x + b) / 5
        total += class_weights[c] * (np.log(np.sum(np.exp(f - max(f)))) + max(f) - f[c])
    return total / len(y) + strength * sum(w**2 for row in W for w in row)""",
        "gradient": """dW, db = 2 * strength * W, np.zeros(len(b))
    for x, c in zip(X, y):
        f = (W @ x + b) / 5
        e = np.exp(f - max(f))
        p = e / e.sum()
        p[c] -= 1
        error = class_weights[c] * p / 5 / len(y)
        dW = dW + np.outer(error, x)
        db = db + error
    return dW, db""",
    },
    **STYLES,
}

BOOK_BODIES = {
    "probabilities": """F = X @ W.T + b
    E = np.exp(F - F.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)""",
    "loss": """F = X @ W.T + b
    F = F - F.max(axis=1, keepdims=True)
    log_p = F - np.log(np.exp(F).sum(axis=1, keepdims=True))
    return np.mean(-log_p[np.arange(len(y)), y]) + strength / 2 * np.sum(W**2)""",
    "gradient": """F = X @ W.T + b
    E = np.exp(F - F.max(axis=1, keepdims=True))
    dF = E / E.sum(axis=1, keepdims=True)
    dF[np.arange(len(y)), y] -= 1
    dF = dF / len(y)
    return dF.T @ X + strength * W, dF.sum(axis=0)""",
}
WARM_UPS = {"probabilities: scores far from 0": 1}
CONVENTIONS = [(["probabilities"], 10), (["loss"], 8)]
BY_HEART = True
