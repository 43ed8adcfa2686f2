"""Bundles what a page loads when its reader presses the button: ``page/`` and what it imports."""

import os
import shutil
import subprocess
from pathlib import Path

from softmax_book.building.npm import FrontEndError, fetch_packages, find_node, package_folder

PAGE = Path(__file__).parent / "page" / "page.js"


def bundle(root, target):
    """Bundle the page's modules with the npm packages they import.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root, where ``node_modules`` is.
    target : pathlib.Path
        The folder to write to: ``page.js``, ``page.css``, and the parts that ``page.js`` loads
        when it needs them.

    Raises
    ------
    FrontEndError
        If node, a package or a module is missing.
    """
    node_folder = find_node()
    fetch_packages(root, node_folder)
    search = os.pathsep.join([str(node_folder), os.environ.get("PATH", "")])
    program = package_folder(root, "esbuild") / "bin" / "esbuild"
    asked = subprocess.run(
        [
            *(shutil.which("node", path=search), str(program), str(PAGE)),
            *("--bundle", "--minify", "--splitting", "--format=esm", "--target=es2022"),
            *("--charset=utf8", "--legal-comments=none", "--loader:.svg=dataurl"),
            *("--define:global=globalThis", '--define:process.env.NODE_ENV="production"'),
            *("--log-level=warning", f"--outdir={target}"),
        ],
        cwd=root,
        env={**os.environ, "PATH": search, "NODE_PATH": str(root / "node_modules")},
        capture_output=True,
        text=True,
    )
    if asked.returncode:
        raise FrontEndError(
            f"The page's scripts could not be bundled. esbuild said:\n{asked.stderr}"
        )
