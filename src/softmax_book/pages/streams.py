"""Shows what a cell prints as it was printed, in however many pieces it came.

A kernel sends what is printed whenever its timer strikes, also in the middle of a line. myst-nb
puts the pieces of an output together again, but ends each with a new line: now and then a page
would have a line cut in two, or an empty line, that nobody printed.

The supported way to change how myst-nb renders, a class under the entry point
``myst_nb.renderers``, comes too late: it is given one output at a time, after the pieces have been
joined (``MditRenderMixin._get_nb_code_cell_outputs`` calls ``coalesce_streams``). So that function
gets the pieces joined already.
"""

import inspect

from myst_nb.core import render
from nbformat import NotebookNode

from softmax_book.expected import find_exactly, replace_attribute

WHERE = "softmax_book.pages.streams, which joins the streams that myst-nb renders"


def join_pieces(outputs: list[NotebookNode]) -> list[NotebookNode]:
    r"""Join the pieces of each stream of a cell, with nothing between them.

    Parameters
    ----------
    outputs : list of nbformat.NotebookNode
        Not changed.

    Returns
    -------
    list of nbformat.NotebookNode
        At most one stream of each name, at the place of its first piece.

    Examples
    --------
    >>> piece = {"output_type": "stream", "name": "stdout"}
    >>> [whole] = join_pieces([{**piece, "text": "loss"}, {**piece, "text": " 0.7\n"}])
    >>> whole["text"]
    'loss 0.7\n'
    """
    joined: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output["output_type"] != "stream":
            joined.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = NotebookNode(output)
            joined.append(streams[output["name"]])
    return joined


def join_before_rendering() -> None:
    """Let myst-nb's own function, which does more than to join, be given whole streams.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If myst-nb no longer calls the function, or calls it otherwise.
    """
    original = render.coalesce_streams
    if hasattr(original, "joins_first"):
        return

    def coalesce_streams(outputs):
        return original(join_pieces(outputs))

    coalesce_streams.joins_first = True  # type: ignore[attr-defined]
    find_exactly(inspect.getsource(render), r"\bcoalesce_streams\(outputs\)", where=WHERE)
    replace_attribute(render, "coalesce_streams", coalesce_streams, where=WHERE)
