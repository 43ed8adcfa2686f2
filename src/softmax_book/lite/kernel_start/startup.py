"""Named by PYTHONSTARTUP: runs in the learner's namespace, and leaves nothing there."""

import kernel_start

kernel_start.start()
del kernel_start
