"""A worksheet: a tiny example drawn from a seed, to be worked through on paper; and its key."""

from html import escape
from pathlib import Path
from typing import Any

import numpy as np

import softmax_steps
from softmax_steps.palette import FONTS, PRINT, css_rule

TITLE = "Six steps by hand"
#: The lines to fill in: what is asked, the formula, and the field of the working.
LINES = (
    ("The scores", "F = XW + b", "F"),
    ("Guarded", "F′ = F − each row’s maximum", "shifted"),
    ("The exponentials", "E = exp F′", "E"),
    ("The probabilities", "P = E / each row’s sum", "P"),
    ("Each sample’s loss", "Lᵢ = −log of the true class’s P", "losses"),
    ("The data loss", "the mean of the Lᵢ", "data_loss"),
    ("The penalty", "(λ/2) ‖W‖²", "penalty"),
    ("The loss", "L = data loss + penalty", "loss"),
    ("The gradient in the scores", "∂L/∂F = (P − Y) / N", "dF"),
    ("The gradient in the weights", "∂L/∂W = Xᵀ ∂L/∂F + λW", "dW"),
    ("The gradient in the biases", "∂L/∂b = the column sums of ∂L/∂F", "db"),
    ("The new weights", "W − η ∂L/∂W", "new_W"),
    ("The new biases", "b − η ∂L/∂b", "new_b"),
)
STYLE = f"""
{css_rule(":root", PRINT)}
body {{ max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.45 {FONTS["report"]};
  color: var(--ink); background: var(--paper); }}"""
STYLE += """
h1 { font-size: 1.4rem; } h2 { margin: 1.3rem 0 0.3rem; font-size: 1rem; }
h2 span { margin-left: 0.6rem; font-weight: 400; } section { break-inside: avoid; }
table { display: inline-table; margin: 0 1.2rem 0.4rem 0; border-collapse: collapse; }
caption { padding: 0 0 0.2rem; text-align: left; }
td { min-width: 4.2rem; height: 2rem; padding: 0 0.5rem; border: 1px solid var(--muted);
  text-align: right; }
.given td { min-width: 2rem; } p { margin: 0.4rem 0; } .lines { columns: 20rem; }
"""


def worksheet(seed: int, *, key: bool = False) -> str:
    """Return a page to be printed: what is given, and a table for each line of the working.

    Parameters
    ----------
    seed : int
    key : bool
        Whether the tables hold the numbers; else they are empty.

    Returns
    -------
    str
        HTML that needs no other file, with three decimals.
    """
    example = softmax_steps.fresh_example(seed)
    working = softmax_steps.work_through(example)
    title = f"{TITLE}, seed {seed}" + (": the key" if key else "")
    given = [("X", example.X), ("W", example.W), ("b", example.b), ("y", example.y)]
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>",
        f"<body><h1>{escape(title)}</h1>",
        "<p>Two samples, two features, three classes. A row of X is a sample; y has its true "
        f"class, counted from 0. λ = {example.strength:g}, η = {example.learning_rate:g}. "
        "Work with three decimals.</p>",
        '<section class="given">',
        *(_table(name, value, digits=0) for name, value in given),
        '</section><div class="lines">',
    ]
    for words, formula, name in LINES:
        value = np.asarray(getattr(working, name))
        table = _table(words, value, digits=3, is_empty=not key, is_named=False)
        parts.append(
            f"<section><h2>{escape(words)} <span>{escape(formula)}</span></h2>{table}</section>"
        )
    return "\n".join([*parts, f"</div><p>{_check(working, key=key)}</p></body></html>", ""])


def _check(working: Any, *, key: bool) -> str:
    if key:
        return f"The loss after this step is {_number(working.new_loss, 3)}."
    return (
        "Before you go on, check: each row of P sums to 1, and each row of ∂L/∂F to 0. "
        f"The loss after this step is {_number(working.new_loss, 3)}; does yours fall to it?"
    )


def _table(
    name: str, value: np.ndarray, *, digits: int, is_empty: bool = False, is_named: bool = True
) -> str:
    """Return an array as a table: with its numbers, or with a place for each of them."""
    rows = np.atleast_2d(value)
    cells = "".join(
        "<tr>"
        + "".join(f"<td>{'' if is_empty else _number(x, digits)}</td>" for x in row)
        + "</tr>"
        for row in rows
    )
    label = escape(name)
    head = f"<caption>{label}</caption>" if is_named else ""
    attribute = "" if is_named else f' aria-label="{label}"'
    return f"<table{attribute}>{head}{cells}</table>"


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return (text if float(text) else text.lstrip("-")).replace("-", "−")


def write_worksheet(folder: Path, seed: int) -> tuple[Path, Path]:
    """Write a worksheet and its key.

    Parameters
    ----------
    folder : pathlib.Path
        It is made where it is missing.
    seed : int

    Returns
    -------
    tuple of pathlib.Path
        The worksheet, and the key.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheet, key = folder / f"worksheet-{seed}.html", folder / f"worksheet-{seed}-key.html"
    sheet.write_text(worksheet(seed), "utf-8")
    key.write_text(worksheet(seed, key=True), "utf-8")
    return sheet, key
