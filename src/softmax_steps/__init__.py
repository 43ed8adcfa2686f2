"""The softmax classifier, one small NumPy function for each step of the book.

>>> from softmax_steps import softmax
>>> softmax([[1.0, 3.0, -1.0]]).round(3)
array([[0.117, 0.867, 0.016]])
"""

from softmax_steps.calibration import (
    Reliability,
    expected_calibration_error,
    fit_temperature,
    reliability,
)
from softmax_steps.cross_entropy import cross_entropy, cross_entropy_one_hot
from softmax_steps.data import (
    load_cifar10,
    load_digits,
    load_mnist,
    train_validation_split,
)
from softmax_steps.diagnosis import Diagnosis, diagnose
from softmax_steps.differentials import (
    Differentials,
    gradient_by_differentials,
    loss_differential,
    loss_remainder,
    score_tensor,
    softmax_differential,
)
from softmax_steps.fitting import FittedModel, NotConvergedWarning, fit, fit_path
from softmax_steps.fresh_example import fresh_example
from softmax_steps.gradient import (
    Gradient,
    LossGradient,
    gradient_by_sample,
    loss_and_gradient,
    score_gradient,
    score_gradient_by_chain_rule,
    softmax_jacobian,
)
from softmax_steps.gradient_check import (
    GradientReport,
    compare_gradients,
    complex_step_gradient,
    numerical_gradient,
)
from softmax_steps.neighbours import neighbour_votes, squared_distances
from softmax_steps.overflow_guard import shift_scores
from softmax_steps.regularization import l2_gradient, l2_penalty, loss
from softmax_steps.score import fold_bias, scores
from softmax_steps.softmax import log_softmax, one_hot, predict, softmax
from softmax_steps.svm import hinge_loss, hinge_loss_and_gradient, hinge_score_gradient
from softmax_steps.tiny_example import tiny_example, work_through
from softmax_steps.training import (
    DivergedError,
    History,
    LinearParams,
    TrainedModel,
    accuracy,
    confusion_matrix,
    one_epoch,
    train,
)
from softmax_steps.two_layer import (
    TwoLayerLossGradient,
    TwoLayerParams,
    TwoLayerPass,
    initial_two_layer,
    two_layer_forward,
    two_layer_loss_and_gradient,
)

__all__ = [
    "Diagnosis",
    "Differentials",
    "DivergedError",
    "FittedModel",
    "Gradient",
    "GradientReport",
    "History",
    "LinearParams",
    "LossGradient",
    "NotConvergedWarning",
    "Reliability",
    "TrainedModel",
    "TwoLayerLossGradient",
    "TwoLayerParams",
    "TwoLayerPass",
    "accuracy",
    "compare_gradients",
    "complex_step_gradient",
    "confusion_matrix",
    "cross_entropy",
    "cross_entropy_one_hot",
    "diagnose",
    "expected_calibration_error",
    "fit",
    "fit_path",
    "fit_temperature",
    "fold_bias",
    "fresh_example",
    "gradient_by_differentials",
    "gradient_by_sample",
    "hinge_loss",
    "hinge_loss_and_gradient",
    "hinge_score_gradient",
    "initial_two_layer",
    "l2_gradient",
    "l2_penalty",
    "load_cifar10",
    "load_digits",
    "load_mnist",
    "log_softmax",
    "loss",
    "loss_and_gradient",
    "loss_differential",
    "loss_remainder",
    "neighbour_votes",
    "numerical_gradient",
    "one_epoch",
    "one_hot",
    "predict",
    "reliability",
    "score_gradient",
    "score_gradient_by_chain_rule",
    "score_tensor",
    "scores",
    "shift_scores",
    "softmax",
    "softmax_differential",
    "softmax_jacobian",
    "squared_distances",
    "tiny_example",
    "train",
    "train_validation_split",
    "two_layer_forward",
    "two_layer_loss_and_gradient",
    "work_through",
]
