"""A matplotlib figure as SVG for a page: its ink follows the theme, its letters the page's font.

What matplotlib writes for a file of its own is cut to what a page needs, for a page holds many
pictures, each of them at two widths.
"""

import hashlib
import io
import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt

from softmax_steps.palette import FIGURE, FONTS

# A page replaces these colours by its own, so that one picture serves both themes.
THEME = {value: f"--sms-{name}" for name, value in FIGURE.items()}
SVG, LINKS = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HREF = f"{{{LINKS}}}href"
REFERENCE = re.compile(r"url\(#([^)]+)\)")
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
NUMBERS = ("d", "points", "x", "y", "width", "height", "x1", "x2", "y1", "y2", "transform")
FAMILY = re.compile(rf"'{FONTS['figure']}'(, '[^']*')*(, sans-serif)?")

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", LINKS)


def page_svg(figure, mark=""):
    """Draw a figure as inline SVG.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    mark : str
        What tells this picture from an equal one on the same page: the same figure with another
        mark has other ids.

    Returns
    -------
    str
        It may shrink below the figure's width, and does not grow above it. What holds it
        gives it a name.
    """
    written = io.StringIO()
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "softmax"}):  # same ids each time
        figure.savefig(written, format="svg", metadata={"Date": None})
    return _lighten(written.getvalue(), mark, figure.get_figwidth() * 96)


def _lighten(svg, mark, width):
    root = ElementTree.fromstring(svg)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    # A style sheet inside the picture would style the whole page.
    for unwanted in (*root.findall(f"{{{SVG}}}metadata"), *root.findall(f"*/{{{SVG}}}style")):
        parent = next(node for node in root.iter() if unwanted in list(node))
        parent.remove(unwanted)
    _name_anew(root, "f" + hashlib.sha256((svg + mark).encode()).hexdigest()[:8])
    for node in root.iter():
        for name in NUMBERS:
            if name in node.attrib:
                node.set(name, LONG_NUMBER.sub(_shorten, " ".join(node.get(name).split())))
        if node.get("transform", "").startswith("rotate(-0 "):
            del node.attrib["transform"]
        if not node.tag.endswith(("text", "tspan")):
            node.text = None
        node.tail = None
    _unwrap(root)
    root.set("aria-hidden", "true")
    root.set(
        "style", f"width: 100%; max-width: {width:.0f}px; height: auto; stroke-linejoin: round"
    )
    text = FAMILY.sub("var(--sms-font, sans-serif)", ElementTree.tostring(root, encoding="unicode"))
    for colour, name in THEME.items():
        text = text.replace(colour, f"var({name}, {colour})")
    return text


def _name_anew(root, mark):
    """Keep the ids that something refers to, and make them the only ones of their page."""
    used = set()
    for node in root.iter():
        used |= {node.get(HREF, "").removeprefix("#")}
        used |= {name for value in node.attrib.values() for name in REFERENCE.findall(value)}
    for node in root.iter():
        for name, value in list(node.attrib.items()):
            if name == "id" and value in used:
                node.set("id", f"{mark}-{value}")
            elif name == "id":
                del node.attrib["id"]
            elif name == HREF and value.startswith("#"):
                node.set(HREF, f"#{mark}-{value[1:]}")
            else:
                node.set(name, REFERENCE.sub(rf"url(#{mark}-\1)", value))


def _shorten(number):
    """Round to a hundredth of a point; what is small, such as a factor, to four digits."""
    value = float(number[0])
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.4g}"


def _unwrap(node):
    """Put the children of a group without attributes in its place, and leave out empty nodes."""
    children = []
    for child in node:
        _unwrap(child)
        if child.tag == f"{{{SVG}}}g" and not child.attrib:
            children += list(child)
        elif child.tag != f"{{{SVG}}}defs" or len(child):
            children.append(child)
    node[:] = children
