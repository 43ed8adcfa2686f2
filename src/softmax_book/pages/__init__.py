"""What a page gets beside what Jupyter Book gives it: one Sphinx extension.

:mod:`softmax_book.pages.extension` lists all of it, in order.
"""

from typing import Any


def setup(app: Any) -> dict[str, Any]:
    """Register the extension ``softmax_book.pages`` with Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx

    Returns
    -------
    dict
        What Sphinx wants to know of an extension.
    """
    # Imported here, because the live server and the notebooks for the browser use modules of this
    # package, and need neither Sphinx nor the widgets for it.
    from softmax_book.pages import extension

    return extension.setup(app)
