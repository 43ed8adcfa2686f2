"""Pictures: arrays in, matplotlib Axes out. One module per step, under the step's name.

:mod:`softmax_steps.plots.stills` holds the pictures that stand in for widgets.

No maths here: what a picture shows was computed before it came. Chapters begin with
``plt.style.use("softmax_steps.book")`` and end a picture with
:func:`softmax_steps.notebook.show`.
"""

import softmax_steps.figure_style  # noqa: F401  gives matplotlib the book's style
