"""The form of the pages that students and teachers get: one file, nothing fetched.

Everything that a student wrote is escaped, and a policy in the page forbids it to act anyway.
"""

import base64
import hashlib
import html
import re
from collections.abc import Container, Iterable, Sequence

import nbformat

from softmax_steps.palette import FONTS, REPORT, css_rule, theme

DARK = css_rule(":root", theme(REPORT, 1))
COLOURS = f"""
:root {{ color-scheme: light dark; }}
{css_rule(":root", {**theme(REPORT, 0), "font": FONTS["report"]})}
@media (prefers-color-scheme: dark) {{ {DARK} }}
"""
LAYOUT = """
body { font: 16px/1.5 var(--font); color: var(--ink); background: var(--paper);
  margin: 0 auto; padding: 1rem; max-width: 60rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; } th { overflow-wrap: normal; }
td, th { overflow-wrap: break-word; text-align: left; padding: .2rem .8rem .2rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; font-size: .85rem;
  border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; }
.good { color: var(--good); } .bad { color: var(--bad); } .muted { color: var(--muted); }
.scroll { overflow-x: auto; } a { color: inherit; } .slip { margin-left: 1.2rem; }
svg text { fill: var(--ink); font-size: 15px; } svg rect { fill: var(--bar); }
.score { font-size: 1.2rem; }
.feedback { max-width: 44rem; margin: 0 auto; } .feedback section { margin-top: 2.5rem; }
.feedback h2 { border-top: 1px solid var(--line); padding-top: .8rem; margin: 0 0 .6rem; }
.feedback h2 .muted { font-size: .95rem; font-weight: normal; white-space: nowrap; }
.feedback h2.short { border: 0; padding: 0; font-size: 1rem; margin: 1.2rem 0 .3rem; }
.feedback h3 { font-size: .9rem; font-weight: normal; color: var(--muted); margin: 1rem 0 .3rem; }
.feedback table { width: 100%; margin-top: 1rem; } .feedback td:first-child { width: 60%; }
.feedback ul { margin: 0; padding-left: 1.2rem; } .feedback pre { margin: .3rem 0; }
.waits { white-space: nowrap; }
.share { display: inline-block; width: 5rem; height: .5rem; background: var(--line);
  border-radius: 2px; overflow: hidden; }
.share span { display: block; height: 100%; background: var(--bar); }
.unseen { position: absolute; clip-path: inset(50%); white-space: nowrap; }
.own { border-left: 3px solid var(--line); padding-left: .8rem; } .own p { margin: .4rem 0; }
.teacher { border-left: 3px solid var(--bar); padding-left: .8rem; white-space: pre-wrap; }
.feedback ul.verdicts { list-style: none; padding: 0; }
.verdicts li { display: grid; grid-template-columns: 1.4rem 1fr auto; column-gap: .4rem;
  padding: .35rem 0; border-bottom: 1px solid var(--line); color: var(--ink); }
.verdicts .mark, .verdicts .got { font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdicts li.good .mark { color: var(--good); } .verdicts li.bad .mark { color: var(--bad); }
.verdicts li > div { grid-column: 2 / -1; margin: 0; } .verdicts .remark { color: var(--muted); }
@media print { body { font-size: 11pt; } .feedback pre, .verdicts li { break-inside: avoid; }
  .feedback h2, .feedback h3 { break-after: avoid; }
  .share span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .read a::after { content: " (" attr(href) ")"; font-size: .85em; } }
@media (max-width: 30rem) { table { font-size: .85rem; } td, th { padding-right: .4rem; }
  .share { width: 3rem; } .waits { white-space: normal; }
  .scroll td:first-child { min-width: 5.5rem; } }
@media (forced-colors: active) { .share { border: 1px solid; }
  .share span { background: Highlight; forced-color-adjust: none; } }
"""
STYLE = COLOURS + LAYOUT
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def escape(text: object) -> str:
    """Return text that HTML shows and does not obey.

    Parameters
    ----------
    text : object

    Returns
    -------
    str
    """
    return html.escape(str(text), quote=True)


def whole_page(title: str, body: str, *, kind: str = "", style: str = "", script: str = "") -> str:
    """Return a page as HTML.

    Parameters
    ----------
    title : str
    body : str
        HTML already.
    kind : str
        A class of the page's main part, for its style.
    style : str
        What the page adds to the style of all pages.
    script : str
        A script of ours that the page can do without. The page's policy allows it, by its hash,
        and no other.

    Returns
    -------
    str
    """
    policy = POLICY
    of_kind = f' class="{kind}"' if kind else ""
    body = f"<main{of_kind}>\n{body}\n</main>"
    if script:
        mark = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{mark}'"
        body += f"\n<script>{script}</script>"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n"
        f"{body}\n</body>\n</html>\n"
    )


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Container[int] = (),
    label: str = "",
) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequences of str
        HTML already.
    numbers : container of int
        The columns that are aligned to the right.
    label : str
        What a table is called that may be wider than a phone: a key then moves it to the side.

    Returns
    -------
    str
    """

    def row(cells: Sequence[str], tag: str) -> str:
        kinds = [' class="number"' if k in numbers else "" for k in range(len(cells))]
        return "".join(
            f"<{tag}{kind}>{cell}</{tag}>" for cell, kind in zip(cells, kinds, strict=True)
        )

    body = "\n".join(f"<tr>{row(cells, 'td')}</tr>" for cells in rows)
    moves = f' tabindex="0" role="region" aria-label="{escape(label)}"' if label else ""
    return (
        f'<div class="scroll"{moves}><table>\n<thead><tr>{row(heads, "th")}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def points(value: float | None) -> str:
    """Return points as text: 4, 2.5.

    Parameters
    ----------
    value : float or None

    Returns
    -------
    str
        A dash for None.
    """
    return "–" if value is None else f"{round(float(value), 2):g}"


def part_titles(source: nbformat.NotebookNode) -> dict[str, str]:
    """Return the heading above each graded cell.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The assignment's.

    Returns
    -------
    dict
        From a grade_id to the heading, without its points.
    """
    titles: dict[str, str] = {}
    heading = ""
    for cell in source.cells:
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#{1,6}\s+(.*?)\s*$", cell.source, re.MULTILINE)
            heading = headings[-1] if headings else heading
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade") or marks.get("task"):
            plain = re.sub(r"\s*\([\d.]+ points?\)$", "", heading)
            titles[marks["grade_id"]] = plain or marks["grade_id"]
    return titles


def assignment_title(source: nbformat.NotebookNode, name: str) -> str:
    """Return the first heading of an assignment, or its name.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The assignment's.
    name : str

    Returns
    -------
    str
    """
    for cell in source.cells:
        match = re.search(r"^#\s+(.*?)\s*$", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and match:
            return match[1]
    return name


def link_to_book(place: str, link: str, book_url: str) -> str:
    """Return HTML for a place in the book, a link where the book's address is known.

    Parameters
    ----------
    place : str
        In words, such as ``Chapter 5, λ or λ/2``.
    link : str
        Its address below the book's, such as ``book/05_regularization.html#lambda``.
    book_url : str
        Where the book is on the web; empty where that is not known.

    Returns
    -------
    str
    """
    if re.fullmatch(r"[\w./-]+\.html(#[\w-]+)?", link) and re.match(r"https?://", book_url):
        target = f"{book_url.rstrip('/')}/{link}"
        return f'<a href="{escape(target)}" rel="noreferrer">{escape(place)}</a>'
    return escape(place)
