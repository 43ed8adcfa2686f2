"""Writes a cell's alt text and caption into its code, for a notebook that has no page around it.

A chapter keeps them in the cell's metadata (see :mod:`softmax_book.pages.figures`), which Jupyter
and Colab do not show. There the call itself must say them.
"""

import ast
import json
import textwrap
from typing import Any

from softmax_book.sources import read_figure_words

FOLDED = "hide-input"
WIDTH = 79  # columns: what Jupyter shows beside its sidebar


def add_words_to_source(source: str, metadata: dict[str, Any]) -> str:
    """Write the words of a cell's metadata into its call of ``show``.

    Parameters
    ----------
    source : str
        The cell's code.
    metadata : dict
        The cell's.

    Returns
    -------
    str
        As it came where the metadata has no ``figure``.

    Raises
    ------
    ValueError
        If the code has not exactly one call of ``show`` that lacks the words.

    Examples
    --------
    >>> print(add_words_to_source("show(ax.figure)", {"figure": {"alt": "A line."}}))
    show(
        ax.figure,
        alt="A line.",
    )
    """
    words = read_figure_words(metadata)
    if words is None:
        return source
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "show"
    ]
    if len(calls) != 1:
        raise ValueError(
            f"{len(calls)} calls of show() for one alt text; expected one, in:\n{source}"
        )
    (call,) = calls
    twice = {str(keyword.arg) for keyword in call.keywords} & set(words)
    if twice:
        raise ValueError(f"{sorted(twice)} stands in the metadata and in the code:\n{source}")
    lines = source.splitlines(keepends=True)
    # ast counts bytes.
    before = lines[call.lineno - 1].encode()[: call.col_offset].decode()
    end = call.end_lineno or call.lineno
    after = lines[end - 1].encode()[call.end_col_offset :].decode()
    margin = " " * (len(before) - len(before.lstrip()))
    return "".join(
        [
            *lines[: call.lineno - 1],
            before,
            _write_call(source, call, words, margin),
            after,
            *lines[end:],
        ]
    )


def _write_call(source, call, words, margin):
    arguments = [ast.get_source_segment(source, argument) for argument in call.args]
    arguments += [f"{name}={_write_text(name, words[name], margin)}" for name in words]
    arguments += [ast.get_source_segment(source, keyword) for keyword in call.keywords]
    inner = margin + "    "
    return "show(\n" + "".join(f"{inner}{text},\n" for text in arguments) + f"{margin})"


def _write_text(name, text, margin):
    """Write a text as one string in pieces, each in a line of its own."""
    inner = margin + "    "
    # A piece has its quotes; the last is followed by a comma, the others end with a space.
    pieces = textwrap.wrap(
        json.dumps(text, ensure_ascii=False)[1:-1],
        WIDTH - len(inner) - len('""') - 1,
        initial_indent=" " * len(f"{name}="),
        break_long_words=False,
        break_on_hyphens=False,
    )
    pieces[0] = pieces[0].lstrip()
    return f"\n{inner}".join([*(f'"{piece} "' for piece in pieces[:-1]), f'"{pieces[-1]}"'])


def fold_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return what folds a cell's code in Jupyter, if the page folds it.

    Parameters
    ----------
    metadata : dict
        The cell's in the chapter.

    Returns
    -------
    dict
        For the cell of the notebook. The words of a figure that is to be predicted stay out of
        sight there, too.
    """
    return {"jupyter": {"source_hidden": True}} if FOLDED in metadata.get("tags", []) else {}
