"""Pages with widgets of ipywidgets itself: what they need, and what all other pages are spared.

myst-nb writes the state of every widget into the page, for ipywidgets' own scripts. The book's
widgets carry theirs in their own place, so on most pages it would be said twice. A page that
shows a slider of ipywidgets keeps the state of that widget and of those that it is tied to, and
loads ipywidgets' own front end from the site.
"""

import json
import re
import shutil
from html import escape
from pathlib import Path

from sphinx.errors import ExtensionError

from softmax_book.building.npm import FrontEndError, fetch_on_demand, find_node, package_folder

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
VIEW_ELEMENT = re.compile(rf'<script type="{re.escape(VIEW)}">(.*?)</script>', re.DOTALL)
REFERENCE = re.compile(r'"IPY_MODEL_([^"]+)"')
LINKS = ("LinkModel", "DirectionalLinkModel")
SCRIPT, STYLE = (Path(__file__).with_suffix(kind) for kind in (".js", ".css"))
PACKAGE = "@jupyter-widgets/html-manager"
FOLDER = "core_widgets"  # of the site, below _static


def references(model):
    """Return the identities of the models that a model's state names."""
    return set(REFERENCE.findall(json.dumps(model["state"])))


def needed_models(models, shown):
    """Return the models that the views of a page need.

    Parameters
    ----------
    models : dict
        Identity to model, as in the state that Jupyter saves.
    shown : iterable of str
        The identities that the page has a view of.

    Returns
    -------
    dict
        The shown models, what they are made of, and the links between them.

    Raises
    ------
    ValueError
        If a view needs a model of a package whose front end the site does not serve.
    """
    needed, waiting = {}, [identity for identity in shown if identity in models]
    while waiting:
        identity = waiting.pop()
        if identity in needed:
            continue
        model = needed[identity] = models[identity]
        if not model["model_module"].startswith("@jupyter-widgets/"):
            raise ValueError(
                f"a widget of {model['model_module']} stands inside a widget of ipywidgets, and "
                f"without a kernel only those of ipywidgets itself are drawn there. Show it "
                f"in a cell of its own."
            )
        waiting += [other for other in references(model) if other in models]
    for identity, model in models.items():
        if model["model_name"] in LINKS and references(model) <= set(needed):
            needed[identity] = model
    return needed


def words(models, identity):
    """Say what a widget shows, for readers without JavaScript.

    >>> state = {"description": "a", "value": 3}
    >>> words({"1": {"model_name": "IntSliderModel", "state": state}}, "1")
    'a: 3'
    """
    state = models[identity]["state"]
    own = [str(state.get("description") or ""), str(state["value"]) if "value" in state else ""]
    inside = [words(models, other) for other in _children(state) if other in models]
    said = [part for part in [": ".join(filter(None, own)), *inside] if part]
    return "; ".join(said) or models[identity]["model_name"].removesuffix("Model")


def _children(state):
    return [child.removeprefix("IPY_MODEL_") for child in state.get("children", [])]


def add_core_widgets(app, page, template, context, doctree):
    """Leave out a state that no view on the page reads; give the others their front end."""
    body = context.get("body") or ""
    shown = [json.loads(view)["model_id"] for view in VIEW_ELEMENT.findall(body)]
    needed = {}
    for script in list(context["script_files"]):
        attributes = getattr(script, "attributes", {})
        if attributes.get("type") != STATE:
            continue
        context["script_files"].remove(script)
        if not shown:
            continue
        whole = json.loads(attributes["body"].replace(r"<\/script>", "</script>"))
        try:
            needed = needed_models(whole["state"], shown)
        except ValueError as error:
            raise ExtensionError(f"{page}: {error}") from None
        text = json.dumps({**whole, "state": needed}).replace("</", r"<\/")
        app.add_js_file(None, type=STATE, body=text)
    if not needed:
        return
    serve_front_end(app)
    app.add_js_file(f"{FOLDER}/{SCRIPT.name}", priority=600, loading_method="defer")
    app.add_js_file(f"{FOLDER}/embed.js", priority=601, loading_method="defer")
    app.add_css_file(f"{FOLDER}/{STYLE.name}")

    def with_words(found):
        said = words(needed, json.loads(found[1])["model_id"])
        return f"<noscript><p>{escape(said)}</p></noscript>{found[0]}"

    context["body"] = VIEW_ELEMENT.sub(with_words, body)


def serve_front_end(app):
    """Put ipywidgets' front end, and our script and style for it, into the site.

    Raises
    ------
    sphinx.errors.ExtensionError
        If it is not here yet and cannot be fetched.
    """
    root, target = Path(app.srcdir), Path(app.outdir, "_static", FOLDER)
    try:
        fetch_on_demand(root, find_node(), PACKAGE)
    except FrontEndError as error:
        raise ExtensionError(str(error)) from None
    source = package_folder(root, PACKAGE) / "dist"
    target.mkdir(parents=True, exist_ok=True)
    # Every browser that can show the site reads woff2, so the older formats are not served.
    for path in [source / "embed.js", *source.glob("*.woff2"), SCRIPT, STYLE]:
        shutil.copyfile(path, target / path.name)


def setup(app):
    """Register with Sphinx; after myst-nb has added the state."""
    app.connect("html-page-context", add_core_widgets, priority=850)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
