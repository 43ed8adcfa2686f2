"""Which widgets there are: one for each view, ``NAME.mjs``, of this folder."""

from pathlib import Path

FOLDER = Path(__file__).parent


def view_names():
    """Return the names of all views in alphabetical order: one for each widget.

    Returns
    -------
    list of str
        Such as ``"lambda_explorer"``: the module, the view, the style and the still are called so.
    """
    return sorted(path.stem for path in FOLDER.glob("*.mjs"))


def class_name(name):
    """Return the name of the class of a widget.

    Parameters
    ----------
    name : str
        The widget's file name without its ending.

    Returns
    -------
    str

    Examples
    --------
    >>> class_name("lambda_explorer")
    'LambdaExplorer'
    """
    return "".join(word.capitalize() for word in name.split("_"))


def css_class(name):
    """Return the class that the outermost element of a widget has, below which its style works.

    Parameters
    ----------
    name : str
        The widget's file name without its ending.

    Returns
    -------
    str

    Examples
    --------
    >>> css_class("lambda_explorer")
    'sms-lambda-explorer'
    """
    return f"sms-{name.replace('_', '-')}"
