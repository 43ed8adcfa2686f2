"""Pictures: arrays in, matplotlib Axes out. One module per step, under the step's name.

No maths here: what a picture shows was computed before it came. Chapters begin with
``plt.style.use("softmax_steps.book")`` and end a picture with
:func:`softmax_steps.notebook.show`.
"""
