"""The bar that shows how far a long computation is: tqdm's, on standard output."""

import sys
from contextlib import nullcontext


class _NoBar:
    """Stands in for the progress bar where none is wanted."""

    def update(self, n=1):
        pass

    def reset(self, total=None):
        pass

    def set_postfix_str(self, text):
        pass

    def set_description_str(self, text):
        pass


def progress_bar(progress, total, *, unit="step", **options):
    """Give a bar to open with ``with``, or one that shows nothing.

    Parameters
    ----------
    progress : bool
        Whether a bar is wanted.
    total : int or None
        How many steps there will be, if that is known.
    unit : str
        What a step is called.
    **options
        For tqdm.

    Returns
    -------
    context manager
        Opens to a bar with tqdm's ``update``, ``reset``, ``set_postfix_str`` and
        ``set_description_str``.

    Raises
    ------
    ImportError
        If a bar is wanted and tqdm is not installed.

    Examples
    --------
    >>> with progress_bar(False, 3) as bar:
    ...     bar.update()
    """
    if not progress:
        return nullcontext(_NoBar())
    try:
        from tqdm import tqdm  # only here: the maths itself needs NumPy alone
    except ImportError as error:
        raise ImportError(
            "The progress bar needs tqdm, which is not installed. Install it "
            "(python -m pip install tqdm) or pass progress=False."
        ) from error

    class Bar(tqdm):
        monitor_interval = 0  # no thread to watch it: some places have none

    # Standard output, since notebooks show standard error in red, as if something had failed.
    return Bar(total=total, unit=unit, file=sys.stdout, dynamic_ncols=True, **options)
