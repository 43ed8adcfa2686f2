"""The chapters in other people's Jupyters: Colab, Binder, and a class's JupyterHub.

Those services open notebooks of a public repository, and the chapters are no notebooks there. So
``python -m softmax_book.exports.launch FOLDER`` writes the files of a branch of its own,
``notebooks``, which ``.github/workflows/publish.yml`` pushes. The links stand on the pages once
``repository.url`` is set, and not before.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import yaml

from softmax_book.building.site import SITE, BuildError, check_root
from softmax_book.exports.notebooks import is_notebook

BRANCH = "notebooks"
PAGE_LINK = re.compile(r"\]\(([\w-]+\.html)")
READ_ME = """\
# Notebooks of {title}

Made by the book's workflow, on each change, from {repository}: change the chapters there, not here.
"""


def services(repository, name, *, hub=""):
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
    >>> found = services("https://github.com/name/book", "01_score", hub="https://hub.example")
    >>> found["Colab"]
    'https://colab.research.google.com/github/name/book/blob/notebooks/01_score.ipynb'
    >>> found["Binder"]
    'https://mybinder.org/v2/gh/name/book/notebooks?urlpath=lab%2Ftree%2F01_score.ipynb'
    >>> list(services("https://git.example/name/book", "01_score"))
    []
    """
    if not repository:
        return {}
    repository = repository.rstrip("/").removesuffix(".git")
    host, path = urlsplit(repository).hostname, urlsplit(repository).path.strip("/")
    found, file = {}, f"{name}.ipynb"
    query = urlencode({"urlpath": f"lab/tree/{file}"})
    if host == "github.com":
        colab = "https://colab.research.google.com/github"
        found["Colab"] = f"{colab}/{path}/blob/{BRANCH}/{file}"
        found["Binder"] = f"https://mybinder.org/v2/gh/{path}/{BRANCH}?{query}"
    elif host == "gitlab.com":
        found["Binder"] = f"https://mybinder.org/v2/gl/{quote(path, safe='')}/{BRANCH}?{query}"
    if hub:
        folder = path.rsplit("/", 1)[-1]
        pull = {"repo": repository, "branch": BRANCH, "urlpath": f"lab/tree/{folder}/{file}"}
        found["JupyterHub"] = f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(pull)}"
    return found


def offer_services(app, pagename, templatename, context, doctree):
    """Put the services below the page's download button."""
    if not is_notebook(app, pagename):
        return
    repository = app.config.html_theme_options.get("repository_url") or ""
    name = pagename.rsplit("/", 1)[-1]
    buttons = [
        {
            "type": "link",
            "url": address,
            "text": service,
            "tooltip": f"Open this chapter in {service}",
            "icon": "fas fa-code",
            "label": f"open-in-{service.lower()}",
        }
        for service, address in services(repository, name, hub=app.config.jupyterhub_url).items()
    ]
    for group in context.get("header_buttons", []):
        if group.get("label") == "download-buttons":
            group["buttons"] += buttons
            if buttons:
                group["tooltip"] = "Download this page, or open it elsewhere"


def write_branch(root, folder):
    """Write the files of the branch.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root; the book is built.
    folder : pathlib.Path
        Where to; what was there goes.

    Returns
    -------
    list of str
        Names of the notebooks; none, and nothing is written, if no repository is set.

    Raises
    ------
    BuildError
        If the book is not there.
    """
    check_root(root)
    settings = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    repository = ((settings.get("repository") or {}).get("url") or "").rstrip("/")
    shutil.rmtree(folder, ignore_errors=True)
    if not repository:
        return []
    chapters = sorted((root / SITE / "_sources" / "book").glob("*.ipynb"))
    if not chapters:
        raise BuildError(f"{root / SITE} holds no chapter: build the book first, with  make book")
    address = ((settings.get("html") or {}).get("baseurl") or "").rstrip("/")
    folder.mkdir(parents=True)
    for chapter in chapters:
        text = chapter.read_text("utf-8")
        if address:  # there are no pages beside a notebook there
            text = PAGE_LINK.sub(rf"]({address}/book/\1", text)
        (folder / chapter.name).write_text(text, "utf-8")
    # What Binder installs; elsewhere a notebook's first cell does.
    package = f"softmax-steps[book] @ git+{repository}\n"
    (folder / "requirements.txt").write_text(package, "utf-8")
    text = READ_ME.format(title=settings["title"], repository=repository)
    (folder / "README.md").write_text(text, "utf-8")
    return [chapter.name for chapter in chapters]


def main(arguments=None):
    """Run the command; return 0 if all wanted notebooks are there, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m softmax_book.exports.launch",
        description="Write the chapters as notebooks for Colab, Binder and JupyterHub into a "
        "folder: the files of the branch 'notebooks'. Nothing is written as long as "
        "repository.url in _config.yml is empty.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    try:
        names = write_branch(Path.cwd(), options.folder)
    except BuildError as error:
        print(f"The notebooks were NOT written: {error}", file=sys.stderr)
        return 1
    if names:
        print(f"{len(names)} notebooks are in {options.folder}, for the branch '{BRANCH}'.")
    else:
        print("No notebooks were written: repository.url in _config.yml is empty.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
