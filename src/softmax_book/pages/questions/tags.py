"""Elements of HTML as nodes, for what docutils has no node for."""

from typing import Any

from docutils import nodes


class Tagged(nodes.General, nodes.Element):
    """An element of HTML with its name, ``tag``, and its attributes, ``attributes_of_tag``."""


def tagged(tag: str, *children: nodes.Node, cls: str = "", **attributes: str) -> Tagged:
    """Return an element of HTML.

    Parameters
    ----------
    tag : str
    *children : docutils.nodes.Node
    cls : str
        Its classes.
    **attributes : str
        With ``_`` for ``-``.

    Returns
    -------
    Tagged
    """
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return Tagged("", *children, classes=cls.split(), tag=tag, attributes_of_tag=named)


def visit_tag(translator: Any, node: Tagged) -> None:
    """Write the opening tag."""
    translator.body.append(
        translator.starttag(node, node["tag"], suffix="", **node["attributes_of_tag"])
    )


def leave_tag(translator: Any, node: Tagged) -> None:
    """Write the closing tag."""
    translator.body.append(f"</{node['tag']}>")
