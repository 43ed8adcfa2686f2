"""The chapters as notebooks that run in the browser, under ``lite/`` in the published site.

:mod:`~softmax_book.lite.build` puts it together from four parts: the JupyterLite app
(:mod:`~softmax_book.lite.app`), a Python for the browser with the packages that the chapters import
(:mod:`~softmax_book.lite.pyodide`), the book's own code as wheels
(:mod:`~softmax_book.lite.own_wheels`), and the notebooks (:mod:`~softmax_book.lite.contents`).
:mod:`~softmax_book.lite.offline` packs the whole site into one zip.

What makes a notebook ready soon: its modules come compiled (:mod:`~softmax_book.lite.bytecode`),
the page starts the kernel before the app asks for one (``early_page.js``, ``early_worker.mjs``),
and the kernel leaves out what a browser never uses (:mod:`~softmax_book.lite.kernel_start`).
"""

from softmax_book.edition import BookError


class LiteError(BookError):
    """The notebooks for the browser were not built, and why."""
