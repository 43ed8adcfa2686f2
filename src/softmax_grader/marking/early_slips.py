"""What a class is told of a slip that a later chapter treats, in words that it knows.

From a slip's id to the chapter before which this is said, and the slip as it is told then.
"""

from softmax_steps.advice.known_slip import (
    GRADIENT,
    PRICE,
    SCORE,
    KnownSlip,
    of_the_book,
)

EARLY: dict[str, tuple[int, KnownSlip]] = {
    slip.id: (before, slip)
    for before, slip in (
        (
            6,
            of_the_book(
                "wrong-sign",
                "Each of your numbers is minus the right one. A log-probability is at most 0, a "
                "loss or a penalty at least 0: look for a minus that is missing, or one too many.",
                PRICE.at("The one-hot form", "the-one-hot-form"),
            ),
        ),
        (
            6,
            of_the_book(
                "transposed",
                "Your result is the transpose of the right one: rows and columns have changed "
                "places. Here each sample is a row.",
                SCORE.at("Three sizes, three letters", "three-sizes-three-letters"),
            ),
        ),
        (
            9,
            of_the_book(
                "bias-summed-over-classes",
                "You add up the bias gradient over the classes. A bias serves every sample: its "
                "gradient is the sum over the samples, one number for each class.",
                GRADIENT.at("Together", "together"),
            ),
        ),
    )
}
