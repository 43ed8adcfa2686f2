"""Check the form of everything: ``make lint``, or ``python scripts/lint.py [CHECK ...]``.

Every check runs, also after one has failed, as many at once as there are processors; a summary at
the end says which failed and how to mend it. With names, only these run:
``python scripts/lint.py ruff mypy``.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent


class Check(NamedTuple):
    """One thing that `make lint` looks at.

    Parameters
    ----------
    name : str
        What it is called on the command line.
    purpose : str
        What it looks for, in a few words.
    command : tuple of str
        A program of .venv or of npm, and its arguments.
    mend : str
        What to do if it fails.
    """

    name: str
    purpose: str
    command: tuple[str, ...]
    mend: str


CHECKS = (
    Check(
        "ruff",
        "Python: likely mistakes, names, docstrings, hints of public functions",
        ("ruff", "check", "."),
        "much of it is mended by  .venv/bin/ruff check --fix .",
    ),
    Check(
        "format",
        "Python: layout",
        ("ruff", "format", "--check", "."),
        "run  .venv/bin/ruff format .",
    ),
    Check(
        "imports",
        "Python: which module may import which",
        ("lint-imports",),
        "import from a lower layer, or change the contract in pyproject.toml and say why",
    ),
    Check(
        "packages",
        "Python: every package that is imported is declared, and none in vain",
        ("deptry", "src", "tests", "benchmarks", "scripts"),
        "declare the package in pyproject.toml and pin it in constraints.txt, or take it out",
    ),
    Check(
        "mypy",
        "Python: types",
        ("mypy",),
        "its messages name file and line; [tool.mypy] in pyproject.toml says what is checked",
    ),
    Check(
        "lint:js",
        "JavaScript and styles: likely mistakes, layout",
        ("npm", "run", "lint:js"),
        "most of it is mended by  npx biome check --write",
    ),
    Check(
        "types:js",
        "JavaScript: types in the comments",
        ("npm", "run", "types:js"),
        "its messages name file and line; tsconfig.json says what is checked",
    ),
)


FETCHING = Lock()  # npm, from within two checks at once


class NotReadyError(Exception):
    """A check cannot run here; the message says what to do."""


def missing_npm_packages(root: Path) -> list[str]:
    """Return the development packages of ``package.json`` that are not installed in its version.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    """
    wanted = json.loads((root / "package.json").read_text("utf-8"))["devDependencies"]
    missing = []
    for name, version in wanted.items():
        installed = root / "node_modules" / name / "package.json"
        if (
            not installed.is_file()
            or json.loads(installed.read_text("utf-8"))["version"] != version
        ):
            missing.append(name)
    return missing


def environment(root: Path, program: str) -> dict[str, str]:
    """Return the environment that a check's program runs in.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    program : str
        A program of .venv, or ``npm``: then Node is on the PATH, and what the checks need from
        npm is fetched if it is not there.

    Raises
    ------
    NotReadyError
        If there is no Node, or npm cannot fetch what is missing.
    """
    folders = [str(PROGRAMS), os.environ.get("PATH", os.defpath)]
    if program == "npm":
        from softmax_book.building.npm import FrontEndError, find_node

        try:
            folders.insert(0, str(find_node()))
        except FrontEndError as error:
            raise NotReadyError(str(error)) from None
    prepared = {**os.environ, "PATH": os.pathsep.join(folders)}
    if program == "npm":
        with FETCHING:
            fetch_npm_packages(root, prepared)
    return prepared


def fetch_npm_packages(root: Path, prepared: dict[str, str]) -> None:
    """Fetch the development packages with npm, unless they are here.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    prepared : dict
        The environment that npm runs in.

    Raises
    ------
    NotReadyError
        If npm cannot fetch them; with what it said.
    """
    missing = missing_npm_packages(root)
    if missing:
        print(f"Fetching {', '.join(missing)} with npm.", flush=True)
        # The user's own settings may leave these out.
        groups = ["--include=dev", "--include=optional"]
        fetch = ["ci", *groups, "--ignore-scripts", "--no-audit", "--no-fund"]
        status, said = run(fetch, "npm", root, prepared)
        if status:
            print(said, flush=True)
            raise NotReadyError("npm could not fetch them: is this machine offline?")


def run(
    arguments: Sequence[str], program: str, root: Path, prepared: dict[str, str]
) -> tuple[int, str]:
    """Run a program.

    Parameters
    ----------
    arguments : sequence of str
        For the program.
    program : str
        Its name.
    root : pathlib.Path
        The folder that it runs in.
    prepared : dict
        Its environment.

    Returns
    -------
    tuple of int and str
        Its exit status, and what it said.

    Raises
    ------
    NotReadyError
        If the program is not there.
    """
    path = shutil.which(program, path=prepared["PATH"])
    if path is None:
        raise NotReadyError(f"there is no program {program!r}: 'make lint' sets up .venv with it")
    ended = subprocess.run(
        [path, *arguments],
        cwd=root,
        env=prepared,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    return ended.returncode, ended.stdout


def run_check(check: Check, root: Path) -> tuple[str, str, float]:
    """Run one check.

    Parameters
    ----------
    check : Check
    root : pathlib.Path
        The repository's root.

    Returns
    -------
    tuple of str, str and float
        What it said; what to do, which is nothing if it passed; how many seconds it took.
    """
    program, *arguments = check.command
    start = time.monotonic()
    try:
        status, said = run(arguments, program, root, environment(root, program))
        mend = check.mend if status else ""
    except NotReadyError as error:
        said, mend = f"It could not run: {error}\n", str(error)
    return said, mend, time.monotonic() - start


def lint(checks: Sequence[Check], root: Path = ROOT) -> list[tuple[Check, str]]:
    """Run checks, all of them, and tell about each.

    Parameters
    ----------
    checks : sequence of Check
        In the order in which they begin, and are told about.
    root : pathlib.Path
        The repository's root.

    Returns
    -------
    list of (Check, str)
        Those that failed, each with what to do.
    """
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        begun = [pool.submit(run_check, check, root) for check in checks]
        for check, running in zip(checks, begun, strict=True):
            print(f"\n── {check.name}: {check.purpose} ({' '.join(check.command)})", flush=True)
            said, mend, seconds = running.result()
            print(f"{said}   {seconds:.1f} s", flush=True)
            if mend:
                failed.append((check, mend))
    return failed


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str
        The names of the checks that shall run; none for all.

    Returns
    -------
    int
        0 if all passed, 1 if one failed, 2 if a name is unknown.
    """
    names = [check.name for check in CHECKS]
    if unknown := [name for name in arguments if name not in names]:
        print(
            f"There is no check {', '.join(unknown)}; there are {', '.join(names)}.",
            file=sys.stderr,
        )
        return 2
    chosen = [check for check in CHECKS if not arguments or check.name in arguments]
    failed = lint(chosen)
    print()
    if not failed:
        print(f"All {len(chosen)} checks passed: {', '.join(check.name for check in chosen)}.")
        return 0
    print(f"{len(failed)} of {len(chosen)} checks failed:")
    for check, mend in failed:
        print(f"  {check.name}: {mend}")
    print(f'One of them again: make lint ARGS="{failed[0][0].name}"')
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
