"""Wrong on purpose: the notes' own slips, kept here to be shown failing. Never use them.

Nothing in the package imports this module, and none of its names is exported. The chapters
run these functions in cells that say what goes wrong; the mended forms are in the modules
named beside each.
"""

import numpy as np


def unguarded_softmax(F):
    """Take the softmax without a guard: e^f overflows above 709.78 in float64.

    Source: note 000, step 3 without step 2. Mended: :func:`softmax_steps.softmax`.
    """
    E = np.exp(F)
    return E / E.sum(axis=1, keepdims=True)


def whole_matrix_shift(F):
    """Subtract the maximum of the whole matrix from every row.

    A row far below that maximum is pushed off the other end: all its exponentials are 0.

    Source: note 000, step 2 (slip E2). Mended: :func:`softmax_steps.shift_scores`.
    """
    F = np.asarray(F)
    return F - F.max()


def whole_matrix_softmax(F):
    """Take the softmax behind the whole-matrix guard: 0/0 in a row far below the maximum.

    Source: note 000, steps 2 and 3 (slip E2). Mended: :func:`softmax_steps.softmax`.
    """
    E = np.exp(whole_matrix_shift(F))
    return E / E.sum(axis=1, keepdims=True)


def log_of_softmax(F):
    """Take the logarithm of a computed softmax: −inf once a probability is stored as 0.

    Source: note 000, step 4 (slip E7). Mended: :func:`softmax_steps.log_softmax`.
    """
    F = np.asarray(F)
    E = np.exp(F - F.max(axis=1, keepdims=True))
    return np.log(E / E.sum(axis=1, keepdims=True))
