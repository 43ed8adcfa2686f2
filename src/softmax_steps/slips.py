"""The registry of slips: every known mistake of the book's steps, by its id.

A slip is a wrong form that runs, or fails in a way worth knowing. Whatever names one takes its
name from here: :func:`softmax_steps.compare_gradients` its diagnosis, :mod:`softmax_steps.mistakes`
the functions that run it, and the class what its feedback says.

This module holds text only and imports no step.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """One known mistake.

    Parameters
    ----------
    id : str
        Lower-case words joined by hyphens, unique in the registry.
    title : str
        A few words that name the mistake.
    note : str
        The number of the error in the four notes that the book is made from, such as ``"E2"``;
        empty if the slip is merely common.
    wrong, right : str
        The two forms, as a line of code or of maths in the book's symbols.
    effect : str
        One sentence: what the wrong form does, or how it shows itself.
    shows : tuple of str
        Functions of :mod:`softmax_steps.mistakes` that run the wrong form; empty if none does.
    diagnosis : str
        What :func:`softmax_steps.compare_gradients` says of a gradient with this slip, with
        ``{N}`` for the number of samples; empty if it cannot recognise the slip.
    """

    id: str
    title: str
    note: str
    wrong: str
    right: str
    effect: str
    shows: tuple[str, ...] = ()
    diagnosis: str = ""

    def diagnose(self, *, N=None):
        """Return the diagnosis with the number of samples put in.

        Parameters
        ----------
        N : int, optional
            The number of samples; needed if the diagnosis names it.

        Returns
        -------
        str
        """
        return self.diagnosis.format(N=N)


_SLIPS = (
    # Shapes and types
    Slip(
        id="transposed",
        title="transposed result",
        note="",
        wrong="∂L/∂W of shape (C, D)",
        right="∂L/∂W of shape (D, C), the shape of W",
        effect="Rows and columns have changed places; with D = C it runs and is wrong.",
        diagnosis="it is transposed: its transpose fits.",
    ),
    Slip(
        id="one-class-count",
        title="works for one number of classes only",
        note="",
        wrong="np.zeros((N, 3))",
        right="np.zeros((N, W.shape[1]))",
        effect="It is right for one number of classes, and wrong or stopped for every other.",
    ),
    Slip(
        id="whole-numbers",
        title="cut to whole numbers",
        note="",
        wrong="np.zeros_like(X)",
        right="np.zeros_like(X, dtype=np.float64)",
        effect="For integer input the fractions of the result are cut off.",
    ),
    Slip(
        id="integer-division",
        title="1 // N instead of 1 / N",
        note="",
        wrong="1 // N * X.T @ (P - Y)",
        right="1 / N * X.T @ (P - Y)",
        effect="1 // N is 0 for every N above 1, so the data have no effect.",
    ),
    Slip(
        id="changed-in-place",
        title="changes its input in place",
        note="",
        wrong="F -= F.max(axis=1, keepdims=True)",
        right="F = F - F.max(axis=1, keepdims=True)",
        effect="The caller's array is changed too.",
    ),
    Slip(
        id="python-loop",
        title="a loop left in the vectorised part",
        note="",
        wrong="for i in range(N): dW += np.outer(X[i], dF[i])",
        right="dW = X.T @ dF",
        effect="The time grows with the number of samples, one Python step each.",
    ),
    # Step 1, the score
    Slip(
        id="bias-left-out",
        title="bias left out of the scores",
        note="",
        wrong="F = X @ W",
        right="F = X @ W + b",
        effect="The scores are right but for b.",
    ),
    Slip(
        id="bias-in-last-row",
        title="bias taken from the last row",
        note="",
        wrong="W[:-1], W[-1]",
        right="W[1:], W[0]",
        effect="With the bias folded in as the first row, weights of a feature serve as biases.",
    ),
    Slip(
        id="one-size-for-three",
        title="one size for three",
        note="E1",
        wrong="X, W and F all of shape (n, n)",
        right="X of shape (N, D), W of shape (D, C), F of shape (N, C)",
        effect="Where all sizes are equal a transposed factor fits as well, and no shape tells.",
        shows=("scores_with_transposed_weights",),
    ),
    Slip(
        id="digits-swapped",
        title="two digits of a size swapped",
        note="E8",
        wrong="3703 features",
        right="32 * 32 * 3 + 1 = 3073 features",
        effect="The data have 3073 columns, and a product with 3703 rows is an error.",
    ),
    Slip(
        id="entry-by-entry-product",
        title="product entry by entry",
        note="E15",
        wrong="F = X * W",
        right="F = X @ W",
        effect="An error unless the shapes broadcast; then nothing is summed over the features.",
        shows=("scores_entry_by_entry",),
    ),
    # Step 2, the overflow guard
    Slip(
        id="no-guard",
        title="no overflow guard",
        note="",
        wrong="E = np.exp(F)",
        right="E = np.exp(F - F.max(axis=1, keepdims=True))",
        effect="e^f is inf above 709.78 in float64, and inf / inf is NaN.",
        shows=("unguarded_softmax",),
    ),
    Slip(
        id="whole-matrix-guard",
        title="guard with the maximum of the whole matrix",
        note="E2",
        wrong="F - F.max()",
        right="F - F.max(axis=1, keepdims=True)",
        effect="In float64 a row more than 745 below the maximum has exponentials that are all 0, "
        "and 0/0 is NaN.",
        shows=("whole_matrix_shift", "whole_matrix_softmax"),
    ),
    Slip(
        id="row-mean-guard",
        title="guard with each row's mean",
        note="",
        wrong="F - F.mean(axis=1, keepdims=True)",
        right="F - F.max(axis=1, keepdims=True)",
        effect="The largest score can still lie far above 0 and overflow.",
        shows=("shift_by_row_mean",),
    ),
    Slip(
        id="divided-by-maximum",
        title="scores divided by their maximum",
        note="",
        wrong="F / F.max(axis=1, keepdims=True)",
        right="F - F.max(axis=1, keepdims=True)",
        effect="The differences change, and turn round where the maximum is negative.",
        shows=("divide_by_row_maximum",),
    ),
    Slip(
        id="clipped-scores",
        title="scores clipped",
        note="",
        wrong="np.clip(F, -700, 700)",
        right="F - F.max(axis=1, keepdims=True)",
        effect="All scores beyond the limit become equal.",
        shows=("clip_scores",),
    ),
    # Step 3, softmax
    Slip(
        id="wrong-axis",
        title="sum or maximum over the wrong axis",
        note="E5",
        wrong="E / E.sum(axis=0)",
        right="E / E.sum(axis=1, keepdims=True)",
        effect="It runs for every shape; each column sums to 1, and a sample's result depends on "
        "the others.",
        shows=("softmax_over_columns", "shift_by_column_maximum"),
    ),
    Slip(
        id="lost-keepdims",
        title="keepdims forgotten",
        note="",
        wrong="E / E.sum(axis=1)",
        right="E / E.sum(axis=1, keepdims=True)",
        effect="It raises an error unless N = C, or N or C is 1; with N = C column j is divided by "
        "the sum of row j.",
        shows=("softmax_without_keepdims", "shift_without_keepdims"),
    ),
    # Step 4, cross-entropy
    Slip(
        id="log-of-softmax",
        title="logarithm of a computed softmax",
        note="E7",
        wrong="np.log(softmax(F))",
        right="log_softmax(F)",
        effect="It is −inf once a probability is stored as 0, as for scores 1000 and 0.",
        shows=("log_of_softmax",),
    ),
    Slip(
        id="other-base",
        title="logarithm to another base",
        note="",
        wrong="np.log2(p)",
        right="np.log(p)",
        effect="The loss is in bits, 1 / ln 2 times the number of nats.",
    ),
    Slip(
        id="unsummed-loss",
        title="loss left a matrix",
        note="E3",
        wrong="-Y * log_p + strength / 2 * np.sum(W**2)",
        right="-np.sum(Y * log_p, axis=1).mean() + strength / 2 * np.sum(W**2)",
        effect="N · C numbers stand where one should, each with a whole penalty in it.",
        shows=("unsummed_cross_entropy", "loss_without_sums"),
    ),
    Slip(
        id="zero-times-infinity",
        title="0 · −inf is NaN",
        note="",
        wrong="-np.sum(Y * log_p, axis=1)",
        right="-np.where(Y == 1, log_p, 0).sum(axis=1)",
        effect="A class that the label does not ask for makes the loss NaN.",
        shows=("one_hot_times_log",),
    ),
    Slip(
        id="all-pairs",
        title="whole columns picked by the labels",
        note="",
        wrong="log_p[:, y]",
        right="log_p[np.arange(N), y]",
        effect="The result is (N, N), every sample with every sample's label, and has a mean too.",
        shows=("all_pairs_cross_entropy",),
    ),
    Slip(
        id="column-of-labels",
        title="labels in a column",
        note="",
        wrong="log_p[np.arange(N), y] with y of shape (N, 1)",
        right="log_p[np.arange(N), y] with y of shape (N,)",
        effect="The two indices broadcast to (N, N).",
        shows=("column_of_labels_cross_entropy",),
    ),
    Slip(
        id="sum-for-mean",
        title="sum instead of mean",
        note="E22",
        wrong="losses.sum()",
        right="losses.mean()",
        effect="The data loss is N times too large, and λ means something else for every N.",
        shows=("summed_loss",),
    ),
    Slip(
        id="labels-from-one",
        title="labels counted from 1",
        note="E12",
        wrong="log_p[np.arange(N), y] with y in 1…C",
        right="log_p[np.arange(N), y] with y in 0…C−1",
        effect="A sample is charged for the class after its own; only the last class is an error.",
        shows=("cross_entropy_with_labels_from_one",),
    ),
    Slip(
        id="product-of-probabilities",
        title="product of all probabilities",
        note="E18",
        wrong="np.prod(p_true)",
        right="np.sum(log_p_true)",
        effect="For some hundred samples or more it is 0 in floating point, for every model.",
        shows=("likelihood_as_a_product",),
    ),
    # Step 5, regularization
    Slip(
        id="penalty-in-the-mean",
        title="penalty divided by N",
        note="",
        wrong="(losses.sum() + penalty) / N",
        right="losses.mean() + penalty",
        effect="The penalty, and with it its gradient, is N times too small.",
        diagnosis="the penalty's gradient is divided by N as well: λW belongs outside the mean.",
    ),
    Slip(
        id="penalty-factor-two",
        title="factor 2 on λ",
        note="E14",
        wrong="2 * strength * W",
        right="strength * W",
        effect="The gradient of λ‖W‖² is taken for that of (λ/2)‖W‖²: it is twice too large.",
        shows=("l2_gradient_of_another_penalty",),
        diagnosis="a factor 2 on λ: 2λW where the loss has (λ/2)‖W‖² and so the gradient λW.",
    ),
    Slip(
        id="penalty-halved",
        title="half of λW",
        note="",
        wrong="strength / 2 * W",
        right="strength * W",
        effect="The pull of the penalty is twice too weak.",
        diagnosis="half of λW: the square's 2 and the ½ in λ/2 cancel to λW.",
    ),
    Slip(
        id="penalty-missing",
        title="penalty left out",
        note="",
        wrong="X.T @ (P - Y) / N",
        right="X.T @ (P - Y) / N + strength * W",
        effect="The result is right for λ = 0 and does not change with λ.",
        diagnosis="the penalty is missing: add λW.",
    ),
    Slip(
        id="penalty-sign",
        title="penalty subtracted",
        note="",
        wrong="X.T @ (P - Y) / N - strength * W",
        right="X.T @ (P - Y) / N + strength * W",
        effect="The penalty pushes the weights away from 0.",
        diagnosis="the penalty has the wrong sign: add λW, do not subtract it.",
    ),
    Slip(
        id="bias-penalised",
        title="λ on the bias",
        note="",
        wrong="strength / 2 * (np.sum(W**2) + np.sum(b**2))",
        right="strength / 2 * np.sum(W**2)",
        effect="The biases are pulled towards 0 too.",
    ),
    Slip(
        id="data-penalised",
        title="λ on the data",
        note="E4",
        wrong="strength / 2 * np.sum(X**2)",
        right="strength / 2 * np.sum(W**2)",
        effect="A constant is added, which pulls at no weight.",
        shows=("penalise_the_data",),
    ),
    # Step 6, the gradient
    Slip(
        id="missing-mean",
        title="1/N missing in the gradient",
        note="",
        wrong="X.T @ (P - Y) + strength * W",
        right="X.T @ (P - Y) / N + strength * W",
        effect="The data part is N times too large, and the penalty is right.",
        diagnosis="the data part is N = {N} times too large: the division by N is missing, "
        "and the penalty is right.",
    ),
    Slip(
        id="times-n",
        title="everything N times too large",
        note="",
        wrong="X.T @ (P - Y)",
        right="X.T @ (P - Y) / N",
        effect="The gradient is that of the sum over the samples.",
        diagnosis="everything is N = {N} times too large: the division by N is missing.",
    ),
    Slip(
        id="divided-twice",
        title="divided by N twice",
        note="",
        wrong="X.T @ (P - Y) / N**2",
        right="X.T @ (P - Y) / N",
        effect="Everything is N times too small.",
        diagnosis="everything is N = {N} times too small: divided by N twice?",
    ),
    Slip(
        id="half-gradient",
        title="gradient half done",
        note="E13",
        wrong="X.T @ (P - Y)",
        right="X.T @ (P - Y) / N + strength * W",
        effect="Both 1/N and the penalty are lost.",
        shows=("weight_gradient_half_done",),
    ),
    Slip(
        id="one-feature",
        title="one feature for the whole row",
        note="E9",
        wrong="dW[:, j] += (P[i, j] - Y[i, j]) * X[i, j]",
        right="dW[:, j] += (P[i, j] - Y[i, j]) * X[i]",
        effect="With D ≥ C it runs, and every column of the gradient is constant.",
        shows=("gradient_with_one_feature",),
    ),
    Slip(
        id="row-of-the-label",
        title="row of the label for the row of the sample",
        note="E10",
        wrong="X[y[i]] @ W[:, y[i]]",
        right="X[i] @ W[:, y[i]]",
        effect="All samples of one class get the same true score, that of another sample.",
        shows=("true_scores_from_the_labels_row",),
    ),
    Slip(
        id="sample-for-class",
        title="index of the sample for that of the class",
        note="E11",
        wrong="dF[i, i] = P[i, i] - (i == y[i])",
        right="dF[i, j] = P[i, j] - (j == y[i])",
        effect="It fills the diagonal alone; with more samples than classes it is an error.",
        shows=("score_gradient_on_the_diagonal",),
    ),
    Slip(
        id="other-order",
        title="factors in the other order",
        note="E16",
        wrong="dF @ X.T",
        right="X.T @ dF",
        effect="An error unless C = D; then its shape is (N, N), which fits if N = D too.",
        shows=("weight_gradient_in_the_other_order",),
    ),
    Slip(
        id="stopped-at-the-scores",
        title="stopped at the scores",
        note="E17",
        wrong="W - learning_rate * dF",
        right="W - learning_rate * X.T @ dF",
        effect="An error unless N = D or N = 1; then the features have no say in the step.",
        shows=("step_by_the_score_gradient",),
    ),
    Slip(
        id="trace-dropped",
        title="matrix where its trace is meant",
        note="E19",
        wrong="np.exp(a).T @ da",
        right="np.trace(np.exp(a).T @ da)",
        effect="It is a C × C matrix, and broadcasts into whatever comes next.",
        shows=("log_sum_differential_without_trace",),
    ),
    Slip(
        id="element-by-element",
        title="chain rule entry by entry",
        note="E6",
        wrong="-Y / P * (P * (1 - P)) / N",
        right="(P - Y) / N",
        effect="The Jacobian shrinks to its diagonal: only the true class keeps a gradient.",
        shows=("chain_rule_element_by_element",),
    ),
    Slip(
        id="one-hot-left",
        title="one-hot not subtracted",
        note="",
        wrong="X.T @ P / N",
        right="X.T @ (P - Y) / N",
        effect="The labels have no effect.",
        diagnosis="the one-hot labels are not subtracted: P where P − Y belongs.",
    ),
    Slip(
        id="one-hot-added",
        title="one-hot added",
        note="",
        wrong="X.T @ (P + Y) / N",
        right="X.T @ (P - Y) / N",
        effect="The step lowers the score of the true class.",
        diagnosis="the one-hot labels are added: P + Y where P − Y belongs.",
    ),
    Slip(
        id="wrong-sign",
        title="wrong sign",
        note="",
        wrong="-dW",
        right="dW",
        effect="Every entry is the negative of what it should be: a step goes uphill.",
        diagnosis="the sign is wrong: every entry is the negative of what it should be.",
    ),
    Slip(
        id="data-sign",
        title="wrong sign of the data part",
        note="",
        wrong="X.T @ (Y - P) / N + strength * W",
        right="X.T @ (P - Y) / N + strength * W",
        effect="The data push uphill while the penalty pulls rightly.",
        diagnosis="the sign of the data part is wrong: P − Y, not Y − P.",
    ),
    Slip(
        id="never-filled",
        title="0 everywhere",
        note="",
        wrong="dW = np.zeros_like(W)",
        right="dW = X.T @ (P - Y) / N + strength * W",
        effect="No step moves a weight.",
        diagnosis="it is 0 everywhere: was the result ever filled in?",
    ),
    Slip(
        id="one-sided-difference",
        title="one-sided difference",
        note="",
        wrong="(f(w + h) - f(w)) / h",
        right="(f(w + h) - f(w - h)) / (2 * h)",
        effect="Its error shrinks only like h, not like h².",
    ),
    # Two layers
    Slip(
        id="layer-named-twice",
        title="second layer's names for the first",
        note="E20",
        wrong="dW2 = X.T @ dO1",
        right="dW1 = X.T @ dO1",
        effect="The second layer's gradients are overwritten, and the first layer has none.",
        shows=("two_layer_gradient_named_twice",),
    ),
    Slip(
        id="one-bias-for-two-layers",
        title="one bias for two layers",
        note="E21",
        wrong="O1 = X @ W1 + b",
        right="O1 = X @ W1 + b1",
        effect="An error unless M = C or C = 1; then both layers share the bias.",
        shows=("two_layer_scores_with_one_bias",),
    ),
    Slip(
        id="bend-left-out",
        title="bend missing between the layers",
        note="",
        wrong="H = O1",
        right="H = np.maximum(0, O1)",
        effect="Two affine steps are one: every border stays straight.",
    ),
    Slip(
        id="scores-bent",
        title="bend on the scores too",
        note="",
        wrong="O2 = np.maximum(0, H @ W2 + b2)",
        right="O2 = H @ W2 + b2",
        effect="Scores below 0 become equal, and pass no slope back.",
    ),
    Slip(
        id="bend-in-place",
        title="bend written into the values before it",
        note="",
        wrong="H = O1; H[H < 0] = 0",
        right="H = np.maximum(0, O1)",
        effect="O1 is overwritten: what is asked of it later finds H.",
    ),
    Slip(
        id="bend-forgotten",
        title="bend forgotten on the way back",
        note="",
        wrong="dO1 = dO2 @ W2.T",
        right="dO1 = dO2 @ W2.T * (O1 > 0)",
        effect="A closed unit learns from samples that it never let through.",
    ),
    Slip(
        id="gradient-bent",
        title="bend applied to the gradient",
        note="",
        wrong="dO1 = np.maximum(0, dH)",
        right="dO1 = dH * (O1 > 0)",
        effect="The gradient's own sign decides, and not whether the unit was open.",
    ),
    Slip(
        id="mask-from-scores",
        title="open units taken from the scores",
        note="",
        wrong="dO1 = dH * (O2 > 0)",
        right="dO1 = dH * (O1 > 0)",
        effect="It runs where there are as many units as classes.",
    ),
    Slip(
        id="hidden-for-input",
        title="hidden values where the features belong",
        note="",
        wrong="dW1 = H.T @ dO1",
        right="dW1 = X.T @ dO1",
        effect="The shape is (M, M); it fits where D = M.",
    ),
    Slip(
        id="second-layer-untransposed",
        title="second layer not transposed on the way back",
        note="",
        wrong="dH = dO2 @ W2",
        right="dH = dO2 @ W2.T",
        effect="An error, unless M = C; then the weights of other units and classes are used.",
    ),
    Slip(
        id="bias-summed-over-classes",
        title="bias gradient summed over the wrong axis",
        note="",
        wrong="db2 = dO2.sum(axis=1)",
        right="db2 = dO2.sum(axis=0)",
        effect="It has one number for each sample; that of the last layer is 0 in each.",
    ),
    Slip(
        id="one-layer-penalised",
        title="penalty on one layer only",
        note="",
        wrong="strength / 2 * np.sum(W1**2)",
        right="strength / 2 * (np.sum(W1**2) + np.sum(W2**2))",
        effect="The free layer grows, and the penalised one shrinks, at nearly the same function.",
    ),
    Slip(
        id="step-not-doubled",
        title="2h taken for h in a difference",
        note="",
        wrong="(f(w + h) - f(w - h)) / h",
        right="(f(w + h) - f(w - h)) / (2 * h)",
        effect="Every slope is twice too large.",
    ),
    Slip(
        id="differences-cancel",
        title="differences with their signs",
        note="",
        wrong="(claimed - measured).max()",
        right="np.abs(claimed - measured).max()",
        effect="A claim that is too small passes, or two wrong entries cancel.",
    ),
    Slip(
        id="one-entry-checked",
        title="one entry checked for the whole array",
        note="",
        wrong="measured[0, 0]",
        right="every entry of measured",
        effect="A slip in any other entry passes.",
    ),
    Slip(
        id="all-alike-start",
        title="weights that start alike",
        note="",
        wrong="np.full((D, M), 0.1)",
        right="np.sqrt(2 / D) * rng.standard_normal((D, M))",
        effect="All units of the layer stay alike for ever.",
    ),
    Slip(
        id="start-too-large",
        title="start not scaled to the layer's width",
        note="",
        wrong="rng.standard_normal((D, M))",
        right="np.sqrt(2 / D) * rng.standard_normal((D, M))",
        effect="What the layers pass on grows with their width.",
    ),
    Slip(
        id="variance-for-deviation",
        title="variance taken for the standard deviation",
        note="",
        wrong="2 / D * rng.standard_normal((D, M))",
        right="np.sqrt(2 / D) * rng.standard_normal((D, M))",
        effect="The start is far too small, and so are the first slopes.",
    ),
    Slip(
        id="same-draws-twice",
        title="both layers start from the same random numbers",
        note="",
        wrong="np.random.default_rng(seed) for each layer",
        right="one generator for both",
        effect="The second layer repeats the first one's numbers.",
    ),
    Slip(
        id="layers-in-turn",
        title="one layer moved before the other's gradient",
        note="",
        wrong="W2 -= rate * dW2; dH = dO2 @ W2.T",
        right="dH = dO2 @ W2.T; W2 -= rate * dW2",
        effect="The slopes of one step are taken at two different places.",
    ),
    # The steps composed: training
    Slip(
        id="uphill",
        title="uphill instead of downhill",
        note="",
        wrong="W + learning_rate * dW",
        right="W - learning_rate * dW",
        effect="The loss grows with every step.",
    ),
    Slip(
        id="whole-set-for-batch",
        title="all samples in every step",
        note="",
        wrong="loss_and_gradient(X, y, W, b)",
        right="loss_and_gradient(X[rows], y[rows], W, b)",
        effect="Each step costs as much as an epoch.",
    ),
    Slip(
        id="last-batch-dropped",
        title="the last, smaller batch is dropped",
        note="",
        wrong="range(0, N - batch_size + 1, batch_size)",
        right="range(0, N, batch_size)",
        effect="The samples that fill no whole batch are left out of the epoch.",
    ),
    Slip(
        id="not-shuffled",
        title="not shuffled",
        note="",
        wrong="order = np.arange(N)",
        right="order = rng.permutation(N)",
        effect="Where the file is sorted by class, each batch pulls towards one class.",
    ),
    Slip(
        id="penalty-in-validation",
        title="penalty counted on the validation set",
        note="",
        wrong="loss(X_val, y_val, W, b, strength=strength)",
        right="loss(X_val, y_val, W, b)",
        effect="A model is charged for its own λ, so losses for different λ cannot be compared.",
    ),
)

SLIPS = {slip.id: slip for slip in _SLIPS}
"""Every slip by its id."""
