"""What every page leaves out: scripts it does not need, and links to a repository nobody named."""

from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
REPOSITORY_BUTTONS = ("use_repository_button", "use_issues_button", "use_edit_page_button")


def use_our_templates(app, config):
    """Put this package's templates before the theme's."""
    config.templates_path.insert(0, str(TEMPLATES))


def link_repository(app, config):
    """Show the buttons that need a repository exactly if ``repository.url`` is set."""
    options = config.html_theme_options
    known = bool(options.get("repository_url"))
    for button in REPOSITORY_BUTTONS:
        options[button] = known
    if not known:
        options.pop("launch_buttons", None)


def drop_unused_scripts(app, pagename, templatename, context, doctree):
    """Leave out what answers for features this book has not.

    ``language_data.js`` and the search scripts stay: the search runs on them.
    """
    unused = ("sphinx-thebe", "tabs.js")
    context["script_files"] = [
        script
        for script in context["script_files"]
        if not any(name in str(getattr(script, "filename", script)) for name in unused)
    ]


def setup(app):
    """Register with Sphinx."""
    # Jupyter Book sets this for an extension that the book does without.
    app.add_config_value("comments_config", {}, "")
    app.connect("config-inited", use_our_templates)
    app.connect("config-inited", link_repository)
    app.connect("html-page-context", drop_unused_scripts, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
