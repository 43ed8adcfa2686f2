"""The book's package as a wheel, for whoever has a notebook and nothing else of the book.

It lies on the site beside the notebooks, and each chapter's download menu offers it. A notebook's
first cell installs it from there, or says where it is.
"""

import base64
import hashlib
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from softmax_book.edition import BookError, Edition
from softmax_book.expected import only_item

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same sources give the same file, byte by byte


def package_files(folder: Path) -> dict[str, bytes]:
    """Return a Python package's files: path in the wheel to contents.

    Parameters
    ----------
    folder : pathlib.Path
        The package's folder.

    Returns
    -------
    dict of str to bytes
    """
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def write_wheel(
    folder: Path, name: str, version: str, files: Mapping[str, bytes], needed: Sequence[str] = ()
) -> Path:
    """Write a wheel of pure Python.

    Parameters
    ----------
    folder : pathlib.Path
        The folder to write to; it exists.
    name, version : str
        Of the package.
    files : dict of str to bytes
        Path in the wheel to contents.
    needed : sequence of str
        Packages that it needs.

    Returns
    -------
    pathlib.Path
    """
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    needs = [f"Requires-Dist: {package}" for package in needed]
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *needs, ""]
    files = {
        **files,
        f"{info}/METADATA": "\n".join(metadata).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: softmax_book\n"
        b"Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},sha256={_record_hash(data)},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    wheel = Path(folder) / _file_name(name, version)
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            archive.writestr(entry, data, compress_type=zipfile.ZIP_DEFLATED)
    return wheel


def write_package(edition: Edition, folder: Path) -> Path:
    """Write the wheel of ``softmax_steps``, which needs all that a chapter imports.

    Parameters
    ----------
    edition : Edition
    folder : pathlib.Path
        The folder to write to; it exists.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    BookError
        If the sources are not there.
    """
    package = edition.package
    if not package.is_dir():
        raise BookError(f"{package} is not there: run the command in the repository's root.")
    project = _project(edition)
    needed = project["dependencies"] + project["optional-dependencies"]["book"]
    return write_wheel(folder, project["name"], project["version"], package_files(package), needed)


def package_name(edition: Edition) -> str:
    """Return the file name of the wheel; empty if the book has no package of its own.

    Parameters
    ----------
    edition : Edition
    """
    if not (edition.project_file.is_file() and edition.package.is_dir()):
        return ""
    project = _project(edition)
    return _file_name(project["name"], project["version"])


def offer_package(
    app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the wheel into the download menu of each page that has a notebook.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If the theme has not made exactly one such menu.
    """
    name = package_name(Edition.of(app))
    if not name or "ipynb_source" not in context:
        return
    menus = [
        button
        for button in context.get("header_buttons", [])
        if button.get("label") == "download-buttons"
    ]
    menu = only_item(menus, where=f"{pagename}, the theme's group of download buttons")
    button = {
        "type": "link",
        "url": context["pathto"](f"_sources/book/{name}", 1),
        "text": ".whl",
        "tooltip": "Download the Python package that the notebook needs",
        "icon": "fas fa-file",
        "label": "download-package-button",
    }
    menu["buttons"].insert(1, button)  # behind the notebook itself


def _project(edition: Edition) -> dict[str, Any]:
    return tomllib.loads(edition.project_file.read_text("utf-8"))["project"]


def _file_name(name: str, version: str) -> str:
    return f"{name.replace('-', '_')}-{version}-py3-none-any.whl"


def _record_hash(data: bytes) -> str:
    """Return a hash as the record of a wheel has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
