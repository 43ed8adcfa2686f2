"""The environment of the programs that a build starts: the book's own, not the caller's."""

import importlib.util
import os
import re
from collections.abc import Mapping
from pathlib import Path

from softmax_book.edition import Edition

#: The caller's settings, and what becomes of each; the scripts of the set-up read it too.
TABLE = Path(__file__).with_name("environment.txt")


def verbs() -> list[tuple[str, str]]:
    """Return the table: each pattern of a name in capitals, and the verb for it."""
    lines = [line.split() for line in TABLE.read_text("utf-8").splitlines()]
    return [(words[0], words[1]) for words in lines if words and words[0][0] != "#"]


def verb_for(name: str) -> str:
    """Say what becomes of a setting.

    Parameters
    ----------
    name : str
        Of an environment variable.

    Returns
    -------
    str
        ``"keep"`` for what the table does not name.

    Examples
    --------
    >>> verb_for("PIP_TARGET"), verb_for("PIP_INDEX_URL"), verb_for("HTTPS_PROXY")
    ('clear', 'keep', 'keep')
    """
    for pattern, verb in verbs():
        start = pattern.removesuffix("*")
        if name.upper() == start or (start != pattern and name.upper().startswith(start)):
            return verb
    return "keep"


def own_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment without the caller's settings.

    A locale stays as it is: this process has read its paths with it.

    Parameters
    ----------
    environ : mapping of str to str, optional
        In place of this process's.

    Returns
    -------
    dict

    Examples
    --------
    >>> own_environment({"HOME": "/home/me", "PYTHONHOME": "/opt", "NODE_OPTIONS": "-r ./a.js"})
    {'HOME': '/home/me'}
    """
    given = os.environ if environ is None else environ
    return {name: value for name, value in given.items() if _passes(name, value)}


def _passes(name: str, value: str) -> bool:
    verb = verb_for(name)
    return verb in {"keep", "utf-8"} or (verb == "folder" and os.access(value, os.W_OK))


def matplotlib_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return matplotlib's part of an environment: its own settings file, and not the caller's.

    Parameters
    ----------
    environ : mapping of str to str
        The caller's environment. What the table lets pass of it is in the answer.

    Returns
    -------
    dict
    """
    passed = {name: value for name, value in environ.items() if is_of_matplotlib(name)}
    own = own_environment(passed)
    matplotlib = importlib.util.find_spec("matplotlib")
    if matplotlib is not None and matplotlib.origin is not None:
        own["MATPLOTLIBRC"] = str(Path(matplotlib.origin).with_name("mpl-data") / "matplotlibrc")
    return own


def is_of_matplotlib(name: str) -> bool:
    """Say whether matplotlib reads an environment variable.

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> is_of_matplotlib("MPLCONFIGDIR"), is_of_matplotlib("HOME")
    (True, False)
    """
    return name.upper().startswith(("MPL", "MATPLOTLIB"))


def build_environment(
    edition: Edition, environ: Mapping[str, str], settings: Path
) -> dict[str, str]:
    """Return the environment in which Jupyter Book runs the cells.

    What a reader has told their own Jupyter, IPython or matplotlib, by a variable or by a file in
    the home folder, changes no output of a chapter.

    Parameters
    ----------
    edition : Edition
    environ : mapping of str to str
        What :func:`own_environment` returned, with ``node`` on its PATH.
    settings : pathlib.Path
        An empty folder, for what Jupyter and IPython keep while the build runs.

    Returns
    -------
    dict
    """
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(settings / re.sub("JUPYTER_|_?DIR", "", name).lower()) for name in places}
    for place in own.values():
        Path(place).mkdir(mode=0o700)
    code = (edition.package.parent, Path(__file__).parents[2])
    return {
        **environ,
        **matplotlib_environment(environ),
        **own,
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this .venv, not another python3
        # The pages run with the code that lies beside them: the caller's PYTHONPATH is gone.
        "PYTHONPATH": os.pathsep.join(map(str, code)),
        # A module that changes twice in a second would be taken from its old bytecode.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
        # A page shows what a cell prints in the end, not how far it was on a busy machine.
        "TQDM_DISABLE": "1",
    }
