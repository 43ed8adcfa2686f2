"""Slips that an exercise or :func:`softmax_steps.diagnose` names, and no assignment does.

They are told as those of :mod:`~softmax_steps.advice.step_slips` are.
"""

from softmax_steps.advice.known_slip import (
    DIFFERENTIALS,
    GRADIENT,
    GUARD,
    NEIGHBOURS,
    NOTATION,
    ONE_PASS,
    PENALTY,
    PRICE,
    SCORE,
    SOFTMAX,
    TRAINING,
    of_the_book,
    of_the_class,
)

_NEAR_MISSES = GUARD.at("Near misses", "near-misses")
_ROAD = GUARD.at("Where the road ends", "where-the-road-ends")
_LABELS = NOTATION.at("Fork 2: labels from 0, from 1, or one-hot", "fork-2-where-counting-begins")
_NAMED = GRADIENT.at("Let the check name the slip", "let-the-check-name-the-slip")
_STRIDE = TRAINING.at("How long a stride?", "how-long-a-stride")
_DISTANCE = NEIGHBOURS.at("The formulas", "squared-distances")
_BLOCKS = ONE_PASS.at("In blocks", "in-blocks")
_OWN_QUESTIONS = NEIGHBOURS.at("What goes wrong", "marked-on-its-own-questions")

PRACTICE_SLIPS = (
    # score and guard
    of_the_book(
        "entry-by-entry-product",
        "You multiply entry by entry. A score is a sum over the features: the product of matrices, "
        "X @ W.",
        SCORE.at("Three sizes, three letters", "three-sizes-three-letters"),
    ),
    of_the_book(
        "one-size-for-three",
        "You take W transposed. It runs where there are as many features as classes: W is (D, C), "
        "a column for each class, and X @ W needs no transposing.",
        SCORE.at("Three sizes, three letters", "three-sizes-three-letters"),
    ),
    of_the_book(
        "row-mean-guard",
        "You subtract each row's mean. The largest score can still lie far above it and overflow: "
        "subtract the row's maximum.",
        _NEAR_MISSES,
    ),
    of_the_book(
        "divided-by-maximum",
        "You divide by the row's maximum. That changes the differences, on which the probabilities "
        "depend: subtract the maximum.",
        _NEAR_MISSES,
    ),
    of_the_book(
        "clipped-scores",
        "You clip the scores, so all beyond the limit become equal. Subtract the row's maximum, "
        "which changes no probability.",
        _NEAR_MISSES,
    ),
    of_the_class(
        "half-precision",
        "float16 overflows inside",
        "In float16 e^f is inf above 11.09, and a sum above 65504. Guard each row, and add up in "
        "float32.",
        _ROAD,
    ),
    of_the_class(
        "not-divided",
        "not divided by the sum",
        "Your rows do not sum to 1: the exponentials are not divided by their sum.",
        SOFTMAX.at("Two slips that run", "two-slips-that-run"),
    ),
    of_the_class(
        "logarithm-for-softmax",
        "logarithm given for the softmax",
        "You give the logarithms of the probabilities. The probabilities themselves are asked for.",
        PRICE.at("The logarithm of a probability", "the-logarithm-of-a-probability"),
    ),
    of_the_class(
        "returned-in-the-loop",
        "return inside the loop",
        "Only the first row is filled: the return stands inside the loop and ends it. Move it "
        "below the loop, as far left as `for`.",
        SOFTMAX.at("Two slips that run", "two-slips-that-run"),
    ),
    # the loss
    of_the_class(
        "lost-beside-one",
        "a small number added to 1",
        "You add a small number to 1 before the logarithm, and it is rounded away: a small loss "
        "becomes 0. np.log1p(x) and np.logaddexp never form that sum.",
        PRICE.at(
            "Where the logarithm fails on a computer", "where-the-logarithm-fails-on-a-computer"
        ),
    ),
    of_the_class(
        "softmax-twice",
        "softmax taken twice",
        "Softmax is taken twice: of scores, and again of the probabilities. What the second one "
        "gets lies between 0 and 1, so no class can lead by more than 1. Hand over the scores.",
        PRICE.at("Exercises", "exercises"),
    ),
    of_the_book(
        "unsummed-loss",
        "You give a matrix where one number is asked for. Add up over the classes, take the mean "
        "over the samples, and then add the penalty, once.",
        PRICE.at("The one-hot form", "the-one-hot-form"),
    ),
    of_the_book(
        "column-of-labels",
        "Your labels stand in a column, (N, 1). With np.arange(N) beside it every sample gets "
        "every label: make it a vector, y.ravel().",
        PRICE.at("Slips that run", "slips-that-run"),
    ),
    of_the_class(
        "label-mask",
        "samples without a label are charged",
        "A negative label marks a sample without one, and NumPy counts it from the end: −1 is the "
        "last class. Leave such samples out: keep = y >= 0, then X[keep] and y[keep].",
        _LABELS,
    ),
    of_the_class(
        "score-mask",
        "a score of −inf makes the loss NaN",
        "A score of −inf shuts a class out, and 0 · −inf or −inf − −inf is NaN. Pick the true "
        "class's number by its index, or put a very low score in place of −inf.",
        PRICE.at("The one-hot form", "the-one-hot-form"),
    ),
    of_the_book(
        "data-penalised",
        "You penalise the data. λ belongs to the weights: the sum of the squares of W.",
        PENALTY.at("Silent mistakes", "silent-mistakes"),
    ),
    # the gradient
    of_the_book(
        "times-n",
        "Your gradient is N times too large, the penalty's part too: it is that of a sum over the "
        "samples.",
        _NAMED,
    ),
    of_the_book(
        "penalty-halved",
        "Half of λW: the square's 2 and the ½ in λ/2 cancel, and λW remains.",
        _NAMED,
    ),
    of_the_book(
        "data-sign",
        "The data's part has the wrong sign: P − Y, not Y − P. The penalty's part is right.",
        _NAMED,
    ),
    of_the_book(
        "one-hot-added",
        "You add the one-hot labels. They are subtracted: P − Y.",
        GRADIENT.at("The two terms", "the-two-terms"),
    ),
    of_the_book(
        "never-filled",
        "Your gradient is 0 everywhere. Fill the result in before you return it.",
        _NAMED,
    ),
    of_the_book(
        "element-by-element",
        "You multiply the slopes entry by entry, as if each score moved its own probability alone. "
        "All of a row's probabilities move: subtract P times the row's sum.",
        GRADIENT.at("Not a product but a contraction", "a-contraction"),
    ),
    of_the_class(
        "sum-of-the-batch",
        "one sum for the whole batch",
        "You take one sum over the whole batch. Each row has its own: axis=1, keepdims=True.",
        GRADIENT.at("Not a product but a contraction", "a-contraction"),
    ),
    of_the_class(
        "samples-by-column",
        "samples' weights laid along the classes",
        "You multiply column j by weight j. A weight belongs to a sample, which is a row: "
        "a[:, np.newaxis].",
        GRADIENT.at("Intuition: error times input", "intuition-error-times-input"),
    ),
    of_the_class(
        "samples-weight-ignored",
        "samples' weights ignored",
        "You count every sample once. Row i is multiplied by the weight of sample i.",
        GRADIENT.at("Intuition: error times input", "intuition-error-times-input"),
    ),
    of_the_class(
        "one-of-two-terms",
        "one of the two terms",
        "You have one of two terms. W stands in the product twice, and each place gives a term.",
        DIFFERENTIALS.at("Four rules", "four-rules"),
    ),
    of_the_class(
        "inner-for-outer",
        "a number or a row where a matrix is meant",
        "p @ p is one number and p * p one row, and NumPy subtracts either from a whole matrix. "
        "What is meant has an entry for each pair of classes: np.outer(p, p).",
        DIFFERENTIALS.at("A matrix where a number was meant", "a-matrix-where-a-number-was-meant"),
    ),
    of_the_class(
        "sum-held-still",
        "sum of the exponentials held still",
        "You move each exponential and hold their sum still. The sum moves too: subtract p times "
        "the average change, p @ df.",
        DIFFERENTIALS.at("The loss, line by line", "the-loss-line-by-line"),
    ),
    of_the_class(
        "gradient-apart",
        "the gradient is not that of the loss",
        "The gradient is not the slope of your own loss. Compare them entry by entry, and begin "
        "where they differ most.",
        GRADIENT.at("Measure it", "measure-it"),
    ),
    # neighbours
    of_the_class(
        "root-of-distance",
        "root of the squared distance",
        "You take the root. The squared distance is asked for: it has the same order.",
        _DISTANCE,
    ),
    of_the_class(
        "cross-term-halved",
        "2 missing in the middle term",
        "The factor 2 of the middle term is missing. As in (a − b)², the product counts twice.",
        _DISTANCE,
    ),
    of_the_class(
        "sizes-of-differences",
        "sum of the sizes of the differences",
        "You add up the sizes of the differences. Their squares are asked for.",
        _DISTANCE,
    ),
    of_the_class(
        "row-against-row",
        "each row against one row only",
        "You compare row i with row i alone. Every row of X is asked against every row of Z: the "
        "result has a row for each of X and a column for each of Z.",
        _DISTANCE,
    ),
    of_the_class(
        "lost-far-away",
        "digits lost far from the origin",
        "Far from the origin the three terms are large and nearly cancel, and the digits of a "
        "small distance are lost. Move both sets first, by the middle of Z: no distance changes.",
        _DISTANCE,
    ),
    of_the_class(
        "names-itself",
        "each sample names itself",
        "Each sample names itself. Its own distance is 0, and the nearest has the smallest: keep "
        "the diagonal out of the search with np.inf.",
        _OWN_QUESTIONS,
    ),
    of_the_class(
        "farthest-for-nearest",
        "the farthest for the nearest",
        "You ask the farthest sample. The nearest has the smallest distance: argmin, with np.inf "
        "on the diagonal.",
        _DISTANCE,
    ),
    of_the_class(
        "twins-left-out",
        "samples on the same spot left out",
        "You leave out every distance of 0, so another sample on the same spot too. Only the "
        "diagonal is the sample itself: np.fill_diagonal(D, np.inf).",
        _OWN_QUESTIONS,
    ),
    of_the_class(
        "second-for-other",
        "the second nearest for the nearest other",
        "You take the second nearest. Where another sample lies on the same spot, that can be the "
        "sample itself: put np.inf on the diagonal, and take the nearest.",
        _OWN_QUESTIONS,
    ),
    # blocks of rows
    of_the_class(
        "blocks-counted-alike",
        "blocks counted alike",
        "You take the plain mean of the blocks' gradients, so a row of a short block counts more. "
        "Each block counts by its share of the rows.",
        _BLOCKS,
    ),
    of_the_class(
        "blocks-added-up",
        "means of the blocks added up",
        "You add up the blocks' gradients, each of which is a mean. Multiply each by its share of "
        "the rows first.",
        _BLOCKS,
    ),
    of_the_class(
        "penalty-for-each-block",
        "penalty added for each block",
        "You add the penalty once for each block. Only the sum over the rows is cut into blocks: "
        "add the penalty once.",
        _BLOCKS,
    ),
    of_the_class(
        "total-in-small-float",
        "total in a small float",
        "Your total has the type of P. A float16 keeps three digits, so what is added to a long "
        "sum is rounded. Add up in a wider type: np.zeros(P.shape[1]) is float64.",
        ONE_PASS.at("A million rows", "a-million-rows"),
    ),
    # the step
    of_the_class(
        "learning-rate-too-large",
        "learning rate too large",
        "The learning rate is too large: a step along the right gradient goes beyond the valley "
        "and up its other side. Halve it until the loss falls.",
        _STRIDE,
    ),
    of_the_class(
        "learning-rate-too-small",
        "learning rate too small",
        "The learning rate is so small that a step changes next to nothing. Multiply it by 10 "
        "until the loss falls in each step that you look at.",
        _STRIDE,
    ),
    of_the_class(
        "penalty-twice",
        "λ counted twice in the step",
        "λ acts twice in your step: the gradient holds λW, and the step takes ηλW off W once more, "
        "as weight decay. Keep one of the two: for example, set weight decay to 0.",
        PENALTY.at("Silent mistakes", "silent-mistakes"),
    ),
    # the data
    of_the_class(
        "not-finite",
        "NaN or inf in what comes in",
        "There is NaN or inf in what you pass, and every product with it is NaN. Leave those "
        "samples out, or fill the places, before the first step.",
        GUARD.at("What the guard does not cure", "what-the-guard-does-not-cure"),
    ),
)
