"""Lets a page keep its remembered outputs when only the look of its cells changes.

jupyter-cache finds a page's outputs by the code and the metadata of its cells. The metadata hold
the alt text and the caption of a figure too, and the tags that fold or hide a part of a cell: a
better word would run the whole chapter again. So what makes no difference to a run is left out
before the key is made, and a page is shown with its own metadata, not with those of the run.
"""

import copy
import inspect
from typing import Any

from jupyter_cache.cache import main
from myst_nb.core.execute import cache
from nbformat import NotebookNode

from softmax_book.expected import find_exactly, replace_attribute

WHERE = "softmax_book.pages.cached_outputs, which makes the keys of remembered outputs"
FOR_THE_READER = "figure"  #: alt text and caption
TAGS_FOR_THE_READER = ("hide-", "remove-")


def without_looks(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook without the metadata that make no difference to a run.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Not changed.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.metadata.pop(FOR_THE_READER, None)
        tags = cell.metadata.pop("tags", [])
        # myst-nb and nbclient know others, such as raises-exception: those stay.
        if ours := [tag for tag in tags if not tag.startswith(TAGS_FOR_THE_READER)]:
            cell.metadata["tags"] = ours
    return notebook


def forget_looks() -> None:
    """Let jupyter-cache make its keys without the metadata that make no difference to a run.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If jupyter-cache no longer makes its keys, or puts outputs into a page, in this way.
    """
    owner = main.JupyterCacheBase
    make_key, merge = owner.create_hashed_notebook, owner.merge_match_into_notebook
    if hasattr(make_key, "forgets_looks"):
        return

    def create_hashed_notebook(
        self: Any,
        nb: NotebookNode,
        nb_metadata: Any = ("kernelspec",),
        cell_metadata: Any = None,
    ) -> tuple[NotebookNode, str]:
        return make_key(self, without_looks(nb), nb_metadata, cell_metadata)

    def merge_match_into_notebook(
        self: Any,
        nb: NotebookNode,
        nb_meta: Any = ("kernelspec", "language_info", "widgets"),
        cell_meta: Any = None,
    ) -> tuple[int, NotebookNode]:
        return merge(self, nb, nb_meta, cell_meta or ())  # an empty list: the page's own stay

    create_hashed_notebook.forgets_looks = True  # type: ignore[attr-defined]
    relied_upon: tuple[tuple[Any, str], ...] = (
        (owner.match_cache_notebook, r"\bself\.create_hashed_notebook\(nb\)"),
        (owner.cache_notebook_bundle, r"\bself\.create_hashed_notebook\(bundle\.nb\)"),
        (merge, r"if cell_meta is not None:\n"),
        (merge, r"cache_cell\.metadata = in_cell\.metadata\n"),
        (cache, r"\bcache\.match_cache_notebook\(self\.notebook\)"),
        (cache, r"\bcache\.merge_match_into_notebook\(self\.notebook\)"),
    )
    for code, pattern in relied_upon:
        find_exactly(inspect.getsource(code), pattern, where=WHERE)
    replace_attribute(owner, "create_hashed_notebook", create_hashed_notebook, where=WHERE)
    replace_attribute(owner, "merge_match_into_notebook", merge_match_into_notebook, where=WHERE)
