"""Each formula of a docstring has a test that quotes it and evaluates both of its sides.

A test's docstring holds the LaTeX of one docstring, as the tests of the chapters' equations do, so
that neither changes without the other.
"""

import ast
import math
import re
import textwrap
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import softmax_steps as sm
from softmax_steps.calibration import expected_calibration_error, fit_temperature, reliability
from softmax_steps.neighbours import neighbour_votes, squared_distances
from softmax_steps.partial_sums import partial_sums
from softmax_steps.readings import cross_entropy_readings, softmax_readings
from softmax_steps.roofline import Machine, least_seconds, work
from softmax_steps.shapes import moons, spiral
from softmax_steps.step_size import loss_in_one_type, measured_slopes
from softmax_steps.svm import hinge_loss, hinge_loss_and_gradient, hinge_score_gradient
from softmax_steps.widgets import Differential, WhereTheTimeGoes
from softmax_steps.widgets.softmax_bars import temperature_path

SOURCE = Path(sm.__file__).parent
N, D, C = 5, 4, 3
STRENGTH = 0.3
TESTS = {}


def formula(place):
    """Register a test of the formulas in the docstring at ``place``: its file and its name."""

    def register(test):
        assert place not in TESTS
        TESTS[place] = test
        return test

    return register


def bare(latex):
    return re.sub(r"\s+", "", latex).rstrip(".,;")


def formulas_of(docstring):
    """Return the LaTeX of each ``.. math::`` in a docstring."""
    lines = textwrap.dedent("    " + docstring).splitlines()
    found = []
    for k, line in enumerate(lines):
        if ".. math::" not in line:
            continue
        indent, latex = len(line) - len(line.lstrip()), [line.split(".. math::")[1]]
        for following in lines[k + 1 :]:
            if following.strip() and len(following) - len(following.lstrip()) <= indent:
                break
            if not following.strip() and any(part.strip() for part in latex):
                break
            latex.append(following)
        found.append("\n".join(latex))
    return found


def docstrings_with_formulas():
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                docstring = ast.get_docstring(node)
                if docstring and ".. math::" in docstring:
                    place = path.relative_to(SOURCE).as_posix()
                    yield f"{place}: {getattr(node, 'name', 'module')}", formulas_of(docstring)


FORMULAS = dict(docstrings_with_formulas())


def test_a_formula_is_found_as_it_stands():
    docstring = "Say it.\n\n.. math:: a &= b \\\\\n    c\n\nMore.\n\n.. math::\n\n    d = e\n\nEnd."
    assert [bare(latex) for latex in formulas_of(docstring)] == [r"a&=b\\c", "d=e"]
    assert len(FORMULAS) > 25


@pytest.mark.parametrize("place", FORMULAS)
def test_each_docstrings_formula_is_quoted_by_a_test_that_evaluates_it(place):
    assert place in TESTS, f"no test here is registered with @formula({place!r})"
    for latex in FORMULAS[place]:
        assert bare(latex) in bare(TESTS[place].__doc__), latex


def test_no_test_speaks_of_a_formula_that_is_gone():
    assert set(TESTS) <= set(FORMULAS)


@pytest.fixture
def m():
    """Return a problem, and what the definitions make of it, without the package."""
    rng = np.random.default_rng(17)
    X, W, b = rng.normal(size=(N, D)), rng.normal(size=(D, C)), rng.normal(size=C)
    F = np.array(
        [[sum(X[i, d] * W[d, j] for d in range(D)) + b[j] for j in range(C)] for i in range(N)]
    )
    P = np.array([[math.exp(f) / sum(math.exp(g) for g in row) for f in row] for row in F])
    y = rng.integers(0, C, N)
    Y = np.array([[1.0 if j == y[i] else 0.0 for j in range(C)] for i in range(N)])
    return SimpleNamespace(X=X, W=W, b=b, F=F, P=P, y=y, Y=Y)


def close(got, right):
    np.testing.assert_allclose(got, right, rtol=1e-11, atol=1e-13)


def plain_loss(m, W, b):
    F = m.X @ W + b
    P = np.exp(F) / np.exp(F).sum(axis=1, keepdims=True)
    data = sum(-np.log(P[i, m.y[i]]) for i in range(N)) / N
    return data + STRENGTH / 2 * sum(w**2 for w in W.ravel())


def slopes(f, x, h=1e-30):
    """Return the slopes of ``f`` by the complex step."""
    result = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        z = x.astype(complex)
        z[k] += 1j * h
        result[k] = f(z).imag / h
    return result


@formula("score.py: scores")
def test_scores(m):
    r"""F = X W + \mathbf{1} b^{\mathsf T}, \qquad F_{ij} = \sum_d X_{id} W_{dj} + b_j"""
    close(sm.scores(m.X, m.W, m.b), m.F)
    close(sm.scores(m.X, m.W, m.b), m.X @ m.W + np.outer(np.ones(N), m.b))


@formula("score.py: fold_bias")
def test_fold_bias(m):
    r"""
    X W + \mathbf{1} b^{\mathsf T} =
        \begin{pmatrix} X & \mathbf{1} \end{pmatrix}
        \begin{pmatrix} W \\ b^{\mathsf T} \end{pmatrix}
    """
    X1, W1 = sm.fold_bias(m.X, m.W, m.b)
    close(X1, np.c_[m.X, np.ones(N)])
    close(W1, np.r_[m.W, [m.b]])
    close(X1 @ W1, m.X @ m.W + np.outer(np.ones(N), m.b))


@formula("overflow_guard.py: shift_scores")
def test_shift_scores(m):
    r"""F'_{ij} = F_{ij} - \max_k F_{ik}"""
    close(sm.shift_scores(m.F), [[f - max(row) for f in row] for row in m.F])


@formula("softmax.py: softmax")
def test_softmax(m):
    r"""P_{ij} = \frac{e^{F_{ij}}}{\sum_k e^{F_{ik}}}"""
    close(sm.softmax(m.F), m.P)


@formula("softmax.py: log_softmax")
def test_log_softmax(m):
    r"""
    \log P_{ij} = F'_{ij} - \log \sum_k e^{F'_{ik}},
        \qquad F'_{ij} = F_{ij} - \max_k F_{ik}
    """
    shifted = np.array([[f - max(row) for f in row] for row in m.F])
    right = [[f - math.log(sum(math.exp(g) for g in row)) for f in row] for row in shifted]
    close(sm.log_softmax(m.F), right)
    close(np.log(m.P), right)


@formula("softmax.py: predict")
def test_predict(m):
    r"""\hat{y}_i = \operatorname{arg\,max}_j F_{ij}"""
    assert sm.predict(m.F).tolist() == [row.tolist().index(max(row)) for row in m.F]


@formula("softmax.py: one_hot")
def test_one_hot(m):
    r"""Y_{ij} = [\, j = y_i \,]"""
    assert np.array_equal(sm.one_hot(m.y, C), m.Y)


@formula("cross_entropy.py: cross_entropy")
def test_cross_entropy(m):
    r"""L_i = -\log P_{i, y_i}"""
    close(sm.cross_entropy(np.log(m.P), m.y), [-math.log(m.P[i, m.y[i]]) for i in range(N)])


@formula("cross_entropy.py: cross_entropy_one_hot")
def test_cross_entropy_one_hot(m):
    r"""
    L_i = -\sum_j Y_{ij} \log P_{ij}

    Y_{ij} = 0
    """
    right = [-sum(m.Y[i, j] * math.log(m.P[i, j]) for j in range(C)) for i in range(N)]
    close(sm.cross_entropy_one_hot(np.log(m.P), m.Y), right)


@formula("regularization.py: l2_penalty")
def test_l2_penalty(m):
    r"""
    R_\lambda(W) = \frac{\lambda}{2} \lVert W \rVert^2
        = \frac{\lambda}{2} \sum_{dj} W_{dj}^2
    """
    close(sm.l2_penalty(m.W, strength=STRENGTH), STRENGTH / 2 * np.linalg.norm(m.W) ** 2)
    close(sm.l2_penalty(m.W, strength=STRENGTH), STRENGTH / 2 * sum(w**2 for w in m.W.ravel()))


@formula("regularization.py: l2_gradient")
def test_l2_gradient(m):
    r"""\frac{\partial R_\lambda}{\partial W} = \lambda W"""
    close(sm.l2_gradient(m.W, strength=STRENGTH), STRENGTH * m.W)
    close(STRENGTH * m.W, slopes(lambda W: STRENGTH / 2 * (W * W).sum(), m.W))


@formula("regularization.py: loss")
def test_loss(m):
    r"""L = \frac{1}{N} \sum_i -\log P_{i, y_i} + \frac{\lambda}{2} \lVert W \rVert^2"""
    close(sm.loss(m.X, m.y, m.W, m.b, strength=STRENGTH), plain_loss(m, m.W, m.b))


@formula("gradient.py: softmax_jacobian")
def test_softmax_jacobian(m):
    r"""
    J_{jk} = \frac{\partial p_j}{\partial f_k} = p_j ([\,j = k\,] - p_k),
        \qquad J = \operatorname{diag}(p) - p p^{\mathsf T}
    """
    p, J = m.P[0], sm.softmax_jacobian(m.P[0])
    close(J, [[p[j] * ((j == k) - p[k]) for k in range(C)] for j in range(C)])
    close(J, np.diag(p) - np.outer(p, p))
    close(J, [slopes(lambda f, j=j: np.exp(f[j]) / np.exp(f).sum(), m.F[0]) for j in range(C)])


@formula("gradient.py: score_gradient")
def test_score_gradient(m):
    r"""\frac{\partial L}{\partial F} = \frac{1}{N} (P - Y), \qquad Y_{ij} = [\,j = y_i\,]"""
    right = [[(m.P[i, j] - (j == m.y[i])) / N for j in range(C)] for i in range(N)]
    close(sm.score_gradient(m.P, m.y), right)

    def L(F):
        return (np.log(np.exp(F).sum(axis=1)) - F[np.arange(N), m.y]).sum() / N

    close(right, slopes(L, m.F))


@formula("gradient.py: score_gradient_by_chain_rule")
def test_score_gradient_by_chain_rule(m):
    r"""
    \frac{\partial L}{\partial F_{ik}} =
        \frac{1}{N} \sum_j \Bigl(-\frac{Y_{ij}}{P_{ij}}\Bigr)
        \frac{\partial P_{ij}}{\partial F_{ik}}
    """
    right = np.zeros((N, C))
    for i in range(N):
        for j in range(C):
            J = slopes(lambda f, j=j: np.exp(f[j]) / np.exp(f).sum(), m.F[i])
            right[i] += 1 / N * -m.Y[i, j] / m.P[i, j] * J
    close(sm.score_gradient_by_chain_rule(m.P, m.y), right)


@formula("gradient.py: gradient_by_sample")
def test_gradient_by_sample(m):
    r"""\frac{\partial L_i}{\partial W_{:,j}} = (p_{ij} - [\,j = y_i\,])\, X_i"""
    one = sm.gradient_by_sample(m.X[:1], m.y[:1], m.W, m.b).dW
    for j in range(C):
        close(one[:, j], (m.P[0, j] - (j == m.y[0])) * m.X[0])


@formula("gradient.py: loss_and_gradient")
def test_loss_and_gradient(m):
    r"""
    L &= \frac{1}{N} \sum_i -\log P_{i, y_i} + \frac{\lambda}{2} \lVert W \rVert^2 \\
    \frac{\partial L}{\partial W} &= \frac{1}{N} X^{\mathsf T} (P - Y) + \lambda W, \qquad
    \frac{\partial L}{\partial b} = \frac{1}{N} \sum_i (P - Y)_{i,:}
    """
    result = sm.loss_and_gradient(m.X, m.y, m.W, m.b, strength=STRENGTH)
    close(result.loss, plain_loss(m, m.W, m.b))
    close(result.dW, 1 / N * m.X.T @ (m.P - m.Y) + STRENGTH * m.W)
    close(result.db, 1 / N * (m.P - m.Y).sum(axis=0))
    close(result.dW, slopes(lambda W: plain_loss(m, W, m.b), m.W))
    close(result.db, slopes(lambda b: plain_loss(m, m.W, b), m.b))


@formula("differentials.py: score_tensor")
def test_score_tensor(m):
    r"""T_{ijdk} = \frac{\partial F_{ij}}{\partial W_{dk}} = X_{id}\, [\,j = k\,]"""
    T = sm.score_tensor(m.X, C)
    for i, j in np.ndindex(N, C):
        close(T[i, j], slopes(lambda W, i=i, j=j: (m.X @ W)[i, j], m.W))
        close(T[i, j], [[m.X[i, d] * (j == k) for k in range(C)] for d in range(D)])


def steps(m):
    """Return a step of the weights, one of the biases, and what they do to the scores."""
    rng = np.random.default_rng(23)
    dW, db = rng.normal(size=(D, C)), rng.normal(size=C)
    return dW, db, m.X @ dW + np.ones((N, 1)) @ db[np.newaxis]


def along(f, A, dA, h=1e-30):
    return np.imag(f(A + 1j * h * dA)) / h


@formula("differentials.py: softmax_differential")
def test_softmax_differential(m):
    r"""dP = P \odot \bigl(dF - ((P \odot dF)\, \mathbf{1})\, \mathbf{1}^{\mathsf T}\bigr)"""
    dF, ones = steps(m)[2], np.ones((C, 1))
    right = m.P * (dF - ((m.P * dF) @ ones) @ ones.T)
    close(sm.softmax_differential(m.P, dF), right)
    close(right, along(lambda F: np.exp(F) / np.exp(F).sum(axis=1, keepdims=True), m.F, dF))


@formula("differentials.py: loss_differential")
def test_loss_differential(m):
    r"""
    dF &= X\, dW + \mathbf{1}\, db^{\mathsf T} \\
    dP &= P \odot \bigl(dF - ((P \odot dF)\, \mathbf{1})\, \mathbf{1}^{\mathsf T}\bigr) \\
    dL &= \frac{1}{N} \operatorname{tr}\bigl((P - Y)^{\mathsf T} dF\bigr)
        + \lambda \operatorname{tr}(W^{\mathsf T} dW)
    """
    dW, db, dF = steps(m)
    found = sm.loss_differential(m.X, m.y, m.W, m.b, dW=dW, db=db, strength=STRENGTH)
    close(found.dF, dF)
    close(found.dP, sm.softmax_differential(m.P, dF))
    close(found.dL, 1 / N * np.trace((m.P - m.Y).T @ dF) + STRENGTH * np.trace(m.W.T @ dW))
    h = 1e-30
    moved = plain_loss(m, m.W + 1j * h * dW, m.b + 1j * h * db)
    close(found.dL, moved.imag / h)


@formula("differentials.py: loss_remainder")
def test_loss_remainder(m):
    r"""
    Z &= dF - ((P \odot dF)\, \mathbf{1})\, \mathbf{1}^{\mathsf T} \\
    L(W + dW, b + db) - L(W, b) - dL
        &= \frac{1}{N} \sum_i \log\Bigl(1 + \sum_j P_{ij} (e^{Z_{ij}} - 1 - Z_{ij})\Bigr)
        + \frac{\lambda}{2} \lVert dW \rVert^2
    """
    dW, db, dF = steps(m)
    Z = dF - (m.P * dF).sum(axis=1, keepdims=True)
    right = np.mean(np.log(1 + (m.P * (np.exp(Z) - 1 - Z)).sum(axis=1)))
    right += STRENGTH / 2 * np.linalg.norm(dW) ** 2
    dL = sm.loss_differential(m.X, m.y, m.W, m.b, dW=dW, db=db, strength=STRENGTH).dL
    close(right, plain_loss(m, m.W + dW, m.b + db) - plain_loss(m, m.W, m.b) - dL)
    close(sm.loss_remainder(m.X, m.y, m.W, m.b, dW=dW, db=db, strength=STRENGTH), right)


@formula("widgets/differential.py: Differential")
def test_the_differential(m):
    r"""
    L(W + dW) - L(W) = dL + \text{what it misses}, \qquad
        dL = \operatorname{tr}(G^{\mathsf T} dW)
    """
    dW = steps(m)[0]
    dL = np.trace(slopes(lambda W: plain_loss(m, W, m.b), m.W).T @ dW)
    missed = sm.loss_remainder(m.X, m.y, m.W, m.b, dW=dW, strength=STRENGTH)
    close(plain_loss(m, m.W + dW, m.b) - plain_loss(m, m.W, m.b), dL + missed)
    shown = Differential(weight=(1, 2), step=0.1)
    answers, E = shown.answers(), np.zeros((2, 3))
    E[1, 2] = 0.1
    X, y, W, b = (np.array(value) for value in (shown.X, shown.y, shown.W, shown.b))
    G = sm.loss_and_gradient(X, y, W, b, strength=shown.strength).dW
    close(answers["dL"], np.trace(G.T @ E))
    before, after = (sm.loss(X, y, V, b, strength=shown.strength) for V in (W, W + E))
    close(after - before, answers["dL"] + answers["missed"])


@formula("differentials.py: gradient_by_differentials")
def test_gradient_by_differentials(m):
    r"""
    dL = \operatorname{tr}(G^{\mathsf T} dW)
        \quad \Longrightarrow \quad G_{dk} = dL \text{ for } dW = E_{dk}
    """
    G = sm.gradient_by_differentials(m.X, m.y, m.W, m.b, strength=STRENGTH).dW
    close(G, slopes(lambda W: plain_loss(m, W, m.b), m.W))
    dW = steps(m)[0]
    dL = along(lambda W: plain_loss(m, W, m.b), m.W, dW)
    close(dL, np.trace(G.T @ dW))
    for place in np.ndindex(D, C):
        E = np.zeros((D, C))
        E[place] = 1
        close(G[place], along(lambda W: plain_loss(m, W, m.b), m.W, E))


@formula("gradient_check.py: numerical_gradient")
def test_numerical_gradient():
    r"""\frac{\partial f}{\partial x_k} \approx \frac{f(x + h e_k) - f(x - h e_k)}{2h}"""
    x, h = np.array([0.5, 2.0]), 2.0**-7

    def f(x):
        return np.exp(x[0]) * x[1] ** 3

    right = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(2)]
    close(sm.numerical_gradient(f, x, step=h), right)


@formula("gradient_check.py: complex_step_gradient")
def test_complex_step_gradient():
    r"""\frac{\partial f}{\partial x_k} \approx \frac{\operatorname{Im} f(x + ihe_k)}{h}"""
    x, h = np.array([0.5, 2.0]), 2.0**-7

    def f(x):
        return np.exp(x[0]) * x[1] ** 3

    close(sm.complex_step_gradient(f, x, step=h), [f(x + 1j * h * e).imag / h for e in np.eye(2)])


@formula("gradient_check.py: compare_gradients")
def test_compare_gradients(m):
    r"""
    \text{relative error} =
        \frac{\max_k |a_k - n_k|}{\max(\max_k |a_k|,\ \max_k |n_k|,\ 10^{-4})}
    """
    for size in (1.0, 1e-6):
        a, n = size * m.W, size * (m.W + 0.1 * m.X[:D, :C])
        right = max(abs(a - n).ravel()) / max(abs(a).max(), abs(n).max(), 1e-4)
        close(sm.compare_gradients(a, n).relative_error, right)


@formula("training.py: accuracy")
def test_accuracy(m):
    r"""
    A = \frac{1}{N} \sum_i [\, \hat{y}_i = y_i \,], \qquad
        \hat{y}_i = \operatorname{arg\,max}_j F_{ij}
    """
    assert sm.accuracy(m.F, m.y) == sum(m.F[i].argmax() == m.y[i] for i in range(N)) / N


@formula("training.py: confusion_matrix")
def test_confusion_matrix(m):
    r"""M_{jk} = \sum_i [\, y_i = j \,]\,[\, \hat{y}_i = k \,]"""
    guess = m.F.argmax(axis=1)
    right = [
        [sum((m.y[i] == j) * (guess[i] == k) for i in range(N)) for k in range(C)] for j in range(C)
    ]
    assert sm.confusion_matrix(m.y, guess, n_classes=C).tolist() == right


@formula("training.py: one_epoch")
def test_one_epoch(m):
    r"""
    W \leftarrow W - \eta \frac{\partial L_B}{\partial W}, \qquad
        b \leftarrow b - \eta \frac{\partial L_B}{\partial b}
    """
    [step] = sm.one_epoch(
        m.X,
        m.y,
        m.W,
        m.b,
        strength=STRENGTH,
        learning_rate=0.7,
        batch_size=N,
        rng=np.random.default_rng(0),
    )
    close(step.W, m.W - 0.7 * slopes(lambda W: plain_loss(m, W, m.b), m.W))
    close(step.b, m.b - 0.7 * slopes(lambda b: plain_loss(m, m.W, b), m.b))


@formula("step_size.py: measured_slopes")
def test_measured_slopes():
    r"""
    \frac{f(w + h) - f(w)}{h}, \qquad \frac{f(w + h) - f(w - h)}{2h}, \qquad
        \frac{\operatorname{Im} f(w + ih)}{h}
    """
    t, h, k = sm.tiny_example(), 2.0**-5, (1, 2)
    found = measured_slopes(t, step=h, float_type="float64")
    e = np.zeros(t.W.shape)
    e[k] = 1

    def f(w):
        return loss_in_one_type(t.X, t.y, t.W + w * e, t.b, t.strength)

    close(found["forward"][k], (f(h) - f(0)) / h)
    close(found["central"][k], (f(h) - f(-h)) / (2 * h))
    close(found["complex"][k], f(1j * h).imag / h)


@formula("svm.py: hinge_loss")
def test_hinge_loss(m):
    r"""
    \text{sum:}\quad & L_i = \sum_{j \ne y_i} \max(0, F_{ij} - F_{i y_i} + 1) \\
    \text{worst:}\quad & L_i = \max_{j \ne y_i} \max(0, F_{ij} - F_{i y_i} + 1) \\
    \text{one\_vs\_all:}\quad & L_i = \sum_j \max(0, 1 - s_{ij} F_{ij}), \qquad
    s_{ij} = +1 \text{ if } j = y_i \text{, else } -1
    """
    wrong = [
        [max(0, m.F[i, j] - m.F[i, m.y[i]] + 1) for j in range(C) if j != m.y[i]] for i in range(N)
    ]
    s = np.where(m.Y == 1, +1, -1)
    close(hinge_loss(m.F, m.y, form="sum"), [sum(row) for row in wrong])
    close(hinge_loss(m.F, m.y, form="worst"), [max(row) for row in wrong])
    right = [sum(max(0, 1 - s[i, j] * m.F[i, j]) for j in range(C)) for i in range(N)]
    close(hinge_loss(m.F, m.y, form="one_vs_all"), right)


@formula("svm.py: hinge_loss_and_gradient")
def test_hinge_loss_and_gradient(m):
    r"""
    L &= \frac{1}{N} \sum_i L_i + \frac{\lambda}{2} \lVert W \rVert^2 \\
    \frac{\partial L}{\partial W} &= X^{\mathsf T} \frac{\partial L}{\partial F} + \lambda W,
    \qquad \frac{\partial L}{\partial b} = \sum_i \frac{\partial L}{\partial F_{i,:}}
    """

    def L(W, b):
        F = m.X @ W + b
        gaps = F - F[np.arange(N), m.y][:, np.newaxis] + 1
        each = [
            sum(gaps[i, j] for j in range(C) if j != m.y[i] and gaps[i, j].real > 0)
            for i in range(N)
        ]
        return sum(each) / N + STRENGTH / 2 * (W * W).sum()

    result = hinge_loss_and_gradient(m.X, m.y, m.W, m.b, strength=STRENGTH)
    dF = hinge_score_gradient(m.F, m.y)
    close(result.loss, L(m.W, m.b))
    close(result.dW, m.X.T @ dF + STRENGTH * m.W)
    close(result.db, dF.sum(axis=0))
    close(result.dW, slopes(lambda W: L(W, m.b), m.W))
    close(result.db, slopes(lambda b: L(m.W, b), m.b))


@formula("roofline.py: work")
def test_work(m):
    r"""2 N D C \text{ multiplications}, \qquad s N D \text{ bytes}"""
    scores = sum(1 for i in range(N) for j in range(C) for d in range(D))
    gradient = sum(1 for d in range(D) for j in range(C) for i in range(N))
    s = m.X.itemsize
    assert work(N, D, C, s) == (scores + gradient, m.X.nbytes) == (2 * N * D * C, s * N * D)


@formula("roofline.py: least_seconds")
def test_least_seconds(m):
    r"""t \ge \max\Bigl( \frac{2 N D C}{r}, \; \frac{s N D}{w} \Bigr)"""
    s = m.X.itemsize
    for r, w in ((7.0, 1000.0), (1000.0, 7.0)):
        right = max(2 * N * D * C / r, s * N * D / w)
        close(least_seconds(work(N, D, C, s), Machine(r, w)), right)


@formula("widgets/where_the_time_goes.py: WhereTheTimeGoes")
def test_where_the_time_goes(m):
    r"""t \ge \max\Bigl( \frac{2 N D C}{r}, \; \frac{s N D}{w} \Bigr)"""
    widget = WhereTheTimeGoes(N, D, C, stored="float32")
    machine = widget.machines["float32"]
    arithmetic = 2 * N * D * C / machine["multiplications"]
    reading = 4 * N * D / machine["bytes"]
    close(widget.answers()["least"], max(arithmetic, reading))


@formula("neighbours.py: squared_distances")
def test_squared_distances(m):
    r"""
    \lVert X_i - Z_m \rVert^2
        = \lVert X_i \rVert^2 - 2\, X_i Z_m^{\mathsf T} + \lVert Z_m \rVert^2
    """
    X, Z = m.X, m.X[::-1] ** 2
    got = squared_distances(X, Z)
    for i, k in np.ndindex(N, N):
        close(got[i, k], sum((X[i, d] - Z[k, d]) ** 2 for d in range(D)))
        close(got[i, k], X[i] @ X[i] - 2 * X[i] @ Z[k] + Z[k] @ Z[k])


@formula("neighbours.py: neighbour_votes")
def test_neighbour_votes(m):
    r"""V_{ij} = \frac{1}{k} \sum_{m \in \mathcal N_k(i)} [\, y_m = j \,]"""
    X, k = m.X[::-1] ** 2, 3
    votes = neighbour_votes(X, m.X, m.y, k=k, n_classes=C)
    for i in range(N):
        nearest = sorted(range(N), key=lambda row, i=i: sum((X[i] - m.X[row]) ** 2))[:k]
        close(votes[i], [sum(m.y[row] == j for row in nearest) / k for j in range(C)])


def bins_of(m, bins):
    """Return each bin's confidences, and which of them are right: bins (low, high]."""
    confidence = [max(row) for row in m.P]
    right = [float(np.argmax(row) == label) for row, label in zip(m.P, m.y, strict=True)]
    return [
        [(c, r) for c, r in zip(confidence, right, strict=True) if k / bins < c <= (k + 1) / bins]
        for k in range(bins)
    ]


@formula("calibration.py: reliability")
def test_reliability(m):
    r"""
    c_i = \max_j P_{ij}, \qquad
        \operatorname{conf}_B = \frac{1}{|B|} \sum_{i \in B} c_i, \qquad
        \operatorname{acc}_B = \frac{1}{|B|} \sum_{i \in B} [\, \hat y_i = y_i \,]
    """
    found = reliability(m.P, m.y, bins=4)
    for k, members in enumerate(bins_of(m, 4)):
        assert found.count[k] == len(members)
        if members:
            close((found.confidence[k], found.accuracy[k]), np.mean(members, axis=0))


@formula("calibration.py: expected_calibration_error")
def test_expected_calibration_error(m):
    r"""
    \mathrm{ECE} = \sum_B \frac{|B|}{N}
        \left\lvert \operatorname{acc}_B - \operatorname{conf}_B \right\rvert
    """
    right = 0.0
    for members in filter(None, bins_of(m, 4)):
        conf, acc = np.mean(members, axis=0)
        right += len(members) / N * abs(acc - conf)
    close(expected_calibration_error(m.P, m.y, bins=4), right)


@formula("calibration.py: fit_temperature")
def test_fit_temperature(m):
    r"""
    T = \operatorname{arg\,min}_{T > 0} \;
        \frac{1}{N} \sum_i -\log \operatorname{softmax}(F_i / T)_{y_i}
    """
    # Labels that the scores get right, but for one: there is a least within the range.
    y = m.F.argmax(axis=1)
    y[0] = m.F[0].argmin()

    def mean_loss(T):
        E = np.exp(m.F / T)
        return np.mean([-math.log(E[i, y[i]] / sum(E[i])) for i in range(N)])

    T = fit_temperature(m.F, y)
    grid = T * np.exp(np.linspace(-3, 3, 601))
    assert min(range(601), key=lambda k: mean_loss(grid[k])) == 300
    close(mean_loss(T * 1.0001) > mean_loss(T) < mean_loss(T / 1.0001), True)


@formula("readings.py: softmax_readings")
def test_softmax_readings(m):
    r"""
    P_j = \frac{e^{(f_j + s) / T}}{\sum_k e^{(f_k + s) / T}}, \qquad
        H = -\sum_j P_j \log P_j
    """
    f, s, T = m.F[0], 0.7, 1.9
    readings = softmax_readings(f, shift=s, temperature=T)
    P = [math.exp((v + s) / T) / sum(math.exp((w + s) / T) for w in f) for v in f]
    close(readings["P"], P)
    close(readings["entropy"], -sum(p * math.log(p) for p in P))


@formula("widgets/softmax_bars.py: SoftmaxBars")
def test_the_softmax_bars(m):
    r"""P_j = \frac{e^{(f_j + s) / T}}{\sum_k e^{(f_k + s) / T}}"""
    test_softmax_readings(m)


@formula("widgets/softmax_bars.py: temperature_path")
def test_temperature_path(m):
    r"""P_j(T) = \frac{e^{f_j / T}}{\sum_k e^{f_k / T}}"""
    f = np.array([0.5, 1.5, 0.0])
    for row in temperature_path(f)[40::20]:  # not where a probability is too small for its log
        T = (f[1] - f[2]) / math.log(row[1] / row[2])
        terms = [math.exp(score / T) for score in f]
        close(row, [term / sum(terms) for term in terms])


@formula("readings.py: cross_entropy_readings")
def test_cross_entropy_readings(m):
    r"""L = -\frac{1}{N} \sum_i \log p_i, \qquad e^{-N L} = \prod_i p_i"""
    p = m.P[np.arange(N), m.y]
    readings = cross_entropy_readings(p)
    close(readings["loss"], -1 / N * sum(math.log(value) for value in p))
    close(math.exp(-N * readings["loss"]), math.prod(p))
    close(readings["likelihood"], math.prod(p))


@formula("widgets/cross_entropy_batch.py: CrossEntropyBatch")
def test_the_cross_entropy_batch(m):
    r"""L = -\frac{1}{N} \sum_i \log p_i, \qquad e^{-N L} = \prod_i p_i"""
    test_cross_entropy_readings(m)


@formula("widgets/lambda_explorer.py: LambdaExplorer")
def test_the_lambda_explorer(m):
    r"""
    L = L_{\text{data}} + \lambda \tfrac{1}{2} \lVert W \rVert^2, \qquad
        \frac{\partial L}{\partial W} = G + \lambda W
    """
    data, G, _ = sm.loss_and_gradient(m.X, m.y, m.W, m.b)
    for strength in (0.0, 0.3, 2.0):
        loss, dW, _ = sm.loss_and_gradient(m.X, m.y, m.W, m.b, strength=strength)
        close(loss, data + strength * 0.5 * np.linalg.norm(m.W) ** 2)
        close(dW, G + strength * m.W)


M = 3  # hidden units


@pytest.fixture
def network(m):
    """Return the parameters of a network for the problem, and what the definitions find."""
    rng = np.random.default_rng(18)
    params = sm.TwoLayerParams(*(rng.normal(size=s) for s in ((D, M), (M,), (M, C), (C,))))
    W1, b1, W2, b2 = params
    O1 = np.array([[m.X[i] @ W1[:, h] + b1[h] for h in range(M)] for i in range(N)])
    H = np.array([[max(0.0, o) for o in row] for row in O1])
    O2 = np.array([[H[i] @ W2[:, j] + b2[j] for j in range(C)] for i in range(N)])
    return SimpleNamespace(params=params, O1=O1, H=H, O2=O2)


@formula("two_layer.py: two_layer_forward")
def test_two_layer_forward(m, network):
    r"""
    O_1 = X W_1 + \mathbf{1} b_1^{\mathsf T}, \qquad
        H = \max(0, O_1), \qquad
        O_2 = H W_2 + \mathbf{1} b_2^{\mathsf T}
    """
    found = sm.two_layer_forward(m.X, *network.params)
    assert (network.O1 < 0).any()
    for name in ("O1", "H", "O2"):
        close(getattr(found, name), getattr(network, name))


@formula("two_layer.py: two_layer_loss_and_gradient")
def test_two_layer_loss_and_gradient(m, network):
    r"""
    L &= \frac{1}{N} \sum_i -\log P_{i, y_i}
        + \frac{\lambda}{2} \left(\lVert W_1 \rVert^2 + \lVert W_2 \rVert^2\right), \qquad
        P = \operatorname{softmax}(O_2) \\
    \frac{\partial L}{\partial O_2} &= \frac{1}{N} (P - Y), \qquad
    \frac{\partial L}{\partial W_2} =
        H^{\mathsf T} \frac{\partial L}{\partial O_2} + \lambda W_2, \qquad
    \frac{\partial L}{\partial b_2} = \sum_i \frac{\partial L}{\partial O_{2\, i,:}} \\
    \frac{\partial L}{\partial O_1} &=
        \left(\frac{\partial L}{\partial O_2} W_2^{\mathsf T}\right) \odot [\,O_1 > 0\,], \qquad
    \frac{\partial L}{\partial W_1} =
        X^{\mathsf T} \frac{\partial L}{\partial O_1} + \lambda W_1, \qquad
    \frac{\partial L}{\partial b_1} = \sum_i \frac{\partial L}{\partial O_{1\, i,:}}
    """

    def L(W1, b1, W2, b2):
        O1 = m.X @ W1 + b1
        O2 = np.where(O1.real > 0, O1, 0) @ W2 + b2
        P = np.exp(O2) / np.exp(O2).sum(axis=1, keepdims=True)
        squares = (W1**2).sum() + (W2**2).sum()
        return sum(-np.log(P[i, m.y[i]]) for i in range(N)) / N + STRENGTH / 2 * squares

    W1, b1, W2, b2 = network.params
    P = np.exp(network.O2) / np.exp(network.O2).sum(axis=1, keepdims=True)
    dO2 = (P - m.Y) / N
    dO1 = (dO2 @ W2.T) * (network.O1 > 0)
    result = sm.two_layer_loss_and_gradient(m.X, m.y, W1, b1, W2, b2, strength=STRENGTH)
    close(result.loss, L(W1, b1, W2, b2))
    close(result.dW2, network.H.T @ dO2 + STRENGTH * W2)
    close(result.db2, dO2.sum(axis=0))
    close(result.dW1, m.X.T @ dO1 + STRENGTH * W1)
    close(result.db1, dO1.sum(axis=0))
    for k, slope in enumerate(result[1:]):

        def of_one(value, k=k):
            return L(*network.params[:k], value, *network.params[k + 1 :])

        close(slope, slopes(of_one, network.params[k]))


@formula("two_layer.py: initial_two_layer")
def test_initial_two_layer():
    r"""
    (W_1)_{dh} \sim \mathcal N\!\left(0, \frac{2}{D}\right), \qquad
        (W_2)_{hj} \sim \mathcal N\!\left(0, \frac{2}{M}\right), \qquad b_1 = 0, \quad b_2 = 0
    """
    W1, b1, W2, b2 = sm.initial_two_layer(50, 400, 60, rng=np.random.default_rng(19))
    for W, variance in ((W1, 2 / 50), (W2, 2 / 400)):
        standard = W / np.sqrt(variance)
        np.testing.assert_allclose(standard.mean(), 0, atol=0.03)
        np.testing.assert_allclose((standard**2).mean(), 1, rtol=0.03)
        np.testing.assert_allclose((standard**4).mean(), 3, rtol=0.06)  # as of a normal one
    assert not b1.any()
    assert not b2.any()


@formula("shapes.py: spiral")
def test_spiral():
    r"""
    r \in [0.1, 1], \qquad
        \varphi = 2\pi \left(\frac{j}{C} + \tfrac{3}{4} r\right), \qquad
        x = (r \cos \varphi,\; r \sin \varphi) + \varepsilon
    """
    arms, points = 3, 10
    X, y = spiral(points, arms, noise=0, rng=np.random.default_rng(0))
    for x, j, k in zip(X, y, list(range(points)) * arms, strict=True):
        r = 0.1 + 0.9 * k / (points - 1)
        angle = 2 * math.pi * (j / arms + 3 / 4 * r)
        close(x, (r * math.cos(angle), r * math.sin(angle)))


@formula("shapes.py: moons")
def test_moons():
    r"""
    (\cos \varphi,\; \sin \varphi) \text{ and }
        (1 - \cos \varphi,\; \tfrac12 - \sin \varphi), \qquad \varphi \in [0, \pi]
    """
    X, y = moons(9, noise=0, rng=np.random.default_rng(0))
    for k, angle in enumerate(np.linspace(0, math.pi, 9)):
        close(X[y == 0][k], (math.cos(angle), math.sin(angle)))
        close(X[y == 1][k], (1 - math.cos(angle), 1 / 2 - math.sin(angle)))


@formula("fitting.py: fit")
def test_fit(m):
    r"""
    (W^*, b^*) = \operatorname{arg\,min}_{W, b} \;
        \frac{1}{N} \sum_i -\log P_{i, y_i} + \frac{\lambda}{2} \lVert W \rVert^2
    """
    y = np.arange(N) % C

    def loss(W, b):
        F = m.X @ W + b
        data = [math.log(sum(map(math.exp, F[i]))) - F[i, y[i]] for i in range(N)]
        return sum(data) / N + STRENGTH / 2 * sum(w**2 for w in W.ravel())

    W, b = (part := sm.fit(m.X, y, strength=STRENGTH)).W, part.b
    least = loss(W, b)
    for place in np.ndindex(W.shape):
        for step in (-0.01, 0.01):
            moved = W.copy()
            moved[place] += step
            assert loss(moved, b) > least
    for j in range(C):
        assert loss(W, b + 0.01 * (np.arange(C) == j)) > least
        assert loss(W, b - 0.01 * (np.arange(C) == j)) > least


@formula("partial_sums.py: partial_sums")
def test_partial_sums(m):
    r"""
    \Bigl( \sum_i -\log P_{i, y_i}, \quad X^{\mathsf T} (P - Y), \quad
        \sum_i (P - Y)_{i,:} \Bigr)
    """
    count, loss, dW, db = partial_sums(m.X, m.y, m.W, m.b)
    assert count == N
    close(loss, -sum(math.log(m.P[i, m.y[i]]) for i in range(N)))
    close(dW, m.X.T @ (m.P - m.Y))
    close(db, [sum(m.P[i, j] - m.Y[i, j] for i in range(N)) for j in range(C)])
