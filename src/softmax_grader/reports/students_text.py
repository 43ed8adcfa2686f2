"""A student's own text as a page shows it: plain, with the little of Markdown that helps to read.

Every character is escaped first; only then are marks turned into tags of ours. Each rule looks at
a text once, from left to right, so a text of any shape takes time in proportion to its length.
"""

import re

from softmax_grader.reports.page import escape
from softmax_grader.text import clean_text

MOST = 20_000  # characters that are shown
INLINE = re.compile(r"`([^`\n]{1,300})`|\*\*([^*\n]{1,300})\*\*")
HEADING = re.compile(r"#{1,6} +")
ITEM = re.compile(r"(?:[-*+]|\d{1,3}[.)]) +")


def text_as_html(source: str) -> str:
    r"""Return a text cell as HTML.

    Parameters
    ----------
    source : str
        Markdown, or what is taken for it.

    Returns
    -------
    str
        Paragraphs, lists and code; headings as bold lines, so that the page keeps its own order.

    Examples
    --------
    >>> print(text_as_html("The **row** sums\n\n- are `1`\n- <b>each</b>"))
    <p>The <strong>row</strong> sums</p>
    <ul>
    <li>are <code>1</code></li>
    <li>&lt;b&gt;each&lt;/b&gt;</li>
    </ul>
    """
    parts: list[str] = []
    lines: list[str] = []
    fenced: list[str] | None = None

    def close() -> None:
        if lines:
            parts.append(f"<p>{'<br>'.join(lines)}</p>")
            lines.clear()

    items: list[str] = []

    def close_list() -> None:
        if items:
            parts.append("<ul>\n" + "\n".join(f"<li>{item}</li>" for item in items) + "\n</ul>")
            items.clear()

    for line in clean_text(source, MOST).strip("\n").split("\n"):
        bare = line.strip()
        if bare.startswith("```"):
            close()
            close_list()
            if fenced is None:
                fenced = []
            else:
                parts.append(_code(fenced))
                fenced = None
        elif fenced is not None:
            fenced.append(line)
        elif not bare:
            close()
            close_list()
        elif match := HEADING.match(bare):
            close()
            close_list()
            parts.append(f"<p><strong>{escape(bare[match.end() :])}</strong></p>")
        elif match := ITEM.match(bare):
            close()
            items.append(_inline(bare[match.end() :]))
        elif items and line[:1] in (" ", "\t"):
            items[-1] += f" {_inline(bare)}"
        else:
            close_list()
            lines.append(_inline(bare))
    close()
    close_list()
    if fenced:
        parts.append(_code(fenced))
    return "\n".join(parts)


def _code(lines: list[str]) -> str:
    return f"<pre>{escape(chr(10).join(lines))}</pre>"


def _inline(text: str) -> str:
    def tagged(match: re.Match[str]) -> str:
        return f"<code>{match[1]}</code>" if match[1] else f"<strong>{match[2]}</strong>"

    return INLINE.sub(tagged, escape(text))
