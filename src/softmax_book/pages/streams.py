"""Shows what a cell prints as it was printed, in however many pieces it came.

A kernel sends on what is printed whenever its timer strikes, also in the middle of a line. myst-nb
puts the pieces of an output together again, but ends each with a new line: now and then a page
would have a line cut in two, or an empty line, that nobody printed.
"""

from myst_nb.core import render
from nbformat import NotebookNode


def join_pieces(outputs):
    r"""Join the pieces of each stream of a cell, with nothing between them.

    Parameters
    ----------
    outputs : list of nbformat.NotebookNode
        Not changed.

    Returns
    -------
    list of nbformat.NotebookNode
        At most one stream of each name, where its first piece stood.

    Examples
    --------
    >>> piece = {"output_type": "stream", "name": "stdout"}
    >>> [whole] = join_pieces([{**piece, "text": "loss"}, {**piece, "text": " 0.7\n"}])
    >>> whole["text"]
    'loss 0.7\n'
    """
    joined, streams = [], {}
    for output in outputs:
        if output["output_type"] != "stream":
            joined.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = NotebookNode(output)
            joined.append(streams[output["name"]])
    return joined


def join_pieces_first():
    """Let myst-nb, whose own joining stays for the rest that it does, see whole streams."""
    finish = render.coalesce_streams

    def joined_and_finished(outputs):
        return finish(join_pieces(outputs))

    if finish.__name__ != "joined_and_finished":
        render.coalesce_streams = joined_and_finished


def setup(app):
    """Register with Sphinx."""
    join_pieces_first()
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
