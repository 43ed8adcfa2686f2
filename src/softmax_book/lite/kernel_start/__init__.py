"""What the kernel in the browser runs first.

NumPy and matplotlib are compiled for the browser. Where the site does not hold them itself, the
kernel fetches them when a cell imports them. That can fail: no network, a firewall, a file that is
not the published one. Pyodide's own message is then that there is no module of that name; this
package's says what is missing, why, and what to do. It also lets the cells behind one that fails
on purpose run.

Before that, it imports the kernel itself, when ``early_worker.mjs`` asks for it.
"""

import sys
import types
from collections.abc import Awaitable, Callable
from typing import Any

Run = Callable[[Any, str], Awaitable[dict[str, Any]]]
LINE = "The following error occurred while loading "


def import_kernel() -> None:
    """Import the kernel, without what it never uses in a browser.

    IPython brings its shell for terminals along, and with it prompt_toolkit: a quarter of all the
    modules that would be imported. Here, only ``IPython.embed`` would use them.
    """
    terminal = types.ModuleType("IPython.terminal.embed", "Not here: a page has no terminal.")
    terminal.embed = _no_terminal  # type: ignore[attr-defined]
    sys.modules[terminal.__name__] = terminal
    import piplite.piplite  # noqa: F401
    import pyodide_kernel  # noqa: F401


def _no_terminal(*words, **options):
    raise NotImplementedError("IPython.embed needs a terminal, and in the browser there is none.")


class MissingPackageError(ModuleNotFoundError):
    """A package could not be fetched."""


class MissingPackages:
    """A finder behind Python's own, which explains why a known package is not there.

    Parameters
    ----------
    lock : dict
        The packages of the lock file: name to entry.
    """

    def __init__(self, lock: dict[str, dict[str, Any]]) -> None:
        self.entries = {top: entry for entry in lock.values() for top in entry["imports"]}
        self.reasons: dict[str, str] = {}  #: package to why it could not be fetched

    def note(self, line: str) -> None:
        """Take in a line of what Pyodide reports while it fetches packages.

        Parameters
        ----------
        line : str
        """
        if line.startswith(LINE):
            self.last = line.removeprefix(LINE).rstrip(":")
            self.reasons[self.last] = "unknown"
        elif self.reasons:
            self.reasons[self.last] = line.strip()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Answer for a module that is not here; part of the protocol of ``sys.meta_path``."""
        entry = self.entries.get(name)
        if entry is not None:
            raise MissingPackageError(self.message(entry), name=name)

    def message(self, entry: dict[str, Any]) -> str:
        """Return what is missing, why, and what to do.

        Parameters
        ----------
        entry : dict
            Of the lock file.

        Returns
        -------
        str
        """
        name = {"numpy": "NumPy"}.get(entry["name"], entry["name"])
        address, _, wheel = entry["file_name"].rpartition("/")
        if entry["name"] not in self.reasons:
            return (
                f"{name} is not loaded yet. The kernel in the browser loads what it finds in a "
                f"cell's import lines, and it cannot read a cell that also holds lines that begin "
                f"with % or !. Run  import {entry['imports'][0]}  in a cell of its own."
            )
        why = self.reasons[entry["name"]]
        if not address:
            return (
                f"{name} is not here.\n"
                f"Missing: {wheel}, which this site should have given.\n"
                f"Why: {why}.\n"
                f"What to do: is the site's server still running? Run this cell again when it is."
            )
        return (
            f"{name} is not here.\n"
            f"Missing: {wheel}. It is compiled for the browser, and this copy of the book does not "
            f"hold it.\n"
            f"Why: it could not be fetched from {address} ({why}).\n"
            f"What to do: if this computer is offline, connect it and run this cell again. If it "
            f"is online, a firewall may block that address. A copy of the book that holds the file "
            f"needs no network: its README says how to make one (make offline, PYODIDE_DIST)."
        )


def continue_after_expected_failures(run: Run) -> Run:
    """Let "Run All" continue after a cell that fails on purpose, as Jupyter does elsewhere.

    Parameters
    ----------
    run : coroutine function
        The kernel's, of the kernel and a cell's code.

    Returns
    -------
    coroutine function
        The same; but a cell tagged ``raises-exception`` shows its traceback and counts as done.
    """

    async def run_and_continue(self, code):
        results = await run(self, code)
        tags = self._parent_header.get("metadata", {}).get("tags", [])
        if results["status"] == "error" and "raises-exception" in tags:
            print("\n".join(results["traceback"]), file=sys.stderr)
            return {"status": "ok", "payload": results["payload"]}
        return results

    return run_and_continue


def start() -> None:
    """Put this into the running kernel."""
    import pyodide_js
    from IPython import get_ipython
    from pyodide.ffi import create_proxy
    from pyodide_kernel import kernel

    missing = MissingPackages(pyodide_js.lockfile.packages.to_py())
    note = create_proxy(missing.note)
    quiet = create_proxy(lambda line: None)
    load = kernel._load_packages_from_imports

    async def load_and_note(code):
        missing.reasons.clear()
        await load(code, messageCallback=quiet, errorCallback=note)

    kernel._load_packages_from_imports = load_and_note
    kernel.PyodideKernel.run = continue_after_expected_failures(kernel.PyodideKernel.run)
    names = [getattr(finder, "__name__", "") for finder in sys.meta_path]
    sys.meta_path.insert(names.index("PathFinder") + 1, missing)
    shell = get_ipython()
    shell.Completer.use_jedi = False  # it is not here: see own_wheels.py

    def show(shell, kind, error, traceback, tb_offset=None):
        text = f"\x1b[31mModuleNotFoundError\x1b[0m: {error}"
        shell._showtraceback(ModuleNotFoundError, error, [text])
        return [text]

    shell.set_custom_exc((MissingPackageError,), show)
