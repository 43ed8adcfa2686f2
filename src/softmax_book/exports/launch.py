"""The chapters in other people's Jupyters: Colab, Binder, and a class's JupyterHub.

Those services open notebooks of a public repository, and the chapters are no notebooks there. So
``python -m softmax_book notebooks`` writes the files of a branch of its own, ``notebooks``, which
``.github/workflows/publish.yml`` pushes. The pages link to the services once ``repository.url`` is
set, and not before.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import yaml
from sphinx.application import Sphinx

from softmax_book.building.own_folder import empty_own_folder
from softmax_book.edition import BookError, Edition
from softmax_book.expected import only_item
from softmax_book.exports.notebooks import is_notebook

BRANCH = "notebooks"
FIRST_REQUIREMENT = "softmax-steps[book] @ git+"
PAGE_LINK = re.compile(r"\]\(([\w-]+\.html)")
READ_ME = """\
# Notebooks of {title}

Made by the book's workflow, on each change, from {repository}: change the chapters there, not here.
"""


def services(repository: str, name: str, *, hub: str = "") -> dict[str, str]:
    """Return where a chapter can be opened.

    Parameters
    ----------
    repository : str
        The address of the repository; empty: nowhere.
    name : str
        The chapter's.
    hub : str
        The address of a JupyterHub with nbgitpuller.

    Returns
    -------
    dict of str to str
        Service to address. Colab knows GitHub alone, Binder GitLab too.

    Examples
    --------
    >>> links = services("https://github.com/name/book", "01_score", hub="https://hub.example")
    >>> links["Colab"]
    'https://colab.research.google.com/github/name/book/blob/notebooks/01_score.ipynb'
    >>> links["Binder"]
    'https://mybinder.org/v2/gh/name/book/notebooks?urlpath=lab%2Ftree%2F01_score.ipynb'
    >>> list(services("https://git.example/name/book", "01_score"))
    []
    """
    if not repository:
        return {}
    repository = repository.rstrip("/").removesuffix(".git")
    host, path = urlsplit(repository).hostname, urlsplit(repository).path.strip("/")
    links, file = {}, f"{name}.ipynb"
    query = urlencode({"urlpath": f"lab/tree/{file}"})
    if host == "github.com":
        colab = "https://colab.research.google.com/github"
        links["Colab"] = f"{colab}/{path}/blob/{BRANCH}/{file}"
        links["Binder"] = f"https://mybinder.org/v2/gh/{path}/{BRANCH}?{query}"
    elif host == "gitlab.com":
        links["Binder"] = f"https://mybinder.org/v2/gl/{quote(path, safe='')}/{BRANCH}?{query}"
    if hub:
        folder = path.rsplit("/", 1)[-1]
        pull = {"repo": repository, "branch": BRANCH, "urlpath": f"lab/tree/{folder}/{file}"}
        links["JupyterHub"] = f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(pull)}"
    return links


def offer_services(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the services below the page's download button.

    Raises
    ------
    softmax_book.expected.UnexpectedError
        If the theme has not made exactly one such button.
    """
    repository = app.config.html_theme_options.get("repository_url") or ""
    name = pagename.rsplit("/", 1)[-1]
    links = services(repository, name, hub=app.config.jupyterhub_url)
    if not links or not is_notebook(app, pagename):
        return
    groups = [
        button
        for button in context.get("header_buttons", [])
        if button.get("label") == "download-buttons"
    ]
    group = only_item(groups, where=f"{pagename}, the theme's group of download buttons")
    group["tooltip"] = "Download this page, or open it elsewhere"
    group["buttons"] += [
        {
            "type": "link",
            "url": address,
            "text": service,
            "tooltip": f"Open this chapter in {service}",
            "icon": "fas fa-code",
            "label": f"open-in-{service.lower()}",
        }
        for service, address in links.items()
    ]


def repository_of(edition: Edition) -> str:
    """Return the address of the repository whose branch the notebooks are for.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    str

    Raises
    ------
    BookError
        If the settings name none.
    """
    settings = yaml.safe_load(edition.config.read_text("utf-8"))
    address = (settings.get("repository") or {}).get("url") or ""
    if not address:
        raise BookError(
            f"No notebooks were written: repository.url in {edition.shown(edition.config)} is "
            f"empty, and it is where they install the book's package from. Write the address of "
            f"the repository there, and run the command again."
        )
    return str(address).rstrip("/")


def write_branch(edition: Edition, folder: Path) -> list[str]:
    """Write the files of the branch.

    Parameters
    ----------
    edition : Edition
        Its book is built.
    folder : pathlib.Path
        The folder to write to. What an earlier run wrote there is removed.

    Returns
    -------
    list of str
        Names of the notebooks.

    Raises
    ------
    BookError
        If no repository is set, the book is not built, or the folder holds something else. Then
        the folder stays as it was.
    """
    edition.check_root()
    repository = repository_of(edition)
    settings = yaml.safe_load(edition.config.read_text("utf-8"))
    chapters = sorted((edition.downloads / edition.pages.name).glob("*.ipynb"))
    if not chapters:
        raise BookError(f"{edition.site} holds no chapter: build the book first, with  make book")
    address = ((settings.get("html") or {}).get("baseurl") or "").rstrip("/")
    empty_own_folder(folder)
    for chapter in chapters:
        text = chapter.read_text("utf-8")
        if address:  # there are no pages beside a notebook there
            text = PAGE_LINK.sub(rf"]({address}/{edition.pages.name}/\1", text)
        (folder / chapter.name).write_text(text, "utf-8")
    # What Binder installs; elsewhere a notebook's first cell does.
    package = f"{FIRST_REQUIREMENT}{repository}\n"
    (folder / "requirements.txt").write_text(package, "utf-8")
    text = READ_ME.format(title=settings["title"], repository=repository)
    (folder / "README.md").write_text(text, "utf-8")
    return [chapter.name for chapter in chapters]
