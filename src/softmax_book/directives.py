"""Every directive of MyST that a page may use, and what it means to the book.

To add one, add a line to :data:`MEANINGS`. A directive of the book's own needs a class as well, as
:class:`softmax_book.pages.equations.EquationRegister` is one; ``pages/extension.py`` registers it.
"""

# How the body is read.
CELL = "cell"  # code that runs
CODE = "code"  # code that does not run
MATH = "math"  # LaTeX
MARKDOWN = "Markdown"  # text like that around it, which may hold further directives
DATA = "data"  # what only the website understands

# What a downloaded notebook shows for it; exports/notebooks.py has a writer for each.
ITSELF = "itself"  # a cell, a block of code, an equation
FOLD = "fold"  # opened by a click on its title
TITLED_QUOTATION = "titled quotation"  # below the title that it is given
NAMED_QUOTATION = "named quotation"  # below its own name, as "Note"
PICTURE = "picture"
QUESTION = "question"  # with its answers in a fold
TABLE = "table"  # of the book's symbols
NOTHING = "nothing"

# How the body is read, and what a download shows. A directive that is not listed stops all readers:
# whether its body is text or the answer to a question is nothing that a program should guess.
MEANINGS = {
    "admonition": (MARKDOWN, TITLED_QUOTATION),
    "attention": (MARKDOWN, NAMED_QUOTATION),
    "bibliography": (DATA, NOTHING),
    "caution": (MARKDOWN, NAMED_QUOTATION),
    "code": (CODE, ITSELF),
    "code-block": (CODE, ITSELF),
    "code-cell": (CELL, ITSELF),
    "contents": (DATA, NOTHING),
    "danger": (MARKDOWN, NAMED_QUOTATION),
    "dropdown": (MARKDOWN, FOLD),
    "equation-register": (DATA, NOTHING),
    "eval-rst": (DATA, NOTHING),
    "figure": (MARKDOWN, PICTURE),
    "glossary": (MARKDOWN, NOTHING),
    "hint": (MARKDOWN, NAMED_QUOTATION),
    "image": (DATA, PICTURE),
    "important": (MARKDOWN, NAMED_QUOTATION),
    "math": (MATH, ITSELF),
    "note": (MARKDOWN, NAMED_QUOTATION),
    "progress": (DATA, NOTHING),
    "question": (MARKDOWN, QUESTION),
    "seealso": (MARKDOWN, NAMED_QUOTATION),
    "symbol-table": (DATA, TABLE),
    "tableofcontents": (DATA, NOTHING),
    "tip": (MARKDOWN, NAMED_QUOTATION),
    "toctree": (DATA, NOTHING),
    "warning": (MARKDOWN, NAMED_QUOTATION),
}
#: Directive to how its body is read.
DIRECTIVES = {name: body for name, (body, _) in MEANINGS.items()}
#: Directive to what a download shows for it.
IN_DOWNLOADS = {name: shown for name, (_, shown) in MEANINGS.items()}
