"""The slips of the steps: what is said of each, and where the book treats it.

A slip's id and title are those of :data:`softmax_steps.slips.SLIPS`. Assignments ask for more than
the book does, such as a temperature; the slips in that stand here too.
"""

from softmax_steps.advice.known_slip import (
    GRADIENT,
    GUARD,
    LAYERS,
    NOTATION,
    PENALTY,
    PRICE,
    SCORE,
    SOFTMAX,
    TRAINING,
    of_the_book,
    of_the_class,
)

STEP_SLIPS = (
    # shapes and types
    of_the_book(
        "transposed",
        "Your result is the transpose of the right one: rows and columns have changed places.",
        NOTATION.at("Fork 8: which way a gradient lies", "fork-8-which-way-a-gradient-lies"),
    ),
    of_the_book(
        "one-class-count",
        "Your function is right for one number of classes and wrong or stopped for every other. "
        "Take the number of classes from the shape of what comes in, and write no 3 and no 10.",
        SCORE.at("Three sizes, three letters", "three-sizes-three-letters"),
    ),
    of_the_book(
        "whole-numbers",
        "When whole numbers come in, your result is cut to whole numbers. An array made with the "
        "type of the input, as np.zeros_like does, cannot hold a fraction: make it float.",
        NOTATION.at("The symbols", "the-symbols"),
    ),
    of_the_book(
        "integer-division",
        "The data have no effect on your gradient: a factor before them is 0. In Python 1 // N is "
        "an integer division and gives 0 for N above 1; write 1 / N.",
        GRADIENT.at("Together", "together"),
    ),
    of_the_book(
        "changed-in-place",
        "Your function changes an array that was handed to it. `A = B` makes no copy, and "
        "`A -= …` writes into the caller's array. Write `A = A - …`, or copy first.",
        GUARD.at("Near misses", "near-misses"),
    ),
    of_the_book(
        "python-loop",
        "Your function takes more Python steps when there are more samples or classes, so a loop "
        "is left in it. Let matrix products and sums over an axis do the work.",
        GRADIENT.at("From the scores to the weights", "from-the-scores-to-the-weights"),
    ),
    # scores and softmax
    of_the_book(
        "bias-left-out",
        "Your scores are right but for the bias, which is missing.",
        SCORE.at("The bias moves the border", "the-bias-moves-the-border"),
    ),
    of_the_book(
        "bias-in-last-row",
        "You took the biases from the last row of W. Here they stand in the first one.",
        SCORE.at("The bias folded in", "the-bias-folded-in"),
    ),
    of_the_book(
        "no-guard",
        "Without a guard the exponential of a large score is inf, and inf / inf is NaN. Take each "
        "row's largest score from the row first.",
        GUARD.at("Five rows that fail", "five-rows-that-fail"),
    ),
    of_the_book(
        "whole-matrix-guard",
        "You subtract the largest score of the whole matrix. A sample far below it is left with "
        "exponentials that are all 0: give each sample its own maximum.",
        GUARD.at("Each row its own guard", "each-row-its-own-guard"),
    ),
    of_the_book(
        "wrong-axis",
        "You work along the wrong axis: over the samples instead of the classes. What one sample "
        "gets must not depend on the others.",
        SOFTMAX.at("Two slips that run", "two-slips-that-run"),
    ),
    of_the_book(
        "lost-keepdims",
        "A vector with one number for each row is lined up with the columns. It stops with an "
        "error, or, with as many samples as classes or with one class, gives wrong numbers: use "
        "keepdims=True.",
        SOFTMAX.at("Two slips that run", "two-slips-that-run"),
    ),
    of_the_class(
        "temperature-ignored",
        "temperature ignored",
        "Your answers are those of temperature 1. Divide the scores by the temperature.",
        SOFTMAX.at(
            "Temperature: how much is one unit worth?", "temperature-how-much-is-one-unit-worth"
        ),
    ),
    of_the_class(
        "temperature-left-out-of-the-slope",
        "1/T missing in the gradient",
        "Your gradient is T times too large: the scores are divided by the temperature, so every "
        "slope is too.",
        SOFTMAX.at(
            "Temperature: how much is one unit worth?", "temperature-how-much-is-one-unit-worth"
        ),
    ),
    of_the_class(
        "temperature-multiplied",
        "multiplied by the temperature",
        "You multiply by the temperature, and should divide by it: a high temperature makes the "
        "differences between the scores small.",
        SOFTMAX.at(
            "Temperature: how much is one unit worth?", "temperature-how-much-is-one-unit-worth"
        ),
    ),
    # cross-entropy and loss
    of_the_book(
        "log-of-softmax",
        "You take the logarithm of a probability. One that is too small is stored as 0, and its "
        "logarithm is −inf. Work with the scores: F′ − log Σ exp F′.",
        PRICE.at(
            "Where the logarithm fails on a computer", "where-the-logarithm-fails-on-a-computer"
        ),
    ),
    of_the_book(
        "other-base",
        "Your logarithm has the base 2 or 10. Here it is the natural one, np.log, and the unit "
        "is the nat.",
        NOTATION.at("Fork 7: nats or bits", "fork-7-nats-or-bits"),
    ),
    of_the_book(
        "zero-times-infinity",
        "A target of 0 times a log-probability of −inf is NaN. A class that is not asked for "
        "must not count: leave such terms out of the sum.",
        PRICE.at("The one-hot form", "the-one-hot-form"),
    ),
    of_the_class(
        "smoothing-ignored",
        "label smoothing ignored",
        "Your losses are those without smoothing: the true class has the whole target. Share the "
        "part ε of it among all classes.",
        PRICE.at("The one-hot form", "the-one-hot-form"),
    ),
    of_the_class(
        "smoothing-to-others-only",
        "smoothing shared among the other classes only",
        "You share ε among the C − 1 other classes. Here it is shared among all C, so the true "
        "class has 1 − ε + ε/C.",
        PRICE.at("The one-hot form", "the-one-hot-form"),
    ),
    of_the_book(
        "sum-for-mean",
        "Your data loss is N times too large: a sum over the samples where the mean is asked for.",
        PRICE.at("The mean, not the sum", "the-mean-not-the-sum"),
    ),
    of_the_book(
        "penalty-in-the-mean",
        "You divide the penalty by N too. Average the samples' losses first, then add the penalty "
        "once.",
        PENALTY.at("λ or λ/2, sum or mean", "or-2-sum-or-mean"),
    ),
    # the penalty
    of_the_book(
        "penalty-factor-two",
        "Your penalty is off by a factor of 2: λ and λ/2 were mixed up. The gradient of λ‖W‖² is "
        "2λW, that of (λ/2)‖W‖² is λW.",
        PENALTY.at("λ or λ/2, sum or mean", "or-2-sum-or-mean"),
    ),
    of_the_book(
        "penalty-missing",
        "Your result is right for λ = 0 and does not change with λ: the penalty is missing.",
        PENALTY.at("The formula", "the-formula"),
    ),
    of_the_book(
        "bias-penalised",
        "You penalise the biases too. They go free: only the weights cost something.",
        PENALTY.at("Why the bias goes free", "why-the-bias-goes-free"),
    ),
    # the gradient
    of_the_book(
        "missing-mean",
        "The data's part of your gradient is N times too large. The loss is a mean, so divide by "
        "N.",
        GRADIENT.at("Let the check name the slip", "let-the-check-name-the-slip"),
    ),
    of_the_book(
        "one-hot-left",
        "You multiply with P where P − Y is meant: the 1 of the true class was not subtracted.",
        GRADIENT.at("The two terms", "the-two-terms"),
    ),
    of_the_book(
        "wrong-sign",
        "Your result has the wrong sign. For a gradient: P − Y, not Y − P.",
        GRADIENT.at("The two terms", "the-two-terms"),
    ),
    of_the_class(
        "class-weights-ignored",
        "class weights ignored",
        "You count every sample once. What sample i adds, to the loss or to a gradient, must be "
        "multiplied by the weight of its class, class_weights[y[i]].",
        GRADIENT.at("Intuition: error times input", "intuition-error-times-input"),
    ),
    of_the_class(
        "class-weights-by-column",
        "class weights laid along the classes",
        "You multiply the error of class j by the weight of class j. The weight belongs to the "
        "sample: all errors of sample i are multiplied by class_weights[y[i]].",
        GRADIENT.at("Intuition: error times input", "intuition-error-times-input"),
    ),
    # the gradient check
    of_the_book(
        "one-sided-difference",
        "You take (f(w + h) − f(w)) / h, whose error shrinks only like h.",
        GRADIENT.at("Measure it", "measure-it"),
    ),
    of_the_class(
        "two-point-difference",
        "two-point difference",
        "You take (f(w + h) − f(w − h)) / (2h), the difference of the book, whose error shrinks "
        "like h². The one with four points is asked for.",
        GRADIENT.at("Measure it", "measure-it"),
    ),
    # training
    of_the_book(
        "uphill",
        "Your steps go uphill: the update adds the gradient instead of subtracting it.",
        TRAINING.at("Downhill, step by step", "downhill-step-by-step"),
    ),
    of_the_class(
        "momentum-ignored",
        "momentum ignored",
        "Your steps are those without momentum. Keep the velocity from one step to the next.",
        TRAINING.at("The formulas", "the-formulas"),
    ),
    of_the_book(
        "whole-set-for-batch",
        "Each of your steps uses all samples. It should use the batch's only.",
        TRAINING.at("How large a batch?", "how-large-a-batch"),
    ),
    of_the_book(
        "last-batch-dropped",
        "The samples that do not fill a whole batch are left out. They make a last, smaller one.",
        TRAINING.at("The formulas", "the-formulas"),
    ),
    of_the_book(
        "not-shuffled",
        "The samples come in the order of the file. Shuffle them.",
        TRAINING.at("Silent mistakes", "silent-mistakes"),
    ),
    of_the_class(
        "classes-dealt-together",
        "classes dealt together",
        "You deal all samples together, so the parts may hold too many or too few of a class. Deal "
        "the samples of each class by themselves.",
        TRAINING.at("Two sets to put away", "two-sets-to-put-away"),
    ),
    of_the_book(
        "penalty-in-validation",
        "You compare losses that hold the penalty, so a model is charged for its own λ. On the "
        "validation set compare the data loss alone.",
        TRAINING.at("Which λ?", "which"),
    ),
    of_the_class(
        "lowest-loss-only",
        "takes the lowest loss, not the largest λ within one standard error",
        "You take the λ with the lowest validation loss. Here the largest λ is asked for whose "
        "loss is at most one standard error above the lowest.",
        TRAINING.at("Which λ?", "which"),
    ),
    of_the_class(
        "deviation-for-error",
        "standard deviation for standard error",
        "You allow one standard deviation of the samples' losses. The standard error is smaller: "
        "divide it by the square root of the number of samples.",
        TRAINING.at("The test, once", "the-test-once"),
    ),
    # two layers
    of_the_book(
        "bend-left-out",
        "Your hidden values are not bent. Without the bend the two layers are one affine step, "
        "and no border can bend.",
        LAYERS.at("A layer in between", "a-layer-in-between"),
    ),
    of_the_book(
        "scores-bent",
        "You bend the scores too. The bend stands between the layers; the scores go to softmax "
        "as they are.",
        LAYERS.at("A layer in between", "a-layer-in-between"),
    ),
    of_the_book(
        "bend-in-place",
        "Your O1 holds what comes after the bend. `H = O1` makes no copy: what is written into "
        "H stands in O1 too. Make H a new array.",
        LAYERS.at("A layer in between", "a-layer-in-between"),
    ),
    of_the_class(
        "slope-ignored",
        "leaky slope taken as 0",
        "You take the slope of a closed unit as 0, which is relu's. Here it is the number a "
        "that is given: a closed unit passes a part, forward and back.",
        LAYERS.at("Backward, one arrow at a time", "backward-one-arrow-at-a-time"),
    ),
    of_the_book(
        "bend-forgotten",
        "The bend is missing on your way back. Multiply the gradient of H by the bend's slope, "
        "which O1 decides: 1 where a unit is open, that of the other side where it is closed.",
        LAYERS.at("Backward, one arrow at a time", "backward-one-arrow-at-a-time"),
    ),
    of_the_book(
        "gradient-bent",
        "You bend the gradient itself. On the way back it is multiplied by the slope of the "
        "bend, and O1 decides which: whether a unit was open, not the sign of its gradient.",
        LAYERS.at("Backward, one arrow at a time", "backward-one-arrow-at-a-time"),
    ),
    of_the_book(
        "mask-from-scores",
        "You decide by the scores O2 which units were open. That is seen in O1, where the bend "
        "stands; the shapes fit only with as many units as classes.",
        LAYERS.at("Backward, one arrow at a time", "backward-one-arrow-at-a-time"),
    ),
    of_the_book(
        "hidden-for-input",
        "In the gradient of W1 you multiply by H. An affine step's weights get what came into "
        "it: for W1 that is X.",
        LAYERS.at("Backward, one arrow at a time", "backward-one-arrow-at-a-time"),
    ),
    of_the_book(
        "second-layer-untransposed",
        "You go back through W2 without its transpose. The gradient of H is that of O2 times "
        "the transpose of W2; as it stands it runs only with as many units as classes.",
        LAYERS.at("Backward, one arrow at a time", "backward-one-arrow-at-a-time"),
    ),
    of_the_book(
        "bias-summed-over-classes",
        "You add up the bias gradient over the classes. A bias serves every sample, so its "
        "gradient is the sum over the samples: axis=0.",
        LAYERS.at("Backward, one arrow at a time", "backward-one-arrow-at-a-time"),
    ),
    of_the_book(
        "layer-named-twice",
        "The gradients of your two layers have changed places. What is found first on the way "
        "back belongs to W2 and b2, what is found last to W1 and b1.",
        LAYERS.at("Three slips that fit", "slips-that-fit"),
    ),
    of_the_book(
        "one-layer-penalised",
        "You penalise one of the two weight matrices. The penalty holds both, W1 and W2.",
        LAYERS.at("A layer in between", "a-layer-in-between"),
    ),
    of_the_class(
        "weights-not-normalised",
        "weighted mean divided by N",
        "You divide by N. In a weighted mean the sum over the samples is divided by the sum of "
        "their weights.",
        PRICE.at("The mean, not the sum", "the-mean-not-the-sum"),
    ),
    of_the_class(
        "weighted-sum",
        "weighted sum instead of weighted mean",
        "You add up the weighted samples and divide by nothing. A weighted mean divides by the "
        "sum of the samples' weights.",
        PRICE.at("The mean, not the sum", "the-mean-not-the-sum"),
    ),
    of_the_book(
        "divided-twice",
        "Your gradient is divided by N twice, or by N and by the sum of the weights. The mean "
        "of the loss is taken once.",
        GRADIENT.at("Let the check name the slip", "let-the-check-name-the-slip"),
    ),
    # its check
    of_the_book(
        "step-not-doubled",
        "Your slopes are twice too large: w + h and w − h lie 2h apart.",
        GRADIENT.at("Measure it", "measure-it"),
    ),
    of_the_class(
        "kink-alarm",
        "false alarm at a kink",
        "You compare with the central difference alone. At a kink it is the mean of two slopes,"
        " and each of them is right: half of their distance, |r − l|/2, is free.",
        LAYERS.at("At the kink", "at-the-kink"),
    ),
    of_the_book(
        "differences-cancel",
        "You compare differences with their signs, so that a claim that is too small passes, or"
        " two wrong entries cancel. Take the absolute value of each, then the largest.",
        LAYERS.at("Check it", "check-a-network"),
    ),
    of_the_book(
        "one-entry-checked",
        "You check one entry of each array. A slip can stand in any of them: check every entry.",
        LAYERS.at("Check it", "check-a-network"),
    ),
    # its start and its descent
    of_the_book(
        "all-alike-start",
        "Weights of one layer start alike. Units that start alike get the same slopes and stay "
        "alike for ever: draw each weight by itself.",
        LAYERS.at("Why not start from zeros", "why-not-zeros"),
    ),
    of_the_book(
        "start-too-large",
        "Your weights are drawn with the variance 1, whatever the layer's width. What the "
        "layers pass on then grows with it: divide the variance by the number of terms that are"
        " added up.",
        LAYERS.at("How large a start", "how-large-a-start"),
    ),
    of_the_book(
        "variance-for-deviation",
        "You multiply the draws by the variance. Its root, the standard deviation, is what a "
        "standard normal number is multiplied by.",
        LAYERS.at("How large a start", "how-large-a-start"),
    ),
    of_the_class(
        "second-layer-doubled",
        "2 for a layer that no bend follows",
        "You double the variance of W2. The 2 makes up for what a bend takes away, and no bend "
        "follows the second layer.",
        LAYERS.at("How large a start", "how-large-a-start"),
    ),
    of_the_book(
        "same-draws-twice",
        "W2 holds the random numbers of W1 once more: two generators with the same seed draw "
        "the same. Make one generator and draw both from it.",
        LAYERS.at("Why not start from zeros", "why-not-zeros"),
    ),
    of_the_book(
        "layers-in-turn",
        "You move one layer before the slopes of the other are taken. All slopes of a step "
        "belong to the same place: find all four, then move all four.",
        LAYERS.at("Backward, one arrow at a time", "backward-one-arrow-at-a-time"),
    ),
    of_the_class(
        "limit-ignored",
        "limit of the gradient ignored",
        "Your steps are those without a limit. A gradient that is larger than the limit is "
        "shortened to it.",
        TRAINING.at("The formulas", "the-formulas"),
    ),
    of_the_class(
        "limit-for-each-array",
        "each array limited by itself",
        "You limit each array by itself, which turns the direction of the step. The limit holds"
        " for the whole gradient: one factor for all four arrays.",
        TRAINING.at("The formulas", "the-formulas"),
    ),
    of_the_class(
        "limit-always-met",
        "gradient always stretched to the limit",
        "You give every gradient the size of the limit. Only a larger one is shortened; a "
        "smaller one stays as it is, or the steps never become small.",
        TRAINING.at("The formulas", "the-formulas"),
    ),
)
