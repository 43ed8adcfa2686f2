"""What pages with widgets of ipywidgets itself need, and what all other pages are spared.

myst-nb writes the state of every widget into the page, for ipywidgets' own scripts. The book's
widgets carry theirs in their own place, so on most pages it would be said twice.
"""

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def add_core_widgets(app, page, template, context, doctree):
    """Leave out a state that no view on the page reads."""
    if f'<script type="{VIEW}">' not in (context.get("body") or ""):
        context["script_files"] = [
            script
            for script in context["script_files"]
            if getattr(script, "attributes", {}).get("type") != STATE
        ]


def setup(app):
    """Register with Sphinx; after myst-nb has added the state."""
    app.connect("html-page-context", add_core_widgets, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
