"""Slips that real classes make in the assignments, and that the book's steps do not show.

They are told as those of :mod:`~softmax_steps.advice.step_slips` are.
"""

from softmax_steps.advice.known_slip import (
    GRADIENT,
    GUARD,
    NOTATION,
    PENALTY,
    PRICE,
    SOFTMAX,
    TRAINING,
    of_the_book,
    of_the_class,
)

_MEASURED = GRADIENT.at("Measure it", "measure-it")
_STEPS = TRAINING.at("The formulas", "the-formulas")
_ONE_HOT = PRICE.at("The one-hot form", "the-one-hot-form")

COMMON_SLIPS = (
    # guard and softmax
    of_the_class(
        "guard-by-column",
        "guard by the column's maximum",
        "You subtract each column's largest score. Only a number that is the same all along a "
        "row leaves its probabilities as they are: give each sample its own maximum, axis=1.",
        GUARD.at("Near misses", "near-misses"),
    ),
    of_the_class(
        "guard-before-temperature",
        "maximum of the undivided scores",
        "You divide the scores by the temperature, but the maximum that you subtract is that of "
        "the undivided ones. Divide first, then take the maximum of what you have.",
        SOFTMAX.at(
            "Temperature: how much is one unit worth?", "temperature-how-much-is-one-unit-worth"
        ),
    ),
    of_the_class(
        "shifted-above-only",
        "guard above the fraction bar only",
        "You shift the scores in one of the two places where they stand, and not in the sum. Then "
        "the factor does not cancel: use the shifted scores in both.",
        GUARD.at("One subtraction", "one-subtraction"),
    ),
    of_the_class(
        "logarithm-forgotten",
        "softmax given for its logarithm",
        "You give the probabilities. Their logarithm is asked for, computed from the scores: "
        "F′ − log Σ exp F′.",
        PRICE.at("The logarithm of a probability", "the-logarithm-of-a-probability"),
    ),
    of_the_class(
        "small-number-in-log",
        "a small number keeps the logarithm from −inf",
        "A small number, added to the probability or set as its least value, keeps your logarithm "
        "from −inf, and so every loss below a limit. Work with the scores: F′ − log Σ exp F′.",
        PRICE.at(
            "Where the logarithm fails on a computer", "where-the-logarithm-fails-on-a-computer"
        ),
    ),
    # cross-entropy
    of_the_class(
        "smoothing-share-missing",
        "true class without its share of ε",
        "Your true class has the target 1 − ε. It gets its share of ε as every class does: "
        "1 − ε + ε/C. The targets of a sample add up to 1.",
        _ONE_HOT,
    ),
    of_the_class(
        "smoothing-not-taken",
        "ε shared, and not taken from the true class",
        "You give every class ε/C and leave the true one its whole 1, so the targets of a sample "
        "add up to 1 + ε. Take ε from the true class first: 1 − ε + ε/C.",
        _ONE_HOT,
    ),
    of_the_book(
        "labels-from-one",
        "You count the classes from 1. Here the labels begin at 0: class y[i] is the one with the "
        "number y[i], and nothing is subtracted.",
        NOTATION.at("Fork 2: labels from 0, from 1, or one-hot", "fork-2-where-counting-begins"),
    ),
    of_the_book(
        "all-pairs",
        "log_p[:, y] takes, for every sample, the columns of all labels: a matrix (N, N). "
        "log_p[np.arange(N), y] takes one number for each sample.",
        PRICE.at("Slips that run", "slips-that-run"),
    ),
    of_the_class(
        "one-number-for-all",
        "one number for the whole batch",
        "You give one number for the whole batch. One for each sample is asked for; the mean over "
        "the samples comes later, in the loss.",
        PRICE.at("The mean, not the sum", "the-mean-not-the-sum"),
    ),
    of_the_class(
        "not-summed",
        "not summed over the classes",
        "You give a number for each sample and class. A sample's loss is the sum over its "
        "classes: one number for each sample.",
        _ONE_HOT,
    ),
    of_the_class(
        "mean-over-classes",
        "mean over the classes too",
        "Your numbers are C times too small: you take a mean over the classes. Sum over the "
        "classes; a mean is taken over the samples alone.",
        _ONE_HOT,
    ),
    # the penalty
    of_the_class(
        "sizes-for-squares",
        "sum of |w| for the sum of squares",
        "You add up the sizes |w| of the weights. Their squares are asked for.",
        PENALTY.at("The formula", "the-formula"),
    ),
    of_the_class(
        "root-of-penalty",
        "norm not squared",
        "You take the norm ‖W‖ with its root. The penalty is its square: the sum of the squared "
        "weights.",
        PENALTY.at("The formula", "the-formula"),
    ),
    of_the_class(
        "mean-of-squares",
        "mean of the squared weights",
        "You take the mean of the squared weights. Their sum is asked for, however many there are.",
        PENALTY.at("The formula", "the-formula"),
    ),
    of_the_class(
        "bias-and-factor-two",
        "bias penalised, and a factor of 2 as well",
        "Two slips at once: you penalise the biases too, and λ and λ/2 were mixed up. Only the "
        "weights cost something, and here without the half.",
        PENALTY.at("λ or λ/2, sum or mean", "or-2-sum-or-mean"),
    ),
    # the gradient
    of_the_class(
        "weights-normalised",
        "divided by the sum of the class weights",
        "You divide by the sum of the samples' weights, as some libraries do. Here the weighted "
        "losses are added up and divided by N.",
        PRICE.at("The mean, not the sum", "the-mean-not-the-sum"),
    ),
    of_the_class(
        "one-part-not-averaged",
        "1/N missing in one of dW and db",
        "One of your two results is N times too large, dW or db. The loss is a mean, so both are "
        "divided by N.",
        GRADIENT.at("Together", "together"),
    ),
    of_the_class(
        "bias-gradient-left-out",
        "no gradient for the bias",
        "Your db is 0. A bias has a slope as well: the errors of its class, added up over the "
        "samples and divided by N.",
        GRADIENT.at("Together", "together"),
    ),
    of_the_class(
        "softmax-left-out",
        "scores taken for probabilities",
        "You subtract Y from the scores. The error is P − Y: softmax makes the scores into P "
        "first.",
        GRADIENT.at("The two terms", "the-two-terms"),
    ),
    of_the_class(
        "divided-by-classes",
        "divided by N and by C",
        "The data's part of your gradient is C times too small: you divide by the number of "
        "classes too. The mean is taken over the N samples alone.",
        GRADIENT.at("Together", "together"),
    ),
    of_the_book(
        "penalty-sign",
        "You subtract the penalty's part. It is added: the loss grows with the weights.",
        PENALTY.at("The formula", "the-formula"),
    ),
    of_the_class(
        "penalty-for-each-sample",
        "penalty added for each sample",
        "Your penalty's part is N times too large: it is added once for each sample. Add it once, "
        "after the mean.",
        PENALTY.at("λ or λ/2, sum or mean", "or-2-sum-or-mean"),
    ),
    # the check
    of_the_class(
        "step-forgotten",
        "not divided by h",
        "You give differences of the loss, not slopes: divide by h.",
        _MEASURED,
    ),
    of_the_class(
        "divisor-forgotten",
        "not divided by 12",
        "Your slopes are 12 times too large: the sum of the four losses is divided by 12 h.",
        _MEASURED,
    ),
    of_the_class(
        "not-measured",
        "formula for a measurement",
        "You give the gradient of the formula. It is to be measured, with the h that is given: "
        "only so can it judge the formula.",
        _MEASURED,
    ),
    of_the_class(
        "zero-by-zero",
        "0 divided by 0",
        "Where both gradients are 0 you divide 0 by 0, which is NaN. There the gap is 0.",
        _MEASURED,
    ),
    of_the_class(
        "largest-for-norm",
        "largest entry for the norm",
        "You compare the largest entries. The norm is asked for: the root of the sum of all "
        "squares.",
        _MEASURED,
    ),
    of_the_class(
        "norm-without-root",
        "norm without its root",
        "You leave out the roots. The norm is the root of the sum of all squares.",
        _MEASURED,
    ),
    of_the_class(
        "gap-not-relative",
        "difference not divided by the sizes",
        "You give the size of the difference. Divide it by the sum of the two sizes, so that the "
        "gap is a share from 0 to 1.",
        _MEASURED,
    ),
    # training
    of_the_class(
        "nesterov",
        "gradient taken ahead (Nesterov)",
        "You take the gradient where the velocity leads, which is Nesterov's momentum. Here it is "
        "taken at W itself, before the step.",
        _STEPS,
    ),
    of_the_class(
        "momentum-averaged",
        "gradient multiplied by 1 − μ",
        "You multiply the gradient by 1 − μ, as an average does. Here it comes in whole: "
        "V ← μV − ηG.",
        _STEPS,
    ),
    of_the_class(
        "momentum-sign",
        "momentum with the wrong sign",
        "You subtract the momentum, which brakes each step. It is added: V ← μV − ηG.",
        _STEPS,
    ),
    of_the_class(
        "momentum-for-weights-only",
        "momentum for W and not for b",
        "Your W has momentum and your b has none. Give b a velocity of its own.",
        _STEPS,
    ),
    of_the_class(
        "bias-not-moved",
        "b never moved",
        "Your b stays as it was. It takes its step as W does, with the gradient db.",
        _STEPS,
    ),
    of_the_class(
        "slope-of-the-start",
        "gradient always taken at the start",
        "Your gradients are all taken at the W and b that came in. Take each one where the steps "
        "before it have led.",
        _STEPS,
    ),
    of_the_class(
        "share-rounded",
        "share rounded, not cut",
        "You round the share of each class. It is cut: int(share * n), so 7.5 gives 7.",
        TRAINING.at("Two sets to put away", "two-sets-to-put-away"),
    ),
    of_the_class(
        "smallest-allowed",
        "smallest λ within one standard error",
        "You take the smallest λ within one standard error. The largest is asked for: the "
        "simplest of the models that are equally good.",
        TRAINING.at("Which λ?", "which"),
    ),
)
