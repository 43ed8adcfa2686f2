"""Everything that leans on the insides of the theme: read this file when the theme is upgraded.

The theme is sphinx-book-theme, which is built on pydata-sphinx-theme. What its settings do not
offer is changed here, in four places:

- its list of files for every page, from which its icon script (half a megabyte for a dozen icons,
  which ``frame.css`` draws instead) and Bootstrap are left out;
- its script, which twice searches through the whole page, and marks the wrong section;
- its markup, where a screen reader stumbles over it or no strict policy allows it;
- its menus and its wide boxes, for which the book has small scripts of its own.

``jumps.js`` lands on a section, ``contents.js`` marks it in the page's Contents, ``sidebar.js``
keeps the list of chapters as the reader wants it, and ``drawers.js`` closes the drawers that hold
the lists on a phone. ``copying.js`` hands out a formula's TeX. ``menus.js`` does what these pages
use of Bootstrap: Bootstrap listens to every key and looks through the whole page each time. On a
page with many equations that is a good part of the time that a press of a slider's key takes.
``scrolling.js`` lets code and outputs that are wider than the window be scrolled with the keys
alone. The theme's script looks for them at once, and again after every change of the page, which
lays out thousands of boxes before the reader may do anything; ours looks when the browser is idle.

Each change raises if the theme is not as expected.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydata_sphinx_theme
from sphinx.application import Sphinx
from sphinx.config import Config

from softmax_book.edition import Edition
from softmax_book.expected import find_exactly, only_item, replace_exactly
from softmax_book.pages.files import add_script
from softmax_book.pages.policy import has_policy
from softmax_book.pages.roots import OWN_PAGES, is_made_elsewhere

HERE = Path(__file__).parent
STATIC = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
TEMPLATES = HERE / "templates"
SCRIPT = Path("scripts", "pydata-sphinx-theme.js")
MACROS = "webpack-macros.html"
REPOSITORY_BUTTONS = ("use_repository_button", "use_issues_button", "use_edit_page_button")
SCRIPTS = HERE / "frame.js"  # which names them
# sphinx-design's script for tabs, which the book has not.
UNUSED_SCRIPT = "design-tabs.js"
# Before anything is drawn: say that there are scripts, follow the system's theme until the reader
# chooses one, hide the list of chapters if the reader has hidden it. And lay out the sections on
# demand, but not where the browser is about to scroll to a place in the page: it would
# miss it (jumps.js). Without scripts, all sections are laid out at once.
BEFORE_DRAWING = """\
<script>
(function (page) {
  var theme = page.dataset.theme, visit = performance.getEntriesByType("navigation")[0];
  page.classList.add("sms-scripts");
  try {
    page.classList.toggle("sms-sidebar-hidden", localStorage.getItem("sms-sidebar") === "hidden");
  } catch (error) {}
  if (theme !== "light" && theme !== "dark")
    page.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  if (!location.hash && visit && visit.type === "navigate") page.classList.add("sms-on-demand");
})(document.documentElement);
</script>
"""


# --- the theme's list of files for every page ---


def page_files(macros: str) -> str:
    """Return the theme's list of files for every page without its icons and Bootstrap.

    Parameters
    ----------
    macros : str
        The theme's own template ``webpack-macros.html``.

    Returns
    -------
    str
        The template that takes its place.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If the theme's files are others than expected.
    """
    where = f"the theme's template {MACROS}"
    macros = re.sub(r"\s*<!--.*?-->", "", macros, flags=re.DOTALL).strip()
    for name, times in (("fontawesome", 1), ("bootstrap", 2), ("pydata-sphinx-theme", 1)):
        # pydata-sphinx-theme.js itself stays, but nothing is gained by asking for it twice.
        preload = r'<link rel="preload" [^>]*' if name == "pydata-sphinx-theme" else "<[^>]*"
        tag = rf"\n?\s*{preload}_static/scripts/{name}\.js[^>]*>(?:</script>)?"
        macros = replace_exactly(macros, tag, "", times=times, where=where)
    # The theme's script is changed here, so the theme's digest does not tell one from another.
    macros = replace_exactly(macros, r"\?digest=\w+", "", times=3, where=where)
    start = r"\{% macro head_pre_assets\(\) %\}\n"
    macros = replace_exactly(macros, start, lambda macro: macro[0] + BEFORE_DRAWING, where=where)
    find_exactly(macros, r"_static/[\w/.-]+", times=3, where=f"{where}, all that is left of it")
    return f"{macros}\n"


def use_own_templates(app: Sphinx, config: Config) -> None:
    """Write the template that takes the place of the theme's, and let Sphinx find it first."""
    folder = Edition.of(app).templates
    target = folder / "static" / MACROS
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page_files((STATIC / MACROS).read_text("utf-8")), "utf-8")
    config.templates_path[:0] = [str(TEMPLATES), str(folder)]


# --- the theme's settings ---


def link_repository(app: Sphinx, config: Config) -> None:
    """Show the buttons that need a repository exactly if ``repository.url`` is set."""
    options = config.html_theme_options
    has_repository = bool(options.get("repository_url"))
    for button in REPOSITORY_BUTTONS:
        options[button] = has_repository
    if not has_repository:
        options.pop("launch_buttons", None)


# What the download menu calls its items, by the theme's own names; the theme calls them ".ipynb".
DOWNLOADS = {
    "download-notebook-button": ("Jupyter notebook", "Download this page to run it in Jupyter"),
    "download-package-button": (
        "Python package",
        "Download the Python package that the notebook needs",
    ),
    "download-source-button": ("Text (Markdown)", "Download the text of this page"),
    "download-pdf-button": ("Print, or save as PDF", "Print this page, or save it as a PDF file"),
}


def name_downloads(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the items of the download menu names for people who do not know what an .md is.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If the menu has an item that is called after the ending of a file.
    """
    for menu in context.get("header_buttons", []):
        for button in menu.get("buttons", ()) if menu.get("label") == "download-buttons" else ():
            button["text"], button["tooltip"] = DOWNLOADS.get(
                button["label"], (button["text"], button["tooltip"])
            )
            where = f"{pagename}, the item of the download menu {button['label']}"
            find_exactly(button["text"], r"^\w", where=where)


# --- the theme's script ---


def lighter_script(script: str) -> str:
    """Take what the book does otherwise out of the theme's script.

    That are two searches through the whole page, the marks in the page's Contents, and a scroll of
    the list of chapters that hides its head.

    Parameters
    ----------
    script : str
        The theme's script, as it is installed.

    Returns
    -------
    str

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If the searches are not where they are expected.
    """
    where = f"the theme's script {SCRIPT.name}"
    script = replace_exactly(  # for boxes that can be scrolled: scrolling.js does it
        script,
        r'document\.querySelectorAll\(\["pre",[^\]]*\]\.join\(", "\)\)\.forEach\(',
        "[].forEach(",
        where=where,
    )
    script = replace_exactly(  # contents.js marks the section that is read
        script,
        r'(?<=const )e=document\.querySelector\("#pst-page-toc-nav"\)(?=;if\(!e\)return;)',
        "e=null",
        where=where,
    )
    script = replace_exactly(  # scroll the list of chapters only to one that is out of sight
        script,
        r"(getBoundingClientRect\(\)\.y)>\.5\*window\.innerHeight",
        r"\1>window.innerHeight-48",
        where=where,
    )
    return replace_exactly(  # for the search form, at every key whichever it is
        script,
        r'window\.addEventListener\("keydown",(\w+)=>\{(?=let \w+=\w+\(\);\1\.shiftKey)',
        r'window.addEventListener("keydown",\1=>{if(!/^(k|escape)$/i.test(\1.key))return;',
        where=where,
    )


def follow_system(style: str) -> str:
    """Let colours of code that stand in rules of the two themes follow the system without scripts.

    Without scripts no theme is chosen, and code would have no colours.

    Parameters
    ----------
    style : str
        The style sheet that the theme writes: rules that begin with ``html[data-theme="light"]``
        or ``html[data-theme="dark"]``.

    Returns
    -------
    str

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If it holds something else.
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    rule = re.compile(r'html\[data-theme="(light|dark)"\]([^{}]*\{[^{}]*\})')
    where = "the theme's style sheet pygments.css, beside its rules for two themes"
    find_exactly(rule.sub("", style), r"\S", times=0, where=where)
    found = [(match[1], match[2]) for match in rule.finditer(style)]
    dark = [rest for name, rest in found if name == "dark"]
    rules = [f'html:not([data-theme="dark"]){rest}' for name, rest in found if name == "light"]
    rules += [f'html[data-theme="dark"]{rest}' for rest in dark]
    unchosen = [f'html:not([data-theme="light"],[data-theme="dark"]){rest}' for rest in dark]
    return "\n".join([*rules, "@media (prefers-color-scheme:dark){", *unchosen, "}\n"])


def write_code_colours(app: Sphinx) -> None:
    """After the build: let the colours of code do without scripts."""
    path = Path(app.outdir, "_static", "pygments.css")
    style = path.read_text("utf-8")
    if 'html[data-theme="light"]' in style:  # else of an earlier build
        path.write_text(follow_system(style), "utf-8")


def write_lighter_script(app: Sphinx) -> None:
    """After the build: serve the lighter script in place of the theme's."""
    text = lighter_script((STATIC / SCRIPT).read_text("utf-8"))
    Path(app.outdir, "_static", SCRIPT).write_text(text, "utf-8")


# --- scripts of a page ---


def add_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the page the book's small scripts, and take away the one that it does not need."""
    unused = [
        script
        for script in context["script_files"]
        if str(getattr(script, "filename", script)).endswith(UNUSED_SCRIPT)
    ]
    context["script_files"].remove(only_item(unused, where=f"{pagename}, {UNUSED_SCRIPT}"))
    add_script(app, SCRIPTS)


# --- the theme's markup ---

PRINT_SCRIPT = (
    '<script>document.querySelector("[data-sms-prints]")'
    '.addEventListener("click", () => print());</script>\n'
)


@dataclass(frozen=True)
class Mend:
    """A change of a page's markup.

    Parameters
    ----------
    what : str
        What is changed, for the message where it is not found.
    pattern, replacement : str
        As for :func:`re.sub`.
    times : int or callable
        How often the pattern must be there; a function counts in the page what it belongs to.
    """

    what: str
    pattern: str
    replacement: str | Callable[[re.Match[str]], str]
    times: int | Callable[[str], int] = 1

    def apply(self, page: str) -> str:
        """Return the page with this change."""
        times = self.times if isinstance(self.times, int) else self.times(page)
        where = f"the page's {self.what}, as the theme writes it"
        return replace_exactly(page, self.pattern, self.replacement, times=times, where=where)


def _count(pattern: str, *, less: int = 0) -> Callable[[str], int]:
    return lambda page: len(re.findall(pattern, page)) - less


SIDEBARS = {"primary": "List of chapters", "secondary": "Contents of this page"}
PRINTED_HEAD = '<p class="sms-print-book"></p>\n'
MENDS = (
    # A name that differs from the words shown cannot be spoken to a voice control.
    Mend(
        "search button",
        r'(<button class="btn search-button-field[^>]*?) aria-label="Search"',
        r"\1",
    ),
    Mend(
        "folded cells",
        r'<summary aria-label="Toggle hidden content">',
        "<summary>",
        _count(r'<details class="admonition hide\b'),
    ),
    Mend(
        "buttons of the sidebars",
        r'title="Toggle (primary|secondary) sidebar"',
        lambda button: f'title="{SIDEBARS[button[1]]}" aria-label="{SIDEBARS[button[1]]}"',
        _count(r'class="sidebar-toggle '),
    ),
    # menus.js says which theme is in use.
    Mend(
        "button of the colours",
        r'aria-label="Color mode" data-bs-title="Color mode"',
        'aria-label="Colours" title="Colours"',
        _count(r'class="[^"]*\btheme-switch-button\b'),
    ),
    # Twice the title and the Contents, for paper alone.
    Mend(
        "printed head",
        r'(?s)<div id="jb-print-docs-body".*?(?=<div id="searchbox">)',
        PRINTED_HEAD,
        _count(r'id="jb-print-docs-body"'),
    ),
    # Browsers that translate a page rewrite the letters of formulas and the names of parameters.
    Mend(
        "formulas",
        r'<span class="katex">',
        r'<span class="katex" translate="no">',
        _count(r'class="katex"'),
    ),
    Mend(
        "widgets",
        r'(<div class="sms-page-widget" data-widget="[^"]*")>',
        r'\1 translate="no">',
        _count(r'class="sms-page-widget"'),
    ),
    Mend(
        "signatures",
        r'<dt class="sig ',
        r'<dt translate="no" class="sig ',
        _count(r'class="sig '),
    ),
    # The book's name would stand outside every landmark.
    Mend(
        "sidebar",
        r'<div id="pst-primary-sidebar" class="([^"]*)">',
        r'<div id="pst-primary-sidebar" class="\1" role="complementary" aria-label="The book">',
    ),
    # Roles that ARIA has dropped, and a list with children that are no items.
    Mend(
        "list of cited works",
        r'<div role="list" class="citation-list">',
        '<div class="citation-list">',
        _count(r'class="citation-list"'),
    ),
    Mend(
        "cited works",
        r'(<div class="citation" id="[^"]*") role="doc-biblioentry">',
        r"\1>",
        _count(r'class="citation"'),
    ),
    # Given up to three times, by Sphinx, by docutils and by the theme; its own and one suffice.
    Mend(
        "viewport",
        r'(<meta name="viewport"[^>]*/>)\s*<meta name="viewport" content="[^"]*" ?/>',
        r"\1",
        _count(r'<meta name="viewport"', less=2),
    ),
    # Firefox fetches such a page ahead, which the policy forbids, and says so on the console.
    Mend("next page", r'\s*<link rel="next"[^>]*/>', "", _count(r'<link\b[^>]*\brel="next"')),
    # Options of the theme that stay as they are: for switching versions, for search while typing.
    Mend(
        "options of its scripts",
        r"\s*<script>DOCUMENTATION_OPTIONS\."
        r"(?:pagename = '[^']*'|search_as_you_type = false);</script>",
        "",
        2,
    ),
    # Sphinx's own search: its scripts, where it has them, and those that mark what was searched for
    # and that listen to keys for it. The book has another: the folder search.
    Mend(
        "search scripts",
        r'\s*<script [^>]*src="[^"]*(?:_static/(?:searchtools|language_data|sphinx_highlight'
        r'|doctools)|searchindex)\.js[^"]*">\s*</script>',
        "",
        _count(r"searchtools|language_data|searchindex|sphinx_highlight|doctools"),
    ),
)
LAST_MENDS = (
    # Scripts that hold up the page while it is read; none of them is needed before its end.
    Mend(
        "scripts",
        r'<script (src="[^"]*")></script>',
        r"<script defer \1></script>",
        _count(r"<script\b(?![^>]*\bdefer\b)[^>]*\bsrc="),
    ),
    # An attribute that holds a script is not allowed by a policy that names scripts by hash.
    Mend(
        "print button",
        r' onclick="window\.print\(\)"',
        " data-sms-prints",
        _count(r"window\.print\b"),
    ),
)


def mend_page(page: str) -> str:
    """Mend the theme's markup, and let no script hold up the page.

    Parameters
    ----------
    page : str
        HTML, as the theme writes it.

    Returns
    -------
    str

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If the theme writes something else than expected.
    """
    for mend in (*MENDS, *LAST_MENDS):
        page = mend.apply(page)
    if PRINTED_HEAD in page:
        where = "the book's name in the sidebar"
        (name,) = find_exactly(page, r'logo__title">([^<]*)<', where=where)
        page = page.replace(PRINTED_HEAD, PRINTED_HEAD.replace("></", f">{name[1]}</"))
    if "data-sms-prints" in page:
        where = "the end of the page"
        page = replace_exactly(page, "</body>", f"{PRINT_SCRIPT}</body>", where=where)
    return page


def mend_pages(app: Sphinx) -> None:
    """After the build: mend the pages that were written.

    A page that has its policy is of an earlier build, and was mended then.
    """
    for path in sorted(Path(app.outdir).rglob("*.html")):
        name = path.relative_to(app.outdir).as_posix()
        if name in OWN_PAGES or is_made_elsewhere(name):
            continue
        page = path.read_text("utf-8")
        if not has_policy(page):
            path.write_text(mend_page(page), "utf-8")
