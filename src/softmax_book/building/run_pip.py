"""Run pip without the user's settings, except those that an index is reached with.

    .venv/bin/python -I src/softmax_book/building/run_pip.py install ...

A settings file of pip may name another folder to install to, leave dependencies out, or pin other
versions. It may also name the only index that this machine reaches. So pip is asked what stands in
its files, is told to read none, and gets as variables what environment.txt keeps.
The set-up runs this file before any package is there, so it imports none.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).with_name("environment.txt")


def kept_names() -> set[str]:
    """Return the names of pip's variables that are passed on."""
    lines = [line.split() for line in TABLE.read_text("utf-8").splitlines()]
    return {words[0] for words in lines if words[1:2] == ["keep"] and words[0].startswith("PIP_")}


def kept_settings(listed: str) -> dict[str, str]:
    r"""Return the settings that are passed on, as variables.

    Parameters
    ----------
    listed : str
        What ``pip config list`` prints.

    Examples
    --------
    >>> kept_settings("global.index-url='https://mirror/simple'\nglobal.target='/home/me'")
    {'PIP_INDEX_URL': 'https://mirror/simple'}
    """
    found: dict[str, dict[str, str]] = {}
    for line in listed.splitlines():
        setting, equals, value = line.partition("=")
        section, _, name = setting.rpartition(".")
        if equals:
            variable = "PIP_" + name.upper().replace("-", "_")
            found.setdefault(section, {})[variable] = str(ast.literal_eval(value))
    in_order = [found.get(section, {}) for section in ("global", "install", ":env:")]
    merged = {name: value for part in in_order for name, value in part.items()}
    return {name: value for name, value in merged.items() if name in kept_names()}


def own_environment(environ: Mapping[str, str], listed: str) -> dict[str, str]:
    """Return the environment for pip.

    Parameters
    ----------
    environ : mapping of str to str
        That of this process.
    listed : str
        What ``pip config list`` prints.
    """
    others = {name: value for name, value in environ.items() if not name.startswith("PIP_")}
    return {**others, **kept_settings(listed), "PIP_CONFIG_FILE": os.devnull}


def main(arguments: list[str]) -> int:
    """Run pip.

    Parameters
    ----------
    arguments : list of str
        For pip.

    Returns
    -------
    int
        Its exit status.
    """
    pip = [sys.executable, "-I", "-m", "pip"]
    asked = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False)
    if asked.returncode:
        print(asked.stderr, file=sys.stderr)
        return asked.returncode
    environment = own_environment(os.environ, asked.stdout)
    # -I would make pip ignore no variable of its own, but Python those that pip sets for a build.
    return subprocess.run([*pip[:1], *pip[2:], *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # pip has said so
        sys.exit(130)
