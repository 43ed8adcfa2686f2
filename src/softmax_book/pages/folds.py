"""Says what a fold of a cell holds: its imports, the code of its figure, or an answer.

A chapter folds with the tags of myst-nb. ``hide-input`` folds the code of a cell that only imports,
or whose end is a figure or a widget; the words on the fold follow from what the cell does.
``hide-output`` covers what answers a **Predict**, until the reader lifts it: what the cell shows,
and the paragraph or list right after it, which says what was to be seen.
"""

import ast
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform

# What a cell may do.
IMPORTS, FIGURE, WIDGET, OTHER = "imports", "figure", "widget", "other"
CODE_WORDS = {
    IMPORTS: "the imports of this chapter",
    FIGURE: "the code of this figure",
    WIDGET: "the code of this widget",
    OTHER: "the code of this cell",
}
ANSWER_WORDS = "the answer"
# What explains an answer, where it stands right after it.
EXPLANATIONS = (nodes.paragraph, nodes.bullet_list, nodes.enumerated_list)
# Calls that set something up, beside the imports.
SETTINGS = {"plt.style.use", "np.set_printoptions"}
WIDGETS = "softmax_steps.widgets"


def purpose(code: str) -> str:
    """Return what a cell does, as far as a reader sees it.

    Parameters
    ----------
    code : str

    Returns
    -------
    str
        ``IMPORTS`` if it imports and sets, and nothing else; ``FIGURE`` if it ends with a call of
        ``show``; ``WIDGET`` if it ends by making a widget; else ``OTHER``.

    Examples
    --------
    >>> purpose("import numpy as np"), purpose("show(ax.figure)"), purpose("1 + 1")
    ('imports', 'figure', 'other')
    """
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # commands of a notebook
        return OTHER
    imports = [node for node in statements if isinstance(node, ast.Import | ast.ImportFrom)]
    rest = [node for node in statements if node not in imports]
    calls = [_called(node) for node in rest]
    if imports and set(calls) <= SETTINGS:
        return IMPORTS
    if calls and calls[-1] == "show":
        return FIGURE
    widgets = {
        alias.name
        for node in imports
        if isinstance(node, ast.ImportFrom) and node.module == WIDGETS
        for alias in node.names
    }
    return WIDGET if calls and calls[-1] in widgets else OTHER


def _called(statement: ast.stmt) -> str | None:
    """Return the name of the function that a statement calls; None for other statements."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func)
    return None


def take_in_explanation(fold: HideCodeCellNode) -> None:
    """Move what stands right after a covered answer below its cover, if it explains the answer.

    Parameters
    ----------
    fold : HideCodeCellNode
        In its cell, in the page.
    """
    cell = fold.parent
    following = cell.parent[cell.parent.index(cell) + 1 :]
    if following and isinstance(following[0], EXPLANATIONS):
        cell.parent.remove(following[0])
        fold.append(following[0])


class NameFolds(SphinxPostTransform):
    """Puts the words on myst-nb's folds, and below a cover what explains the answer.

    myst-nb has one label for all of them.
    """

    default_priority = 200  # myst-nb makes the folds at 199
    formats = ("html",)

    def run(self, **options: Any) -> None:
        """Go through the folds of a page."""
        for fold in list(self.document.findall(HideCodeCellNode)):
            inside = fold.children[0]
            if inside.get("nb_element") == "cell_code_output":
                take_in_explanation(fold)
                words = ANSWER_WORDS
            else:
                words = CODE_WORDS[purpose(inside.astext())]
            fold["prompt_show"], fold["prompt_hide"] = f"Show {words}", f"Hide {words}"
