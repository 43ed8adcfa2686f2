"""What a student wrote in answer to a question in words, wherever they put it."""

import ast
import re

from softmax_grader.ipython_syntax import is_python

WORD = r"[^\W\d_]['’\w]*"
FOUR_WORDS = re.compile(rf"(?<!\w){WORD}(?:,? {WORD}){{3}}")
CODE = re.compile(r"^\s*(?:(?:def|class|import|from|return)\b|[@%!?])", re.MULTILINE)


def text_in(kind: str, source: str) -> str | None:
    r"""Return the text that a cell holds, or None if it is code.

    Parameters
    ----------
    kind : str
        *code*, *markdown* or *raw*.
    source : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> text_in("code", "# It cancels,\n# row by row.")
    'It cancels,\nrow by row.'
    >>> text_in("code", "'It cancels.'")
    'It cancels.'
    >>> text_in("code", "It cancels in every row, doesn't it?")
    "It cancels in every row, doesn't it?"
    >>> text_in("code", "x = 1  # one") is None
    True
    """
    text = source.strip()
    if kind != "code":
        return text
    lines = text.split("\n")
    if all(line.lstrip().startswith("#") or not line.strip() for line in lines):
        return "\n".join(re.sub(r"^\s*#+ ?", "", line) for line in lines)
    if is_python(text):
        body = ast.parse(text).body
        alone = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
        value = alone.value if isinstance(alone, ast.Constant) else None
        return value.strip() if isinstance(value, str) else None
    words = any(FOUR_WORDS.search(line) for line in lines if "#" not in line)
    if words and not CODE.search(text):
        return text
    return None


def without_placeholder(text: str, placeholder: str) -> str:
    """Return a written answer without what stood in its cell when it was given.

    Parameters
    ----------
    text, placeholder : str

    Returns
    -------
    str
        The same text, if nothing but the placeholder is in it.

    Examples
    --------
    >>> without_placeholder("YOUR ANSWER HERE It cancels.", "YOUR ANSWER HERE")
    'It cancels.'
    """
    kept = text.replace(placeholder.strip(), "", 1) if placeholder.strip() else text
    return text if kept == text or not kept.strip(" \n\t*_:.-#>") else kept.strip()


def join_texts(texts: list[str]) -> str:
    """Return the texts of several cells as one, each once and in order.

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    str
    """
    return "\n\n".join(dict.fromkeys(texts))
