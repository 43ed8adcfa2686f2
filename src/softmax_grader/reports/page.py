"""The form of the pages that students and teachers get: one file, no script, nothing fetched.

Everything that a student wrote is escaped, and a policy in the page forbids it to act anyway.
"""

import html
import re

STYLE = """
:root { color-scheme: light dark; --ink: #24292f; --muted: #57606a; --paper: #fff; --line: #d0d7de;
  --soft: #f6f8fa; --good: #1a7f37; --bad: #b3261e; --bar: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --muted: #9198a1; --paper: #14181e;
  --line: #3d444d; --soft: #1d232b; --good: #4ac26b; --bad: #ff8a80; --bar: #56b4e9; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
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
@media (max-width: 30rem) { table { font-size: .85rem; } td, th { padding-right: .4rem; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def escape(text):
    """Return text that HTML shows and does not obey."""
    return html.escape(str(text), quote=True)


def whole_page(title, body):
    """Return a page as HTML; `body` is HTML already."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{body}\n</body>\n</html>\n"
    )


def table(heads, rows, *, numbers=()):
    """Return a table; cells are HTML already, columns in `numbers` stand to the right."""

    def row(cells, tag):
        kinds = [' class="number"' if k in numbers else "" for k in range(len(cells))]
        return "".join(
            f"<{tag}{kind}>{cell}</{tag}>" for cell, kind in zip(cells, kinds, strict=True)
        )

    body = "\n".join(f"<tr>{row(cells, 'td')}</tr>" for cells in rows)
    return (
        f'<div class="scroll"><table>\n<thead><tr>{row(heads, "th")}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def points(value):
    """Return points as text: 4, 2.5."""
    return "–" if value is None else f"{round(float(value), 2):g}"


def part_titles(source):
    """Return the heading above each graded cell, by its grade_id."""
    titles, heading = {}, ""
    for cell in source.cells:
        if cell.cell_type == "markdown":
            found = re.findall(r"^#{1,6}\s+(.*?)\s*$", cell.source, re.MULTILINE)
            heading = found[-1] if found else heading
        ours = cell.metadata.get("nbgrader", {})
        if ours.get("grade") or ours.get("task"):
            plain = re.sub(r"\s*\([\d.]+ points?\)$", "", heading)
            titles[ours["grade_id"]] = plain or ours["grade_id"]
    return titles


def assignment_title(source, name):
    """Return the first heading of an assignment, or its name."""
    for cell in source.cells:
        match = re.search(r"^#\s+(.*?)\s*$", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and match:
            return match[1]
    return name


def link_to_book(place, book_url):
    """Return HTML for a place in the book, a link where the book's address is known.

    `place` is text such as ``Chapter 5, λ or λ/2 — book/05_regularization.html#lambda``.
    """
    words, _, address = place.rpartition(" — ")
    if re.fullmatch(r"[\w./-]+\.html(#[\w-]+)?", address) and re.match(r"https?://", book_url):
        target = f"{book_url.rstrip('/')}/{address}"
        return f'<a href="{escape(target)}" rel="noreferrer">{escape(words)}</a>'
    return escape(words or place)
