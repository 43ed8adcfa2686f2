"""Says below each page on which terms the book may be used: the licences of the repository."""

from typing import Any

from sphinx.application import Sphinx

from softmax_book.edition import Edition
from softmax_book.expected import UnexpectedError

# The first line of a licence, its short name, and where it can be read.
LICENCES = {
    "Creative Commons Attribution 4.0 International": (
        "CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "BSD 3-Clause License": ("BSD 3-Clause", "https://opensource.org/license/bsd-3-clause"),
}


def name_licences(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Hand the licences of the text and of the code to the footer's template.

    Raises
    ------
    UnexpectedError
        If the repository has another licence than this module knows.
    """
    edition = Edition.of(app)
    parts = []
    for what, path in (("Text", edition.text_licence), ("code", edition.code_licence)):
        if not path.is_file():
            continue
        first = path.read_text("utf-8").splitlines()[0].strip()
        if first not in LICENCES:
            raise UnexpectedError(
                f"{path.name} begins with {first!r}: give its short name and its address to "
                f"LICENCES in softmax_book.pages.footer."
            )
        name, address = LICENCES[first]
        parts.append(f'{what} <a rel="license" href="{address}">{name}</a>')
    context["sms_licences"] = ", ".join(parts) + ("." if parts else "")
