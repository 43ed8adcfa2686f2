"""Pages with widgets of ipywidgets itself: what they need, and what all other pages are spared.

myst-nb writes the state of every widget into the page, for ipywidgets' own scripts. The book's
widgets carry theirs in their own place, so on most pages it would be there twice. A page that
shows a slider of ipywidgets keeps the state of that widget and of those that it is tied to, and
loads ipywidgets' own front end from the site.
"""

import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from softmax_book.building.npm import FrontEndError, fetch_on_demand, find_node, package_folder
from softmax_book.edition import Edition
from softmax_book.expected import find_exactly, only_item
from softmax_book.pages.files import AFTER_THEME, add_script, add_style, serve
from softmax_book.pages.policy import EVALUATOR

Model = dict[str, Any]
Models = dict[str, Model]

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
VIEW_ELEMENT = re.compile(rf'<script type="{re.escape(VIEW)}">(.*?)</script>', re.DOTALL)
REFERENCE = re.compile(r'"IPY_MODEL_([^"]+)"')
LINKS = ("LinkModel", "DirectionalLinkModel")
SCRIPT, STYLE = (Path(__file__).with_suffix(kind) for kind in (".js", ".css"))
PACKAGE = "@jupyter-widgets/html-manager"
FOLDER, FRONT_END = EVALUATOR.split("/")  # of the site, below _static


def references(model: Model) -> set[str]:
    """Return the identities of the models that a model's state names.

    Parameters
    ----------
    model : dict
        As in the state that Jupyter saves.
    """
    return set(REFERENCE.findall(json.dumps(model["state"])))


def needed_models(models: Models, shown: Iterable[str]) -> Models:
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
    needed: Models = {}
    waiting = [identity for identity in shown if identity in models]
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


def describe(models: Models, identity: str) -> str:
    """Return what a widget shows in words, for readers without JavaScript.

    Parameters
    ----------
    models : dict
        Identity to model.
    identity : str
        The widget's.

    Examples
    --------
    >>> state = {"description": "a", "value": 3}
    >>> describe({"1": {"model_name": "IntSliderModel", "state": state}}, "1")
    'a: 3'
    """
    state = models[identity]["state"]
    label = str(state.get("description") or "")
    value = str(state["value"]) if "value" in state else ""
    inside = [describe(models, other) for other in _children(state) if other in models]
    parts = [part for part in [": ".join(filter(None, [label, value])), *inside] if part]
    return "; ".join(parts) or models[identity]["model_name"].removesuffix("Model")


def _children(state: dict[str, Any]) -> list[str]:
    return [child.removeprefix("IPY_MODEL_") for child in state.get("children", [])]


def shown_identities(body: str, where: str) -> list[str]:
    """Return the identities of the widgets that a page has a view of.

    Parameters
    ----------
    body : str
        The page's HTML.
    where : str
        The page, for the message.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If myst-nb writes views otherwise than expected.
    """
    views = find_exactly(
        body, VIEW_ELEMENT, times=body.count(f'"{VIEW}"'), where=f"{where}, myst-nb's widget views"
    )
    return [json.loads(view[1])["model_id"] for view in views]


def take_state(script_files: list[Any]) -> list[str]:
    """Take the states of widgets, which myst-nb has added, out of a page's scripts.

    Parameters
    ----------
    script_files : list
        The scripts of the page; changed.

    Returns
    -------
    list of str
        JSON.
    """
    states = [
        script
        for script in script_files
        if (getattr(script, "attributes", None) or {}).get("type") == STATE
    ]
    for script in states:
        script_files.remove(script)
    return [script.attributes["body"].replace(r"<\/script>", "</script>") for script in states]


def add_core_widgets(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Leave out a state that no view on the page reads; give the others their front end.

    Raises
    ------
    sphinx.errors.ExtensionError
        If a widget cannot be shown without a kernel.
    """
    body = context.get("body") or ""
    shown = shown_identities(body, pagename)
    states = take_state(context["script_files"])
    if not shown:
        return
    state = json.loads(only_item(states, where=f"{pagename}, myst-nb's state of its widgets"))
    try:
        needed = needed_models(state["state"], shown)
    except ValueError as error:
        raise ExtensionError(f"{pagename}: {error}") from None
    text = json.dumps({**state, "state": needed}).replace("</", r"<\/")
    app.add_js_file(None, type=STATE, body=text)
    if not needed:
        return
    serve_front_end(app)
    add_script(app, SCRIPT, FOLDER)
    app.add_js_file(f"{FOLDER}/{FRONT_END}", priority=AFTER_THEME, loading_method="defer")
    add_style(app, STYLE, FOLDER)

    def with_words(view: re.Match[str]) -> str:
        words = describe(needed, json.loads(view[1])["model_id"])
        return f"<noscript><p>{escape(words)}</p></noscript>{view[0]}"

    context["body"] = VIEW_ELEMENT.sub(with_words, body)


def serve_front_end(app: Sphinx) -> None:
    """Put ipywidgets' front end into the site.

    Raises
    ------
    sphinx.errors.ExtensionError
        If it is not here yet and cannot be fetched.
    """
    root = Edition.of(app).root
    try:
        fetch_on_demand(root, find_node(), PACKAGE)
    except FrontEndError as error:
        raise ExtensionError(str(error)) from None
    source = package_folder(root, PACKAGE) / "dist"
    # Every browser that can show the site reads woff2, so the older formats are not served.
    for path in [source / FRONT_END, *source.glob("*.woff2")]:
        serve(app, path, FOLDER)
