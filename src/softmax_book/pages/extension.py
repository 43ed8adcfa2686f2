"""What a page gets beside what Jupyter Book gives it: one Sphinx extension, which lists it all.

:func:`setup` names everything that happens to a page, in the order in which it happens.
"""

from collections.abc import Callable
from typing import Any

from sphinx.application import Sphinx

from softmax_book.exports import launch, notebooks, package
from softmax_book.pages import (
    anchors,
    cached_outputs,
    chapter_links,
    equations,
    figures,
    folds,
    footer,
    glossary,
    head,
    lighter_styles,
    live_button,
    maths,
    numbered,
    outputs,
    policy,
    previews,
    questions,
    roots,
    streams,
    styles,
    symbols,
    tables,
    theme,
)
from softmax_book.pages.search import index
from softmax_book.pages.widgets import core_widgets, views

# Sphinx calls those who listen to an event in the order of a number. The theme, myst-nb and the
# other extensions have 500 to 501.
BEFORE_THE_OTHERS = 400
AFTER_THE_OTHERS = 900


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx, in order.

    Parameters
    ----------
    app : sphinx.application.Sphinx

    Returns
    -------
    dict
        What Sphinx wants to know of an extension.
    """
    # Settings.
    app.add_config_value("repository_root", ".", "env", types=[str])  # from the sources
    app.add_config_value("jupyterhub_url", "", "html", types=[str])
    # Jupyter Book sets this for an extension that the book does without.
    app.add_config_value("comments_config", {}, "")

    # Which outputs are those of an earlier run.
    cached_outputs.forget_looks()

    # How equations and outputs are drawn.
    maths.draw_strictly()
    streams.join_before_rendering()
    _connect(
        app,
        "config-inited",
        BEFORE_THE_OTHERS,
        theme.use_own_templates,
        theme.link_repository,
        index.use_own_search,
    )
    _connect(app, "builder-inited", BEFORE_THE_OTHERS, maths.use_served_katex)

    # The text of all pages: addresses of sections, words of folds and of figures, numbers of
    # equations, what may break at the end of a line and what not, links to chapters, the page of
    # all equations with their tests.
    app.add_transform(anchors.AnchorSections)
    # What every directive means to the book, this one too, stands in softmax_book.directives.
    app.add_directive("equation-register", equations.EquationRegister)
    app.add_directive("question", questions.QuestionDirective)
    app.add_directive("progress", questions.ProgressDirective)
    app.add_role("computed", questions.computed_role)
    app.add_node(questions.Tagged, html=(questions.visit_tag, questions.leave_tag))
    app.add_directive("symbol-table", symbols.SymbolTable)
    app.add_post_transform(maths.KeepTogether)
    app.add_post_transform(folds.NameFolds)
    app.add_post_transform(numbered.KeepNumbers)
    app.add_post_transform(chapter_links.LinkChapters)
    app.add_post_transform(tables.StackTables)
    app.add_post_transform(glossary.NameLanguages)
    _connect(app, "env-get-outdated", BEFORE_THE_OTHERS, equations.always_reread)
    _connect(
        app,
        "doctree-read",
        BEFORE_THE_OTHERS,
        equations.number_equations,
        figures.add_words_to_page,
        outputs.mark_sentences,
    )
    _connect(app, "env-check-consistency", BEFORE_THE_OTHERS, equations.compare_with_pages)

    _connect(app, "builder-inited", AFTER_THE_OTHERS, set_up_website, write_shared_files)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}


def set_up_website(app: Sphinx) -> None:
    """Register what the pages of the website get, and those of no other format.

    The builder of EPUB calls itself HTML, too; only its name tells it apart.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    """
    if app.builder.name != "html":
        return
    index.leave_out_sphinx_index(app)
    _connect(
        app, "doctree-resolved", AFTER_THE_OTHERS, symbols.mark_symbols, equations.mark_equations
    )
    # Each page, before it is written. The theme makes a button of the notebook that it is told of.
    _connect(app, "html-page-context", BEFORE_THE_OTHERS, notebooks.offer_download)
    _connect(
        app,
        "html-page-context",
        AFTER_THE_OTHERS,
        package.offer_package,
        launch.offer_services,
        theme.name_downloads,
        footer.name_licences,
        head.describe,
        head.fetch_face,
        previews.add_cards,
        views.add_widgets,
        core_widgets.add_core_widgets,
        live_button.add_button,
        questions.add_questions,
        questions.add_overview,
        theme.add_scripts,
        index.add_search,
    )
    # The whole site, once it is written.
    _connect(
        app,
        "build-finished",
        AFTER_THE_OTHERS,
        notebooks.write_downloads,
        *(
            _if_built(finish)
            for finish in (
                theme.write_lighter_script,
                theme.write_code_colours,
                roots.write_own_pages,
                roots.remove_old_pages,
                index.write_index,
                live_button.answer_without_server,
                theme.mend_pages,
                lighter_styles.write_lighter_styles,
                policy.add_policies,
            )
        ),
    )


def write_shared_files(app: Sphinx) -> None:
    """Write the styles and scripts that many pages of the website share.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    """
    if app.builder.name == "html":
        styles.write_styles(app)
        views.write_views(app)


def _connect(app: Sphinx, event: str, first: int, *handlers: Callable[..., Any]) -> None:
    """Let functions be called at an event, in their order."""
    for position, handler in enumerate(handlers):
        app.connect(event, handler, priority=first + position)


def _if_built(finish: Callable[[Sphinx], None]) -> Callable[[Sphinx, Exception | None], None]:
    """Return a function for the build's end that does nothing after a build that failed."""

    def finish_if_built(app: Sphinx, exception: Exception | None) -> None:
        if exception is None:
            finish(app)

    return finish_if_built
