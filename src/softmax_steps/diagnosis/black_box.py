"""Another library's functions as functions of NumPy arrays."""

import sys

import numpy as np

_MODULES = {"jaxlib": "jax.numpy", "jax": "jax.numpy"}
_MAKERS = ("asarray", "as_tensor", "convert_to_tensor", "array", "tensor")


def converter_for(*values):
    """Return a function that makes arrays of the kind that the reader's own are.

    Parameters
    ----------
    *values : object
        The reader's arrays; None among them is passed over.

    Returns
    -------
    callable
        Takes a NumPy array. Where all values are NumPy's, or none is there, it changes nothing.

    Raises
    ------
    TypeError
        If nothing is known of how such an array is made.
    """
    for value in values:
        if value is None or isinstance(value, np.ndarray | list | tuple | int | float | np.generic):
            continue
        root = type(value).__module__.partition(".")[0]
        library = sys.modules.get(_MODULES.get(root, root))
        make = next((getattr(library, m) for m in _MAKERS if hasattr(library, m)), None)
        if make is None:
            raise TypeError(
                f"an array of type {type(value).__name__} came, and how one is made from NumPy's "
                f"is not known; expected convert, a function that does it, such as torch.tensor."
            )
        single = "float32" in str(getattr(value, "dtype", ""))
        return lambda a: make(a.astype(np.float32) if single and a.dtype == np.float64 else a)
    return lambda a: a


def to_numpy(value):
    """Return another library's array, or a tuple of such, as NumPy's.

    Parameters
    ----------
    value : object
        What cannot be converted comes back as it is.

    Returns
    -------
    object
    """
    if isinstance(value, tuple):
        return tuple(map(to_numpy, value))
    if isinstance(value, np.ndarray):
        return value
    for step in ("detach", "cpu"):  # off the graph, and off the graphics card
        if hasattr(value, step):
            value = getattr(value, step)()
    try:
        if hasattr(value, "numpy"):
            return value.numpy()
        return np.asarray(value) if hasattr(value, "__array__") else value
    except Exception:
        return value


def black_box(function, convert):
    """Return a function of NumPy arrays that calls another library's.

    Parameters
    ----------
    function : callable
    convert : callable
        Makes that library's arrays of NumPy's. A number stays Python's.

    Returns
    -------
    callable
    """

    def call(*args):
        return to_numpy(function(*(convert(a) if isinstance(a, np.ndarray) else a for a in args)))

    return call
